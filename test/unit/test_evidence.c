/* SPDX-License-Identifier: Apache-2.0
 *
 * account/evidence: it is kept as it was signed, it holds years later, and it doesn't when any byte of it is another.
 */
#include "account/account.h"
#include "account/evidence.h"
#include "base/base64.h"
#include "cert/cms.h"
#include "certificates.h"
#include "database.h"
#include "test.h"
#include "wire/manifest.h"

#include <apr_escape.h>

#define ACCOUNT 4711

static apr_pool_t *program; /* what all tests share */
static const char *directory;
static apr_time_t now;
static database_t database;

static int make_certificates(void **state)
{
    program = test_pool(state);
    directory = certificates_make(program);
    now = apr_time_now();
    return 0;
}

static int make(void **state)
{
    *state = &database; /* in place of the group's */
    if (database_set_up(state)) return -1;
    /* Thousands of changes; nothing of them need survive a power cut. */
    return database_run(&database.source, "PRAGMA synchronous=OFF", database.pool);
}

static void run(const char *sql)
{
    assert_int_equal(database_run(&database.source, sql, database.pool), 0);
}

static span_t manifest_bytes(void)
{
    static const manifest_line_t lines[] = {{SPAN("name"), SPAN("氏名"), SPAN("川崎　太郎")},
                                            {SPAN("town"), SPAN("町丁名"), SPAN("旭町\\1\t丁目")}};
    const manifest_t manifest = {.rules = SPAN("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"),
                                 .city = SPAN("kawasaki"),
                                 .flow = SPAN("jpki.register"),
                                 .origin = SPAN("https://madoguchi.example.jp"),
                                 .nonce = SPAN("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="),
                                 .account = SPAN("JP-1"),
                                 .at = apr_time_from_sec(apr_time_sec(now)),
                                 .lines = lines,
                                 .count = 2};
    span_t bytes;
    assert_int_equal(manifest_encode(&bytes, &manifest, program), APR_SUCCESS);
    return bytes;
}

/* Signed with NAME ("card/sign"), not kept yet. */
static evidence_t signed_with(const char *name, const char *issuer, const char *receipt)
{
    static const record_pair_t checks[] = {{SPAN("revocation"), SPAN("good")}, {SPAN("judged-at"), SPAN("today")}};
    evidence_t evidence = {.city = SPAN("kawasaki"),
                           .account = ACCOUNT,
                           .account_name = SPAN("JP-1"),
                           .flow = SPAN("jpki.register"),
                           .receipt = span_of(receipt),
                           .manifest = manifest_bytes(),
                           .checks = record_encode(program, checks, 2),
                           .at = now};
    evidence.certificate = certificates_file(directory, apr_pstrcat(program, name, ".der", NULL), program);
    evidence.issuer = certificates_file(directory, issuer, program);
    assert_int_equal(cert_cms_make(&evidence.cms, certificates_key(directory, name, program),
                                   certificates_x509(directory, name, program), evidence.manifest, program),
                     APR_SUCCESS);
    return evidence;
}

static void audit(store_unit_t *unit, audit_act_t act, apr_int64_t account, const char *note)
{
    const audit_entry_t entry = {
        .at = now, .city = SPAN("kawasaki"), .account = account, .act = act, .note = span_of(note)};
    assert_int_equal(audit_write(unit, &entry), APR_SUCCESS);
}

/* Kept, with its audit entry; the entry's note. */
static const char *keep(evidence_t *evidence)
{
    store_unit_t *unit = database_open(&database, STORE_WRITE);
    const char *digest;

    assert_int_equal(evidence_keep(unit, evidence, &digest, database.pool), APR_SUCCESS);
    assert_int_equal(strlen(digest), 43);
    digest = apr_pstrcat(database.pool, span_text(database.pool, evidence->receipt), " ", digest, NULL);
    audit(unit, AUDIT_REGISTER, evidence->account, digest);
    database_commit(unit);
    return digest;
}

static void forget(void)
{
    run("DELETE FROM evidence");
    run("DELETE FROM audit");
}

static evidence_t usual(void)
{
    return signed_with("card/sign", "card/sign-ca.der", "20261122-AAAA-AAAA");
}

static bool read_named(const char *name, evidence_t *evidence)
{
    store_unit_t *unit = database_open(&database, STORE_READ);
    bool found;

    assert_int_equal(evidence_read(unit, span_of(name), evidence, &found, database.pool), APR_SUCCESS);
    store_close(unit);
    return found;
}

/* As it stands in the database now. */
static evidence_report_t verify(const char *receipt)
{
    store_unit_t *unit;
    evidence_t evidence;
    evidence_report_t report;
    apr_pool_t *turn;
    bool found;

    assert_int_equal(apr_pool_create(&turn, program), APR_SUCCESS);
    assert_int_equal(store_open(&unit, database.store, STORE_READ, turn), APR_SUCCESS);
    assert_int_equal(evidence_read(unit, span_of(receipt), &evidence, &found, turn), APR_SUCCESS);
    assert_true(found);
    assert_int_equal(evidence_verify(unit, &evidence, &report, turn), APR_SUCCESS);
    store_close(unit);
    report.altered = apr_pstrdup(database.pool, report.altered);
    apr_pool_destroy(turn);
    return report;
}

/* The checks that fail, as their numbers: "02" for EVIDENCE_MANIFEST and EVIDENCE_SIGNER. */
static const char *failures(const evidence_report_t *report)
{
    const char *text = "";
    for (int i = 0; i < EVIDENCE_CHECK_COUNT; i++)
        if (!report->holds[i]) text = apr_psprintf(database.pool, "%s%d", text, i);
    assert_true(report->all == (*text == '\0'));
    assert_true(report->holds[EVIDENCE_DIGEST] == (*report->altered == '\0'));
    return text;
}

static void assert_failures(const char *expected, const char *altered)
{
    evidence_report_t report = verify("20261122-AAAA-AAAA");
    assert_string_equal(failures(&report), expected);
    assert_string_equal(report.altered, altered);
}

static void test_kept(void **state)
{
    evidence_t evidence = usual(), read;

    (void)state;
    keep(&evidence);
    assert_int_equal(evidence.id.size, 24);
    assert_int_equal(strspn(evidence.id.at, "0123456789abcdef"), 24);
    assert_true(read_named(evidence.id.at, &read));
    assert_true(span_equal(read.id, evidence.id) && span_is(read.city, "kawasaki") && read.account == ACCOUNT);
    assert_true(span_is(read.account_name, "JP-1") && span_is(read.flow, "jpki.register"));
    assert_true(span_equal(read.manifest, evidence.manifest) && span_equal(read.cms, evidence.cms));
    assert_true(span_equal(read.certificate, evidence.certificate) && span_equal(read.issuer, evidence.issuer));
    assert_true(span_equal(read.checks, evidence.checks) && read.at == now && read.ended_at == 0);
    assert_true(read_named("20261122-AAAA-AAAA", &read) && span_equal(read.id, evidence.id));
    assert_false(read_named("20261122-AAAA-AAAB", &read));
    assert_false(read_named("", &read));
}

static void test_holds(void **state)
{
    static const char *const signers[][3] = {
        {"card/sign", "card/sign-ca.der", "20261122-AAAA-AAAA"},
        {"person/es256", "ca/jpki-signing-3.der", "20261122-AAAA-AAAB"},
        {"company/company", "ca/registry.der", "20261122-AAAA-AAAC"},
    };

    (void)state;
    for (int i = 0; i < 3; i++) {
        evidence_t evidence = signed_with(signers[i][0], signers[i][1], signers[i][2]);
        keep(&evidence);
        evidence_report_t report = verify(signers[i][2]);
        assert_string_equal(failures(&report), "");
    }
    assert_string_equal(evidence_check_text(EVIDENCE_AUDIT), "the audit log says the same");
}

/* --- Altering what is kept --- */

static void put_column(const char *column, span_t bytes)
{
    apr_pool_t *turn;
    assert_int_equal(apr_pool_create(&turn, program), APR_SUCCESS);
    assert_int_equal(database_run(&database.source,
                                  apr_psprintf(turn, "UPDATE evidence SET %s = CAST(x'%s' AS TEXT)", column,
                                               apr_pescape_hex(turn, bytes.at, bytes.size, 0)),
                                  turn),
                     0);
    apr_pool_destroy(turn);
}

/* One byte of the column as it stands in the database, at every step-th place. What is altered is named, and the checks
 * in `also` (numbers) fail besides. */
static void flip_each(const char *column, span_t stored, apr_size_t step, evidence_check_t also)
{
    char *bytes = span_text(database.pool, stored);

    for (apr_size_t at = 0; at < stored.size; at += step * test_step()) {
        bytes[at] ^= 1;
        put_column(column, (span_t){bytes, stored.size});
        evidence_report_t report = verify("20261122-AAAA-AAAA");
        if (report.all || strcmp(report.altered, column) != 0)
            fail_msg("%s, byte %lu: altered %s", column, (unsigned long)at, report.altered);
        assert_false(report.holds[also] || report.holds[EVIDENCE_DIGEST]);
        bytes[at] ^= 1;
    }
    put_column(column, stored);
    assert_failures("", "");
}

static void test_each_byte(void **state)
{
    evidence_t evidence = usual();

    (void)state;
    keep(&evidence);
    flip_each("manifest", evidence.manifest, 1, EVIDENCE_SIGNATURE);
    flip_each("checks", evidence.checks, 1, EVIDENCE_DIGEST);
    flip_each("cms", base64_encode(evidence.cms, program), 7, EVIDENCE_DIGEST);
    flip_each("certificate", base64_encode(evidence.certificate, program), 7, EVIDENCE_SIGNER);
    flip_each("issuer", base64_encode(evidence.issuer, program), 7, EVIDENCE_DIGEST);
}

/* Cut, lengthened, taken away: by name again. */
static void test_other_lengths(void **state)
{
    static const char *const columns[] = {"manifest", "checks", "cms", "certificate", "issuer"};
    evidence_t evidence = usual();

    (void)state;
    keep(&evidence);
    for (int i = 0; i < 5; i++) {
        const char *column = columns[i];
        run("CREATE TABLE former AS SELECT * FROM evidence");
        const char *const changes[] = {apr_psprintf(database.pool, "substr(%s, 1, length(%s) - 1)", column, column),
                                       apr_psprintf(database.pool, "%s || 'AAAA'", column), "''"};
        for (int j = 0; j < 3; j++) {
            run(apr_psprintf(database.pool, "UPDATE evidence SET %s = %s", column, changes[j]));
            evidence_report_t report = verify("20261122-AAAA-AAAA");
            assert_false(report.all);
            assert_string_equal(report.altered, column);
            run(apr_psprintf(database.pool, "UPDATE evidence SET %s = (SELECT %s FROM former)", column, column));
        }
        run("DROP TABLE former");
        assert_failures("", "");
    }
}

static void test_other_columns(void **state)
{
    static const struct {
        const char *change, *undo, *failures, *altered;
    } cases[] = {
        {"city = 'kamakura'", "city = 'kawasaki'", "045", "city"},
        {"account = 4712", "account = 4711", "45", "account"},
        {"account_name = 'JP-2'", "account_name = 'JP-1'", "04", "account-name"},
        {"flow = 'jpki.delete'", "flow = 'jpki.register'", "04", "flow"},
        {"at = at + 1", "at = at - 1", "45", "at"},
        {"digests = digests || 'x'", "digests = substr(digests, 1, length(digests) - 1)", "45", "digests"},
        {"id = 'x'", NULL, "4", "id"},
    };
    evidence_t evidence = usual();

    (void)state;
    keep(&evidence);
    for (apr_size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        run(apr_psprintf(database.pool, "UPDATE evidence SET %s", cases[i].change));
        assert_failures(cases[i].failures, cases[i].altered);
        if (cases[i].undo) run(apr_psprintf(database.pool, "UPDATE evidence SET %s", cases[i].undo));
    }
}

/* Who makes the digests anew as well is still refuted, by the audit log. */
static void test_thorough_forger(void **state)
{
    evidence_t evidence = usual(), forged = usual();
    store_unit_t *unit;
    const char *digest;

    (void)state;
    keep(&evidence);
    forged.checks = SPAN("revocation\tgood\n");
    forged.receipt = SPAN("20261122-AAAA-AAAB");
    unit = database_open(&database, STORE_WRITE);
    assert_int_equal(evidence_keep(unit, &forged, &digest, database.pool), APR_SUCCESS);
    database_commit(unit);
    evidence_report_t report = verify("20261122-AAAA-AAAB");
    assert_string_equal(failures(&report), "5");
}

/* Nor does it help to add an entry to the log that says what the row says now: there is one of that receipt. */
static void test_second_entry(void **state)
{
    evidence_t evidence = usual(), forged;
    store_unit_t *unit;
    const char *digest;

    (void)state;
    keep(&evidence);
    assert_true(read_named("20261122-AAAA-AAAA", &forged));
    run("DELETE FROM evidence");
    forged.checks = SPAN("revocation\tgood\n");
    keep(&forged);
    assert_failures("5", "");

    forget();
    unit = database_open(&database, STORE_WRITE);
    assert_int_equal(evidence_keep(unit, &evidence, &digest, database.pool), APR_SUCCESS);
    audit(unit, AUDIT_UNLOCK, evidence.account, "20261122-AAAA-AAAA by a clerk"); /* is of no signed act */
    database_commit(unit);
    assert_failures("5", "");
    run(apr_psprintf(database.pool,
                     "INSERT INTO audit (id, at, city, by_whom, actor, account, act, rule, note) "
                     "VALUES ('a', %" APR_TIME_T_FMT ", 'kawasaki', 'resident', '', 4711, 'register', '', "
                     "'20261122-AAAA-AAAA %s')",
                     now - 1, digest));
    assert_failures("5", ""); /* of another time */
    run("UPDATE audit SET at = at + 1 WHERE id = 'a'");
    assert_failures("", "");
}

/* Signed for somebody else, or long before it was kept, or after. */
static void test_of_another_act(void **state)
{
    static const apr_time_t shifts[] = {APR_USEC_PER_SEC, -apr_time_from_sec(362)};
    evidence_t evidence = usual();

    (void)state;
    evidence.account_name = SPAN("JP-2");
    keep(&evidence);
    assert_failures("0", "");
    for (int i = 0; i < 2; i++) {
        forget();
        now += shifts[i];
        evidence = usual();
        now -= shifts[i];
        evidence.at = now;
        keep(&evidence);
        assert_failures("0", "");
    }
}

/* --- What never held --- */

static void assert_kept_fails(evidence_t evidence, const char *expected)
{
    keep(&evidence);
    assert_failures(expected, "");
    forget();
}

static void test_wrong_from_the_beginning(void **state)
{
    evidence_t evidence = usual();

    (void)state;
    evidence.issuer = certificates_file(directory, "ca/jpki-signing-2.der", program);
    assert_kept_fails(evidence, "3"); /* the generation before: another key */
    evidence.issuer = certificates_file(directory, "card/auth-ca.der", program);
    assert_kept_fails(evidence, "3");
    evidence.issuer = evidence.certificate; /* no authority */
    assert_kept_fails(evidence, "3");
    evidence.issuer = SPAN("x");
    assert_kept_fails(evidence, "3");

    evidence = usual();
    evidence.certificate = certificates_file(directory, "person/revoked.der", program); /* the same key, another one */
    assert_kept_fails(evidence, "2");
    evidence = usual();
    evidence.cms = signed_with("person/revoked", "card/sign-ca.der", "x").cms;
    assert_kept_fails(evidence, "2");
    evidence = usual();
    evidence.manifest = SPAN("kawasaki-manifest 1\n");
    assert_kept_fails(evidence, "012");
    evidence = usual();
    evidence.flow = SPAN("jpki.delete");
    assert_kept_fails(evidence, "0");
    evidence = usual();
    evidence.city = SPAN("kamakura");
    keep(&evidence);
    assert_failures("05", ""); /* the log's entry is another city's */
}

static void assert_kept_at(apr_time_t at, const char *expected)
{
    const apr_time_t today = now;

    now = at;
    assert_kept_fails(usual(), expected);
    now = today;
}

static void test_valid_at_the_time(void **state)
{
    evidence_t evidence = usual();
    cert_t *cert;

    (void)state;
    assert_int_equal(cert_read(&cert, evidence.certificate, NULL, program), CERT_OK);
    assert_kept_at(cert->not_before, "");
    assert_kept_at(cert->not_after + apr_time_from_sec(1) - 1, "");
    assert_kept_at(cert->not_before - 1, "3");
    assert_kept_at(cert->not_after + apr_time_from_sec(1), "3");
}

/* --- The audit log --- */

static void test_audit(void **state)
{
    evidence_t evidence = usual();
    const char *note = keep(&evidence);
    store_unit_t *unit;

    (void)state;
    run("UPDATE audit SET note = note || 'x'");
    assert_failures("5", "");
    run("DELETE FROM audit");
    assert_failures("5", "");
    unit = database_open(&database, STORE_WRITE);
    audit(unit, AUDIT_RESET, ACCOUNT, note); /* what a clerk could write */
    audit(unit, AUDIT_EVIDENCE, ACCOUNT, note);
    audit(unit, AUDIT_DELETE, ACCOUNT + 1, note);
    database_commit(unit);
    assert_failures("5", "");
    unit = database_open(&database, STORE_WRITE);
    audit(unit, AUDIT_DELETE, ACCOUNT, note);
    database_commit(unit);
    assert_failures("", "");
}

/* --- Of an account --- */

/* What an account's forms were signed with, and no other's. */
static void test_certificates(void **state)
{
    static const char *const signers[] = {"card/sign", "card/sign", "person/es256", "company/company"};
    store_unit_t *unit;
    span_t *certificates;
    int count, known = 0;

    (void)state;
    for (int i = 0; i < 4; i++) {
        evidence_t evidence =
            signed_with(signers[i], "card/sign-ca.der", apr_psprintf(database.pool, "20261122-AAAA-AAA%d", i));
        evidence.account = i < 3 ? ACCOUNT : ACCOUNT + 1;
        keep(&evidence);
    }
    unit = database_open(&database, STORE_READ);
    assert_int_equal(evidence_certificates(unit, ACCOUNT, &certificates, &count, database.pool), APR_SUCCESS);
    store_close(unit);
    assert_int_equal(count, 2);
    for (int i = 0; i < count; i++) {
        known += span_equal(certificates[i], certificates_file(directory, "card/sign.der", program));
        known += span_equal(certificates[i], certificates_file(directory, "person/es256.der", program));
    }
    assert_int_equal(known, 2);
}

/* The account and its log-ins go, the evidence stays and holds. */
static void test_outlives_the_account(void **state)
{
    account_t account = {.city = SPAN("kawasaki"), .kind = SPAN("jpki"), .identifier = SPAN("JP-1")};
    evidence_t evidence = usual();
    store_unit_t *unit = database_open(&database, STORE_WRITE);

    (void)state;
    assert_int_equal(account_insert(unit, &account, NULL, now, database.pool), APR_SUCCESS);
    database_commit(unit);
    evidence.account = account.id;
    keep(&evidence);
    unit = database_open(&database, STORE_WRITE);
    assert_int_equal(evidence_end(unit, account.id, now), APR_SUCCESS);
    assert_int_equal(account_remove(unit, account.id, 1), APR_SUCCESS);
    database_commit(unit);
    assert_failures("", "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make, database_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_kept),
        TEST(test_holds),
        TEST(test_each_byte),
        TEST(test_other_lengths),
        TEST(test_other_columns),
        TEST(test_thorough_forger),
        TEST(test_second_entry),
        TEST(test_of_another_act),
        TEST(test_wrong_from_the_beginning),
        TEST(test_valid_at_the_time),
        TEST(test_audit),
        TEST(test_certificates),
        TEST(test_outlives_the_account),
    };
    return cmocka_run_group_tests(tests, make_certificates, test_pool_drop);
}
