/* SPDX-License-Identifier: Apache-2.0
 *
 * account/audit: entries, the chain through them, and that nothing can be altered or taken out unseen.
 */
#include "account/account.h"
#include "account/audit.h"
#include "base/error.h"
#include "base/secret.h"
#include "database.h"
#include "test.h"

#define NOW apr_time_from_sec(1795273200)

static database_t database;

static void write_entries(int count, apr_time_t at)
{
    store_unit_t *unit = database_open(&database, STORE_WRITE);
    for (int i = 0; i < count; i++) {
        audit_entry_t entry = {.at = at + i,
                               .city = SPAN("kawasaki"),
                               .by = AUDIT_BY_CLERK,
                               .actor = SPAN("suzuki"),
                               .account = i + 1,
                               .act = AUDIT_UNLOCK,
                               .rule = SPAN("password/1"),
                               .note = SPAN("line 1\nline 2\t\\")};
        assert_int_equal(audit_write(unit, &entry), APR_SUCCESS);
    }
    database_commit(unit);
}

static int seal(void)
{
    store_unit_t *unit = database_open(&database, STORE_WRITE);
    int sealed = -1;
    assert_int_equal(audit_seal(unit, &sealed), APR_SUCCESS);
    database_commit(unit);
    return sealed;
}

static audit_report_t verify(const char *expected)
{
    audit_report_t report;
    assert_int_equal(audit_verify(database.store, expected, &report, database.pool), APR_SUCCESS);
    return report;
}

static void run(const char *sql)
{
    assert_int_equal(database_run(&database.source, sql, database.pool), 0);
}

static void test_words(void **state)
{
    (void)state;
    assert_string_equal(audit_act_word(AUDIT_LOGIN), "login");
    assert_string_equal(audit_act_word(AUDIT_IMPORT), "import");
    assert_string_equal(audit_act_word(AUDIT_REGISTER), "register");
    assert_string_equal(audit_act_word(AUDIT_EVIDENCE), "evidence");
    assert_string_equal(audit_actor_word(AUDIT_BY_RESIDENT), "resident");
    assert_string_equal(audit_actor_word(AUDIT_BY_SERVICE), "service");
}

static void test_entries_of_account(void **state)
{
    store_unit_t *unit;
    audit_entry_t *entries;
    int count;

    (void)state;
    write_entries(1, NOW + 10);
    write_entries(2, NOW);
    unit = database_open(&database, STORE_READ);
    assert_int_equal(audit_of_account(unit, 1, 10, &entries, &count), APR_SUCCESS);
    assert_int_equal(count, 2);
    assert_true(entries[0].at == NOW + 10 && entries[1].at == NOW); /* newest first */
    assert_true(entries[0].number == 0 && entries[0].account == 1);
    assert_int_equal(entries[0].act, AUDIT_UNLOCK);
    assert_int_equal(entries[0].by, AUDIT_BY_CLERK);
    assert_true(span_is(entries[0].city, "kawasaki") && span_is(entries[0].actor, "suzuki"));
    assert_true(span_is(entries[0].rule, "password/1") && span_is(entries[0].note, "line 1\nline 2\t\\"));
    assert_int_equal(audit_of_account(unit, 1, 1, &entries, &count), APR_SUCCESS);
    assert_int_equal(count, 1);
    assert_int_equal(audit_of_account(unit, 3, 10, &entries, &count), APR_SUCCESS);
    assert_int_equal(count, 0);
    store_close(unit);
}

/* Between the log-in before and this one, of this account alone. */
static void test_refusals(void **state)
{
    static const struct {
        audit_act_t act;
        apr_int64_t account;
    } acts[] = {{AUDIT_LOGIN_REFUSED, 1},    {AUDIT_LOGIN, 1}, {AUDIT_LOGIN_REFUSED, 1},
                {AUDIT_PASSWORD_REFUSED, 1}, {AUDIT_VIEW, 1},  {AUDIT_LOCK, 1},
                {AUDIT_LOGIN_REFUSED, 2},    {AUDIT_LOGIN, 1}, {AUDIT_LOGIN_REFUSED, 1}};
    store_unit_t *unit = database_open(&database, STORE_WRITE);
    apr_int64_t count;
    apr_time_t last_at;

    (void)state;
    for (int i = 0; i < 9; i++) {
        audit_entry_t entry = {.at = NOW + i, .account = acts[i].account, .act = acts[i].act};
        assert_int_equal(audit_write(unit, &entry), APR_SUCCESS);
    }
    assert_int_equal(audit_refusals(unit, 1, NOW + 7, &count, &last_at), APR_SUCCESS);
    assert_true(count == 3 && last_at == NOW + 5);
    assert_int_equal(audit_refusals(unit, 1, NOW + 1, &count, &last_at), APR_SUCCESS);
    assert_true(count == 1 && last_at == NOW); /* the first log-in of all */
    assert_int_equal(audit_refusals(unit, 3, NOW + 7, &count, &last_at), APR_SUCCESS);
    assert_true(count == 0 && last_at == 0);
    store_close(unit);
}

static bool vouches(store_unit_t *unit, audit_signed_t act)
{
    bool says;

    assert_int_equal(audit_vouches(unit, &act, &says), APR_SUCCESS);
    return says;
}

/* Only the acts that are signed, with just this note, of this account, city and time; and only one of this receipt. */
static void test_vouches(void **state)
{
    static const struct {
        audit_act_t act;
        bool vouches;
    } acts[] = {{AUDIT_REGISTER, true}, {AUDIT_CHANGE, true},    {AUDIT_DELETE, true},
                {AUDIT_RESET, false},   {AUDIT_EVIDENCE, false}, {AUDIT_CERTIFICATE, false}};
    store_unit_t *unit = database_open(&database, STORE_WRITE);
    audit_entry_t entry = {.at = NOW, .city = SPAN("kawasaki"), .note = SPAN("receipt x")};
    audit_signed_t act = {SPAN("kawasaki"), 1, "receipt", "x", NOW};

    (void)state;
    for (int i = 0; i < 6; i++) {
        entry.account = act.account = i + 1;
        entry.act = acts[i].act;
        assert_int_equal(audit_write(unit, &entry), APR_SUCCESS);
        assert_int_equal(vouches(unit, act), acts[i].vouches);
    }
    act.account = 1;
    assert_true(vouches(unit, act));
    act.receipt = "receip";
    assert_false(vouches(unit, act));
    act.receipt = "";
    assert_false(vouches(unit, act));
    act.receipt = "receipt";
    act.digest = "y";
    assert_false(vouches(unit, act));
    act.digest = "x";
    act.city = SPAN("kamakura");
    assert_false(vouches(unit, act));
    act.city = SPAN("kawasaki");
    act.account = 9;
    assert_false(vouches(unit, act));
    act.account = 1;
    act.at = NOW + 1;
    assert_false(vouches(unit, act));
    act.at = NOW;
    entry.account = 1;
    entry.act = AUDIT_CHANGE;
    entry.note = SPAN("receipt y");
    assert_int_equal(audit_write(unit, &entry), APR_SUCCESS);
    assert_false(vouches(unit, act));
    store_close(unit);
}

static void test_empty_chain(void **state)
{
    audit_report_t report;

    (void)state;
    assert_int_equal(seal(), 0);
    report = verify(NULL);
    assert_true(report.sealed == 0 && report.unsealed == 0 && report.broken_at == 0 && !report.expected_found);
    assert_string_equal(report.head, "");
}

static void test_seal(void **state)
{
    store_unit_t *unit;
    audit_entry_t *entries;
    audit_report_t report;
    apr_int64_t last, number;
    const char *head;
    int count;

    (void)state;
    write_entries(2, NOW + 10);
    write_entries(2, NOW);
    report = verify(NULL);
    assert_true(report.sealed == 0 && report.unsealed == 4 && report.broken_at == 0);
    assert_int_equal(seal(), 4);
    assert_int_equal(seal(), 0);
    write_entries(1, NOW - 10); /* late, but behind what is sealed */
    assert_int_equal(seal(), 1);

    unit = database_open(&database, STORE_READ);
    assert_int_equal(audit_list(unit, 0, 10, &entries, &last, &count), APR_SUCCESS);
    assert_true(count == 5 && last == 5);
    for (int i = 0; i < count; i++) assert_true(entries[i].number == i + 1);
    assert_true(entries[0].at == NOW && entries[2].at == NOW + 10 && entries[4].at == NOW - 10);
    assert_int_equal(audit_list(unit, 1, 2, &entries, &last, &count), APR_SUCCESS);
    assert_true(count == 2 && last == 3 && entries[0].number == 2);
    assert_int_equal(audit_list(unit, 5, 2, &entries, &last, &count), APR_SUCCESS);
    assert_true(count == 0 && last == 5);
    assert_int_equal(audit_head(unit, &number, &head), APR_SUCCESS);
    assert_true(number == 5);
    store_close(unit);
    report = verify(head);
    assert_true(report.sealed == 5 && report.unsealed == 0 && report.broken_at == 0 && report.expected_found);
    assert_string_equal(report.head, head);
    assert_int_equal(strlen(head), 43);
}

/* The chain as docs/audit.md describes it, made by hand. */
static void test_canonical_bytes(void **state)
{
    unsigned char digest[SECRET_DIGEST_SIZE];
    const char *text;

    (void)state;
    run("INSERT INTO audit (id, at, city, by_whom, actor, account, act, rule, note) "
        "VALUES ('a', 5, 'kawasaki', 'tool', '鈴木', -7, 'freeze', '', 'x\ty')");
    assert_int_equal(seal(), 1);
    text = "number\t1\nid\ta\nat\t5\ncity\tkawasaki\nby\ttool\nactor\t鈴木\naccount\t-7\nact\tfreeze\nrule\t\n"
           "note\tx\\ty\n";
    assert_int_equal(secret_digest(span_of(text), digest), APR_SUCCESS);
    assert_string_equal(verify(NULL).head, secret_base64url(database.pool, digest, sizeof digest));
}

static void test_many_calls(void **state)
{
    audit_report_t report;

    (void)state;
    write_entries(AUDIT_SEAL_MAX + 2, NOW);
    assert_int_equal(seal(), AUDIT_SEAL_MAX);
    assert_int_equal(seal(), 2);
    report = verify(NULL);
    assert_true(report.sealed == AUDIT_SEAL_MAX + 2 && report.broken_at == 0);
    run("UPDATE audit SET note = '' WHERE number = 1001"); /* the first one behind a page */
    assert_true(verify(NULL).broken_at == AUDIT_SEAL_MAX + 1);
}

/* Each field, taking out, cutting off, and setting the head back: all are seen, at the right place. */
static void test_tampering(void **state)
{
    static const struct {
        const char *act, *undo;
        apr_int64_t broken_at;
    } cases[] = {
        {"UPDATE audit SET at = at + 1 WHERE number = 3", "UPDATE audit SET at = at - 1 WHERE number = 3", 3},
        {"UPDATE audit SET city = 'x' WHERE number = 1", "UPDATE audit SET city = 'kawasaki' WHERE number = 1", 1},
        {"UPDATE audit SET by_whom = 'tool' WHERE number = 2", "UPDATE audit SET by_whom = 'clerk' WHERE number = 2",
         2},
        {"UPDATE audit SET actor = 'x' WHERE number = 2", "UPDATE audit SET actor = 'suzuki' WHERE number = 2", 2},
        {"UPDATE audit SET account = 9 WHERE number = 4", "UPDATE audit SET account = 4 WHERE number = 4", 4},
        {"UPDATE audit SET act = 'lock' WHERE number = 5", "UPDATE audit SET act = 'unlock' WHERE number = 5", 5},
        {"UPDATE audit SET rule = '' WHERE number = 5", "UPDATE audit SET rule = 'password/1' WHERE number = 5", 5},
        {"UPDATE audit_head SET number = 4", "UPDATE audit_head SET number = 5", 4},
        {"UPDATE audit_head SET hash = ''", NULL, 5},
        {"UPDATE audit SET id = 'x' WHERE number = 5", NULL, 5},
        {"DELETE FROM audit WHERE number = 5", NULL, 5},
        {"DELETE FROM audit WHERE number = 2", NULL, 2},
    };

    (void)state;
    write_entries(5, NOW);
    assert_int_equal(seal(), 5);
    for (apr_size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        run(cases[i].act);
        assert_true(verify(NULL).broken_at == cases[i].broken_at);
        if (cases[i].undo) {
            run(cases[i].undo);
            assert_true(verify(NULL).broken_at == 0);
        }
    }
}

/* Whoever rebuilds the whole chain without its end is only seen by a head that was noted elsewhere. */
static void test_noted_head(void **state)
{
    const char *noted, *old;

    (void)state;
    write_entries(1, NOW);
    seal();
    old = verify(NULL).head;
    write_entries(1, NOW + 1);
    seal();
    noted = verify(NULL).head;
    run("DELETE FROM audit WHERE number = 2");
    run(apr_psprintf(database.pool, "UPDATE audit_head SET number = 1, hash = '%s'", old));
    assert_true(verify(NULL).broken_at == 0);
    assert_true(verify(old).expected_found);
    assert_false(verify(noted).expected_found);
}

/* Entries outlive the account, and an act that isn't committed leaves none. */
static void test_lives_apart(void **state)
{
    account_t account = {.city = SPAN("kawasaki"), .kind = SPAN("card"), .identifier = SPAN("86000001")};
    audit_entry_t entry = {.at = NOW, .city = SPAN("kawasaki"), .act = AUDIT_ISSUE}, *entries;
    store_unit_t *unit = database_open(&database, STORE_WRITE);
    int count;

    (void)state;
    assert_int_equal(account_insert(unit, &account, NULL, NOW, database.pool), APR_SUCCESS);
    entry.account = account.id;
    assert_int_equal(audit_write(unit, &entry), APR_SUCCESS);
    database_commit(unit);
    seal();
    run("DELETE FROM account");
    unit = database_open(&database, STORE_WRITE);
    assert_int_equal(audit_of_account(unit, account.id, 10, &entries, &count), APR_SUCCESS);
    assert_int_equal(count, 1);
    assert_int_equal(audit_write(unit, &entry), APR_SUCCESS);
    store_close(unit); /* rolled back */
    assert_true(verify(NULL).sealed == 1 && verify(NULL).unsealed == 0 && verify(NULL).broken_at == 0);
}

#define TEST(name) DATABASE_TEST(name, &database)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_words),           TEST(test_entries_of_account), TEST(test_refusals),
        TEST(test_vouches),         TEST(test_empty_chain),        TEST(test_seal),
        TEST(test_canonical_bytes), TEST(test_many_calls),         TEST(test_tampering),
        TEST(test_noted_head),      TEST(test_lives_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
