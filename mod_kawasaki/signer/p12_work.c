/* SPDX-License-Identifier: Apache-2.0
 *
 * Iteration counts out of ASN.1 parameters: RFC 7292 appendix C, RFC 8018 appendix A. Only the schemes that files
 * really have; scrypt, whose cost is memory, is not among them.
 */
#include "signer/p12_work.h"

#include <openssl/asn1t.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

/* NULL stands for the default of 1. */
static bool take(int64_t *rounds, const ASN1_INTEGER *count)
{
    int64_t wanted = 1;
    if (count && ASN1_INTEGER_get_int64(&wanted, count) != 1) return false;
    if (wanted < 1 || wanted > *rounds) return false;
    *rounds -= wanted;
    return true;
}

bool p12_work_mac(int64_t *rounds, const PKCS12 *p12)
{
    const ASN1_INTEGER *count = NULL;
    const X509_ALGOR *algorithm = NULL;
    const ASN1_OBJECT *digest = NULL;

    PKCS12_get0_mac(NULL, &algorithm, NULL, &count, p12);
    if (!algorithm) return false;
    X509_ALGOR_get0(&digest, NULL, NULL, algorithm);
    /* PBMAC1 (RFC 9579) is no digest: OpenSSL 3.0 would call each password wrong. */
    return EVP_get_digestbyobj(digest) && take(rounds, count);
}

static bool take_pkcs12(int64_t *rounds, const ASN1_TYPE *parameter)
{
    PBEPARAM *param = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBEPARAM), parameter);
    bool enough = param && take(rounds, param->iter);
    PBEPARAM_free(param);
    return enough;
}

static bool take_pbkdf2(int64_t *rounds, const X509_ALGOR *derivation)
{
    if (!derivation || OBJ_obj2nid(derivation->algorithm) != NID_id_pbkdf2) return false;
    PBKDF2PARAM *param = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBKDF2PARAM), derivation->parameter);
    bool enough = param && take(rounds, param->iter);
    PBKDF2PARAM_free(param);
    return enough;
}

static bool take_pbes2(int64_t *rounds, const ASN1_TYPE *parameter)
{
    PBE2PARAM *param = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBE2PARAM), parameter);
    bool enough = param && take_pbkdf2(rounds, param->keyfunc);
    PBE2PARAM_free(param);
    return enough;
}

bool p12_work_encryption(int64_t *rounds, const X509_ALGOR *algorithm)
{
    if (!algorithm) return false;
    switch (OBJ_obj2nid(algorithm->algorithm)) {
    case NID_pbes2: return take_pbes2(rounds, algorithm->parameter);
    case NID_pbe_WithSHA1And3_Key_TripleDES_CBC:
    case NID_pbe_WithSHA1And2_Key_TripleDES_CBC:
    case NID_pbe_WithSHA1And128BitRC2_CBC:
    case NID_pbe_WithSHA1And40BitRC2_CBC: return take_pkcs12(rounds, algorithm->parameter);
    default: return false;
    }
}
