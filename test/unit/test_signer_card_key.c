/* SPDX-License-Identifier: Apache-2.0
 *
 * signer/card_key.c with a "card" that is a key in memory: what OpenSSL asks of it, and what becomes of a card that
 * signs wrongly.
 */
#include "certificates.h"
#include "signer/card_key.h"
#include "test.h"

#include <openssl/cms.h>
#include <openssl/rsa.h>

typedef enum { RIGHT, REFUSING, FLIPPED, SHORT, OF_ANOTHER_DIGEST } manner_t;

typedef struct {
    EVP_PKEY *key;
    manner_t manner;
    int asked;
    apr_size_t digest_info_size;
} fake_t;

static apr_pool_t *pool;
static const char *directory;
static fake_t fake;
static X509 *x509;
static card_key_t *key;

static wire_code_t sign(void *context, const unsigned char *digest_info, apr_size_t digest_info_size,
                        unsigned char *signature, apr_size_t *size)
{
    fake_t *with = context;
    unsigned char other[256];

    ++with->asked;
    with->digest_info_size = digest_info_size;
    if (with->manner == REFUSING) return WIRE_CARD_REMOVED;
    memcpy(other, digest_info, digest_info_size);
    if (with->manner == OF_ANOTHER_DIGEST) other[digest_info_size - 1] ^= 1;
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(with->key, NULL);
    assert_int_equal(EVP_PKEY_sign_init(ctx), 1);
    assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PADDING), 1);
    assert_int_equal(EVP_PKEY_sign(ctx, signature, size, other, digest_info_size), 1);
    EVP_PKEY_CTX_free(ctx);
    if (with->manner == FLIPPED) signature[100] ^= 0x10;
    if (with->manner == SHORT) --*size;
    return WIRE_OK;
}

static bool sign_text(const char *text, const EVP_MD *digest, int padding, unsigned char signature[512], size_t *size)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    EVP_PKEY_CTX *of_key;
    *size = 512;
    bool done = EVP_DigestSignInit(ctx, &of_key, digest, NULL, card_key_evp(key)) == 1 &&
                EVP_PKEY_CTX_set_rsa_padding(of_key, padding) == 1 &&
                EVP_DigestSign(ctx, signature, size, (const unsigned char *)text, strlen(text)) == 1;
    EVP_MD_CTX_free(ctx);
    return done;
}

/* By the certificate, in OpenSSL's own way. */
static bool verifies(const char *text, const EVP_MD *digest, const unsigned char *signature, size_t size)
{
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool right = EVP_DigestVerifyInit(ctx, NULL, digest, NULL, X509_get0_pubkey(x509)) == 1 &&
                 EVP_DigestVerify(ctx, signature, size, (const unsigned char *)text, strlen(text)) == 1;
    EVP_MD_CTX_free(ctx);
    return right;
}

static void test_signature(void **state)
{
    unsigned char signature[512];
    size_t size;

    (void)state;
    assert_true(sign_text("form", EVP_sha256(), RSA_PKCS1_PADDING, signature, &size));
    assert_int_equal(fake.asked, 1);
    assert_int_equal(fake.digest_info_size, 19 + 32); /* the DigestInfo of SHA-256, RFC 8017 section 9.2 */
    assert_int_equal(size, 256);
    assert_true(verifies("form", EVP_sha256(), signature, size));
    assert_false(verifies("fork", EVP_sha256(), signature, size));
    assert_int_equal(card_key_trouble(key), WIRE_OK);
    assert_true(sign_text("form", EVP_sha512(), RSA_PKCS1_PADDING, signature, &size));
    assert_int_equal(fake.digest_info_size, 19 + 64);
    assert_true(verifies("form", EVP_sha512(), signature, size));
}

/* Padding of OpenSSL's own making is a raw operation, which no card is asked for. */
static void test_other_padding(void **state)
{
    unsigned char signature[512];
    size_t size;

    (void)state;
    assert_false(sign_text("form", EVP_sha256(), RSA_PKCS1_PSS_PADDING, signature, &size));
    assert_int_equal(fake.asked, 0);
    assert_int_equal(card_key_trouble(key), WIRE_FAILED);
}

static void test_bad_cards(void **state)
{
    static const struct {
        manner_t manner;
        wire_code_t trouble;
    } bad[] = {
        {REFUSING, WIRE_CARD_REMOVED},
        {FLIPPED, WIRE_UNSUPPORTED_CARD},
        {SHORT, WIRE_UNSUPPORTED_CARD},
        {OF_ANOTHER_DIGEST, WIRE_UNSUPPORTED_CARD},
    };
    unsigned char signature[512];
    size_t size;

    (void)state;
    for (apr_size_t i = 0; i < sizeof bad / sizeof *bad; ++i) {
        fake.manner = bad[i].manner;
        fake.asked = 0;
        assert_false(sign_text("form", EVP_sha256(), RSA_PKCS1_PADDING, signature, &size));
        assert_int_equal(card_key_trouble(key), bad[i].trouble);
        assert_int_equal(fake.asked, 1);
    }
    fake.manner = RIGHT;
    assert_true(sign_text("form", EVP_sha256(), RSA_PKCS1_PADDING, signature, &size));
    assert_int_equal(card_key_trouble(key), WIRE_OK);
}

/* CMS compares certificate and key, and asks for one signature. */
static void test_cms(void **state)
{
    BIO *content = BIO_new_mem_buf("form", 4);

    (void)state;
    CMS_ContentInfo *cms = CMS_sign(x509, card_key_evp(key), NULL, content, CMS_DETACHED | CMS_BINARY | CMS_CADES);
    assert_non_null(cms);
    assert_int_equal(fake.asked, 1);
    CMS_ContentInfo_free(cms);
    BIO_free(content);
}

static void test_other_algorithm(void **state)
{
    card_key_t *none = NULL;

    (void)state;
    X509 *curve = certificates_x509(directory, "person/es256", pool);
    assert_int_equal(card_key_make(&none, curve, &(card_signer_t){sign, &fake}), WIRE_UNSUPPORTED_CARD);
    certificates_more(directory, "one odd/weak key=rsa1024");
    X509 *weak = certificates_x509(directory, "odd/weak", pool);
    assert_int_equal(card_key_make(&none, weak, &(card_signer_t){sign, &fake}), WIRE_UNSUPPORTED_CARD);
    assert_null(none);
    card_key_free(NULL);
}

static int new_key(void **state)
{
    (void)state;
    fake = (fake_t){.key = certificates_key(directory, "card/sign", pool)};
    x509 = certificates_x509(directory, "card/sign", pool);
    return card_key_make(&key, x509, &(card_signer_t){sign, &fake}) == WIRE_OK ? 0 : -1;
}

static int free_key(void **state)
{
    (void)state;
    card_key_free(key);
    return 0;
}

static int start(void **state)
{
    pool = test_pool(state);
    directory = certificates_make(pool);
    return 0;
}

#define WITH_KEY(test) cmocka_unit_test_setup_teardown(test, new_key, free_key)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_KEY(test_signature), WITH_KEY(test_other_padding),           WITH_KEY(test_bad_cards),
        WITH_KEY(test_cms),       cmocka_unit_test(test_other_algorithm),
    };
    return cmocka_run_group_tests(tests, start, test_pool_drop);
}
