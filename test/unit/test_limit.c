/* SPDX-License-Identifier: Apache-2.0
 *
 * The gate, one try after another: what counts, for how long, who is locked and until when.
 */
#include "test_limit_fixture.h"

static gate_t gate;

static int make_without_memory(void **state)
{
    if (gate_set_up(state)) return -1;
    gate.ports.table = NULL;
    return 0;
}

static apr_status_t no_database(void *context, store_connection_t *connection, apr_pool_t *pool)
{
    (void)context;
    (void)connection;
    (void)pool;
    return APR_ECONNREFUSED;
}

/* A store that can't be reached. */
static store_t *gone(void)
{
    store_source_t source = {.acquire = no_database};
    const char *error;
    store_t *store;
    assert_int_equal(store_create(&store, "sql", &source, NULL, &error, gate.database.pool), APR_SUCCESS);
    return store;
}

/* --- Counting --- */

static void test_threshold(void **state)
{
    limit_permit_t permit;

    (void)state;
    for (int i = 0; i < 2; i++) {
        permit = gate_wrong(&gate, NOW + i);
        assert_int_equal(permit.state, LIMIT_OPEN);
    }
    permit = gate_wrong(&gate, NOW + 2);
    assert_locked(&gate, &permit, "password/1", NOW + 2 + 5 * MINUTE);
    permit = gate_reserve(&gate, NOW + 2); /* the right one would be refused, too */
    assert_locked(&gate, &permit, "password/1", NOW + 2 + 5 * MINUTE);
    permit = gate_reserve(&gate, NOW + 2 + 5 * MINUTE - 1);
    assert_locked(&gate, &permit, "password/1", NOW + 2 + 5 * MINUTE);
    permit = gate_reserve(&gate, NOW + 2 + 5 * MINUTE);
    assert_int_equal(permit.state, LIMIT_OPEN);
}

/* Also the database's word, memory being asked first or not at all. */
static void test_receipt_stays(void **state)
{
    limit_permit_t lock, again;

    (void)state;
    for (int i = 0; i < 3; i++) lock = gate_wrong(&gate, NOW);
    again = gate_reserve(&gate, NOW + 1); /* from the database, and into memory */
    assert_string_equal(again.receipt, lock.receipt);
    again = gate_reserve(&gate, NOW + 1);
    assert_string_equal(again.receipt, lock.receipt);
    assert_locked(&gate, &again, "password/1", lock.until);
}

static void test_counted_whose(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) gate_wrong(&gate, NOW);
    gate.subject.identifier = SPAN("86000002");
    assert_int_equal(gate_reserve(&gate, NOW).state, LIMIT_OPEN);
    gate.subject.identifier = SPAN("86000001");
    gate.subject.kind = SPAN("id");
    assert_int_equal(gate_reserve(&gate, NOW).state, LIMIT_OPEN);
    gate.subject.kind = SPAN("card");
    gate.subject.city = SPAN("kamakura");
    assert_int_equal(gate_reserve(&gate, NOW).state, LIMIT_OPEN);
    gate.subject.city = SPAN("test");
    gate.limit = rules_limit(gate.rules, SPAN("signing-pin"));
    assert_int_equal(gate_reserve(&gate, NOW).state, LIMIT_OPEN);
    gate.limit = rules_limit(gate.rules, SPAN("password"));
    gate.subject.source = SPAN("192.0.2.2"); /* the account is locked from everywhere */
    assert_int_equal(gate_reserve(&gate, NOW).state, LIMIT_LOCKED);
    gate.ports.key = SPAN("another key: other counters");
    assert_int_equal(gate_reserve(&gate, NOW).state, LIMIT_OPEN);
}

/* Pieces of two parts must not be taken for each other; any bytes, any length. */
static void test_strange_identifiers(void **state)
{
    char *large = apr_palloc(gate.database.pool, 100000);

    (void)state;
    memset(large, 'x', 100000);
    gate.subject.identifier = (span_t){large, 100000};
    for (int i = 0; i < 3; i++) gate_wrong(&gate, NOW);
    assert_int_equal(gate_reserve(&gate, NOW).state, LIMIT_LOCKED);
    gate.subject.source = SPAN("192.0.2.9");
    gate.subject.identifier.size--;
    assert_int_equal(gate_reserve(&gate, NOW).state, LIMIT_OPEN);
    gate.subject.kind = SPAN("a");
    gate.subject.identifier = SPAN("bc");
    for (int i = 0; i < 3; i++) gate_wrong(&gate, NOW);
    gate.subject.kind = SPAN("ab");
    gate.subject.identifier = SPAN("c");
    assert_int_equal(gate_reserve(&gate, NOW).state, LIMIT_OPEN);
    gate.subject.identifier = SPAN("");
    assert_int_equal(gate_reserve(&gate, NOW).state, LIMIT_OPEN);
    gate.subject.identifier = SPAN("'; DROP TABLE limit_try; --\0%s");
    assert_int_equal(gate_reserve(&gate, NOW).state, LIMIT_OPEN);
}

/* --- In flight --- */

static void test_busy(void **state)
{
    limit_permit_t permits[3], next;

    (void)state;
    for (int i = 0; i < 3; i++) {
        permits[i] = gate_reserve(&gate, NOW);
        assert_int_equal(permits[i].state, LIMIT_OPEN);
    }
    next = gate_reserve(&gate, NOW);
    assert_int_equal(next.state, LIMIT_BUSY);
    assert_int_equal(next.tries[0], 0);
    gate_refund(&gate, &permits[0]);
    next = gate_reserve(&gate, NOW);
    assert_int_equal(next.state, LIMIT_OPEN);
    assert_int_equal(gate_reserve(&gate, NOW).state, LIMIT_BUSY);
    assert_int_equal(limit_forget(&gate.ports, &next, gate.database.pool), APR_SUCCESS);
    assert_int_equal(gate_reserve(&gate, NOW).state, LIMIT_OPEN);
}

/* A process that died between reserve and fail: to the microsecond. */
static void test_settled_by_time(void **state)
{
    limit_permit_t permit;

    (void)state;
    for (int i = 0; i < 3; i++) gate_reserve(&gate, NOW);
    assert_int_equal(gate_reserve(&gate, NOW + LIMIT_SETTLE).state, LIMIT_BUSY);
    permit = gate_reserve(&gate, NOW + LIMIT_SETTLE + 1);
    assert_locked(&gate, &permit, "password/1", NOW + LIMIT_SETTLE + 1 + 5 * MINUTE);
    permit = gate_reserve(&gate, NOW + LIMIT_SETTLE + 1); /* it was committed */
    assert_locked(&gate, &permit, "password/1", NOW + LIMIT_SETTLE + 1 + 5 * MINUTE);
}

/* Slow and not dead: what time has settled, and a lock has used up, does not count twice. */
static void test_too_late(void **state)
{
    limit_permit_t permits[3], now;

    (void)state;
    for (int i = 0; i < 3; i++) permits[i] = gate_reserve(&gate, NOW);
    now = gate_reserve(&gate, NOW + 2 * MINUTE);
    assert_locked(&gate, &now, "password/1", NOW + 7 * MINUTE);
    gate_fail(&gate, &permits[0], NOW + 3 * MINUTE);
    assert_locked(&gate, &permits[0], "password/1", NOW + 7 * MINUTE);
    for (int i = 0; i < 2; i++) assert_int_equal(gate_wrong(&gate, NOW + 7 * MINUTE).state, LIMIT_OPEN);
    assert_int_equal(gate_wrong(&gate, NOW + 7 * MINUTE).state, LIMIT_LOCKED);
}

/* Right, and too late: the lock stays. */
static void test_right_too_late(void **state)
{
    limit_permit_t permits[3];

    (void)state;
    for (int i = 0; i < 3; i++) permits[i] = gate_reserve(&gate, NOW);
    assert_int_equal(gate_reserve(&gate, NOW + 2 * MINUTE).state, LIMIT_LOCKED);
    gate_refund(&gate, &permits[1]);
    assert_int_equal(gate_reserve(&gate, NOW + 3 * MINUTE).state, LIMIT_LOCKED);
}

/* --- Growing, windows, addresses --- */

static void lock_by_failures(int failures, apr_time_t at, apr_interval_time_t lasts)
{
    limit_permit_t permit;
    for (int i = 0; i < failures; i++) {
        permit = gate_wrong(&gate, at);
        assert_int_equal(permit.state, i + 1 < failures ? LIMIT_OPEN : LIMIT_LOCKED);
    }
    assert_locked(&gate, &permit, "password/1", at + lasts);
}

static void test_growth(void **state)
{
    (void)state;
    gate.subject.trusted_source = true;
    lock_by_failures(3, NOW, 5 * MINUTE);
    lock_by_failures(3, NOW + 5 * MINUTE, 30 * MINUTE);
    lock_by_failures(3, NOW + 35 * MINUTE, 30 * MINUTE); /* the last one repeats */
}

static void test_success_ends_growth(void **state)
{
    (void)state;
    gate.subject.trusted_source = true;
    lock_by_failures(3, NOW, 5 * MINUTE);
    lock_by_failures(3, NOW + 5 * MINUTE, 30 * MINUTE);
    gate_right(&gate, NOW + 35 * MINUTE);
    lock_by_failures(3, NOW + 36 * MINUTE, 5 * MINUTE);
}

/* Ten in 30 days, whatever succeeds between: until the counter. Locks that run beside count their tries, too. */
static void test_until_counter(void **state)
{
    limit_permit_t permit;

    (void)state;
    for (int i = 0; i < 9; i++) {
        assert_int_equal(gate_wrong(&gate, NOW + i * DAY).state, LIMIT_OPEN);
        gate_right(&gate, NOW + i * DAY + 1);
    }
    permit = gate_wrong(&gate, NOW + 9 * DAY);
    assert_locked(&gate, &permit, "password/2", LIMIT_FOREVER);
    permit = gate_reserve(&gate, NOW + 36500 * DAY);
    assert_locked(&gate, &permit, "password/2", LIMIT_FOREVER);
}

static void test_window(void **state)
{
    limit_permit_t permit;

    (void)state;
    gate.subject.trusted_source = true;
    for (int i = 0; i < 9; i++) {
        assert_int_equal(gate_wrong(&gate, NOW + i).state, LIMIT_OPEN);
        gate_right(&gate, NOW + i);
    }
    permit = gate_wrong(&gate, NOW + 30 * DAY); /* the first one is 30 days old: it doesn't count */
    assert_int_equal(permit.state, LIMIT_OPEN);
    gate_right(&gate, NOW + 30 * DAY);
    permit = gate_wrong(&gate, NOW + 30 * DAY); /* the second is a microsecond younger */
    assert_locked(&gate, &permit, "password/2", LIMIT_FOREVER);
}

static void try_accounts_from_here(int from, int to, apr_time_t at)
{
    for (int i = from; i < to; i++) {
        gate.subject.identifier = span_of(apr_itoa(gate.database.pool, i));
        assert_int_equal(gate_wrong(&gate, at).state, LIMIT_OPEN);
    }
}

static void test_address(void **state)
{
    limit_permit_t permit;

    (void)state;
    try_accounts_from_here(0, 5, NOW);
    gate.subject.identifier = SPAN("mine");
    gate_right(&gate, NOW); /* to have an account of one's own doesn't help */
    gate.subject.identifier = SPAN("5");
    permit = gate_wrong(&gate, NOW);
    assert_locked(&gate, &permit, "password/3", NOW + HOUR);
    gate.subject.identifier = SPAN("mine");
    permit = gate_reserve(&gate, NOW + HOUR - 1);
    assert_locked(&gate, &permit, "password/3", NOW + HOUR);
    gate.subject.source = SPAN("192.0.2.2");
    assert_int_equal(gate_reserve(&gate, NOW).state, LIMIT_OPEN);
    gate.subject.source = SPAN("192.0.2.1");
    gate.subject.trusted_source = true;
    assert_int_equal(gate_reserve(&gate, NOW).state, LIMIT_OPEN);
}

/* A whole window after a lock's end its growth is forgotten. */
static void test_window_ends_growth(void **state)
{
    limit_permit_t permit;

    (void)state;
    try_accounts_from_here(0, 5, NOW);
    gate.subject.identifier = SPAN("x");
    permit = gate_wrong(&gate, NOW);
    assert_locked(&gate, &permit, "password/3", NOW + HOUR);
    try_accounts_from_here(10, 15, NOW + 2 * HOUR - 1);
    gate.subject.identifier = SPAN("y");
    permit = gate_wrong(&gate, NOW + 2 * HOUR - 1);
    assert_locked(&gate, &permit, "password/3", NOW + 4 * HOUR - 1);
    try_accounts_from_here(20, 25, NOW + 5 * HOUR - 1);
    gate.subject.identifier = SPAN("z");
    permit = gate_wrong(&gate, NOW + 5 * HOUR - 1);
    assert_locked(&gate, &permit, "password/3", NOW + 6 * HOUR - 1);
}

static void test_trusted_source(void **state)
{
    (void)state;
    gate.subject.trusted_source = true;
    try_accounts_from_here(0, 20, NOW);
    gate.subject.trusted_source = false;
    gate.subject.identifier = SPAN("20");
    assert_int_equal(gate_reserve(&gate, NOW).state, LIMIT_OPEN);
}

/* The longest of several locks is told. */
static void test_longest(void **state)
{
    limit_permit_t permit;

    (void)state;
    try_accounts_from_here(0, 3, NOW);
    gate.subject.identifier = SPAN("x");
    for (int i = 0; i < 3; i++) permit = gate_wrong(&gate, NOW);
    assert_locked(&gate, &permit, "password/3", NOW + HOUR);
    for (int i = 0; i < 2; i++) {
        permit = gate_reserve(&gate, NOW + 1);
        assert_locked(&gate, &permit, "password/3", NOW + HOUR);
    }
    permit = gate_reserve(&gate, NOW + 5 * MINUTE);
    assert_locked(&gate, &permit, "password/3", NOW + HOUR);
}

/* --- The owner --- */

static void test_others(void **state)
{
    limit_others_t others;

    (void)state;
    gate_wrong(&gate, NOW); /* the owner's own */
    gate.subject.source = SPAN("203.0.113.7");
    gate_wrong(&gate, NOW + 1);
    gate.subject.source = SPAN("192.0.2.1");
    others = gate_right(&gate, NOW + 2);
    assert_int_equal(others.failures, 1);
    assert_int_equal(others.last_at, NOW + 1);
    others = gate_right(&gate, NOW + 3); /* told already */
    assert_int_equal(others.failures, 0);
    assert_int_equal(others.last_at, 0);

    /* The stranger's failure is not erased, the owner's was: two more, not three. */
    gate.subject.source = SPAN("203.0.113.7");
    assert_int_equal(gate_wrong(&gate, NOW + 4).state, LIMIT_OPEN);
    assert_int_equal(gate_wrong(&gate, NOW + 5).state, LIMIT_LOCKED);
    gate.subject.source = SPAN("192.0.2.1");
    others = gate_right(&gate, NOW + HOUR); /* of failures that a lock used up, too, one of them told before */
    assert_int_equal(others.failures, 2);
    assert_int_equal(others.last_at, NOW + 5);
    assert_int_equal(gate_right(&gate, NOW + HOUR + 1).failures, 0);
}

static void test_own_failures_are_forgiven(void **state)
{
    (void)state;
    gate.subject.trusted_source = true;
    for (int i = 0; i < 2; i++) {
        gate_wrong(&gate, NOW);
        gate_wrong(&gate, NOW);
        gate_right(&gate, NOW);
    }
    gate_reserve(&gate, NOW); /* and one that crashed */
    assert_int_equal(gate_wrong(&gate, NOW + HOUR).state, LIMIT_OPEN);
    gate_right(&gate, NOW + HOUR);
    for (int i = 0; i < 2; i++) assert_int_equal(gate_wrong(&gate, NOW + HOUR).state, LIMIT_OPEN);
}

/* --- Trouble --- */

static void test_no_database(void **state)
{
    const store_t *there = gate.ports.store;
    limit_permit_t permit;

    (void)state;
    gate.ports.store = gone();
    assert_int_equal(
        limit_reserve(&gate.ports, gate.rules, gate.limit, &gate.subject, NOW, &permit, gate.database.pool),
        BASE_EDATABASE);
    assert_int_not_equal(permit.state, LIMIT_OPEN);
    gate.ports.store = there;
    permit = gate_reserve(&gate, NOW);
    gate.ports.store = gone();
    assert_int_equal(limit_fail(&gate.ports, gate.rules, gate.limit, &gate.subject, NOW, &permit, gate.database.pool),
                     BASE_EDATABASE);
    assert_int_equal(limit_forget(&gate.ports, &permit, gate.database.pool), BASE_EDATABASE);
    assert_int_equal(permit.state, LIMIT_OPEN);
    gate.ports.store = there;
    gate_wrong(&gate, NOW + 2 * MINUTE);
    permit = gate_wrong(&gate, NOW + 2 * MINUTE); /* the one that couldn't be settled counts by now */
    assert_locked(&gate, &permit, "password/1", NOW + 7 * MINUTE);
}

/* What memory knows needs no database. */
static void test_locked_without_database(void **state)
{
    limit_permit_t permit;

    (void)state;
    for (int i = 0; i < 3; i++) gate_wrong(&gate, NOW);
    gate_reserve(&gate, NOW);
    gate.ports.store = gone();
    permit = gate_reserve(&gate, NOW + 1);
    assert_locked(&gate, &permit, "password/1", NOW + 5 * MINUTE);
}

static void test_full_table(void **state)
{
    limit_table_stats_t stats;
    limit_permit_t permit;

    (void)state;
    gate.ports.table = gate_table(1, gate.database.pool); /* three locks */
    for (int i = 0; i < 6; i++) {
        gate.subject.identifier = span_of(apr_itoa(gate.database.pool, i));
        gate.subject.source = gate.subject.identifier;
        for (int k = 0; k < 3; k++) gate_wrong(&gate, NOW);
        gate_reserve(&gate, NOW);
    }
    limit_table_stats(gate.ports.table, NOW, &stats);
    assert_true(stats.refused > 0);
    for (int i = 0; i < 6; i++) {
        gate.subject.identifier = span_of(apr_itoa(gate.database.pool, i));
        permit = gate_reserve(&gate, NOW + 1);
        assert_locked(&gate, &permit, "password/1", NOW + 5 * MINUTE);
    }
}

/* The unit of the effect fails: then the try was not right, and time makes it a failure. */
static void test_effect_rolled_back(void **state)
{
    limit_permit_t permit = gate_reserve(&gate, NOW);
    store_unit_t *unit;

    (void)state;
    unit = database_open(&gate.database, STORE_WRITE);
    assert_int_equal(
        limit_refund(&gate.ports, unit, gate.rules, gate.limit, &gate.subject, &permit, NULL, gate.database.pool),
        APR_SUCCESS);
    store_close(unit);
    assert_int_equal(gate_wrong(&gate, NOW + 2 * MINUTE).state, LIMIT_OPEN);
    assert_int_equal(gate_wrong(&gate, NOW + 2 * MINUTE).state, LIMIT_LOCKED);
}

#define TEST(name) GATE_TEST(name, &gate)
#define BARE(name) cmocka_unit_test_prestate_setup_teardown(name, make_without_memory, gate_tear_down, &gate)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_threshold),
        BARE(test_threshold),
        TEST(test_receipt_stays),
        BARE(test_receipt_stays),
        TEST(test_counted_whose),
        TEST(test_strange_identifiers),
        TEST(test_busy),
        TEST(test_settled_by_time),
        TEST(test_too_late),
        TEST(test_right_too_late),
        TEST(test_growth),
        TEST(test_success_ends_growth),
        TEST(test_until_counter),
        TEST(test_window),
        TEST(test_address),
        TEST(test_window_ends_growth),
        TEST(test_trusted_source),
        TEST(test_longest),
        BARE(test_longest),
        TEST(test_others),
        TEST(test_own_failures_are_forgiven),
        TEST(test_no_database),
        TEST(test_locked_without_database),
        TEST(test_full_table),
        TEST(test_effect_rolled_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
