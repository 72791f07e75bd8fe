/* SPDX-License-Identifier: Apache-2.0 */
#include "cert/cms.h"

#include "cert/algorithm.h"

#include <limits.h>
#include <openssl/cms.h>
#include <openssl/err.h>
#include <openssl/ess.h>
#include <openssl/objects.h>

/* OpenSSL's signing-time comes along, and CAdES' baseline wants it; it is the clock of the signer's own machine, and
 * nobody reads it: what counts is the time in the manifest. */
#define MAKE_FLAGS   (CMS_DETACHED | CMS_BINARY | CMS_PARTIAL | CMS_NOSMIMECAP | CMS_CADES)
#define VERIFY_FLAGS (CMS_DETACHED | CMS_BINARY | CMS_NO_SIGNER_CERT_VERIFY | CMS_NOCRL)

apr_status_t cert_cms_make(span_t *cms, EVP_PKEY *key, X509 *x509, span_t content, apr_pool_t *pool)
{
    unsigned char *der = NULL;
    const cert_algorithm_t *algorithm = cert_algorithm_of(key);
    if (!algorithm || content.size > INT_MAX) return APR_EINVAL;
    BIO *data = BIO_new_mem_buf(content.at, (int)content.size);
    CMS_ContentInfo *made = CMS_sign(NULL, NULL, NULL, NULL, MAKE_FLAGS);
    bool ok = data && made && CMS_add1_signer(made, x509, key, EVP_get_digestbyname(algorithm->digest), MAKE_FLAGS) &&
              CMS_final(made, data, NULL, MAKE_FLAGS) == 1;
    int size = ok ? i2d_CMS_ContentInfo(made, &der) : -1;
    if (size > 0) *cms = span_copy(pool, (span_t){(const char *)der, (apr_size_t)size});
    OPENSSL_free(der);
    CMS_ContentInfo_free(made);
    BIO_free(data);
    return size > 0 ? APR_SUCCESS : APR_EGENERAL;
}

/* DER from end to end, so that one signature has one form; NULL: it isn't. */
static CMS_ContentInfo *decode(span_t cms)
{
    const unsigned char *at = (const unsigned char *)cms.at;
    unsigned char *again = NULL;
    if (cms.size == 0 || cms.size > CERT_CMS_MAX) return NULL;
    CMS_ContentInfo *decoded = d2i_CMS_ContentInfo(NULL, &at, (long)cms.size);
    int size = decoded ? i2d_CMS_ContentInfo(decoded, &again) : -1;
    bool same = size > 0 && span_equal((span_t){(const char *)again, (apr_size_t)size}, cms);
    OPENSSL_free(again);
    if (same) return decoded;
    CMS_ContentInfo_free(decoded);
    return NULL;
}

static bool is_detached_data(CMS_ContentInfo *cms)
{
    return OBJ_obj2nid(CMS_get0_type(cms)) == NID_pkcs7_signed &&
           OBJ_obj2nid(CMS_get0_eContentType(cms)) == NID_pkcs7_data && CMS_is_detached(cms) == 1;
}

/* The only signer; NULL: there is none, or several. */
static CMS_SignerInfo *only_signer(CMS_ContentInfo *cms)
{
    STACK_OF(CMS_SignerInfo) *signers = CMS_get0_SignerInfos(cms);
    return sk_CMS_SignerInfo_num(signers) == 1 ? sk_CMS_SignerInfo_value(signers, 0) : NULL;
}

/* Certificates inside, for sk_X509_pop_free: one, and no revocation list beside it; else NULL. */
static STACK_OF(X509) * only_certificate(CMS_ContentInfo *cms)
{
    STACK_OF(X509_CRL) *lists = CMS_get1_crls(cms);
    STACK_OF(X509) *certificates = CMS_get1_certs(cms);
    bool alone = sk_X509_num(certificates) == 1 && sk_X509_CRL_num(lists) <= 0;
    sk_X509_CRL_pop_free(lists, X509_CRL_free);
    if (alone) return certificates;
    sk_X509_pop_free(certificates, X509_free);
    return NULL;
}

/* RSA with PKCS#1 v1.5 or ECDSA, over SHA-256 or longer. RSA-PSS is refused: neither JPKI nor the commercial registry
 * knows it, and its parameters would be a further thing to be wrong about. */
static cert_code_t judge_algorithms(CMS_SignerInfo *signer)
{
    X509_ALGOR *digest, *signature;
    int of_digest = NID_undef, of_key = NID_undef;
    CMS_SignerInfo_get0_algs(signer, NULL, NULL, &digest, &signature);
    int nid = OBJ_obj2nid(digest->algorithm);
    const EVP_MD *md = EVP_get_digestbynid(nid);
    if (!md) return CERT_MALFORMED;
    if (EVP_MD_get_size(md) < EVP_MD_get_size(EVP_sha256())) return CERT_WEAK_KEY;
    int signature_nid = OBJ_obj2nid(signature->algorithm);
    if (signature_nid == NID_rsaEncryption) return CERT_OK;
    if (!OBJ_find_sigid_algs(signature_nid, &of_digest, &of_key) || of_digest != nid) return CERT_MALFORMED;
    return of_key == NID_rsaEncryption || of_key == NID_X9_62_id_ecPublicKey ? CERT_OK : CERT_MALFORMED;
}

/* The one signed attribute of this kind, with one value of this type; NULL. */
static const void *signed_attribute(CMS_SignerInfo *signer, int nid, int type)
{
    /* -3: once, with one value (CMS_signed_get0_data_by_OBJ(3)). */
    return CMS_signed_get0_data_by_OBJ(signer, OBJ_nid2obj(nid), -3, type);
}

/* Does signing-certificate-v2 (RFC 5035) name this certificate, and no other? */
static bool names_certificate(CMS_SignerInfo *signer, STACK_OF(X509) * certificates)
{
    const ASN1_STRING *value = signed_attribute(signer, NID_id_smime_aa_signingCertificateV2, V_ASN1_SEQUENCE);
    if (!value) return false;
    const unsigned char *at = ASN1_STRING_get0_data(value);
    ESS_SIGNING_CERT_V2 *named = d2i_ESS_SIGNING_CERT_V2(NULL, &at, ASN1_STRING_length(value));
    bool same = named && OSSL_ESS_check_signing_certs(NULL, named, certificates, 1) == 1;
    ESS_SIGNING_CERT_V2_free(named);
    return same;
}

/* The attributes that CAdES-BES demands, and none that nobody signed. */
static bool has_attributes(CMS_SignerInfo *signer, STACK_OF(X509) * certificates)
{
    const ASN1_OBJECT *type = signed_attribute(signer, NID_pkcs9_contentType, V_ASN1_OBJECT);
    return type && OBJ_obj2nid(type) == NID_pkcs7_data &&
           signed_attribute(signer, NID_pkcs9_messageDigest, V_ASN1_OCTET_STRING) &&
           CMS_unsigned_get_attr_count(signer) <= 0 && names_certificate(signer, certificates);
}

static bool is_signed(CMS_ContentInfo *cms, span_t content)
{
    if (content.size > INT_MAX) return false;
    BIO *data = BIO_new_mem_buf(content.at, (int)content.size);
    bool ok = data && CMS_verify(cms, NULL, NULL, data, NULL, VERIFY_FLAGS) == 1;
    BIO_free(data);
    return ok;
}

static cert_code_t verify_signer(cert_t **cert, CMS_ContentInfo *cms, STACK_OF(X509) * certificates, span_t content,
                                 const char **why, apr_pool_t *pool)
{
    CMS_SignerInfo *signer = only_signer(cms);
    X509 *x509 = sk_X509_value(certificates, 0);
    *why = "the CMS has not exactly one signer, whose certificate is inside";
    if (!signer || CMS_SignerInfo_cert_cmp(signer, x509) != 0) return CERT_MALFORMED;
    *why = "the CMS has a digest or signature algorithm that is not accepted";
    cert_code_t code = judge_algorithms(signer);
    if (code != CERT_OK) return code;
    *why = "the CMS lacks an attribute of CAdES-BES, or names another certificate";
    if (!has_attributes(signer, certificates)) return CERT_MALFORMED;
    code = cert_of_x509(cert, x509, why, pool);
    if (code != CERT_OK) return code;
    *why = "the CMS is not its certificate's signature over these bytes";
    return is_signed(cms, content) ? CERT_OK : CERT_WRONG_SIGNATURE;
}

cert_code_t cert_cms_verify(cert_t **cert, span_t cms, span_t content, const char **why, apr_pool_t *pool)
{
    const char *unread;
    cert_code_t code = CERT_MALFORMED;
    if (!why) why = &unread;
    *cert = NULL;
    *why = "this is not one CMS in DER";
    CMS_ContentInfo *decoded = decode(cms);
    if (decoded) {
        *why = "the CMS is not signed data without content, with one certificate and no revocation list";
        STACK_OF(X509) *certificates = is_detached_data(decoded) ? only_certificate(decoded) : NULL;
        if (certificates) code = verify_signer(cert, decoded, certificates, content, why, pool);
        sk_X509_pop_free(certificates, X509_free);
        CMS_ContentInfo_free(decoded);
    }
    ERR_clear_error(); /* what was refused is no error of ours, and the queue is the whole thread's */
    if (code != CERT_OK) *cert = NULL;
    return code;
}
