/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading one certificate: its encoding, key, validity and names for it. What the profiles hold is profile.c's, and
 * whom they name person.c's and company.c's.
 */
#include "cert/cert.h"

#include "base/secret.h"
#include "cert/algorithm.h"
#include "cert/crl.h"
#include "cert/profile.h"

#include <apr_escape.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#define RSA_MOST      8192 /* bits: a longer key makes every verification slow */
#define SERIAL_MAX    20   /* bytes; RFC 5280 section 4.1.2.2 */
#define AUTHORITY_MAX 64   /* bytes of the authority key identifier, 20 as a rule */

static apr_status_t free_x509(void *x509)
{
    X509_free(x509);
    return APR_SUCCESS;
}

/* Its DER, into the pool; false where it has none, or too much. */
static bool encode(span_t *der, X509 *x509, apr_pool_t *pool)
{
    unsigned char *bytes = NULL;
    const int size = i2d_X509(x509, &bytes);
    const bool fits = size > 0 && size <= CERT_MAX;

    if (fits) *der = span_copy(pool, (span_t){(const char *)bytes, (apr_size_t)size});
    OPENSSL_free(bytes);
    return fits;
}

/* With what OpenSSL fills in at the first question about extensions. */
static bool has_sound_extensions(X509 *x509)
{
    X509_check_purpose(x509, -1, 0);
    return !(X509_get_extension_flags(x509) & EXFLAG_INVALID);
}

static bool is_strong_key(X509 *x509)
{
    EVP_PKEY *key = X509_get0_pubkey(x509);
    return key && cert_algorithm_of(key) && EVP_PKEY_get_bits(key) <= RSA_MOST;
}

static const char *hexadecimal(const ASN1_STRING *string, apr_pool_t *pool)
{
    return apr_pescape_hex(pool, ASN1_STRING_get0_data(string), (apr_size_t)ASN1_STRING_length(string), 0);
}

static const char *digest_of(span_t data, apr_pool_t *pool)
{
    unsigned char digest[SECRET_DIGEST_SIZE];
    if (secret_digest(data, digest) != APR_SUCCESS) return NULL;
    return apr_pescape_hex(pool, digest, sizeof digest, 0);
}

/* NULL unless authority key identifier and serial number are as RFC 5280 has them. */
static const char *identity_of(X509 *x509, apr_pool_t *pool)
{
    const ASN1_OCTET_STRING *authority = X509_get0_authority_key_id(x509);
    const ASN1_INTEGER *serial = X509_get0_serialNumber(x509);
    const unsigned char *name;
    apr_size_t size;

    if (!authority || ASN1_STRING_length(authority) < 1 || ASN1_STRING_length(authority) > AUTHORITY_MAX) return NULL;
    if (ASN1_STRING_type(serial) != V_ASN1_INTEGER || ASN1_STRING_length(serial) > SERIAL_MAX) return NULL;
    if (!X509_NAME_get0_der(X509_get_issuer_name(x509), &name, &size)) return NULL;
    const char *issuer = digest_of((span_t){(const char *)name, size}, pool);
    if (!issuer) return NULL;
    return apr_pstrcat(pool, issuer, ":", hexadecimal(authority, pool), ":", hexadecimal(serial, pool), NULL);
}

static const char *read_holder(cert_t *cert, apr_pool_t *pool)
{
    switch (cert->kind) {
    case CERT_JPKI_SIGNING: return person_read(&cert->person, cert->x509, pool);
    case CERT_REGISTRY: return company_read(&cert->company, cert->x509, pool);
    default: return NULL; /* an authentication certificate names nobody */
    }
}

static cert_code_t read_all(cert_t *cert, const char **why, apr_pool_t *pool)
{
    *why = "it is not one certificate in DER";
    if (!encode(&cert->der, cert->x509, pool) || !has_sound_extensions(cert->x509)) return CERT_MALFORMED;

    cert_code_t code = profile_find(&cert->kind, cert->x509, why);
    if (code != CERT_OK) return code;

    *why = "its key is neither RSA of 2048 to 8192 bits nor on P-256 or P-384";
    if (!is_strong_key(cert->x509)) return CERT_WEAK_KEY;
    *why = "it is signed with a digest under SHA-256";
    if (!cert_algorithm_is_strong(X509_get_signature_nid(cert->x509))) return CERT_WEAK_KEY;

    *why = "its times can't be read";
    if (!crl_time(&cert->not_before, X509_get0_notBefore(cert->x509))) return CERT_MALFORMED;
    if (!crl_time(&cert->not_after, X509_get0_notAfter(cert->x509))) return CERT_MALFORMED;

    *why = "its authority key identifier or serial number is missing or out of bounds";
    cert->fingerprint = digest_of(cert->der, pool);
    cert->identity = identity_of(cert->x509, pool);
    if (!cert->fingerprint || !cert->identity) return CERT_MALFORMED;

    *why = read_holder(cert, pool);
    return *why ? CERT_MALFORMED : CERT_OK;
}

cert_code_t cert_of_x509(cert_t **cert, X509 *x509, const char **why, apr_pool_t *pool)
{
    cert_t *read = apr_pcalloc(pool, sizeof *read);
    const char *sentence;

    X509_up_ref(x509);
    apr_pool_cleanup_register(pool, x509, free_x509, apr_pool_cleanup_null);
    read->x509 = x509;
    /* What OpenSSL has to say would be found by the next one who asks it, in the same thread. */
    ERR_set_mark();
    cert_code_t code = read_all(read, &sentence, pool);
    ERR_pop_to_mark();
    if (why) *why = sentence;
    *cert = code == CERT_OK ? read : NULL;
    return code;
}

cert_code_t cert_read(cert_t **cert, span_t der, const char **why, apr_pool_t *pool)
{
    const unsigned char *at = (const unsigned char *)der.at;
    cert_code_t code = CERT_MALFORMED;

    *cert = NULL;
    if (why) *why = "it is not one certificate in DER";
    if (der.size == 0 || der.size > CERT_MAX) return code;
    ERR_set_mark();
    X509 *x509 = d2i_X509(NULL, &at, (long)der.size);
    ERR_pop_to_mark();
    if (!x509) return code;
    code = cert_of_x509(cert, x509, why, pool);
    X509_free(x509);
    /* No byte less or more, as DER has it: two encodings of one certificate would have two fingerprints. */
    if (code != CERT_OK || span_equal((*cert)->der, der)) return code;
    *cert = NULL;
    if (why) *why = "it is not one certificate in DER";
    return CERT_MALFORMED;
}

const char *cert_kind_name(cert_kind_t kind)
{
    static const char *const names[CERT_KINDS] = {"jpki-signing", "jpki-authentication", "registry"};
    return names[kind];
}
