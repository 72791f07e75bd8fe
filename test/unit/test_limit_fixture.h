/* SPDX-License-Identifier: Apache-2.0
 *
 * For the tests of limit/: a city's limits, a database, and one gate to go through. Time is what a test says it is.
 */
#ifndef TEST_LIMIT_FIXTURE_H
#define TEST_LIMIT_FIXTURE_H

#include "test_rules_fixture.h"

#include "database.h"
#include "limit/limit.h"

#include <stdlib.h>

#define NOW    apr_time_from_sec(1795273200)
#define MINUTE apr_time_from_sec(60)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)

/* On each line of `password` another threshold, so that it can be seen which one it was. */
#define LIMIT_RULES                                                                                                    \
    "limit password {\n"                                                                                               \
    "  count account 3 since own success lock 5 minutes, 30 minutes\n"                                                 \
    "  count account 10 in 30 days lock until counter\n"                                                               \
    "  count address 6 in 1 hour lock 1 hour, 2 hours\n"                                                               \
    "  say locked ja \"{until}\"; say locked-counter ja \"窓口\"; say busy ja \"待つ\"; source \"test\"\n"         \
    "}\n"                                                                                                              \
    "limit signing-pin {\n"                                                                                            \
    "  count account 2 since own success lock until counter\n"                                                         \
    "  say locked ja \"{until}\"; say locked-counter ja \"窓口\"; say busy ja \"待つ\"; source \"test\"\n"         \
    "}\n"                                                                                                              \
    "lockout re-registration { lasts 2 days; say ja \"{until}\"; source \"test\" }\n"

typedef struct {
    database_t database;
    rules_t *rules;
    const rules_limit_t *limit;
    limit_ports_t ports;
    limit_subject_t subject;
} gate_t;

static inline limit_table_t *gate_table(uint32_t entries, apr_pool_t *pool)
{
    apr_size_t size = limit_table_size(entries);
    char *memory = apr_pcalloc(pool, size + 64);
    return limit_table_init(memory + (64 - (uintptr_t)memory % 64) % 64, entries);
}

/* All but the database; ports.table may be set to NULL. */
static inline void gate_fill(gate_t *gate)
{
    gate->rules = fixture_open(LIMIT_RULES, gate->database.pool);
    gate->limit = rules_limit(gate->rules, SPAN("password"));
    gate->ports = (limit_ports_t){gate->database.store, gate_table(64, gate->database.pool),
                                  SPAN("0123456789abcdef0123456789abcdef"), &gate->database.port};
    gate->subject = (limit_subject_t){SPAN("test"), SPAN("card"), SPAN("86000001"), SPAN("192.0.2.1"), false};
}

static inline int gate_set_up(void **state)
{
    gate_t *gate = *state;
    if (!database_make_ready(&gate->database)) return -1;
    gate_fill(gate);
    return 0;
}

static inline int gate_tear_down(void **state)
{
    gate_t *gate = *state;
    database_drop(&gate->database);
    return 0;
}

/* A test with a gate and a database of its own. */
#define GATE_TEST(test, gate) cmocka_unit_test_prestate_setup_teardown(test, gate_set_up, gate_tear_down, gate)

static inline limit_permit_t gate_reserve(gate_t *gate, apr_time_t now)
{
    limit_permit_t permit;
    assert_int_equal(
        limit_reserve(&gate->ports, gate->rules, gate->limit, &gate->subject, now, &permit, gate->database.pool),
        APR_SUCCESS);
    return permit;
}

static inline void gate_fail(gate_t *gate, limit_permit_t *permit, apr_time_t now)
{
    assert_int_equal(
        limit_fail(&gate->ports, gate->rules, gate->limit, &gate->subject, now, permit, gate->database.pool),
        APR_SUCCESS);
}

static inline limit_others_t gate_refund(gate_t *gate, const limit_permit_t *permit)
{
    limit_others_t others = {-1, -1};
    store_unit_t *unit = database_open(&gate->database, STORE_WRITE);
    assert_int_equal(limit_refund(&gate->ports, unit, gate->rules, gate->limit, &gate->subject, permit, &others,
                                  gate->database.pool),
                     APR_SUCCESS);
    database_commit(unit);
    return others;
}

/* A wrong secret: it must be let in, and what it leads to. */
static inline limit_permit_t gate_wrong(gate_t *gate, apr_time_t now)
{
    limit_permit_t permit = gate_reserve(gate, now);
    assert_int_equal(permit.state, LIMIT_OPEN);
    gate_fail(gate, &permit, now);
    return permit;
}

/* The owner's right one. */
static inline limit_others_t gate_right(gate_t *gate, apr_time_t now)
{
    limit_permit_t permit = gate_reserve(gate, now);
    assert_int_equal(permit.state, LIMIT_OPEN);
    return gate_refund(gate, &permit);
}

static inline void assert_locked(const gate_t *gate, const limit_permit_t *permit, const char *rule, apr_time_t until)
{
    assert_int_equal(permit->state, LIMIT_LOCKED);
    assert_span(rules_span(gate->rules, permit->rule->rule), rule);
    assert_int_equal(permit->until, until);
    assert_int_equal(strlen(permit->receipt), 9);
}

#endif
