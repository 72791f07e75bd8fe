/* SPDX-License-Identifier: Apache-2.0
 *
 * cert/revocation, lists in files: whose list counts, how old it may be, what it says, and how a new one comes.
 */
#include "base/log.h"
#include "cert/crl.h"
#include "cert/revocation.h"
#include "certificates.h"
#include "test.h"

#include <apr_file_info.h>
#include <apr_file_io.h>
#include <apr_thread_proc.h>
#include <openssl/x509v3.h>

#define NOW    apr_time_from_sec(1795273200)                 /* 2026-11-21T15:00:00Z */
#define TIMES  "from=20261121140000Z until=20261122150000Z " /* an hour ago, in a day */
#define HOUR   apr_time_from_sec(3600)
#define DAY    (24 * HOUR)
#define SERIAL "01020304"
#define AKI    "2.5.29.35"
#define SCOPE  "2.5.29.28"

static apr_pool_t *pool;
static const char *directory; /* of certificates */
static const char *folder;    /* of lists, empty when a test begins */
static X509 *issuer;
static cert_t *cert; /* SERIAL, by issuer */
static int lines;

static void count_line(const log_port_t *port, log_level_t level, apr_status_t status, const char *tag,
                       const char *line)
{
    (void)port, (void)level, (void)status, (void)line;
    assert_true(strncmp(tag, "KW-CERT-", 8) == 0);
    lines++;
}

static const log_port_t log_port = {count_line, NULL};

static const char *path_of(const char *name)
{
    return apr_pstrcat(pool, folder, "/", name, NULL);
}

/* Makes a list with these words of test/card/certificates, and moves it into the folder. */
static void put(const char *name, const char *words)
{
    certificates_more(directory, "crl made %s", words);
    assert_int_equal(apr_file_rename(apr_pstrcat(pool, directory, "/made.crl", NULL), path_of(name), pool),
                     APR_SUCCESS);
}

static void put_bytes(const char *name, span_t bytes)
{
    apr_file_t *out;
    assert_int_equal(apr_file_open(&out, path_of(name), APR_WRITE | APR_CREATE | APR_TRUNCATE, 0600, pool),
                     APR_SUCCESS);
    assert_int_equal(apr_file_write_full(out, bytes.at, bytes.size, NULL), APR_SUCCESS);
    apr_file_close(out);
}

static cert_lists_t *open_lists(void)
{
    cert_lists_t *lists;
    assert_int_equal(cert_lists_open(&lists, folder, &log_port, pool), APR_SUCCESS);
    return lists;
}

static cert_status_t ask(cert_lists_t *lists, apr_interval_time_t fresh, apr_time_t now)
{
    cert_status_t status;
    cert_lists_ask(lists, cert, issuer, fresh, now, &status);
    assert_true((status.reason != NULL) == (status.code == CERT_REVOKED));
    return status;
}

static cert_code_t code_of(cert_lists_t *lists)
{
    return ask(lists, 0, NOW).code;
}

/* The code when there is one list, made with these words. */
static cert_code_t code_with(const char *words)
{
    put("only.crl", words);
    return code_of(open_lists());
}

static void test_none(void **state)
{
    cert_lists_t *lists;

    (void)state;
    cert_status_t status = ask(open_lists(), 0, NOW);
    assert_int_equal(status.code, CERT_LIST_STALE);
    assert_int_equal(status.known_at, 0);
    assert_true(APR_STATUS_IS_ENOENT(cert_lists_open(&lists, path_of("missing"), &log_port, pool)));
}

static void test_status(void **state)
{
    static const struct {
        const char *revoked;
        cert_code_t code;
        const char *reason;
    } cases[] = {{"", CERT_OK, NULL},
                 {"revoked=05:20261121120000Z:1", CERT_OK, NULL},
                 {"revoked=" SERIAL ":20261121120000Z:", CERT_REVOKED, "unspecified"},
                 {"revoked=" SERIAL ":20261121120000Z:1", CERT_REVOKED, "keyCompromise"},
                 {"revoked=05:20261121120000Z:1," SERIAL ":20261121120000Z:5", CERT_REVOKED, "cessationOfOperation"},
                 {"revoked=" SERIAL ":20261121120000Z:6", CERT_REVOKED, "certificateHold"},
                 {"revoked=" SERIAL ":20261121120000Z:8", CERT_OK, NULL},
                 {"revoked=" SERIAL ":20261121120000Z:9", CERT_REVOKED, "privilegeWithdrawn"},
                 {"revoked=" SERIAL ":20261121120000Z:99", CERT_REVOKED, "unspecified"}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        put("only.crl", apr_pstrcat(pool, TIMES, cases[i].revoked, NULL));
        cert_status_t status = ask(open_lists(), 0, NOW);
        assert_int_equal(status.code, cases[i].code);
        assert_int_equal(status.known_at, NOW - HOUR);
        if (status.code != CERT_REVOKED) continue;
        assert_string_equal(status.reason, cases[i].reason);
        assert_int_equal(status.revoked_at, NOW - 3 * HOUR);
    }
}

static void test_age(void **state)
{
    (void)state;
    put("only.crl", TIMES);
    cert_lists_t *lists = open_lists();
    assert_int_equal(ask(lists, 0, NOW + DAY).code, CERT_OK);
    assert_int_equal(ask(lists, 0, NOW + DAY + apr_time_from_sec(1)).code, CERT_LIST_STALE);
    assert_int_equal(ask(lists, HOUR, NOW).code, CERT_OK);
    assert_int_equal(ask(lists, HOUR - 1, NOW).code, CERT_LIST_STALE);
    assert_int_equal(ask(lists, HOUR - 1, NOW).known_at, NOW - HOUR);
    assert_int_equal(ask(lists, HOUR, NOW + 1).code, CERT_LIST_STALE);
    /* A list of the future isn't one yet; a minute is forgiven. */
    assert_int_equal(ask(lists, 0, NOW - HOUR - apr_time_from_sec(60)).code, CERT_OK);
    assert_int_equal(ask(lists, 0, NOW - HOUR - apr_time_from_sec(61)).code, CERT_LIST_STALE);
    /* Old news of a revocation is news. */
    put("only.crl", TIMES "revoked=" SERIAL ":20261121120000Z:1");
    assert_int_equal(ask(lists, 1, NOW + 2 * DAY).code, CERT_REVOKED);
}

static void test_newest(void **state)
{
    (void)state;
    put("a.crl", "from=20261121140000Z until=20261122150000Z revoked=" SERIAL ":20261121120000Z:6");
    cert_lists_t *lists = open_lists();
    assert_int_equal(code_of(lists), CERT_REVOKED);
    put("b.crl", "from=20261121140001Z until=20261122150000Z");
    assert_int_equal(code_of(lists), CERT_OK);
    put("0.crl", "from=20261121140002Z until=20261122150000Z revoked=" SERIAL ":20261121120000Z:6");
    assert_int_equal(code_of(lists), CERT_REVOKED);
    put("c.crl", "from=20261121150101Z until=20261122150000Z"); /* from the future */
    assert_int_equal(code_of(lists), CERT_REVOKED);
    assert_int_equal(ask(lists, 0, NOW + HOUR).code, CERT_OK);
}

static const char *hex_of(const unsigned char *bytes, int size)
{
    char *text = apr_palloc(pool, (apr_size_t)size * 2 + 1);
    for (int i = 0; i < size; i++) apr_snprintf(text + 2 * i, 3, "%02x", bytes[i]);
    return text;
}

/* Three generations of one authority have one name: only the key tells them apart. */
static void test_issuer(void **state)
{
    const ASN1_OCTET_STRING *id = X509_get0_subject_key_id(issuer);
    const char *id_hex = hex_of(ASN1_STRING_get0_data(id), ASN1_STRING_length(id));

    (void)state;
    assert_int_equal(code_with(TIMES "issuer=ca/jpki-signing-3"), CERT_OK);
    assert_int_equal(code_with(TIMES "issuer=ca/jpki-signing-2"), CERT_LIST_STALE);
    assert_int_equal(code_with(TIMES "issuer=ca/jpki-authentication-3"), CERT_LIST_STALE);
    /* Generation 2 with generation 3's key identifier, and with none: the signature is still its own. */
    const char *forged = apr_psprintf(pool, TIMES "issuer=ca/jpki-signing-2 ext=" AKI ":plain:30168014%s", id_hex);
    assert_int_equal(code_with(forged), CERT_LIST_STALE);
    assert_int_equal(code_with(TIMES "issuer=ca/jpki-signing-2 without=" AKI), CERT_LIST_STALE);
    assert_int_equal(code_with(TIMES "without=" AKI), CERT_OK);
    assert_int_equal(code_with(TIMES "digest=sha1"), CERT_LIST_STALE);
    assert_int_equal(code_with(TIMES "digest=sha384"), CERT_OK);
    /* Whose signature it is, is known for the issuer it was tested with only. */
    put("only.crl", TIMES "without=" AKI);
    cert_lists_t *lists = open_lists();
    cert_status_t status;
    assert_int_equal(code_of(lists), CERT_OK);
    cert_lists_ask(lists, cert, certificates_x509(directory, "ca/jpki-signing-2", pool), 0, NOW, &status);
    assert_int_equal(status.code, CERT_LIST_STALE);
    assert_int_equal(code_of(lists), CERT_OK);
    /* A forged one beside the real one changes nothing. */
    put("only.crl", TIMES "revoked=" SERIAL ":20261121120000Z:1");
    put("z.crl", "from=20261121145900Z until=20261122150000Z issuer=ca/jpki-signing-2 without=" AKI);
    assert_int_equal(code_of(open_lists()), CERT_REVOKED);
}

/* An issuingDistributionPoint as the script's word; name NULL: for all of the issuer's. */
static const char *scope(X509_NAME *name, bool indirect, bool authorities, bool some_reasons)
{
    unsigned char *der = NULL;
    ISSUING_DIST_POINT *point = ISSUING_DIST_POINT_new();
    if (name) {
        GENERAL_NAME *general = GENERAL_NAME_new();
        X509_NAME *copy = X509_NAME_dup(name);
        GENERAL_NAME_set0_value(general, GEN_DIRNAME, copy);
        point->distpoint = DIST_POINT_NAME_new();
        point->distpoint->type = 0;
        point->distpoint->name.fullname = sk_GENERAL_NAME_new_null();
        sk_GENERAL_NAME_push(point->distpoint->name.fullname, general);
    }
    if (indirect) point->indirectCRL = 0xFF;
    if (authorities) point->onlyCA = 0xFF;
    if (some_reasons) {
        point->onlysomereasons = ASN1_BIT_STRING_new();
        ASN1_BIT_STRING_set_bit(point->onlysomereasons, 1, 1);
    }
    int size = i2d_ISSUING_DIST_POINT(point, &der);
    assert_true(size > 0);
    const char *word = apr_psprintf(pool, TIMES "ext=" SCOPE ":critical:%s", hex_of(der, size));
    OPENSSL_free(der);
    ISSUING_DIST_POINT_free(point);
    return word;
}

static void test_scope(void **state)
{
    X509_NAME *point = X509_get_subject_name(issuer); /* the certificates of the test have it as their list's */
    X509_NAME *other = X509_get_subject_name(cert->x509);

    (void)state;
    assert_int_equal(code_with(scope(NULL, false, false, false)), CERT_OK);
    assert_int_equal(code_with(scope(point, false, false, false)), CERT_OK);
    assert_int_equal(code_with(scope(other, false, false, false)), CERT_LIST_STALE);
    assert_int_equal(code_with(scope(point, true, false, false)), CERT_LIST_STALE);
    assert_int_equal(code_with(scope(point, false, true, false)), CERT_LIST_STALE);
    assert_int_equal(code_with(scope(point, false, false, true)), CERT_LIST_STALE);
    assert_int_equal(code_with(TIMES "ext=" SCOPE ":critical:04"), CERT_LIST_STALE);     /* unreadable */
    assert_int_equal(code_with(TIMES "ext=2.5.29.27:critical:020101"), CERT_LIST_STALE); /* delta list */
    assert_int_equal(code_with(TIMES "ext=2.5.29.27:plain:020101"), CERT_LIST_STALE);
    assert_int_equal(code_with(TIMES "ext=1.2.3.4:critical:0500"), CERT_LIST_STALE);
    assert_int_equal(code_with(TIMES "ext=1.2.3.4:plain:0500"), CERT_OK);
}

/* An entry that says, critically, whose certificate it means: of a list for several issuers. */
static void test_critical_entry(void **state)
{
    unsigned char *der = NULL;
    put("only.crl", TIMES "revoked=05:20261121120000Z:1");
    span_t made = certificates_file(folder, "only.crl", pool);
    const unsigned char *at = (const unsigned char *)made.at;
    X509_CRL *list = d2i_X509_CRL(NULL, &at, (long)made.size);
    X509_REVOKED *entry = sk_X509_REVOKED_value(X509_CRL_get_REVOKED(list), 0);
    EVP_PKEY *key = certificates_key(directory, "ca/jpki-signing-3", pool);

    (void)state;
    for (int critical = 0; critical < 2; critical++) {
        GENERAL_NAMES *names = sk_GENERAL_NAME_new_null();
        GENERAL_NAME *name = GENERAL_NAME_new();
        GENERAL_NAME_set0_value(name, GEN_DIRNAME, X509_NAME_dup(X509_get_subject_name(issuer)));
        sk_GENERAL_NAME_push(names, name);
        unsigned long flags = X509V3_ADD_REPLACE;
        assert_int_equal(X509_REVOKED_add1_ext_i2d(entry, NID_certificate_issuer, names, critical, flags), 1);
        GENERAL_NAMES_free(names);
        assert_true(X509_CRL_sign(list, key, EVP_sha256()) > 0);
        int size = i2d_X509_CRL(list, &der);
        put_bytes("only.crl", (span_t){(const char *)der, (apr_size_t)size});
        OPENSSL_free(der);
        der = NULL;
        assert_int_equal(code_of(open_lists()), critical ? CERT_LIST_STALE : CERT_OK);
    }
    X509_CRL_free(list);
}

static void test_files(void **state)
{
    (void)state;
    put("good.crl", TIMES);
    span_t der = certificates_file(folder, "good.crl", pool);
    certificates_more(directory, "crl pem " TIMES "&& openssl crl -in %s/pem.crl -inform DER -out %s/pem.txt",
                      directory, directory);
    span_t pem = certificates_file(directory, "pem.txt", pool);
    apr_file_remove(path_of("good.crl"), pool);
    put_bytes("list.crl", pem);
    assert_int_equal(code_of(open_lists()), CERT_OK);
    assert_int_equal(lines, 0);

    put_bytes("list.crl", span_of(apr_pstrcat(pool, span_text(pool, pem), "\r\n \n", NULL)));
    assert_int_equal(code_of(open_lists()), CERT_OK);
    assert_int_equal(lines, 0);

    const span_t bad[] = {{"", 0},
                          {"rubbish", 7},
                          SPAN("-----BEGIN X509 CRL-----\n-----END X509 CRL-----\n"),
                          span_of(apr_pstrcat(pool, span_text(pool, pem), "x", NULL)),
                          span_of(apr_pstrcat(pool, span_text(pool, pem), span_text(pool, pem), NULL)),
                          {der.at, der.size - 1},
                          {apr_pstrmemdup(pool, der.at, der.size), der.size + 1}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        put_bytes("list.crl", bad[i]);
        lines = 0;
        cert_lists_t *lists = open_lists();
        assert_int_equal(code_of(lists), CERT_LIST_STALE);
        assert_int_equal(code_of(lists), CERT_LIST_STALE);
        assert_int_equal(lines, 1); /* said once, not with each question */
    }
    /* A bad file beside a good one; names that aren't lists' are not looked at. */
    put_bytes("good.crl", der);
    put_bytes("good.crl.new", SPAN("x"));
    put_bytes(".hidden.crl", SPAN("x"));
    assert_int_equal(apr_dir_make(path_of("folder.crl"), APR_FPROT_OS_DEFAULT, pool), APR_SUCCESS);
    lines = 0;
    assert_int_equal(code_of(open_lists()), CERT_OK);
    assert_int_equal(lines, 2);
    apr_dir_remove(path_of("folder.crl"), pool);
}

/* No list is kept beyond its file. */
static void test_change(void **state)
{
    const char *away = apr_pstrcat(pool, folder, ".away", NULL);

    (void)state;
    cert_lists_t *lists = open_lists();
    assert_int_equal(code_of(lists), CERT_LIST_STALE);
    put("only.crl", TIMES);
    assert_int_equal(code_of(lists), CERT_OK);
    put("only.crl", TIMES "revoked=" SERIAL ":20261121120000Z:1");
    assert_int_equal(code_of(lists), CERT_REVOKED);
    put_bytes("only.crl", SPAN("broken"));
    assert_int_equal(code_of(lists), CERT_LIST_STALE);
    put("only.crl", TIMES);
    assert_int_equal(code_of(lists), CERT_OK);
    lines = 0;
    assert_int_equal(apr_file_rename(folder, away, pool), APR_SUCCESS);
    assert_int_equal(code_of(lists), CERT_LIST_STALE);
    assert_int_equal(code_of(lists), CERT_LIST_STALE);
    assert_int_equal(lines, 1);
    assert_int_equal(apr_file_rename(away, folder, pool), APR_SUCCESS);
    assert_int_equal(code_of(lists), CERT_OK);
    assert_int_equal(apr_file_remove(path_of("only.crl"), pool), APR_SUCCESS);
    assert_int_equal(code_of(lists), CERT_LIST_STALE);
}

#define THREADS   4
#define QUESTIONS 300

static void *APR_THREAD_FUNC ask_often(apr_thread_t *thread, void *data)
{
    apr_size_t wrong = 0;
    for (int i = 0; i < QUESTIONS; i++) {
        cert_status_t status;
        cert_lists_ask(data, cert, issuer, 0, NOW, &status);
        wrong += status.code != CERT_OK && status.code != CERT_REVOKED;
    }
    apr_thread_exit(thread, wrong ? APR_EGENERAL : APR_SUCCESS);
    return NULL;
}

/* Lists change while many ask: each answer is the old list's or the new one's. */
static void test_threads(void **state)
{
    apr_thread_t *threads[THREADS];
    apr_status_t result;

    (void)state;
    put("a", TIMES);
    put("b", TIMES "revoked=" SERIAL ":20261121120000Z:1");
    span_t contents[] = {certificates_file(folder, "a", pool), certificates_file(folder, "b", pool)};
    put_bytes("only.crl", contents[0]);
    cert_lists_t *lists = open_lists();
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(apr_thread_create(&threads[i], NULL, ask_often, lists, pool), APR_SUCCESS);
    }
    for (int i = 0; i < 50; i++) {
        put_bytes("next", contents[i % 2]);
        assert_int_equal(apr_file_rename(path_of("next"), path_of("only.crl"), pool), APR_SUCCESS);
    }
    for (int i = 0; i < THREADS; i++) {
        apr_thread_join(&result, threads[i]);
        assert_int_equal(result, APR_SUCCESS);
    }
    assert_int_equal(code_of(lists), CERT_REVOKED);
    assert_int_equal(lines, 0);
}

/* An empty folder for each test. */
static int set_up_test(void **state)
{
    static int number;
    (void)state;
    lines = 0;
    folder = apr_psprintf(pool, "%s/lists-%d", directory, number++);
    return apr_dir_make(folder, 0700, pool) == APR_SUCCESS ? 0 : -1;
}

static int set_up(void **state)
{
    pool = test_pool(state);
    directory = certificates_make(pool);
    certificates_more(directory, "one list/cert serial=" SERIAL " from=%s", "20260101000000Z");
    issuer = certificates_x509(directory, "ca/jpki-signing-3", pool);
    return cert_read(&cert, certificates_file(directory, "list/cert.der", pool), NULL, pool) == CERT_OK ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_none, set_up_test),
        cmocka_unit_test_setup(test_status, set_up_test),
        cmocka_unit_test_setup(test_age, set_up_test),
        cmocka_unit_test_setup(test_newest, set_up_test),
        cmocka_unit_test_setup(test_issuer, set_up_test),
        cmocka_unit_test_setup(test_scope, set_up_test),
        cmocka_unit_test_setup(test_critical_entry, set_up_test),
        cmocka_unit_test_setup(test_files, set_up_test),
        cmocka_unit_test_setup(test_change, set_up_test),
        cmocka_unit_test_setup(test_threads, set_up_test),
    };
    return cmocka_run_group_tests(tests, set_up, test_pool_drop);
}
