/* SPDX-License-Identifier: Apache-2.0
 *
 * The counter's row and its tries. When to do what is limit.c's.
 */
#include "limit/limit_count.h"

enum { LEVEL, SINCE_AT, UNTIL_AT, MARK, SUCCESS_AT }; /* columns of limit-take */

/* A try in flight that began before this is a failure. */
static apr_time_t settled_before(apr_time_t now)
{
    return now - LIMIT_SETTLE;
}

apr_status_t limit_subject_text(const char **text, span_t secret, const limit_subject_t *subject, apr_pool_t *pool)
{
    limit_key_t key;
    const span_t parts[] = {SPAN("subject"), subject->city, subject->kind, subject->identifier};
    apr_status_t status = limit_key_make(&key, secret, parts, 4, pool);

    *text = limit_key_text(key, pool);
    return status;
}

apr_status_t limit_count_take(store_unit_t *unit, limit_count_t *count, apr_time_t now)
{
    store_rows_t rows;
    apr_status_t status =
        store_select(unit, STORE_QUERY_LIMIT_TAKE,
                     (store_value_t[]){STORE_TEXT(count->id), STORE_TEXT(count->city), STORE_TEXT(count->subject),
                                       STORE_TEXT(count->name), STORE_TEXT(count->rule), STORE_INTEGER(now)},
                     6, &rows);

    count->level = store_integer(&rows, 0, LEVEL);
    count->since_at = store_integer(&rows, 0, SINCE_AT);
    count->until_at = store_integer(&rows, 0, UNTIL_AT);
    count->mark = (uint64_t)store_integer(&rows, 0, MARK);
    count->success_at = store_integer(&rows, 0, SUCCESS_AT);
    return status;
}

apr_status_t limit_count_tally(store_unit_t *unit, const limit_count_t *count, uint32_t window, apr_time_t now,
                               apr_int64_t *failures, apr_int64_t *all)
{
    store_rows_t rows;
    apr_time_t after = window ? now - apr_time_from_sec((apr_time_t)window) : -1;
    apr_status_t status = store_select(
        unit, STORE_QUERY_LIMIT_TALLY,
        (store_value_t[]){STORE_INTEGER(settled_before(now)), STORE_TEXT(count->id), STORE_INTEGER(after)}, 3, &rows);

    *failures = store_integer(&rows, 0, 0);
    *all = store_integer(&rows, 0, 1);
    return status;
}

/* The receipt follows from row and lock, so no two locks share one, and none can be made up. */
static apr_status_t mark_lock(limit_count_t *count, span_t secret, apr_pool_t *pool)
{
    limit_key_t hash;
    const span_t parts[] = {SPAN("lock"), span_of(count->id),
                            span_of(apr_psprintf(pool, "%" APR_TIME_T_FMT, count->since_at))};
    apr_status_t status = limit_key_make(&hash, secret, parts, 3, pool);

    count->mark = limit_receipt_mark(hash);
    return status;
}

apr_status_t limit_count_lock(store_unit_t *unit, limit_count_t *count, span_t secret, apr_int64_t level,
                              apr_time_t now, apr_time_t until)
{
    count->level = level;
    count->since_at = now;
    count->until_at = until;
    apr_status_t status = mark_lock(count, secret, store_pool(unit));
    if (status == APR_SUCCESS)
        status = store_change(unit, STORE_QUERY_LIMIT_LOCK,
                              (store_value_t[]){STORE_INTEGER(level), STORE_INTEGER(now), STORE_INTEGER(until),
                                                STORE_INTEGER((apr_int64_t)count->mark), STORE_TEXT(count->id)},
                              5, NULL);
    if (status == APR_SUCCESS)
        status = store_change(unit, STORE_QUERY_LIMIT_USE_UP,
                              (store_value_t[]){STORE_TEXT(count->id), STORE_INTEGER(settled_before(now))}, 2, NULL);
    return status;
}

apr_status_t limit_count_try(store_unit_t *unit, const limit_count_t *count, const limit_try_t *attempt)
{
    return store_change(unit, STORE_QUERY_TRY_INSERT,
                        (store_value_t[]){STORE_INTEGER(attempt->id), STORE_TEXT(count->id),
                                          STORE_TEXT(attempt->source), STORE_INTEGER(attempt->at),
                                          STORE_INTEGER((apr_int64_t)attempt->mark)},
                        5, NULL);
}

apr_status_t limit_count_fail(store_unit_t *unit, const limit_count_t *count, apr_int64_t id)
{
    return store_change(unit, STORE_QUERY_TRY_FAIL, (store_value_t[]){STORE_INTEGER(id), STORE_TEXT(count->id)}, 2,
                        NULL);
}

apr_status_t limit_count_success(store_unit_t *unit, const limit_count_t *count, const limit_try_t *attempt,
                                 apr_int64_t level, limit_others_t *others)
{
    store_rows_t rows;
    apr_status_t status =
        store_select(unit, STORE_QUERY_LIMIT_OTHERS,
                     (store_value_t[]){STORE_TEXT(count->id), STORE_TEXT(attempt->source),
                                       STORE_INTEGER(count->success_at), STORE_INTEGER(settled_before(attempt->at))},
                     4, &rows);

    others->failures = store_integer(&rows, 0, 0);
    others->last_at = store_integer(&rows, 0, 1);
    if (status != APR_SUCCESS) return status;
    return store_change(unit, STORE_QUERY_LIMIT_SUCCESS,
                        (store_value_t[]){STORE_INTEGER(level), STORE_INTEGER(attempt->at), STORE_TEXT(count->id)}, 3,
                        NULL);
}

apr_status_t limit_count_forgive(store_unit_t *unit, const limit_count_t *count, const limit_try_t *attempt)
{
    return store_change(unit, STORE_QUERY_TRY_FORGIVE,
                        (store_value_t[]){STORE_TEXT(count->id), STORE_TEXT(attempt->source),
                                          STORE_INTEGER(settled_before(attempt->at))},
                        3, NULL);
}

apr_status_t limit_count_remove(store_unit_t *unit, apr_int64_t id)
{
    return store_change(unit, STORE_QUERY_TRY_REMOVE, (store_value_t[]){STORE_INTEGER(id)}, 1, NULL);
}
