/* SPDX-License-Identifier: Apache-2.0
 *
 * Locks seen from the counter, the tool and the watchdog: lockouts, lists, receipts, clearing, memory that follows the
 * database, what is purged, the clock's mark.
 */
#include "test_limit_fixture.h"

#include "limit/limit_key.h"
#include "store/event.h"

static gate_t gate;
static store_unit_t *unit;

static void begin(void)
{
    unit = database_open(&gate.database, STORE_WRITE);
}

static void commit(void)
{
    database_commit(unit);
}

static limit_permit_t lock_account(apr_time_t at)
{
    limit_permit_t permit;
    for (int i = 0; i < 3; i++) permit = gate_wrong(&gate, at);
    assert_int_equal(permit.state, LIMIT_LOCKED);
    return permit;
}

static int list(limit_entry_t **entries)
{
    int count = -1;
    begin();
    assert_int_equal(limit_list(&gate.ports, unit, &gate.subject, entries, &count, gate.database.pool), APR_SUCCESS);
    store_close(unit);
    return count;
}

static bool find(const char *receipt, limit_entry_t *entry)
{
    bool found = true;
    begin();
    assert_int_equal(limit_by_receipt(&gate.ports, unit, span_of(receipt), entry, &found, gate.database.pool),
                     APR_SUCCESS);
    store_close(unit);
    return found;
}

static void clear(const char *id, apr_time_t at)
{
    begin();
    assert_int_equal(limit_clear(&gate.ports, unit, id, at), APR_SUCCESS);
    commit();
}

static int rows_of(const char *what)
{
    const char *sql = apr_psprintf(gate.database.pool, "SELECT 1 FROM %s", what);
    store_connection_t connection;
    apr_dbd_results_t *results = NULL;
    apr_pool_t *pool = gate.database.pool;
    const store_source_t *source = &gate.database.source;
    assert_int_equal(source->acquire(source->context, &connection, pool), APR_SUCCESS);
    assert_int_equal(apr_dbd_select(connection.driver, pool, connection.handle, &results, sql, 1), 0);
    source->release(source->context, &connection);
    return apr_dbd_num_tuples(connection.driver, results);
}

/* --- Lockouts --- */

static void begin_lockout(apr_time_t at)
{
    begin();
    assert_int_equal(limit_lockout_begin(&gate.ports, unit, gate.rules,
                                         rules_lockout(gate.rules, SPAN("re-registration")), SPAN("test"),
                                         gate.subject.identifier, at, gate.database.pool),
                     APR_SUCCESS);
    commit();
}

static apr_time_t check_lockout(span_t city, apr_time_t at)
{
    store_unit_t *asking = database_open(&gate.database, STORE_READ);
    apr_time_t until = -1;
    assert_int_equal(limit_lockout_check(&gate.ports, asking, gate.rules,
                                         rules_lockout(gate.rules, SPAN("re-registration")), city,
                                         gate.subject.identifier, at, &until, gate.database.pool),
                     APR_SUCCESS);
    store_close(asking);
    return until;
}

static void test_lockout(void **state)
{
    (void)state;
    assert_int_equal(check_lockout(SPAN("test"), NOW), 0);
    begin_lockout(NOW);
    assert_int_equal(check_lockout(SPAN("test"), NOW), NOW + 2 * DAY);
    assert_int_equal(check_lockout(SPAN("test"), NOW + apr_time_from_sec(172799)), NOW + 2 * DAY);
    assert_int_equal(check_lockout(SPAN("test"), NOW + 2 * DAY - 1), NOW + 2 * DAY);
    assert_int_equal(check_lockout(SPAN("test"), NOW + apr_time_from_sec(172800)), 0);
    assert_int_equal(check_lockout(SPAN("kamakura"), NOW), 0);
    assert_int_equal(gate_reserve(&gate, NOW).state, LIMIT_OPEN); /* no lock of the log-in */
    gate.subject.identifier = SPAN("86000002");
    assert_int_equal(check_lockout(SPAN("test"), NOW), 0);
}

static void test_lockout_rolled_back(void **state)
{
    (void)state;
    begin();
    assert_int_equal(limit_lockout_begin(&gate.ports, unit, gate.rules,
                                         rules_lockout(gate.rules, SPAN("re-registration")), SPAN("test"),
                                         gate.subject.identifier, NOW, gate.database.pool),
                     APR_SUCCESS);
    store_close(unit);
    assert_int_equal(check_lockout(SPAN("test"), NOW), 0);
}

/* --- Lists and receipts --- */

static void test_list(void **state)
{
    limit_permit_t permit;
    limit_entry_t *entries;

    (void)state;
    assert_int_equal(list(&entries), 0);
    gate_wrong(&gate, NOW);
    assert_int_equal(list(&entries), 0); /* failed, and not locked */
    gate_right(&gate, NOW);
    permit = lock_account(NOW + HOUR);
    begin_lockout(NOW + 2 * HOUR);
    assert_int_equal(list(&entries), 2);
    assert_string_equal(entries[0].limit, "re-registration");
    assert_string_equal(entries[0].rule, "re-registration");
    assert_true(entries[0].since_at == NOW + 2 * HOUR && entries[0].until == NOW + 2 * HOUR + 2 * DAY);
    assert_string_equal(entries[1].limit, "password");
    assert_string_equal(entries[1].rule, "password/1");
    assert_string_equal(entries[1].receipt, permit.receipt);
    assert_true(entries[1].since_at == NOW + HOUR && entries[1].until == permit.until);
    gate.subject.identifier = SPAN("86000002");
    assert_int_equal(list(&entries), 0);
}

static void test_receipts(void **state)
{
    limit_permit_t refused = gate_wrong(&gate, NOW), lock;
    limit_entry_t entry;

    (void)state;
    assert_int_equal(strlen(refused.receipt), 9);
    assert_true(find(refused.receipt, &entry));
    assert_string_equal(entry.limit, "password");
    assert_string_equal(entry.receipt, refused.receipt);
    assert_true(entry.since_at == NOW && entry.until == 0);

    gate_wrong(&gate, NOW);
    lock = gate_wrong(&gate, NOW);
    assert_string_not_equal(lock.receipt, refused.receipt);
    assert_true(find(lock.receipt, &entry));
    assert_string_equal(entry.rule, "password/1");
    assert_true(entry.since_at == NOW && entry.until == NOW + 5 * MINUTE);
    assert_true(find(refused.receipt, &entry)); /* still */

    clear(entry.id, NOW + 1);
    assert_true(find(lock.receipt, &entry)); /* of a lock that is no more */
    assert_true(entry.since_at == NOW && entry.until == 0);
}

static void test_receipts_as_typed(void **state)
{
    static const char *const none[] = {"",          "-",         "7KQ4-M2R",  "7KQ4-M2RDX",
                                       "7KQ4_M2RD", "0000-0000", "7KQ4-M2RU", "受付"};
    limit_entry_t entry;
    uint64_t mark;

    (void)state;
    for (apr_size_t i = 0; i < sizeof none / sizeof *none; i++) assert_false(find(none[i], &entry));
    assert_true(limit_receipt_read(&mark, SPAN("7KQ4-M2RD")));
    assert_int_equal(mark, 0x3cee4a0b0d);
    assert_string_equal(limit_receipt_text(mark, gate.database.pool), "7KQ4-M2RD");
    assert_true(limit_receipt_read(&mark, SPAN(" oil0 zzzz")));
    assert_string_equal(limit_receipt_text(mark, gate.database.pool), "0110-ZZZZ");
    assert_true(limit_receipt_read(&mark, SPAN("ZZZZ-ZZZZ")));
    assert_int_equal(mark, 0xffffffffff);
}

/* --- Clearing --- */

static void test_clear(void **state)
{
    limit_entry_t *entries;
    limit_permit_t permit;

    (void)state;
    gate.subject.trusted_source = true;
    lock_account(NOW);
    assert_int_equal(gate_reserve(&gate, NOW).state, LIMIT_LOCKED); /* in memory now */
    assert_int_equal(list(&entries), 1);
    clear(entries[0].id, NOW + 1);
    assert_int_equal(list(&entries), 0);
    for (int i = 0; i < 2; i++) assert_int_equal(gate_wrong(&gate, NOW + 2).state, LIMIT_OPEN);
    permit = gate_wrong(&gate, NOW + 2);
    assert_locked(&gate, &permit, "password/1", NOW + 2 + 5 * MINUTE); /* it does not grow */
    clear("no such lock", NOW + 3);
}

static void test_clear_until_counter(void **state)
{
    limit_entry_t *entries;

    (void)state;
    gate.limit = rules_limit(gate.rules, SPAN("signing-pin"));
    gate_wrong(&gate, NOW);
    assert_int_equal(gate_wrong(&gate, NOW).until, LIMIT_FOREVER);
    assert_int_equal(list(&entries), 1);
    assert_int_equal(entries[0].until, LIMIT_FOREVER);
    clear(entries[0].id, NOW + DAY);
    assert_int_equal(gate_wrong(&gate, NOW + DAY).state, LIMIT_OPEN);
    assert_int_equal(gate_wrong(&gate, NOW + DAY).state, LIMIT_LOCKED);
}

/* What is on its way while a clerk clears stays in flight. */
static void test_clear_keeps_what_is_in_flight(void **state)
{
    limit_entry_t *entries;

    (void)state;
    gate.limit = rules_limit(gate.rules, SPAN("signing-pin"));
    for (int i = 0; i < 2; i++) gate_wrong(&gate, NOW);
    assert_int_equal(list(&entries), 1);
    clear(entries[0].id, NOW);
    gate_reserve(&gate, NOW);
    gate_reserve(&gate, NOW);
    clear(entries[0].id, NOW);
    assert_int_equal(gate_reserve(&gate, NOW).state, LIMIT_BUSY);
}

/* --- Memory follows --- */

/* Another host's memory. */
static limit_ports_t elsewhere(void)
{
    limit_ports_t ports = gate.ports;
    ports.table = gate_table(64, gate.database.pool);
    return ports;
}

static void refresh(limit_ports_t *ports, apr_int64_t after, apr_time_t at)
{
    event_t *events;
    apr_int64_t last;
    int count;
    begin();
    assert_int_equal(event_follow(unit, after, &events, &count, &last), APR_SUCCESS);
    assert_int_equal(count, 1);
    assert_int_equal(events[0].kind, EVENT_LOCK);
    assert_int_equal(limit_refresh(ports, unit, events[0].subject, at, gate.database.pool), APR_SUCCESS);
    store_close(unit);
}

static apr_uint64_t live(const limit_ports_t *ports, apr_time_t at)
{
    limit_table_stats_t stats;
    limit_table_stats(ports->table, at, &stats);
    return stats.live;
}

static void test_events(void **state)
{
    limit_ports_t ports = elsewhere();
    limit_permit_t lock = lock_account(NOW), permit;
    limit_entry_t *entries;

    (void)state;
    refresh(&ports, 0, NOW);
    assert_int_equal(live(&ports, NOW), 1);
    ports.store = NULL; /* memory alone answers */
    assert_int_equal(limit_reserve(&ports, gate.rules, gate.limit, &gate.subject, NOW + 1, &permit, gate.database.pool),
                     APR_SUCCESS);
    assert_locked(&gate, &permit, "password/1", lock.until);
    assert_string_equal(permit.receipt, lock.receipt);
    list(&entries);
    clear(entries[0].id, NOW + 2);
    refresh(&ports, 1, NOW + 2);
    assert_int_equal(live(&ports, NOW + 2), 0);
}

static void test_load(void **state)
{
    limit_ports_t ports = elsewhere();

    (void)state;
    lock_account(NOW);
    gate.subject.identifier = SPAN("86000002");
    gate.subject.source = SPAN("192.0.2.2");
    lock_account(NOW + MINUTE);
    begin();
    assert_int_equal(limit_load(&ports, unit, NOW + 5 * MINUTE, gate.database.pool), APR_SUCCESS);
    store_close(unit);
    assert_int_equal(live(&ports, NOW), 1); /* the first one is over */
    ports.table = NULL;
    begin();
    assert_int_equal(limit_load(&ports, unit, NOW, gate.database.pool), APR_SUCCESS);
    store_close(unit);
}

static void test_load_into_a_full_table(void **state)
{
    limit_ports_t ports = gate.ports;

    (void)state;
    ports.table = gate_table(1, gate.database.pool);
    for (int i = 0; i < 5; i++) {
        gate.subject.identifier = gate.subject.source = span_of(apr_itoa(gate.database.pool, i));
        lock_account(NOW);
    }
    begin();
    assert_int_equal(limit_load(&ports, unit, NOW, gate.database.pool), APR_SUCCESS);
    store_close(unit);
    assert_int_equal(live(&ports, NOW), 3);
    assert_non_null(strstr(gate.database.log, "KW-LIMIT-001 no room in memory for 2 of 5 locks"));
}

/* --- Purge and clock --- */

static void purge(apr_time_t at)
{
    begin();
    assert_int_equal(limit_purge(&gate.ports, unit, gate.rules, at), APR_SUCCESS);
    commit();
}

static void test_purge(void **state)
{
    (void)state;
    gate_wrong(&gate, NOW);
    assert_int_equal(rows_of("limit_try"), 3);
    assert_int_equal(rows_of("limit_count"), 3);
    purge(NOW + HOUR - 1);
    assert_int_equal(rows_of("limit_try"), 3);
    purge(NOW + HOUR); /* the address's window */
    assert_int_equal(rows_of("limit_try"), 2);
    assert_int_equal(rows_of("limit_count"), 2);
    purge(NOW + 30 * DAY);
    assert_int_equal(rows_of("limit_try"), 1); /* without a window: until a success */
    assert_int_equal(rows_of("limit_count"), 1);
    gate_right(&gate, NOW + 31 * DAY);
    purge(NOW + 31 * DAY);
    assert_int_equal(rows_of("limit_count"), 3); /* touched just now */
    purge(NOW + 31 * DAY + HOUR);
    assert_int_equal(rows_of("limit_count"), 0);
}

static void test_purge_keeps_locks_and_growth(void **state)
{
    limit_permit_t permit;

    (void)state;
    gate.subject.trusted_source = true;
    begin_lockout(NOW);
    lock_account(NOW);
    purge(NOW + 2 * DAY - 1);
    assert_int_equal(rows_of("limit_count WHERE rule = 're-registration'"), 1);
    assert_int_equal(rows_of("limit_count WHERE rule = 'password/1'"), 1);
    purge(NOW + 2 * DAY);
    assert_int_equal(rows_of("limit_count WHERE rule = 're-registration'"), 0);
    purge(NOW + 60 * DAY);
    permit = lock_account(NOW + 60 * DAY);
    assert_locked(&gate, &permit, "password/1", NOW + 60 * DAY + 30 * MINUTE);
}

static void test_purge_keeps_other_cities(void **state)
{
    (void)state;
    gate.subject.city = SPAN("kamakura");
    gate_wrong(&gate, NOW);
    purge(NOW + 365 * DAY);
    assert_int_equal(rows_of("limit_try"), 3);
}

static apr_time_t read_mark(void)
{
    apr_time_t mark = -1;
    begin();
    assert_int_equal(limit_clock_read(unit, &mark), APR_SUCCESS);
    store_close(unit);
    return mark;
}

static void test_clock_mark(void **state)
{
    limit_permit_t permit;

    (void)state;
    assert_int_equal(read_mark(), 0);
    permit = gate_reserve(&gate, NOW);
    assert_int_equal(read_mark(), NOW);
    gate_fail(&gate, &permit, NOW + MINUTE - 1); /* once a minute is enough */
    assert_int_equal(read_mark(), NOW);
    gate_reserve(&gate, NOW + MINUTE);
    assert_int_equal(read_mark(), NOW + MINUTE);
    gate_reserve(&gate, NOW - DAY);
    assert_int_equal(read_mark(), NOW + MINUTE);
}

/* No name, number or address in the database. */
static void test_nothing_in_clear(void **state)
{
    (void)state;
    gate.subject.identifier = SPAN("CANARY-ID");
    gate.subject.source = SPAN("CANARY-SOURCE");
    begin_lockout(NOW);
    lock_account(NOW);
    for (int i = 0; i < 2; i++) {
        static const char *const columns[] = {"key || subject || name || rule || city", "key || source"};
        assert_int_equal(rows_of(apr_pstrcat(gate.database.pool, i ? "limit_try" : "limit_count", " WHERE ", columns[i],
                                             " LIKE '%CANARY%'", NULL)),
                         0);
    }
    assert_int_equal(rows_of("event WHERE subject LIKE '%CANARY%'"), 0);
    assert_string_equal(gate.database.log, "");
}

#define TEST(name) GATE_TEST(name, &gate)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_lockout),
        TEST(test_lockout_rolled_back),
        TEST(test_list),
        TEST(test_receipts),
        TEST(test_receipts_as_typed),
        TEST(test_clear),
        TEST(test_clear_until_counter),
        TEST(test_clear_keeps_what_is_in_flight),
        TEST(test_events),
        TEST(test_load),
        TEST(test_load_into_a_full_table),
        TEST(test_purge),
        TEST(test_purge_keeps_locks_and_growth),
        TEST(test_purge_keeps_other_cities),
        TEST(test_clock_mark),
        TEST(test_nothing_in_clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
