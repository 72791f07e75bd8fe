/* SPDX-License-Identifier: Apache-2.0
 *
 * What the watchdog does for the limits: memory follows the database, old rows go, the clock's mark rises.
 */
#include "limit/limit_count.h"

#define UNTOUCHED  apr_time_from_sec(60 * 60) /* a counter that was taken since is not purged: somebody may hold it */
#define MARK_EVERY apr_time_from_sec(60)

static apr_status_t drop_tries(store_unit_t *unit, const char *city, const char *rule, apr_time_t until)
{
    return store_change(unit, STORE_QUERY_TRY_PURGE,
                        (store_value_t[]){STORE_INTEGER(until), STORE_TEXT(city), STORE_TEXT(rule)}, 3, NULL);
}

/* window 0: growth is remembered without end. */
static apr_status_t drop_counters(store_unit_t *unit, const char *city, const char *rule, apr_interval_time_t window,
                                  apr_time_t now)
{
    return store_change(unit, STORE_QUERY_LIMIT_PURGE,
                        (store_value_t[]){STORE_TEXT(city), STORE_TEXT(rule), STORE_INTEGER(now),
                                          STORE_INTEGER(window ? now - window : -1), STORE_INTEGER(now - UNTOUCHED)},
                        5, NULL);
}

static apr_status_t purge_count(store_unit_t *unit, const char *city, const char *rule, uint32_t seconds,
                                apr_time_t now)
{
    apr_interval_time_t window = apr_time_from_sec((apr_time_t)seconds);
    apr_status_t status = window ? drop_tries(unit, city, rule, now - window) : APR_SUCCESS;

    return status == APR_SUCCESS ? drop_counters(unit, city, rule, window, now) : status;
}

apr_status_t limit_purge(const limit_ports_t *ports, store_unit_t *unit, const rules_t *rules, apr_time_t now)
{
    apr_pool_t *pool = store_pool(unit);
    const char *city = span_text(pool, rules_span(rules, rules_city(rules)->id));
    apr_status_t status = APR_SUCCESS;

    (void)ports;
    for (uint32_t i = 0; status == APR_SUCCESS && i < rules_count(rules, RULES_COUNTS); i++) {
        const rules_count_t *count = rules_entry(rules, RULES_COUNTS, i);
        status = purge_count(unit, city, span_text(pool, rules_span(rules, count->rule)), count->window, now);
    }
    for (uint32_t i = 0; status == APR_SUCCESS && i < rules_count(rules, RULES_LOCKOUTS); i++) {
        const rules_lockout_t *lockout = rules_entry(rules, RULES_LOCKOUTS, i);
        status = purge_count(unit, city, span_text(pool, rules_span(rules, lockout->name)), 0, now);
    }
    return status;
}

apr_status_t limit_load(const limit_ports_t *ports, store_unit_t *unit, apr_time_t now, apr_pool_t *pool)
{
    store_rows_t rows;
    limit_key_t key;
    apr_status_t status = store_select(unit, STORE_QUERY_LIMIT_LIVE, (store_value_t[]){STORE_INTEGER(now)}, 1, &rows);
    int refused = 0;

    (void)pool;
    for (int i = 0; ports->table && i < rows.count; i++) {
        if (limit_key_read(&key, store_text(&rows, i, 0)) != APR_SUCCESS) continue;
        refused +=
            !limit_table_put(ports->table, key, now, store_integer(&rows, i, 1), (uint64_t)store_integer(&rows, i, 2));
    }
    if (refused)
        base_log(ports->log, LOG_PORT_WARNING, 0, "KW-LIMIT-001",
                 "no room in memory for %d of %d locks, the database is asked instead", refused, rows.count);
    return status;
}

apr_status_t limit_refresh(const limit_ports_t *ports, store_unit_t *unit, const char *id, apr_time_t now,
                           apr_pool_t *pool)
{
    store_rows_t rows;
    limit_key_t key;
    apr_status_t status = store_select(unit, STORE_QUERY_LIMIT_READ, (store_value_t[]){STORE_TEXT(id)}, 1, &rows);

    (void)pool;
    if (status != APR_SUCCESS || !ports->table || limit_key_read(&key, id) != APR_SUCCESS) return status;
    /* No row reads as 0, and takes the lock out. */
    limit_table_put(ports->table, key, now, store_integer(&rows, 0, 0), (uint64_t)store_integer(&rows, 0, 1));
    return APR_SUCCESS;
}

apr_status_t limit_clock_mark(store_unit_t *unit, apr_time_t now)
{
    return store_change(unit, STORE_QUERY_CLOCK_RAISE,
                        (store_value_t[]){STORE_INTEGER(now), STORE_INTEGER(now - MARK_EVERY)}, 2, NULL);
}

apr_status_t limit_clock_read(store_unit_t *unit, apr_time_t *mark)
{
    store_rows_t rows;
    apr_status_t status = store_select(unit, STORE_QUERY_CLOCK_READ, NULL, 0, &rows);

    *mark = store_integer(&rows, 0, 0);
    return status;
}
