/* SPDX-License-Identifier: Apache-2.0
 *
 * For those who look at locks and end them: the counter and the tool. Not for deciding who may.
 */
#include "limit/limit_count.h"
#include "store/event.h"

enum { ID, CITY, NAME, RULE, MARK, SINCE_AT, UNTIL_AT }; /* columns of limit-list, limit-by-receipt, try-by-receipt */

static limit_entry_t entry_of(const store_rows_t *rows, int row, apr_pool_t *pool)
{
    return (limit_entry_t){.id = apr_pstrdup(pool, store_text(rows, row, ID)),
                           .city = apr_pstrdup(pool, store_text(rows, row, CITY)),
                           .limit = apr_pstrdup(pool, store_text(rows, row, NAME)),
                           .rule = apr_pstrdup(pool, store_text(rows, row, RULE)),
                           .receipt = limit_receipt_text((uint64_t)store_integer(rows, row, MARK), pool),
                           .since_at = store_integer(rows, row, SINCE_AT),
                           .until = store_integer(rows, row, UNTIL_AT)};
}

apr_status_t limit_list(const limit_ports_t *ports, store_unit_t *unit, const limit_subject_t *subject,
                        limit_entry_t **entries, int *count, apr_pool_t *pool)
{
    const limit_subject_t bare = {.city = subject->city, .identifier = subject->identifier};
    const char *account, *identifier;
    store_rows_t rows;
    apr_status_t status = limit_subject_text(&account, ports->key, subject, pool);

    *count = 0;
    *entries = NULL;
    if (status == APR_SUCCESS) status = limit_subject_text(&identifier, ports->key, &bare, pool);
    if (status == APR_SUCCESS)
        status = store_select(unit, STORE_QUERY_LIMIT_LIST,
                              (store_value_t[]){STORE_TEXT(account), STORE_TEXT(identifier)}, 2, &rows);
    if (status != APR_SUCCESS) return status;
    *entries = apr_palloc(pool, (apr_size_t)rows.count * sizeof **entries);
    for (int i = 0; i < rows.count; i++) (*entries)[(*count)++] = entry_of(&rows, i, pool);
    return APR_SUCCESS;
}

apr_status_t limit_by_receipt(const limit_ports_t *ports, store_unit_t *unit, span_t receipt, limit_entry_t *entry,
                              bool *found, apr_pool_t *pool)
{
    static const store_query_t places[] = {STORE_QUERY_LIMIT_BY_RECEIPT, STORE_QUERY_TRY_BY_RECEIPT};
    apr_status_t status = APR_SUCCESS;
    uint64_t mark;

    (void)ports;
    *found = false;
    if (!limit_receipt_read(&mark, receipt)) return APR_SUCCESS;
    for (int i = 0; status == APR_SUCCESS && !*found && i < 2; i++) {
        store_rows_t rows;
        status = store_select(unit, places[i], (store_value_t[]){STORE_INTEGER((apr_int64_t)mark)}, 1, &rows);
        *found = rows.count > 0;
        if (*found) *entry = entry_of(&rows, 0, pool);
    }
    return status;
}

apr_status_t limit_clear(const limit_ports_t *ports, store_unit_t *unit, const char *id, apr_time_t now)
{
    limit_key_t key;
    apr_int64_t cleared = 0;
    apr_status_t status = store_change(unit, STORE_QUERY_LIMIT_CLEAR, (store_value_t[]){STORE_TEXT(id)}, 1, &cleared);

    if (status != APR_SUCCESS || cleared == 0) return status;
    status = store_change(unit, STORE_QUERY_TRY_CLEAR,
                          (store_value_t[]){STORE_TEXT(id), STORE_INTEGER(now - LIMIT_SETTLE)}, 2, NULL);
    /* Before the commit, and should there be none, silence in memory is right all the same. */
    if (ports->table && limit_key_read(&key, id) == APR_SUCCESS) limit_table_put(ports->table, key, now, 0, 0);
    return status == APR_SUCCESS ? event_write(unit, EVENT_LOCK, id, now) : status;
}
