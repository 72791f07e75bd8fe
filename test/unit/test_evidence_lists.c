/* SPDX-License-Identifier: Apache-2.0
 *
 * account/evidence: what is listed, by whose name, and until when it is kept. Whether it holds: test_evidence.c.
 */
#include "account/evidence.h"
#include "database.h"
#include "test.h"

static database_t database;

/* The receipts' last letters. */
static const char *letters(const evidence_t *evidence, int count)
{
    const char *text = "";
    for (int i = 0; i < count; i++)
        text = apr_psprintf(database.pool, "%s%c", text, evidence[i].receipt.at[evidence[i].receipt.size - 1]);
    return text;
}

/* Nothing of it was signed: it does not hold. */
static void keep_unsigned(const char *receipt, const char *city, apr_int64_t account, apr_time_t at)
{
    evidence_t evidence = {.city = span_of(city),
                           .account = account,
                           .account_name = account == 1 ? SPAN("JP-1") : SPAN("JP-2"),
                           .flow = SPAN("jpki.delete"),
                           .receipt = span_of(receipt),
                           .at = at};
    store_unit_t *unit = database_open(&database, STORE_WRITE);
    const char *digest;
    assert_int_equal(evidence_keep(unit, &evidence, &digest, database.pool), APR_SUCCESS);
    database_commit(unit);
}

static const char *newest(const char *account_name, int limit)
{
    store_unit_t *unit = database_open(&database, STORE_READ);
    evidence_t *evidence;
    int count;
    assert_int_equal(
        evidence_newest(unit, SPAN("kawasaki"), span_of(account_name), limit, &evidence, &count, database.pool),
        APR_SUCCESS);
    store_close(unit);
    for (int i = 0; i < count; i++) assert_true(evidence[i].manifest.size == 0);
    return letters(evidence, count);
}

static void test_lists(void **state)
{
    span_t after = SPAN("");
    int seen = 0;

    (void)state;
    assert_string_equal(newest("", 10), "");
    keep_unsigned("a", "kawasaki", 1, 5);
    keep_unsigned("b", "kawasaki", 2, 7);
    keep_unsigned("c", "kawasaki", 1, 6);
    keep_unsigned("d", "kamakura", 1, 9);
    assert_string_equal(newest("", 10), "bca");
    assert_string_equal(newest("", 2), "bc");
    assert_string_equal(newest("JP-1", 10), "ca");
    assert_string_equal(newest("JP-1", 1), "c");
    assert_string_equal(newest("JP-", 10), "");
    for (int count = 1; count > 0;) {
        store_unit_t *unit = database_open(&database, STORE_READ);
        evidence_t *evidence;
        assert_int_equal(evidence_walk(unit, SPAN("kawasaki"), after, 2, &evidence, &count, database.pool),
                         APR_SUCCESS);
        store_close(unit);
        seen += count;
        if (count) after = evidence[count - 1].id;
    }
    assert_int_equal(seen, 3);
}

static void purge(const char *city, apr_time_t before)
{
    store_unit_t *unit = database_open(&database, STORE_WRITE);
    assert_int_equal(evidence_purge(unit, span_of(city), before), APR_SUCCESS);
    database_commit(unit);
}

static apr_time_t ended_at(const char *receipt)
{
    store_unit_t *unit = database_open(&database, STORE_READ);
    evidence_t evidence;
    bool found;

    assert_int_equal(evidence_read(unit, span_of(receipt), &evidence, &found, database.pool), APR_SUCCESS);
    store_close(unit);
    assert_true(found);
    return evidence.ended_at;
}

static void test_end(void **state)
{
    store_unit_t *unit;

    (void)state;
    keep_unsigned("a", "kawasaki", 1, 5);
    keep_unsigned("b", "kawasaki", 2, 4);
    purge("kawasaki", APR_INT64_MAX); /* nothing has ended */
    assert_string_equal(newest("", 10), "ab");
    unit = database_open(&database, STORE_WRITE);
    assert_int_equal(evidence_end(unit, 1, 100), APR_SUCCESS);
    assert_int_equal(evidence_end(unit, 1, 200), APR_SUCCESS); /* it has ended already */
    database_commit(unit);
    assert_int_equal(ended_at("a"), 100);
    assert_int_equal(ended_at("b"), 0);
    purge("kawasaki", 100);
    purge("kamakura", 101);
    assert_int_equal(ended_at("a"), 100);
    purge("kawasaki", 101);
    assert_string_equal(newest("", 10), "b");
}

static bool has_receipt(const char *city, const char *flow, const char *receipt)
{
    store_unit_t *unit = database_open(&database, STORE_READ);
    apr_time_t at;
    bool found;

    assert_int_equal(evidence_receipt(unit, span_of(city), span_of(flow), span_of(receipt), &at, &found), APR_SUCCESS);
    store_close(unit);
    assert_true(at == (found ? 5 : 0));
    return found;
}

static void test_receipt(void **state)
{
    (void)state;
    keep_unsigned("a", "kawasaki", 1, 5);
    assert_true(has_receipt("kawasaki", "jpki.delete", "a"));
    assert_false(has_receipt("kamakura", "jpki.delete", "a"));
    assert_false(has_receipt("kawasaki", "jpki.register", "a"));
    assert_false(has_receipt("kawasaki", "jpki.delete", "A"));
    assert_false(has_receipt("kawasaki", "jpki.delete", ""));
}

static int make(void **state)
{
    *state = &database;
    return database_set_up(state);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make, database_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_lists), TEST(test_end), TEST(test_receipt)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
