/* SPDX-License-Identifier: Apache-2.0 */
#include "cert/token.h"

#include "base/base64.h"
#include "base/number.h"
#include "cert/algorithm.h"

#include <jansson.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <stdlib.h>

#define FORMAT_FAMILY "web-eid:1"
#define NONCE_LEAST   44                    /* characters, as the specification demands */
#define SIGNATURE_MAX 2048                  /* bytes: an RSA key of 16384 bits, OpenSSL's bound */
#define MESSAGE_MAX   (2 * EVP_MAX_MD_SIZE) /* hash(origin) and hash(nonce) */
#define ECDSA_DER_MAX 128                   /* bytes, for P-384 */

/* What a token holds; spans point into its JSON. */
typedef struct {
    span_t certificate, algorithm, signature, format, version;
} fields_t;

/* hash(origin) and hash(nonce), one behind the other; its size, 0 where OpenSSL refuses. */
static apr_size_t message_of(unsigned char message[MESSAGE_MAX], const EVP_MD *digest, span_t origin, span_t nonce)
{
    unsigned int first = 0;
    unsigned int second = 0;
    if (EVP_Digest(origin.at, origin.size, message, &first, digest, NULL) != 1) return 0;
    if (EVP_Digest(nonce.at, nonce.size, message + first, &second, digest, NULL) != 1) return 0;
    return first + second;
}

/* ECDSA as X.509 has it (a DER sequence) to ECDSA as JWA has it (r and s in fixed sizes). */
static bool raw_of_der(unsigned char *signature, apr_size_t *size, int integer_size)
{
    const unsigned char *at = signature;
    ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &at, (long)*size);
    bool ok = pair && BN_bn2binpad(ECDSA_SIG_get0_r(pair), signature, integer_size) == integer_size &&
              BN_bn2binpad(ECDSA_SIG_get0_s(pair), signature + integer_size, integer_size) == integer_size;
    *size = 2 * (apr_size_t)integer_size;
    ECDSA_SIG_free(pair);
    return ok;
}

static bool der_of_raw(unsigned char der[ECDSA_DER_MAX], apr_size_t *size, span_t raw, int integer_size)
{
    const unsigned char *at = (const unsigned char *)raw.at;
    if (raw.size != 2 * (apr_size_t)integer_size) return false;
    ECDSA_SIG *pair = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(at, integer_size, NULL);
    BIGNUM *s = BN_bin2bn(at + integer_size, integer_size, NULL);
    if (!pair || !r || !s || !ECDSA_SIG_set0(pair, r, s)) {
        BN_free(r);
        BN_free(s);
        ECDSA_SIG_free(pair);
        return false;
    }
    int written = i2d_ECDSA_SIG(pair, &der);
    ECDSA_SIG_free(pair);
    *size = (apr_size_t)written;
    return written > 0;
}

/* The signature as the token carries it, in `signature` of SIGNATURE_MAX bytes. */
static bool sign(unsigned char *signature, apr_size_t *size, EVP_PKEY *key, const cert_algorithm_t *algorithm,
                 span_t origin, span_t nonce)
{
    unsigned char message[MESSAGE_MAX];
    const EVP_MD *digest = EVP_get_digestbyname(algorithm->digest);
    apr_size_t message_size = message_of(message, digest, origin, nonce);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    *size = SIGNATURE_MAX;
    bool ok = context && message_size > 0 && EVP_DigestSignInit(context, NULL, digest, NULL, key) == 1 &&
              EVP_DigestSign(context, signature, size, message, message_size) == 1;
    EVP_MD_CTX_free(context);
    return ok && (!algorithm->integer_size || raw_of_der(signature, size, algorithm->integer_size));
}

/* The token's text; NULL where a part is not UTF-8 or memory is short. */
static char *write_json(span_t certificate, const char *algorithm, span_t signature, const char *version)
{
    json_t *json = json_pack("{s:s%, s:s, s:s%, s:s, s:s}", "unverifiedCertificate", certificate.at, certificate.size,
                             "algorithm", algorithm, "signature", signature.at, signature.size, "format",
                             CERT_TOKEN_FORMAT, "appVersion", version);
    char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;
    json_decref(json);
    return text;
}

apr_status_t cert_token_make(span_t *token, EVP_PKEY *key, X509 *x509, span_t origin, span_t nonce, const char *version,
                             apr_pool_t *pool)
{
    unsigned char signature[SIGNATURE_MAX];
    unsigned char *der = NULL;
    apr_size_t size;
    const cert_algorithm_t *algorithm = cert_algorithm_of(key);
    if (!algorithm || nonce.size < NONCE_LEAST) return APR_EINVAL;
    if (!sign(signature, &size, key, algorithm, origin, nonce)) return APR_EGENERAL;
    int der_size = i2d_X509(x509, &der);
    if (der_size < 0) return APR_EINVAL;
    span_t certificate = base64_encode((span_t){(const char *)der, (apr_size_t)der_size}, pool);
    OPENSSL_free(der);
    char *text =
        write_json(certificate, algorithm->name, base64_encode((span_t){(const char *)signature, size}, pool), version);
    if (!text) return APR_EINVAL;
    *token = span_copy(pool, span_of(text));
    free(text);
    return APR_SUCCESS;
}

cert_code_t cert_token_check(EVP_PKEY *key, span_t algorithm_name, span_t signature, span_t origin, span_t nonce)
{
    unsigned char message[MESSAGE_MAX];
    unsigned char der[ECDSA_DER_MAX];
    const cert_algorithm_t *algorithm = cert_algorithm_of(key);
    if (!algorithm) return CERT_WEAK_KEY;
    if (!span_is(algorithm_name, algorithm->name)) return CERT_WRONG_SIGNATURE;
    if (algorithm->integer_size) {
        apr_size_t size;
        if (!der_of_raw(der, &size, signature, algorithm->integer_size)) return CERT_WRONG_SIGNATURE;
        signature = (span_t){(const char *)der, size};
    }
    const EVP_MD *digest = EVP_get_digestbyname(algorithm->digest);
    apr_size_t size = message_of(message, digest, origin, nonce);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool ok = context && size > 0 && EVP_DigestVerifyInit(context, NULL, digest, NULL, key) == 1 &&
              EVP_DigestVerify(context, (const unsigned char *)signature.at, signature.size, message, size) == 1;
    EVP_MD_CTX_free(context);
    ERR_clear_error(); /* a wrong signature is no error of ours, and the queue is the whole thread's */
    return ok ? CERT_OK : CERT_WRONG_SIGNATURE;
}

/* "web-eid:1", "web-eid:1.N": minor versions keep their meaning. */
static bool is_format(span_t format)
{
    span_t family = SPAN(FORMAT_FAMILY);
    if (format.size < family.size || memcmp(format.at, family.at, family.size) != 0) return false;
    if (format.size == family.size) return true;
    span_t minor = {format.at + family.size, format.size - family.size};
    if (minor.size < 2 || minor.size > 4 || minor.at[0] != '.') return false;
    return number_is_digits((span_t){minor.at + 1, minor.size - 1});
}

/* The fields, and no others; spans live as long as the JSON. */
static bool read_fields(fields_t *fields, json_t *json)
{
    const struct {
        const char *name;
        span_t *value;
    } wanted[] = {{"unverifiedCertificate", &fields->certificate},
                  {"algorithm", &fields->algorithm},
                  {"signature", &fields->signature},
                  {"format", &fields->format},
                  {"appVersion", &fields->version}};
    size_t found = 0;
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        json_t *value = json_object_get(json, wanted[i].name);
        if (!value && wanted[i].value == &fields->version) continue;
        if (!json_is_string(value)) return false;
        *wanted[i].value = (span_t){json_string_value(value), json_string_length(value)};
        found++;
    }
    return found == json_object_size(json) && is_format(fields->format);
}

static cert_code_t verify_fields(cert_t **cert, const fields_t *fields, span_t origin, span_t nonce, const char **why,
                                 apr_pool_t *pool)
{
    span_t der, signature;
    *why = "the token's certificate or signature is not in base64";
    if (base64_decode(&der, fields->certificate, pool) != APR_SUCCESS) return CERT_MALFORMED;
    if (base64_decode(&signature, fields->signature, pool) != APR_SUCCESS) return CERT_MALFORMED;
    cert_code_t code = cert_read(cert, der, why, pool);
    if (code != CERT_OK) return code;
    *why = "the token's signature is not its certificate's over this origin and nonce";
    return cert_token_check(X509_get0_pubkey((*cert)->x509), fields->algorithm, signature, origin, nonce);
}

cert_code_t cert_token_verify(cert_t **cert, span_t token, span_t origin, span_t nonce, const char **why,
                              apr_pool_t *pool)
{
    const char *unread;
    fields_t fields = {0};
    if (!why) why = &unread;
    *cert = NULL;
    *why = "the token is too long";
    if (token.size > CERT_TOKEN_MAX) return CERT_MALFORMED;
    *why = "the token is not JSON with the fields of a Web eID token";
    json_t *json = json_loadb(token.at, token.size, JSON_REJECT_DUPLICATES, NULL);
    cert_code_t code =
        read_fields(&fields, json) ? verify_fields(cert, &fields, origin, nonce, why, pool) : CERT_MALFORMED;
    json_decref(json);
    if (code != CERT_OK) *cert = NULL;
    return code;
}
