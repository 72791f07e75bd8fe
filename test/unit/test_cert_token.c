/* SPDX-License-Identifier: Apache-2.0
 *
 * cert/token: tokens that others can verify, others' tokens, and everything that is not quite a token.
 */
#include "cert/token.h"
#include "certificates.h"
#include "counted_key.h"
#include "test.h"

#include <apr_file_io.h>
#include <openssl/ec.h>
#include <stdlib.h>

#define ORIGIN  SPAN("https://127.0.0.1:8443")
#define NONCE   SPAN("MTIzNDU2NzgxMjM0NTY3ODEyMzQ1Njc4MTIzNDU2Nzg=")
#define VERSION "kawasaki-signer 1"
#define VECTORS "WEB_EID_VECTORS" /* a directory with Web eID's own tokens: docs/certificates.md says which */

static apr_pool_t *pool;
static const char *directory;

static span_t make(const char *name)
{
    span_t token;
    EVP_PKEY *key = certificates_key(directory, name, pool);
    X509 *x509 = certificates_x509(directory, name, pool);
    assert_int_equal(cert_token_make(&token, key, x509, ORIGIN, NONCE, VERSION, pool), APR_SUCCESS);
    return token;
}

/* The verdict; every refusal says why and gives no certificate. */
static cert_code_t verify(span_t token, span_t origin, span_t nonce)
{
    cert_t *cert = NULL;
    const char *why = NULL;
    cert_code_t code = cert_token_verify(&cert, token, origin, nonce, &why, pool);
    assert_true((code == CERT_OK) == (cert != NULL));
    if (code != CERT_OK) assert_non_null(why);
    return code;
}

/* The token with the first `old` made `new`. */
static span_t replaced(span_t token, const char *old, const char *new)
{
    const char *text = span_text(pool, token);
    const char *at = strstr(text, old);
    assert_non_null(at);
    return span_of(apr_pstrcat(pool, apr_pstrmemdup(pool, text, (apr_size_t)(at - text)), new, at + strlen(old), NULL));
}

/* What stands between "name":" and the next ". */
static const char *field(span_t token, const char *name)
{
    const char *start = strstr(span_text(pool, token), apr_psprintf(pool, "\"%s\":\"", name));
    assert_non_null(start);
    start += strlen(name) + 4;
    return apr_pstrmemdup(pool, start, strcspn(start, "\""));
}

static span_t bytes_of(const char *base64)
{
    unsigned char *bytes = apr_palloc(pool, strlen(base64));
    int size = EVP_DecodeBlock(bytes, (const unsigned char *)base64, (int)strlen(base64));
    assert_true(size > 0);
    for (const char *end = base64 + strlen(base64); end[-1] == '='; end--) size--;
    return (span_t){(const char *)bytes, (apr_size_t)size};
}

static const char *base64_of(const unsigned char *bytes, int size)
{
    unsigned char *text = apr_palloc(pool, (apr_size_t)size * 2 + 5);
    EVP_EncodeBlock(text, bytes, size);
    return (const char *)text;
}

/* Each algorithm's token, by us and by Node. */
static void test_round(void **state)
{
    static const char *const names[][2] = {
        {"card/auth", "RS256"}, {"person/auth-es256", "ES256"}, {"person/auth-es384", "ES384"}};

    (void)state;
    for (int i = 0; i < 3; i++) {
        cert_t *cert;
        const char *file = apr_psprintf(pool, "%s/token", directory);
        span_t token = make(names[i][0]);
        assert_int_equal(cert_token_verify(&cert, token, ORIGIN, NONCE, NULL, pool), CERT_OK);
        assert_int_equal(cert->kind, CERT_JPKI_AUTHENTICATION);
        assert_string_equal(field(token, "algorithm"), names[i][1]);
        assert_string_equal(field(token, "format"), "web-eid:1.0");
        assert_string_equal(field(token, "appVersion"), VERSION);
        assert_int_equal(verify(token, SPAN("https://127.0.0.1:8444"), NONCE), CERT_WRONG_SIGNATURE);
        assert_int_equal(verify(token, SPAN("https://127.0.0.1:8443/"), NONCE), CERT_WRONG_SIGNATURE);
        assert_int_equal(verify(token, ORIGIN, SPAN("MTIzNDU2NzgxMjM0NTY3ODEyMzQ1Njc4MTIzNDU2Nzk=")),
                         CERT_WRONG_SIGNATURE);

        apr_file_t *out;
        assert_int_equal(apr_file_open(&out, file, APR_WRITE | APR_CREATE | APR_TRUNCATE, 0600, pool), APR_SUCCESS);
        assert_int_equal(apr_file_write_full(out, token.at, token.size, NULL), APR_SUCCESS);
        apr_file_close(out);
        const char *node = "exec node test/card/verify-token.mjs %s %s <%s >/dev/null";
        assert_int_equal(system(apr_psprintf(pool, node, ORIGIN.at, NONCE.at, file)), 0);
        assert_int_not_equal(system(apr_psprintf(pool, node, "https://127.0.0.1:8444", NONCE.at, file)), 0);
    }
}

static span_t vector(const char *name)
{
    return certificates_file(getenv(VECTORS), name, pool);
}

/* The token's signature with its certificate's key. */
static cert_code_t check(span_t token, span_t origin, span_t nonce)
{
    span_t der = bytes_of(field(token, "unverifiedCertificate"));
    const unsigned char *at = (const unsigned char *)der.at;
    X509 *x509 = d2i_X509(NULL, &at, (long)der.size);
    assert_non_null(x509);
    cert_code_t code = cert_token_check(X509_get0_pubkey(x509), span_of(field(token, "algorithm")),
                                        bytes_of(field(token, "signature")), origin, nonce);
    X509_free(x509);
    return code;
}

/* Web eID's own tokens: our signature function believes them, our profiles don't know their certificates. */
static void test_vectors(void **state)
{
    const span_t origin = SPAN("https://ria.ee");
    const span_t nonce = SPAN("12345678123456781234567812345678912356789123");

    (void)state;
    span_t es384 = vector("es384.json");
    span_t rs256 = vector("rs256.json");
    span_t foreign = vector("wrong-certificate.json");
    assert_int_equal(check(es384, origin, nonce), CERT_OK);
    assert_int_equal(check(rs256, origin, nonce), CERT_OK);
    assert_int_equal(check(foreign, origin, nonce), CERT_WRONG_SIGNATURE);
    assert_int_equal(check(es384, SPAN("https://invalid.org"), nonce), CERT_WRONG_SIGNATURE);
    assert_int_equal(check(es384, origin, SPAN("12345678123456781234567812345678912356789124")), CERT_WRONG_SIGNATURE);
    assert_int_equal(verify(es384, origin, nonce), CERT_WRONG_PURPOSE);
    /* Its issuerApp is of a draft before version 1.0. */
    assert_int_equal(verify(rs256, origin, nonce), CERT_MALFORMED);
}

static void test_format(void **state)
{
    static const struct {
        const char *old, *new;
        cert_code_t code;
    } cases[] = {
        {"web-eid:1.0", "web-eid:1", CERT_OK},
        {"web-eid:1.0", "web-eid:1.12", CERT_OK},
        {"web-eid:1.0", "web-eid:1.", CERT_MALFORMED},
        {"web-eid:1.0", "web-eid:10", CERT_MALFORMED},
        {"web-eid:1.0", "web-eid:1.x", CERT_MALFORMED},
        {"web-eid:1.0", "web-eid:2.0", CERT_MALFORMED},
        {"web-eid:1.0", "web-eid", CERT_MALFORMED},
        {"web-eid:1.0", "", CERT_MALFORMED},
        {",\"appVersion\":\"" VERSION "\"", "", CERT_OK},
        {"\"" VERSION "\"", "1", CERT_MALFORMED},
        {"\"" VERSION "\"", "null", CERT_MALFORMED},
        {"\"appVersion\"", "\"appversion\"", CERT_MALFORMED},
        {"\"format\"", "\"other\":\"\",\"format\"", CERT_MALFORMED},
        {"\"format\":\"web-eid:1.0\",", "", CERT_MALFORMED},
        {"\"format\"", "\"format\":\"web-eid:1.0\",\"format\"", CERT_MALFORMED},
        {"\"RS256\"", "\"ES256\"", CERT_WRONG_SIGNATURE},
        {"\"RS256\"", "\"RS384\"", CERT_WRONG_SIGNATURE},
        {"\"RS256\"", "\"PS256\"", CERT_WRONG_SIGNATURE},
        {"\"RS256\"", "\"none\"", CERT_WRONG_SIGNATURE},
        {"\"RS256\"", "\"rs256\"", CERT_WRONG_SIGNATURE},
        {"\"RS256\"", "\"\"", CERT_WRONG_SIGNATURE},
        {"\"RS256\"", "[\"RS256\"]", CERT_MALFORMED},
        {"\"RS256\"", "\"RS256\\u0000\"", CERT_MALFORMED},
        {"\"RS256\"", "\"RS256\xff\"", CERT_MALFORMED},
        {"}", "}}", CERT_MALFORMED},
        {"}", "} x", CERT_MALFORMED},
        {"}", "", CERT_MALFORMED},
        {"{", "[{", CERT_MALFORMED},
        {"\"unverifiedCertificate\":\"MII", "\"unverifiedCertificate\":\" MII", CERT_MALFORMED},
        {"\"unverifiedCertificate\":\"MII", "\"unverifiedCertificate\":\"MI\\nI", CERT_MALFORMED},
        {"\"unverifiedCertificate\":\"MII", "\"unverifiedCertificate\":\"MI-", CERT_MALFORMED},
        {"\"unverifiedCertificate\":\"MII", "\"unverifiedCertificate\":\"AAAAMII", CERT_MALFORMED},
        {"\"signature\":\"", "\"signature\":\"AAAA", CERT_WRONG_SIGNATURE},
        {"==\"", "\"", CERT_MALFORMED},
        {"==\"", "==\\n\"", CERT_MALFORMED},
        {"==\"", "==    \"", CERT_MALFORMED},
        {"==\"", "=\"", CERT_MALFORMED},
    };

    (void)state;
    span_t token = make("card/auth");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cert_code_t code = verify(replaced(token, cases[i].old, cases[i].new), ORIGIN, NONCE);
        if (code != cases[i].code) fail_msg("%s -> %s: %s", cases[i].old, cases[i].new, cert_code_name(code));
    }
    assert_int_equal(verify(replaced(token, "\"RS256\"", "\"RS256\" "), ORIGIN, NONCE), CERT_OK);
    assert_int_equal(verify((span_t){"", 0}, ORIGIN, NONCE), CERT_MALFORMED);
    assert_int_equal(verify(SPAN("[]"), ORIGIN, NONCE), CERT_MALFORMED);
    assert_int_equal(verify(SPAN("\"x\""), ORIGIN, NONCE), CERT_MALFORMED);
}

/* Base64 whose last character has bits that mean nothing: the same bytes, another text. */
static void test_base64_spare_bits(void **state)
{
    (void)state;
    span_t token = make("card/auth"); /* 256 bytes: one character with four spare bits, then == */
    const char *signature = field(token, "signature");
    apr_size_t size = strlen(signature);
    assert_string_equal(signature + size - 2, "==");
    char *other = apr_pstrdup(pool, signature);
    other[size - 3]++;
    assert_true(span_equal(bytes_of(other), bytes_of(signature)));
    assert_int_equal(verify(replaced(token, signature, other), ORIGIN, NONCE), CERT_MALFORMED);
}

static void test_size(void **state)
{
    (void)state;
    span_t token = make("card/auth");
    char *text = apr_palloc(pool, CERT_TOKEN_MAX + 1);
    memset(text, ' ', CERT_TOKEN_MAX + 1);
    memcpy(text, token.at, token.size);
    assert_int_equal(verify((span_t){text, CERT_TOKEN_MAX}, ORIGIN, NONCE), CERT_OK);
    assert_int_equal(verify((span_t){text, CERT_TOKEN_MAX + 1}, ORIGIN, NONCE), CERT_MALFORMED);
}

/* A bit of the token changed: refused, but where the token's signature doesn't reach: the version, a minor version, and
 * those parts of the certificate that its issuer signed (trust.h's question). */
static void test_one_bit(void **state)
{
    (void)state;
    span_t token = make("person/auth-es256");
    for (apr_size_t i = 0; i < token.size; i += 7) {
        char *other = span_text(pool, token);
        other[i] = (char)(other[i] ^ 1);
        span_t changed = {other, token.size};
        if (verify(changed, ORIGIN, NONCE) != CERT_OK) continue;
        assert_string_equal(field(changed, "algorithm"), field(token, "algorithm"));
        assert_string_equal(field(changed, "signature"), field(token, "signature"));
        assert_int_equal(check(changed, ORIGIN, NONCE), CERT_OK);
    }
}

static void test_other_certificate(void **state)
{
    (void)state;
    span_t token = make("person/auth-es256");
    span_t other = make("person/auth-es384");
    span_t mixed = replaced(token, field(token, "unverifiedCertificate"), field(other, "unverifiedCertificate"));
    assert_int_equal(verify(mixed, ORIGIN, NONCE), CERT_WRONG_SIGNATURE);
    assert_int_equal(verify(replaced(mixed, "ES256", "ES384"), ORIGIN, NONCE), CERT_WRONG_SIGNATURE);
}

/* ECDSA has a second signature for everything that is signed, (r, n-s), which anybody can compute from the first. It
 * verifies: so a signature's bytes say nothing about whether it was seen before. The nonce does. */
static void test_second_signature(void **state)
{
    unsigned char raw[64];
    EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);

    (void)state;
    span_t token = make("person/auth-es256");
    const char *signature = field(token, "signature");
    memcpy(raw, bytes_of(signature).at, sizeof raw);
    BIGNUM *s = BN_bin2bn(raw + 32, 32, NULL);
    assert_int_equal(BN_sub(s, EC_GROUP_get0_order(group), s), 1);
    assert_int_equal(BN_bn2binpad(s, raw + 32, 32), 32);
    const char *second = base64_of(raw, sizeof raw);
    assert_string_not_equal(second, signature);
    assert_int_equal(verify(replaced(token, signature, second), ORIGIN, NONCE), CERT_OK);
    assert_int_equal(
        verify(replaced(token, signature, second), ORIGIN, SPAN("MTIzNDU2NzgxMjM0NTY3ODEyMzQ1Njc4MTIzNDU2Nzk=")),
        CERT_WRONG_SIGNATURE);
    BN_free(s);
    EC_GROUP_free(group);
}

static void test_odd_signatures(void **state)
{
    EVP_PKEY *key = certificates_key(directory, "person/auth-es256", pool);
    unsigned char raw[96] = {0};

    (void)state;
    span_t good = bytes_of(field(make("person/auth-es256"), "signature"));
    assert_int_equal(good.size, 64);
    assert_int_equal(cert_token_check(key, SPAN("ES256"), good, ORIGIN, NONCE), CERT_OK);
    for (apr_size_t size = 0; size <= sizeof raw; size += 16) {
        span_t zeroes = {(const char *)raw, size};
        assert_int_equal(cert_token_check(key, SPAN("ES256"), zeroes, ORIGIN, NONCE), CERT_WRONG_SIGNATURE);
    }
    memset(raw, 0xFF, sizeof raw);
    assert_int_equal(cert_token_check(key, SPAN("ES256"), (span_t){(const char *)raw, 64}, ORIGIN, NONCE),
                     CERT_WRONG_SIGNATURE);
    span_t cut = {good.at, 63};
    assert_int_equal(cert_token_check(key, SPAN("ES256"), cut, ORIGIN, NONCE), CERT_WRONG_SIGNATURE);
}

static void test_weak(void **state)
{
    static const char *const keys[] = {"rsa1024", "p521", "ed25519"};
    span_t token;

    (void)state;
    for (int i = 0; i < 3; i++) {
        const char *name = apr_pstrcat(pool, "weak/", keys[i], NULL);
        certificates_more(directory, "one %s profile=jpki-authentication key=%s", name, keys[i]);
        EVP_PKEY *key = certificates_key(directory, name, pool);
        X509 *x509 = certificates_x509(directory, name, pool);
        assert_int_equal(cert_token_make(&token, key, x509, ORIGIN, NONCE, VERSION, pool), APR_EINVAL);
        assert_int_equal(cert_token_check(key, SPAN("RS256"), SPAN("x"), ORIGIN, NONCE), CERT_WEAK_KEY);
        span_t good = make("card/auth");
        span_t der = certificates_file(directory, apr_pstrcat(pool, name, ".der", NULL), pool);
        const char *weak = base64_of((const unsigned char *)der.at, (int)der.size);
        assert_int_equal(verify(replaced(good, field(good, "unverifiedCertificate"), weak), ORIGIN, NONCE),
                         CERT_WEAK_KEY);
    }
}

/* A card is asked once, and when it refuses there is no token. */
static void test_card(void **state)
{
    counted_key_t card;
    span_t token;
    X509 *x509 = certificates_x509(directory, "card/auth", pool);

    (void)state;
    counted_key_make(&card, certificates_key(directory, "card/auth", pool));
    assert_int_equal(cert_token_make(&token, card.key, x509, ORIGIN, NONCE, VERSION, pool), APR_SUCCESS);
    assert_int_equal(card.operations, 1);
    assert_true(span_equal(token, make("card/auth")));
    card.is_out = true;
    assert_int_equal(cert_token_make(&token, card.key, x509, ORIGIN, NONCE, VERSION, pool), APR_EGENERAL);
    assert_int_equal(card.operations, 2);
    assert_int_equal(cert_token_make(&token, card.key, x509, ORIGIN, SPAN("short"), VERSION, pool), APR_EINVAL);
    assert_int_equal(card.operations, 2);
    counted_key_free(&card);
}

static int set_up(void **state)
{
    pool = test_pool(state);
    directory = certificates_make(pool);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round),
        cmocka_unit_test(test_format),
        cmocka_unit_test(test_base64_spare_bits),
        cmocka_unit_test(test_size),
        cmocka_unit_test(test_one_bit),
        cmocka_unit_test(test_other_certificate),
        cmocka_unit_test(test_second_signature),
        cmocka_unit_test(test_odd_signatures),
        cmocka_unit_test(test_weak),
        cmocka_unit_test(test_card),
    };
    const struct CMUnitTest vectors[] = {cmocka_unit_test(test_vectors)};
    int failed = cmocka_run_group_tests(tests, set_up, test_pool_drop);

    if (getenv(VECTORS)) failed += cmocka_run_group_tests(vectors, set_up, test_pool_drop);
    return failed;
}
