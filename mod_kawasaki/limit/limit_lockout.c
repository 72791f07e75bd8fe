/* SPDX-License-Identifier: Apache-2.0
 *
 * Lockouts: a counter's row that counts nothing and is locked by an act. So they are seen, cleared, followed and purged
 * as locks are.
 */
#include "limit/limit_count.h"
#include "store/event.h"

static apr_status_t make_key(limit_key_t *key, const limit_ports_t *ports, const rules_t *rules,
                             const rules_lockout_t *lockout, span_t city, span_t identifier, apr_pool_t *pool)
{
    const span_t parts[] = {SPAN("lockout"), city, rules_span(rules, lockout->name), identifier};
    return limit_key_make(key, ports->key, parts, 4, pool);
}

apr_status_t limit_lockout_begin(const limit_ports_t *ports, store_unit_t *unit, const rules_t *rules,
                                 const rules_lockout_t *lockout, span_t city, span_t identifier, apr_time_t now,
                                 apr_pool_t *pool)
{
    const limit_subject_t subject = {.city = city, .identifier = identifier};
    apr_time_t until = now + apr_time_from_sec((apr_time_t)lockout->lasts);
    limit_count_t row = {.city = span_text(pool, city)};
    apr_status_t status = make_key(&row.key, ports, rules, lockout, city, identifier, pool);

    if (status == APR_SUCCESS) status = limit_subject_text(&row.subject, ports->key, &subject, pool);
    if (status != APR_SUCCESS) return status;
    row.id = limit_key_text(row.key, pool);
    row.name = row.rule = span_text(pool, rules_span(rules, lockout->name));
    status = limit_count_take(unit, &row, now);
    if (status == APR_SUCCESS) status = limit_count_lock(unit, &row, ports->key, 0, now, until);
    return status == APR_SUCCESS ? event_write(unit, EVENT_LOCK, row.id, now) : status;
}

apr_status_t limit_lockout_check(const limit_ports_t *ports, store_unit_t *unit, const rules_t *rules,
                                 const rules_lockout_t *lockout, span_t city, span_t identifier, apr_time_t now,
                                 apr_time_t *until, apr_pool_t *pool)
{
    store_rows_t rows;
    limit_key_t key;
    uint64_t mark;
    apr_status_t status = make_key(&key, ports, rules, lockout, city, identifier, pool);

    *until = 0;
    if (status != APR_SUCCESS) return status;
    if (ports->table && limit_table_find(ports->table, key, now, until, &mark)) return APR_SUCCESS;
    status =
        store_select(unit, STORE_QUERY_LIMIT_READ, (store_value_t[]){STORE_TEXT(limit_key_text(key, pool))}, 1, &rows);
    *until = store_integer(&rows, 0, 0);
    if (*until <= now) *until = 0;
    return status;
}
