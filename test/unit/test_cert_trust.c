/* SPDX-License-Identifier: Apache-2.0
 *
 * cert/trust: which certificates the configured authorities stand for, and for which reason the others are refused.
 */
#include "cert/trust.h"
#include "certificates.h"
#include "test.h"

#include <apr_escape.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

#define NOW 1893456000 /* 2030-01-01 00:00:00 UTC, in seconds */

static apr_pool_t *pool;
static const char *directory;
static cert_trust_t *trust; /* that of the usual set, whose authorities are valid at NOW and now */

static cert_trust_t *load(const char *name)
{
    cert_trust_t *loaded;
    const char *error;
    if (cert_trust_load(&loaded, apr_pstrcat(pool, directory, "/", name, NULL), &error, pool) != APR_SUCCESS)
        fail_msg("%s", error);
    return loaded;
}

static int make_set(void **state)
{
    pool = test_pool(state);
    directory = certificates_make(pool);
    trust = load("trust");
    return 0;
}

static cert_t *read_one(const char *name)
{
    span_t der = certificates_file(directory, apr_pstrcat(pool, name, ".der", NULL), pool);
    const char *why;
    cert_t *cert;

    if (cert_read(&cert, der, &why, pool) != CERT_OK) fail_msg("%s: %s", name, why);
    return cert;
}

static void judge(const cert_trust_t *by, const char *name, apr_time_t now, cert_code_t expected)
{
    X509 *issuer = NULL;
    cert_code_t code = cert_trust_judge(by, read_one(name), now, &issuer);

    if (code != expected) fail_msg("%s: %s, not %s", name, cert_code_name(code), cert_code_name(expected));
    assert_true((issuer != NULL) == (code == CERT_OK));
    assert_int_equal(ERR_peek_error(), 0);
}

/* One more certificate, made with these words, judged by the usual authorities now. */
static void odd(const char *words, cert_code_t expected)
{
    certificates_more(directory, "one odd/one %s", words);
    judge(trust, "odd/one", apr_time_now(), expected);
}

/* In the set's directory. */
static void shell(const char *command)
{
    if (system(apr_psprintf(pool, "cd '%s' && %s", directory, command)) != 0) fail_msg("failed: %s", command);
}

/* An authority's certificate is put into odd/NAME as one to believe, for this kind. */
static void believe(const char *name, const char *kind, const char *authority)
{
    const char *to = apr_pstrcat(pool, "odd/", name, "/", kind, NULL);
    shell(apr_psprintf(pool, "mkdir -p %s && cp %s.crt %s/$(basename %s).pem", to, authority, to, authority));
}

static void test_usual(void **state)
{
    static const char *const names[] = {"card/sign",       "card/auth",           "person/es256",
                                        "person/es384",    "person/auth-es256",   "person/auth-es384",
                                        "company/company", "company/company-old", "person/revoked"};
    (void)state;
    for (unsigned i = 0; i < sizeof names / sizeof *names; ++i) judge(trust, names[i], apr_time_now(), CERT_OK);
    assert_int_equal(cert_trust_count(trust, CERT_JPKI_SIGNING), 3);
    assert_int_equal(cert_trust_count(trust, CERT_JPKI_AUTHENTICATION), 3);
    assert_int_equal(cert_trust_count(trust, CERT_REGISTRY), 1);
    assert_int_equal(cert_trust_judge(trust, read_one("card/sign"), apr_time_now(), NULL), CERT_OK);
}

static void test_generations(void **state)
{
    (void)state;
    for (int i = 1; i <= 3; ++i) {
        X509 *issuer = NULL, *expected;
        certificates_more(directory, "one odd/one issuer=ca/jpki-signing-%d", i);
        assert_int_equal(cert_trust_judge(trust, read_one("odd/one"), apr_time_now(), &issuer), CERT_OK);
        expected = certificates_x509(directory, apr_psprintf(pool, "ca/jpki-signing-%d", i), pool);
        assert_int_equal(X509_cmp(issuer, expected), 0);
    }
}

static void test_unknown(void **state)
{
    (void)state;
    /* The right name, another key; the right key identifier too; of another kind's authority. */
    certificates_more(directory, "one odd/foreign profile=authority");
    odd("issuer=odd/foreign", CERT_UNKNOWN_CA);
    const ASN1_OCTET_STRING *id = X509_get0_subject_key_id(certificates_x509(directory, "ca/jpki-signing-3", pool));
    const char *hexadecimal = apr_pescape_hex(pool, ASN1_STRING_get0_data(id), 20, 0);
    odd(apr_psprintf(pool, "issuer=odd/foreign ext=2.5.29.35:plain:30168014%s", hexadecimal), CERT_UNKNOWN_CA);
    odd("issuer=ca/jpki-authentication-3", CERT_UNKNOWN_CA);
    odd("profile=registry issuer=ca/jpki-signing-3", CERT_UNKNOWN_CA);
    odd("issuer=self", CERT_UNKNOWN_CA);
    odd("issuer=self dn=jpki-signing", CERT_UNKNOWN_CA);
    /* By a certificate of ours that is no authority. */
    odd("issuer=card/sign", CERT_UNKNOWN_CA);
    /* Where nobody is believed. */
    shell("mkdir -p odd/none");
    judge(load("odd/none"), "card/sign", apr_time_now(), CERT_UNKNOWN_CA);
}

static void test_altered(void **state)
{
    span_t der = certificates_file(directory, "card/sign.der", pool);
    char *bytes = apr_pmemdup(pool, der.at, der.size);
    cert_t *cert;

    (void)state;
    bytes[der.size - 1] ^= 0x01;
    assert_int_equal(cert_read(&cert, (span_t){bytes, der.size}, NULL, pool), CERT_OK);
    assert_int_equal(cert_trust_judge(trust, cert, apr_time_now(), NULL), CERT_UNKNOWN_CA);
}

static void test_times(void **state)
{
    (void)state;
    certificates_more(directory, "one odd/one from=20300101000000Z until=20300101000010Z");
    judge(trust, "odd/one", apr_time_from_sec(NOW - 1), CERT_NOT_YET_VALID);
    judge(trust, "odd/one", apr_time_from_sec(NOW), CERT_OK);
    judge(trust, "odd/one", apr_time_from_sec(NOW + 10), CERT_OK);
    judge(trust, "odd/one", apr_time_from_sec(NOW + 11) - 1, CERT_OK);
    judge(trust, "odd/one", apr_time_from_sec(NOW + 11), CERT_EXPIRED);
}

static void test_times_of_authority(void **state)
{
    cert_trust_t *by;

    (void)state;
    certificates_more(directory, "one odd/ca profile=authority from=20300101000000Z until=20300101000010Z "
                                 "one odd/one issuer=odd/ca from=20290101000000Z until=20310101000000Z");
    believe("short", "jpki-signing", "odd/ca");
    by = load("odd/short");
    judge(by, "odd/one", apr_time_from_sec(NOW - 1), CERT_NOT_YET_VALID);
    judge(by, "odd/one", apr_time_from_sec(NOW), CERT_OK);
    judge(by, "odd/one", apr_time_from_sec(NOW + 10), CERT_OK);
    judge(by, "odd/one", apr_time_from_sec(NOW + 11), CERT_EXPIRED);
}

/* One authority with its key certified anew: the old certificate beside the new one does no harm. */
static void test_renewed(void **state)
{
    (void)state;
    certificates_more(directory, "one odd/a profile=authority from=-86400 until=-60 "
                                 "one odd/b profile=authority key=odd/a one odd/one issuer=odd/b");
    believe("renewed", "jpki-signing", "odd/a");
    believe("renewed", "jpki-signing", "odd/b");
    judge(load("odd/renewed"), "odd/one", apr_time_now(), CERT_OK);
}

static void test_purpose(void **state)
{
    (void)state;
    odd("usage=digitalSignature", CERT_WRONG_PURPOSE);
    odd("usage=nonRepudiation", CERT_WRONG_PURPOSE);
    odd("usage=digitalSignature,nonRepudiation,keyCertSign", CERT_WRONG_PURPOSE);
    odd("without=usage", CERT_WRONG_PURPOSE);
    odd("ca=yes", CERT_WRONG_PURPOSE);
    odd("ca=no", CERT_OK);
    odd("ext=2.5.29.37:plain:300a06082b06010505070302", CERT_WRONG_PURPOSE); /* clientAuth on a signing one */
    odd("profile=jpki-authentication usage=digitalSignature,nonRepudiation", CERT_WRONG_PURPOSE);
    odd("profile=jpki-authentication without=extended", CERT_WRONG_PURPOSE);
    odd("profile=jpki-authentication extended=OCSPSigning", CERT_WRONG_PURPOSE);
    odd("profile=jpki-authentication extended=clientAuth,OCSPSigning", CERT_OK);
    odd("profile=registry usage=keyCertSign", CERT_WRONG_PURPOSE);
    odd("profile=registry usage=digitalSignature", CERT_OK);
}

static void test_critical(void **state)
{
    (void)state;
    odd("ext=1.2.3.4:critical:0500", CERT_WRONG_PURPOSE);
    odd("ext=1.2.3.4:plain:0500", CERT_OK);
    odd("profile=registry ext=1.2.392.100300.1.1.2:critical:0c0141", CERT_OK);
    odd("profile=registry ext=1.2.392.100300.1.1.2:critical:0c0141 ext=1.2.3.4:critical:0500", CERT_WRONG_PURPOSE);
}

/* An authority over another: in the same directory both count, up to the first one's bounds. */
static void test_path(void **state)
{
    (void)state;
    for (int depth = 0; depth <= 1; ++depth) {
        const char *name = apr_psprintf(pool, "path%d", depth);
        certificates_more(directory,
                          "one odd/top profile=authority pathlen=%d dn=C=JP/O=Top "
                          "one odd/middle profile=authority issuer=odd/top dn=C=JP/O=Middle "
                          "one odd/low profile=authority issuer=odd/middle one odd/one issuer=odd/low",
                          depth);
        believe(name, "jpki-signing", "odd/top");
        believe(name, "jpki-signing", "odd/middle");
        believe(name, "jpki-signing", "odd/low");
        judge(load(apr_pstrcat(pool, "odd/", name, NULL)), "odd/one", apr_time_now(), CERT_UNKNOWN_CA);
        certificates_more(directory, "one odd/one issuer=odd/middle");
        judge(load(apr_pstrcat(pool, "odd/", name, NULL)), "odd/one", apr_time_now(),
              depth == 0 ? CERT_UNKNOWN_CA : CERT_OK);
    }
    /* The middle one alone leads nowhere. */
    believe("middle", "jpki-signing", "odd/middle");
    judge(load("odd/middle"), "odd/one", apr_time_now(), CERT_UNKNOWN_CA);
}

static void test_weak(void **state)
{
    (void)state;
    certificates_more(directory, "one odd/weak profile=authority key=rsa1024 one odd/one issuer=odd/weak");
    believe("weak", "jpki-signing", "odd/weak");
    judge(load("odd/weak"), "odd/one", apr_time_now(), CERT_WEAK_KEY);
}

/* A directory that can't be believed is refused as a whole, and the file named. */
static void refused(const char *name, const char *file, const char *sentence)
{
    cert_trust_t *loaded;
    const char *error = NULL;
    const char *path = apr_pstrcat(pool, directory, "/odd/", name, NULL);

    assert_int_not_equal(cert_trust_load(&loaded, path, &error, pool), APR_SUCCESS);
    assert_null(loaded);
    if (!strstr(error, file) || !strstr(error, sentence)) fail_msg("%s", error);
    assert_int_equal(ERR_peek_error(), 0);
}

static void test_load(void **state)
{
    (void)state;
    believe("leaf", "jpki-signing", "card/sign");
    refused("leaf", "jpki-signing/sign.pem", "may not issue");
    certificates_more(directory, "one odd/list profile=authority usage=cRLSign");
    believe("list", "registry", "odd/list");
    refused("list", "registry/list.pem", "may not issue");
}

/* Each file of the table is alone in its directory. */
static void test_load_broken(void **state)
{
    static const struct {
        const char *make, *sentence;
    } files[] = {
        {": >odd/file.pem", "no certificate in PEM"},
        {"echo nothing >odd/file.pem", "no certificate in PEM"},
        {"cp card/sign.key odd/file.pem", "no certificate in PEM"},
        {"cp ca/registry.der odd/file.pem", "no certificate in PEM"},
        {"head -c 500 ca/registry.crt >odd/file.pem", "no certificate in PEM"},
        {"{ cat ca/registry.crt; head -c 500 ca/registry.crt; } >odd/file.pem", "no certificate in PEM"},
        {"cat ca/registry.crt card/sign.crt >odd/file.pem", "may not issue"},
        {"mkdir odd/file.pem", "no certificate in PEM"},
    };

    (void)state;
    for (unsigned i = 0; i < sizeof files / sizeof *files; ++i) {
        shell("rm -rf odd/broken odd/file.pem && mkdir -p odd/broken/registry");
        shell(files[i].make);
        shell("mv odd/file.pem odd/broken/registry/");
        refused("broken", "registry/file.pem", files[i].sentence);
    }
    shell("rm -rf odd/broken && mkdir -p odd/broken && ln -s nowhere odd/broken/x && : >odd/broken/registry");
    refused("broken", "registry", "can't be read");
    shell(": >odd/file");
    refused("file", "odd/file", "no such directory");
    refused("nowhere", "odd/nowhere", "no such directory");
}

/* Several in a file count each; what is not named *.pem is not looked at. */
static void test_load_many(void **state)
{
    cert_trust_t *by;

    (void)state;
    shell("mkdir -p odd/many/jpki-signing && cat ca/jpki-signing-[12].crt >odd/many/jpki-signing/both.pem && "
          "echo nothing >odd/many/jpki-signing/README && echo nothing >odd/many/jpki-signing/.hidden.pem");
    by = load("odd/many");
    assert_int_equal(cert_trust_count(by, CERT_JPKI_SIGNING), 2);
    assert_int_equal(cert_trust_count(by, CERT_REGISTRY), 0);
    judge(by, "card/sign", apr_time_now(), CERT_UNKNOWN_CA);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_usual),       cmocka_unit_test(test_generations),
        cmocka_unit_test(test_unknown),     cmocka_unit_test(test_altered),
        cmocka_unit_test(test_times),       cmocka_unit_test(test_times_of_authority),
        cmocka_unit_test(test_renewed),     cmocka_unit_test(test_purpose),
        cmocka_unit_test(test_critical),    cmocka_unit_test(test_path),
        cmocka_unit_test(test_weak),        cmocka_unit_test(test_load),
        cmocka_unit_test(test_load_broken), cmocka_unit_test(test_load_many),
    };
    return cmocka_run_group_tests(tests, make_set, test_pool_drop);
}
