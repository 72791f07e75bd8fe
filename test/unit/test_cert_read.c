/* SPDX-License-Identifier: Apache-2.0
 *
 * cert/cert: what certificates of the three profiles say, and that every other one is refused, each for its reason.
 */
#include "cert/cert.h"
#include "certificates.h"
#include "test.h"

#include <openssl/err.h>
#include <openssl/param_build.h>
#include <stdlib.h>

static apr_pool_t *pool;
static const char *directory;

static int make_set(void **state)
{
    pool = test_pool(state);
    directory = certificates_make(pool);
    return 0;
}

static const char *why; /* what the last reading said */

static cert_t *read_as(const char *name, cert_code_t expected)
{
    span_t der = certificates_file(directory, apr_pstrcat(pool, name, ".der", NULL), pool);
    cert_t *cert;
    cert_code_t code = cert_read(&cert, der, &why, pool);

    if (code != expected) fail_msg("%s: %s (%s)", name, cert_code_name(code), why ? why : "-");
    assert_true((cert != NULL) == (code == CERT_OK));
    assert_true((why == NULL) == (code == CERT_OK));
    assert_int_equal(ERR_peek_error(), 0); /* nothing is left for the next who asks OpenSSL */
    return cert;
}

/* One more certificate, made with these words, is read as this. */
static cert_t *odd(const char *words, cert_code_t expected)
{
    certificates_more(directory, "one odd/one %s", words);
    return read_as("odd/one", expected);
}

typedef struct {
    const char *words;
    cert_code_t code;
    const char *why; /* how the sentence goes on behind "it"; NULL: it is read */
} case_t;

#define CASES(cases) (cases), sizeof(cases) / sizeof *(cases)

/* The same for many, of one profile, made in one go. */
static void check(const char *profile, const case_t *cases, apr_size_t count)
{
    const char *words = "";
    for (apr_size_t i = 0; i < count; ++i)
        words = apr_psprintf(pool, "%s one odd/%d profile=%s %s", words, (int)i, profile, cases[i].words);
    certificates_more(directory, "%s", words);
    for (apr_size_t i = 0; i < count; ++i) {
        read_as(apr_psprintf(pool, "odd/%d", (int)i), cases[i].code);
        if (cases[i].why && !strstr(why, cases[i].why)) fail_msg("%s: %s", cases[i].words, why);
    }
}

static void assert_text(span_t span, const char *text)
{
    assert_string_equal(span_text(pool, span), text);
    assert_int_equal(span.size, strlen(text));
}

static void test_signing(void **state)
{
    cert_t *cert = read_as("card/sign", CERT_OK);

    (void)state;
    assert_int_equal(cert->kind, CERT_JPKI_SIGNING);
    assert_text(cert->person.name, "川崎　太郎");
    assert_text(cert->person.address, "神奈川県川崎市川崎区旭町１丁目３番３号");
    assert_text(cert->person.birth_date, "319800304");
    assert_int_equal(cert->person.sex, CERT_SEX_MALE);
    assert_text(cert->person.name_substituted, "00000");
    assert_text(cert->person.address_substituted, "0000000000000000000");
    assert_int_equal(cert->company.name.size, 0);
    assert_string_equal(cert_kind_name(cert->kind), "jpki-signing");
}

static void test_substituted(void **state)
{
    static const char unfit[] = "marks of substituted";
    static const case_t cases[] = {{"name-flags=0000", CERT_MALFORMED, unfit},
                                   {"name-flags=000000", CERT_MALFORMED, unfit},
                                   {"name-flags=00002", CERT_MALFORMED, unfit},
                                   {"address-flags=0", CERT_MALFORMED, unfit},
                                   {"name-flags=", CERT_MALFORMED, "empty, too"}};
    cert_t *cert =
        odd("name=髙橋　花子 name-flags=10000 address=川崎市 address-flags=010 sex=2 birth=420010101", CERT_OK);

    (void)state;
    assert_text(cert->person.name, "髙橋　花子");
    assert_text(cert->person.name_substituted, "10000");
    assert_text(cert->person.address_substituted, "010");
    assert_int_equal(cert->person.sex, CERT_SEX_FEMALE);
    cert = odd("without=name-flags without=address-flags sex=3", CERT_OK);
    assert_int_equal(cert->person.name_substituted.size, 0);
    assert_int_equal(cert->person.address_substituted.size, 0);
    assert_int_equal(cert->person.sex, CERT_SEX_UNKNOWN);
    check("jpki-signing", CASES(cases));
}

static void test_authentication(void **state)
{
    cert_t *cert = read_as("card/auth", CERT_OK);

    (void)state;
    assert_int_equal(cert->kind, CERT_JPKI_AUTHENTICATION);
    assert_int_equal(cert->person.name.size, 0);
    assert_int_equal(cert->person.sex, CERT_SEX_NONE);
    assert_string_equal(cert_kind_name(cert->kind), "jpki-authentication");
}

static void test_company(void **state)
{
    static const char *const both[] = {"company/company", "company/company-old"};

    (void)state;
    for (int i = 0; i < 2; ++i) {
        cert_t *cert = read_as(both[i], CERT_OK);
        assert_int_equal(cert->kind, CERT_REGISTRY);
        assert_text(cert->company.name, "株式会社多摩川");
        assert_text(cert->company.number, "012345678901");
        assert_text(cert->company.address, "神奈川県川崎市川崎区宮本町１番地");
        assert_text(cert->company.representative, "川崎太郎");
        assert_text(cert->company.title, "代表取締役");
        assert_text(cert->company.office, "横浜地方法務局川崎支局");
        assert_string_equal(cert_kind_name(cert->kind), "registry");
    }
    assert_int_equal(odd("profile=registry without=office", CERT_OK)->company.office.size, 0);
}

static void test_company_refused(void **state)
{
#define INFORMATION "ext=1.2.392.100300.1.1.3:plain:"
    static const case_t cases[] = {
        {"without=name", CERT_MALFORMED, "missing"},
        {"without=number", CERT_MALFORMED, "twelve digits"},
        {"without=address", CERT_MALFORMED, "missing"},
        {"without=representative", CERT_MALFORMED, "missing"},
        {"without=title", CERT_MALFORMED, "missing"},
        {"number=12345678901", CERT_MALFORMED, "twelve digits"},
        {"number=01234567890a", CERT_MALFORMED, "twelve digits"},
        {"title=$(printf 'x%.0s' $(seq 200))", CERT_OK, NULL},
        {"title=$(printf 'x%.0s' $(seq 201))", CERT_MALFORMED, "too long"},
        {"title=$(printf '\\377')", CERT_MALFORMED, "no clean text"},
        {"without=1.2.392.100300.1.1.3", CERT_MALFORMED, "no company"},
        {INFORMATION, CERT_MALFORMED, "no sequence"},
        {INFORMATION "0c0141", CERT_MALFORMED, "no sequence"},
        {INFORMATION "3005a0030c014100", CERT_MALFORMED, "no sequence"},   /* a byte behind it */
        {INFORMATION "3080a0030c01410000", CERT_MALFORMED, "no sequence"}, /* of indefinite length */
        {INFORMATION "30030c0141", CERT_MALFORMED, "not tagged"},
        {INFORMATION "3005a07f0c0141", CERT_MALFORMED, "not tagged"},          /* longer than what is there */
        {INFORMATION "3005a003020101", CERT_MALFORMED, "no UTF8String"},       /* a number */
        {INFORMATION "3005a0030c7f41", CERT_MALFORMED, "no UTF8String"},       /* longer than its tag */
        {INFORMATION "3002a000", CERT_MALFORMED, "no UTF8String"},             /* nothing */
        {INFORMATION "3008a0060c01410c0142", CERT_MALFORMED, "no UTF8String"}, /* two in one tag */
        {INFORMATION "300aa0030c0141a0030c0142", CERT_MALFORMED, "there twice"},
        {INFORMATION "300aa7030c0141a5030c0142", CERT_MALFORMED, "twelve digits"}, /* unknown ones are no mistake */
        {"ext=1.2.392.100300.1.1.1:plain:0500", CERT_MALFORMED, "policies can't be read"},
        {"policy=1.2.392.100300.1.3.5", CERT_WRONG_PURPOSE, "of no profile"},
    };

    (void)state;
    check("registry", CASES(cases));
}

/* otherNames, by their bytes: the holder's name "AB". */
#define NAMES         "ext=2.5.29.17:plain:"
#define NAME_AB(type) "a012060a2a83088c9b5508050501a004" type "024142"

static void test_person_refused(void **state)
{
    static const case_t cases[] = {
        {"without=names", CERT_MALFORMED, "no holder"},
        {"without=name", CERT_MALFORMED, "missing"},
        {"without=address", CERT_MALFORMED, "missing"},
        {"without=birth", CERT_MALFORMED, "nine digits"},
        {"without=sex", CERT_MALFORMED, "1, 2 or 3"},
        {"birth=19800304", CERT_MALFORMED, "nine digits"},
        {"birth=3198003040", CERT_MALFORMED, "nine digits"},
        {"birth=31980030x", CERT_MALFORMED, "nine digits"},
        {"birth=000000000", CERT_OK, NULL},
        {"sex=0", CERT_MALFORMED, "1, 2 or 3"},
        {"sex=4", CERT_MALFORMED, "1, 2 or 3"},
        {"sex=11", CERT_MALFORMED, "1, 2 or 3"},
        {"name=", CERT_MALFORMED, "empty"},
        {"name='川崎\t太郎'", CERT_MALFORMED, "no clean text"},
        {"name=$(printf '\\377\\376')", CERT_MALFORMED, "no clean text"},
        {"address=$(printf '\\340\\200\\257')", CERT_MALFORMED, "no clean text"}, /* an overlong form */
        {"address=$(printf '川%.0s' $(seq 200))", CERT_OK, NULL},
        {"address=$(printf '川%.0s' $(seq 201))", CERT_MALFORMED, "too long"},
        {NAMES "3014" NAME_AB("0c"), CERT_MALFORMED, "missing"},
        {NAMES "3014" NAME_AB("13"), CERT_MALFORMED, "no UTF8String"}, /* PrintableString */
        {NAMES "3028" NAME_AB("0c") NAME_AB("0c"), CERT_MALFORMED, "there twice"},
        {NAMES "0500", CERT_MALFORMED, "not one certificate"},
    };

    (void)state;
    check("jpki-signing", CASES(cases));
}

/* Policies, by their bytes. */
#define SIGNING        "300d060b2a83088c9b550805010114"
#define AUTHENTICATION "300d060b2a83088c9b55080501031e"
#define REGISTRY       "300b06092a8308868f4c010304"

static void test_profile(void **state)
{
    static const case_t cases[] = {
        {"policy=1.2.392.200149.8.5.1.0.20", CERT_OK, NULL},
        {"without=policy", CERT_WRONG_PURPOSE, "of no profile"},
        {"policy=1.2.392.200149.8.5.1.1.21", CERT_WRONG_PURPOSE, "of no profile"},
        {"ext=2.5.29.32:critical:300f" SIGNING, CERT_OK, NULL},
        {"ext=2.5.29.32:plain:300f" SIGNING, CERT_MALFORMED, "not marked critical"},
        {"ext=2.5.29.32:critical:300e" SIGNING, CERT_MALFORMED, "policies can't be read"},
        {"ext=2.5.29.32:critical:301e" SIGNING AUTHENTICATION, CERT_WRONG_PURPOSE, "of two profiles"},
        {"ext=1.2.392.100300.1.1.1:plain:300d" REGISTRY, CERT_WRONG_PURPOSE, "of two profiles"},
    };

    (void)state;
    check("jpki-signing", CASES(cases));
    odd("profile=responder", CERT_WRONG_PURPOSE);
    odd("profile=authority key=card/sign", CERT_WRONG_PURPOSE);
}

static void test_keys(void **state)
{
    static const case_t cases[] = {
        {"key=p256", CERT_OK, NULL},
        {"key=p384", CERT_OK, NULL},
        {"key=rsa2048", CERT_OK, NULL},
        {"digest=sha512", CERT_OK, NULL},
        {"key=p521", CERT_WEAK_KEY, "its key"},
        {"key=rsa1024", CERT_WEAK_KEY, "its key"},
        {"key=rsa2047", CERT_WEAK_KEY, "its key"},
        {"key=ed25519", CERT_WEAK_KEY, "its key"},
        {"digest=sha1", CERT_WEAK_KEY, "digest"},
        {"digest=md5", CERT_WEAK_KEY, "digest"},
    };

    (void)state;
    check("jpki-signing", CASES(cases));
}

/* card/sign with an RSA key of so many bits in it, which nobody has: its modulus is an odd number, and no more. */
static span_t with_key_of(int bits)
{
    X509 *x509 = certificates_x509(directory, "card/sign", pool);
    BIGNUM *modulus = BN_new(), *exponent = BN_new();
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    EVP_PKEY *key = NULL;
    unsigned char *der = NULL;

    assert_true(BN_set_bit(modulus, bits - 1) && BN_set_bit(modulus, 0) && BN_set_word(exponent, 65537));
    OSSL_PARAM_BLD_push_BN(builder, "n", modulus);
    OSSL_PARAM_BLD_push_BN(builder, "e", exponent);
    OSSL_PARAM *parameters = OSSL_PARAM_BLD_to_param(builder);
    assert_int_equal(EVP_PKEY_fromdata_init(context), 1);
    assert_int_equal(EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters), 1);
    assert_true(X509_set_pubkey(x509, key));
    int size = i2d_re_X509_tbs(x509, NULL) > 0 ? i2d_X509(x509, &der) : 0;
    assert_true(size > 0);
    span_t copy = span_copy(pool, (span_t){(const char *)der, (apr_size_t)size});
    OPENSSL_free(der);
    EVP_PKEY_free(key);
    EVP_PKEY_CTX_free(context);
    OSSL_PARAM_free(parameters);
    OSSL_PARAM_BLD_free(builder);
    BN_free(exponent);
    BN_free(modulus);
    return copy;
}

static void test_long_keys(void **state)
{
    cert_t *cert;

    (void)state;
    assert_int_equal(cert_read(&cert, with_key_of(8192), NULL, pool), CERT_OK);
    assert_int_equal(cert_read(&cert, with_key_of(8193), NULL, pool), CERT_WEAK_KEY);
}

static void test_identity(void **state)
{
    cert_t *one = odd("serial=0123456789", CERT_OK);
    cert_t *again = odd("serial=0123456789 name=幸　次郎", CERT_OK);
    cert_t *other_generation = odd("serial=0123456789 issuer=ca/jpki-signing-2", CERT_OK);
    cert_t *other_name = odd("serial=0123456789 issuer=ca/registry", CERT_OK);
    cert_t *other_serial = odd("serial=012345678901", CERT_OK);

    (void)state;
    assert_int_equal(strlen(one->fingerprint), 64);
    assert_string_equal(one->identity, again->identity);
    assert_string_not_equal(one->fingerprint, again->fingerprint);
    assert_string_not_equal(one->identity, other_generation->identity);
    assert_string_not_equal(one->identity, other_name->identity);
    assert_string_not_equal(one->identity, other_serial->identity);
    odd("without=2.5.29.35", CERT_MALFORMED);
    odd("serial=7fffffffffffffffffffffffffffffffffffffff", CERT_OK);
    odd("serial=7fffffffffffffffffffffffffffffffffffffff00", CERT_MALFORMED);
}

static void test_times(void **state)
{
    cert_t *cert = odd("from=19991231235959Z until=20500101000000Z", CERT_OK);

    (void)state;
    assert_int_equal(apr_time_sec(cert->not_before), 946684799);
    assert_int_equal(apr_time_sec(cert->not_after), 2524608000);
    odd("until=20301332000000Z", CERT_MALFORMED);
}

/* Not one certificate exactly. Every cut is tried, and every byte changed: what is read then is another, or nothing,
 * but never read beyond its end (the sanitizers would say so). */
static void test_bytes(void **state)
{
    span_t der = certificates_file(directory, "card/sign.der", pool);
    cert_t *cert;

    (void)state;
    for (apr_size_t size = 0; size < der.size; ++size) {
        char *cut = malloc(size + 1);
        memcpy(cut, der.at, size);
        assert_int_equal(cert_read(&cert, (span_t){cut, size}, NULL, pool), CERT_MALFORMED);
        free(cut);
    }
    char *longer = apr_pcalloc(pool, CERT_MAX + 1);
    memcpy(longer, der.at, der.size);
    assert_int_equal(cert_read(&cert, (span_t){longer, der.size + 1}, NULL, pool), CERT_MALFORMED);
    assert_int_equal(cert_read(&cert, (span_t){longer, CERT_MAX + 1}, NULL, pool), CERT_MALFORMED);
    assert_null(cert);
    assert_int_equal(cert_read(&cert, certificates_file(directory, "card/sign.crt", pool), NULL, pool), CERT_MALFORMED);
    for (apr_size_t at = 0; at < der.size; ++at) {
        longer[at] ^= 0x01;
        cert_read(&cert, (span_t){longer, der.size}, NULL, pool);
        longer[at] ^= 0x01;
    }
    assert_int_equal(cert_read(&cert, (span_t){longer, der.size}, NULL, pool), CERT_OK);
}

/* The same certificate in an encoding that is not DER: the outer length takes a byte more than it needs. */
static void test_encodings(void **state)
{
    span_t der = certificates_file(directory, "card/sign.der", pool);
    const char *other = apr_pstrmemdup(pool, "\x30\x83\x00", 3);
    char *bytes = apr_palloc(pool, der.size + 1);
    cert_t *cert;

    (void)state;
    assert_memory_equal(der.at, "\x30\x82", 2);
    memcpy(bytes, other, 3);
    memcpy(bytes + 3, der.at + 2, der.size - 2);
    assert_int_equal(cert_read(&cert, (span_t){bytes, der.size + 1}, NULL, pool), CERT_MALFORMED);
}

static void test_codes(void **state)
{
    (void)state;
    for (cert_code_t code = CERT_OK; code < CERT_CODES; ++code) {
        assert_true(strlen(cert_code_name(code)) > 0);
        assert_true(strlen(cert_code_sentence(code)) > 0);
    }
    assert_string_equal(cert_code_name(CERT_UNKNOWN_CA), "unknown-ca");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_signing),         cmocka_unit_test(test_substituted),
        cmocka_unit_test(test_authentication),  cmocka_unit_test(test_company),
        cmocka_unit_test(test_company_refused), cmocka_unit_test(test_person_refused),
        cmocka_unit_test(test_profile),         cmocka_unit_test(test_keys),
        cmocka_unit_test(test_long_keys),       cmocka_unit_test(test_identity),
        cmocka_unit_test(test_times),           cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_encodings),       cmocka_unit_test(test_codes),
    };
    return cmocka_run_group_tests(tests, make_set, test_pool_drop);
}
