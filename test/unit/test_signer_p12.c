/* SPDX-License-Identifier: Apache-2.0
 *
 * Certificate files as OpenSSL's program makes them, as others made them years ago, and as nobody should: signer/p12.c
 * with p12_content.c and p12_work.c.
 */
#include "certificates.h"
#include "signer/p12_content.h"
#include "signer/source.h"
#include "test.h"
#include "wire/shape.h"

#include <apr_file_io.h>

#include <stdlib.h>
#include <time.h>

#define PASSWORD "kawasaki-p12"
/* Of the processor, since the machine may be busy; valgrind is some thirty times slower. Absurd counts take hours. */
#define SHORT_WORK (20 * CLOCKS_PER_SEC)

static apr_pool_t *pool;
static const char *directory;

static const char *path(const char *name)
{
    return apr_pstrcat(pool, directory, "/", name, NULL);
}

/* In the directory of certificates. */
static void shell(const char *command)
{
    assert_int_equal(system(apr_psprintf(pool, "cd %s && { %s; } 2>/dev/null", directory, command)), 0);
}

static void export(const char *name, const char *options)
{
    shell(apr_psprintf(pool, "openssl pkcs12 -export -out %s %s -passout pass:%s", name, options, PASSWORD));
}

static void write_file(const char *name, const void *bytes, apr_size_t size)
{
    apr_file_t *file;
    apr_int32_t flags = APR_FOPEN_WRITE | APR_FOPEN_CREATE | APR_FOPEN_TRUNCATE;
    assert_int_equal(apr_file_open(&file, path(name), flags, APR_FPROT_OS_DEFAULT, pool), APR_SUCCESS);
    assert_int_equal(apr_file_write_full(file, bytes, size, NULL), APR_SUCCESS);
    apr_file_close(file);
}

static wire_code_t open_with(source_t *source, const char *password)
{
    source_prompt_t prompt;
    pin_t pin = {.size = strlen(password)};
    int tries = 7;

    wire_code_t code = source->calls->open(source, SOURCE_SIGNING, &prompt, pool);
    if (code != WIRE_OK) return code;
    assert_int_equal(prompt.tries, ANSWER_TRIES_UNKNOWN);
    assert_int_equal(prompt.most, PIN_MAX);
    assert_true(!prompt.digits_only && !prompt.upper_case && !prompt.pinpad && prompt.insertion.size == 0);
    memcpy(pin.bytes, password, pin.size);
    code = source->calls->unlock(source, &pin, 0, &tries);
    assert_int_equal(tries, ANSWER_TRIES_UNKNOWN);
    return code;
}

/* What comes of the file; a refusal comes soon, whatever the file asks for. */
static wire_code_t try_file(const char *name, const char *password)
{
    source_t *source = source_p12(path(name), pool);
    clock_t begun = clock();
    wire_code_t code = open_with(source, password);
    if (code != WIRE_OK) assert_true(clock() - begun < SHORT_WORK);
    source->calls->close(source);
    source->calls->close(source);
    return code;
}

static wire_code_t info_of(const char *name)
{
    answer_info_t info;
    source_t *source = source_p12(path(name), pool);
    source->calls->info(source, &info, pool);
    assert_true(span_is(info.source, "file"));
    assert_int_equal(info.signing_tries, ANSWER_TRIES_UNKNOWN);
    assert_int_equal(info.authentication_tries, ANSWER_TRIES_UNKNOWN);
    assert_int_equal(info.has_signing, info.code == WIRE_OK);
    assert_int_equal(info.has_authentication, info.code == WIRE_OK);
    return info.code;
}

/* The file gives this certificate, with a key that signs for it. */
static void assert_holds(const char *name, const char *certificate)
{
    source_t *source = source_p12(path(name), pool);
    X509 *x509;
    EVP_PKEY *key;

    assert_int_equal(info_of(name), WIRE_OK);
    assert_int_equal(open_with(source, PASSWORD), WIRE_OK);
    assert_int_equal(source->calls->key(source, &x509, &key), WIRE_OK);
    assert_int_equal(X509_cmp(x509, certificates_x509(directory, certificate, pool)), 0);
    assert_int_equal(X509_check_private_key(x509, key), 1);
    assert_int_equal(source->calls->trouble(source), WIRE_OK);
    source->calls->close(source);
    assert_int_equal(source->calls->key(source, &x509, &key), WIRE_FAILED);
}

static void test_files(void **state)
{
    (void)state;
    assert_holds("company/company.p12", "company/company");
    assert_holds("person/es256.p12", "person/es256");
    assert_holds("person/es384.p12", "person/es384");
    assert_int_equal(try_file("company/company.p12", "kawasaki-P12"), WIRE_PIN_WRONG);
    assert_int_equal(try_file("company/company.p12", ""), WIRE_PIN_WRONG);
    assert_int_equal(try_file("company/company.p12", PASSWORD), WIRE_OK);
}

/* By its bytes, whatever its name, and before anybody knows the password. */
static void test_holder(void **state)
{
    static const char *const names[] = {"company/company.p12", "person/es256.p12"};

    (void)state;
    for (int i = 0; i < 2; ++i) {
        source_t *source = source_p12(path(names[i]), pool);
        answer_info_t info;
        source_prompt_t prompt;
        source->calls->info(source, &info, pool);
        assert_true(shape_is_digest(info.holder));
        shell(apr_psprintf(pool, "test \"$(sha256sum <%s)\" = '%s  -'", names[i], span_text(pool, info.holder)));
        assert_int_equal(source->calls->open(source, SOURCE_SIGNING, &prompt, pool), WIRE_OK);
        assert_true(span_equal(prompt.holder, info.holder));
        source->calls->close(source);
    }
}

/* A helper that was given none. */
static void test_no_path(void **state)
{
    source_t *source = source_p12(NULL, pool);
    answer_info_t info;
    source_prompt_t prompt;

    (void)state;
    source->calls->info(source, &info, pool);
    assert_int_equal(info.code, WIRE_FILE_MISSING);
    assert_int_equal(info.holder.size, 0);
    assert_int_equal(source->calls->open(source, SOURCE_SIGNING, &prompt, pool), WIRE_FILE_MISSING);
    assert_int_equal(prompt.holder.size, 0);
    source->calls->close(source);
}

/* 3DES is in every OpenSSL; RC2 is where the legacy provider is. */
static void test_old_algorithms(void **state)
{
    const char *pair = "-inkey company/company.key -in company/company.crt";

    (void)state;
    export("3des.p12", apr_psprintf(pool, "%s -certpbe PBE-SHA1-3DES -keypbe PBE-SHA1-3DES -macalg sha1", pair));
    assert_holds("3des.p12", "company/company");
    export("rc2.p12", apr_psprintf(pool, "%s -legacy", pair));
    assert_holds("rc2.p12", "company/company");
    export("plain.p12", apr_psprintf(pool, "%s -certpbe NONE -keypbe NONE", pair));
    assert_holds("plain.p12", "company/company");
    assert_int_equal(try_file("plain.p12", "wrong"), WIRE_PIN_WRONG);
}

static void test_passwords(void **state)
{
    const char *pair = "-inkey company/company.key -in company/company.crt";

    (void)state;
    shell(apr_psprintf(pool, "openssl pkcs12 -export -out empty.p12 %s -passout pass:", pair));
    assert_int_equal(try_file("empty.p12", ""), WIRE_OK);
    assert_int_equal(try_file("empty.p12", "x"), WIRE_PIN_WRONG);
    shell(apr_psprintf(pool, "openssl pkcs12 -export -out kanji.p12 %s -passout pass:川崎市", pair));
    assert_int_equal(try_file("kanji.p12", "川崎市"), WIRE_OK);
    assert_int_equal(try_file("kanji.p12", "川崎"), WIRE_PIN_WRONG);
}

static void test_chain(void **state)
{
    (void)state;
    shell("cat ca/registry.crt ca/jpki-signing-3.crt company/company.crt card/sign.crt >chain.pem");
    export("chain.p12", "-inkey company/company.key -in chain.pem");
    assert_holds("chain.p12", "company/company");
}

static void test_lacking(void **state)
{
    (void)state;
    export("no-key.p12", "-nokeys -in company/company.crt");
    assert_int_equal(try_file("no-key.p12", PASSWORD), WIRE_CERT_MISSING);
    export("no-certificate.p12", "-nocerts -inkey company/company.key");
    assert_int_equal(try_file("no-certificate.p12", PASSWORD), WIRE_CERT_MISSING);
    export("no-mac.p12", "-nomac -inkey company/company.key -in company/company.crt");
    assert_int_equal(try_file("no-mac.p12", PASSWORD), WIRE_FILE_INVALID);
}

static void test_no_file(void **state)
{
    static const char garbage[] = "-----BEGIN CERTIFICATE-----";
    span_t good = certificates_file(directory, "company/company.p12", pool);

    (void)state;
    assert_int_equal(try_file("nothing.p12", PASSWORD), WIRE_FILE_MISSING);
    assert_int_equal(info_of("nothing.p12"), WIRE_FILE_MISSING);
    assert_int_equal(try_file("company", PASSWORD), WIRE_FILE_INVALID);
    shell("mkfifo pipe.p12");
    assert_int_equal(try_file("pipe.p12", PASSWORD), WIRE_FILE_INVALID);
    write_file("empty-file.p12", "", 0);
    assert_int_equal(try_file("empty-file.p12", PASSWORD), WIRE_FILE_INVALID);
    write_file("garbage.p12", garbage, sizeof garbage);
    assert_int_equal(try_file("garbage.p12", PASSWORD), WIRE_FILE_INVALID);
    write_file("longer.p12", span_text(pool, good), good.size + 1);
    assert_int_equal(try_file("longer.p12", PASSWORD), WIRE_FILE_INVALID);
    shell("truncate -s 100M huge.p12");
    assert_int_equal(try_file("huge.p12", PASSWORD), WIRE_FILE_INVALID);
    assert_int_equal(info_of("huge.p12"), WIRE_FILE_INVALID);
}

/* Writes `to` over the n-th place where `from` stands; false: there is none. */
static bool patch(char *bytes, apr_size_t size, const char *from, const char *to, apr_size_t length, int n)
{
    for (apr_size_t at = 0; at + length <= size; ++at) {
        if (memcmp(bytes + at, from, length) != 0 || n-- > 0) continue;
        memcpy(bytes + at, to, length);
        return true;
    }
    return false;
}

/* Each of the three counts of a file (certificates, key, MAC), made absurd: 8,388,607, none, less than none. */
static void test_absurd_counts(void **state)
{
    static const char *const absurd[] = {"\x02\x03\x7F\xFF\xFF", "\x02\x03\x00\x00\x00", "\x02\x03\xFF\xFF\xFF"};
    static const char *const schemes[] = {"-certpbe AES-256-CBC -keypbe AES-256-CBC",
                                          "-certpbe PBE-SHA1-3DES -keypbe PBE-SHA1-3DES -macalg sha1"};

    (void)state;
    for (int scheme = 0; scheme < 2; ++scheme) {
        /* 66051 is 0x010203. */
        export("count.p12", apr_psprintf(pool, "-inkey company/company.key -in company/company.crt -iter 66051 %s",
                                         schemes[scheme]));
        span_t good = certificates_file(directory, "count.p12", pool);
        assert_int_equal(try_file("count.p12", PASSWORD), WIRE_OK);
        for (int which = 0; which < 3; ++which) {
            for (int value = 0; value < 3; ++value) {
                char *bytes = span_text(pool, good);
                assert_true(patch(bytes, good.size, "\x02\x03\x01\x02\x03", absurd[value], 5, which));
                write_file("absurd.p12", bytes, good.size);
                assert_int_equal(info_of("absurd.p12"), WIRE_FILE_INVALID);
                assert_int_equal(try_file("absurd.p12", PASSWORD), WIRE_FILE_INVALID);
            }
        }
        assert_false(patch(span_text(pool, good), good.size, "\x02\x03\x01\x02\x03", absurd[0], 5, 3));
    }
}

/* Three counts that are bearable each, and not together: 3 x 700,000 > P12_ROUNDS_MAX. */
static void test_sum_of_counts(void **state)
{
    span_t good = certificates_file(directory, "count.p12", pool);
    char *bytes = span_text(pool, good);
    PKCS12 *p12;

    (void)state;
    assert_true(patch(bytes, good.size, "\x02\x03\x01\x02\x03", "\x02\x03\x0A\xAE\x60", 5, 0));
    assert_true(patch(bytes, good.size, "\x02\x03\x01\x02\x03", "\x02\x03\x0A\xAE\x60", 5, 0));
    assert_int_equal(p12_content_read(&p12, (span_t){bytes, good.size}), WIRE_OK);
    PKCS12_free(p12);
    assert_true(patch(bytes, good.size, "\x02\x03\x01\x02\x03", "\x02\x03\x0A\xAE\x60", 5, 0));
    assert_int_equal(p12_content_read(&p12, (span_t){bytes, good.size}), WIRE_FILE_INVALID);
    assert_null(p12);
}

/* A key bag of 8,388,607 rounds, to be encrypted once more: seen only by who has the password. */
static PKCS12_SAFEBAG *absurd_key_bag(void)
{
    EVP_PKEY *key = certificates_key(directory, "company/company", pool);
    PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(key);
    unsigned char *bytes = NULL;
    PKCS12_SAFEBAG *bag = PKCS12_SAFEBAG_create_pkcs8_encrypt(NID_aes_256_cbc, PASSWORD, -1, NULL, 0, 0x010203, info);
    int size = i2d_PKCS12_SAFEBAG(bag, &bytes);

    PKCS12_SAFEBAG_free(bag);
    PKCS8_PRIV_KEY_INFO_free(info);
    assert_true(patch((char *)bytes, (apr_size_t)size, "\x02\x03\x01\x02\x03", "\x02\x03\x7F\xFF\xFF", 5, 0));
    assert_true(size < 0xFFFF);
    const unsigned char *at = bytes;
    bag = d2i_PKCS12_SAFEBAG(NULL, &at, size);
    OPENSSL_free(bytes);
    return bag;
}

/* So many copies of a bag, encrypted as a whole. */
static void write_nested(const char *name, PKCS12_SAFEBAG *bag, int copies)
{
    STACK_OF(PKCS12_SAFEBAG) *bags = sk_PKCS12_SAFEBAG_new_null();
    STACK_OF(PKCS7) *safes = NULL;
    unsigned char *der = NULL;

    for (int i = 0; i < copies; ++i) sk_PKCS12_SAFEBAG_push(bags, bag);
    assert_int_equal(PKCS12_add_safe(&safes, bags, NID_aes_256_cbc, 1, PASSWORD), 1);
    PKCS12 *p12 = PKCS12_add_safes(safes, 0);
    assert_int_equal(PKCS12_set_mac(p12, PASSWORD, -1, NULL, 0, 1, EVP_sha256()), 1);
    int size = i2d_PKCS12(p12, &der);
    write_file(name, der, (apr_size_t)size);
    OPENSSL_free(der);
    PKCS12_free(p12);
    sk_PKCS7_pop_free(safes, PKCS7_free);
    sk_PKCS12_SAFEBAG_free(bags);
}

static void test_absurd_inside(void **state)
{
    PKCS12_SAFEBAG *bag = absurd_key_bag();
    PKCS12 *p12;
    pin_t pin = {.size = strlen(PASSWORD), .bytes = PASSWORD};
    X509 *x509 = NULL;
    EVP_PKEY *key = NULL;

    (void)state;
    write_nested("inside.p12", bag, 1);
    span_t bytes = certificates_file(directory, "inside.p12", pool);
    assert_int_equal(p12_content_read(&p12, bytes), WIRE_OK); /* nothing to be seen from outside */
    clock_t begun = clock();
    assert_int_equal(p12_content_open(&x509, &key, p12, &pin), WIRE_FILE_INVALID);
    assert_true(clock() - begun < SHORT_WORK);
    assert_null(key);
    PKCS12_free(p12);
    PKCS12_SAFEBAG_free(bag);
}

static void test_many_bags(void **state)
{
    X509 *x509 = certificates_x509(directory, "small", pool);
    PKCS12_SAFEBAG *bag = PKCS12_SAFEBAG_create_cert(x509);

    (void)state;
    write_nested("most.p12", bag, P12_BAGS_MAX - 1); /* and the safe they are in */
    assert_int_equal(try_file("most.p12", PASSWORD), WIRE_CERT_MISSING);
    write_nested("many.p12", bag, P12_BAGS_MAX);
    assert_int_equal(try_file("many.p12", PASSWORD), WIRE_FILE_INVALID);
    PKCS12_SAFEBAG_free(bag);
}

/* No certificate of another key is taken for its own, nor a key that we sign nothing with. */
static void test_not_a_pair(void **state)
{
    X509 *x509 = certificates_x509(directory, "company/company", pool);
    STACK_OF(PKCS12_SAFEBAG) *bags = NULL;
    STACK_OF(PKCS7) *safes = NULL;
    unsigned char *der = NULL;

    (void)state;
    assert_non_null(PKCS12_add_cert(&bags, x509));
    assert_non_null(PKCS12_add_key(&bags, certificates_key(directory, "card/sign", pool), 0, 1, -1, NULL));
    EVP_PKEY *other = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
    assert_non_null(PKCS12_add_key(&bags, other, 0, 1, -1, NULL));
    assert_int_equal(PKCS12_add_safe(&safes, bags, -1, 1, NULL), 1);
    PKCS12 *p12 = PKCS12_add_safes(safes, 0);
    assert_int_equal(PKCS12_set_mac(p12, PASSWORD, -1, NULL, 0, 1, EVP_sha256()), 1);
    int size = i2d_PKCS12(p12, &der);
    write_file("not-a-pair.p12", der, (apr_size_t)size);
    assert_int_equal(try_file("not-a-pair.p12", PASSWORD), WIRE_CERT_MISSING);
    OPENSSL_free(der);
    PKCS12_free(p12);
    EVP_PKEY_free(other);
    sk_PKCS7_pop_free(safes, PKCS7_free);
    sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
}

/* Cut off anywhere, changed anywhere: an answer each time, and never "right" for a change that the MAC covers. */
static void test_damaged(void **state)
{
    export("cheap.p12", "-inkey person/es256.key -in person/es256.crt -iter 1 -maciter");
    span_t good = certificates_file(directory, "cheap.p12", pool);
    pin_t pin = {.size = strlen(PASSWORD), .bytes = PASSWORD};
    PKCS12 *p12;

    (void)state;
    for (apr_size_t size = 0; size < good.size; ++size)
        assert_int_equal(p12_content_read(&p12, (span_t){good.at, size}), WIRE_FILE_INVALID);
    for (apr_size_t at = 0; at < good.size; at += 29) {
        char *bytes = span_text(pool, good);
        X509 *x509 = NULL;
        EVP_PKEY *key = NULL;
        bytes[at] = (char)(bytes[at] ^ 0x41);
        if (p12_content_read(&p12, (span_t){bytes, good.size}) != WIRE_OK) continue;
        wire_code_t code = p12_content_open(&x509, &key, p12, &pin);
        if (at > 64 && at < good.size - 128) assert_int_not_equal(code, WIRE_OK);
        assert_int_equal(code == WIRE_OK, key != NULL);
        X509_free(x509);
        EVP_PKEY_free(key);
        PKCS12_free(p12);
    }
}

static int start(void **state)
{
    pool = test_pool(state);
    directory = certificates_make(pool);
    shell("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=small -keyout small.key"
          " -out small.crt && openssl x509 -in small.crt -outform DER -out small.der");
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_holder),        cmocka_unit_test(test_no_path),
        cmocka_unit_test(test_files),         cmocka_unit_test(test_old_algorithms),
        cmocka_unit_test(test_passwords),     cmocka_unit_test(test_chain),
        cmocka_unit_test(test_lacking),       cmocka_unit_test(test_no_file),
        cmocka_unit_test(test_absurd_counts), cmocka_unit_test(test_sum_of_counts),
        cmocka_unit_test(test_absurd_inside), cmocka_unit_test(test_many_bags),
        cmocka_unit_test(test_not_a_pair),    cmocka_unit_test(test_damaged),
    };
    return cmocka_run_group_tests(tests, start, test_pool_drop);
}
