/* SPDX-License-Identifier: Apache-2.0
 *
 * Finding accounts without knowing their rows: the counter's search, and the walk through all of them. Not for reading
 * one: that is account.c's.
 */
#include "account/account.h"

/* Behind every text that begins with the same: no stored text holds U+10FFFF, which is no character. */
#define LAST_OF_ALL "\xF4\x8F\xBF\xBF"

/* The accounts whose rows were found. */
static apr_status_t read_all(store_unit_t *unit, const store_rows_t *rows, int count, account_t **accounts,
                             apr_pool_t *pool)
{
    apr_status_t status = APR_SUCCESS;
    bool found;

    *accounts = apr_palloc(pool, (apr_size_t)count * sizeof **accounts);
    for (int i = 0; status == APR_SUCCESS && i < count; i++)
        status = account_read(unit, store_integer(rows, i, 0), *accounts + i, &found, pool);
    return status;
}

static apr_status_t find_rows(store_unit_t *unit, const account_search_t *search, store_rows_t *rows, apr_pool_t *pool)
{
    const store_value_t city = STORE_TEXT(span_text(pool, search->city)), limit = STORE_INTEGER(ACCOUNT_SEARCH_MAX + 1);
    const char *value = span_text(pool, search->value);
    const char *to = search->prefix ? apr_pstrcat(pool, value, LAST_OF_ALL, NULL) : value;

    if (search->field.size == 0)
        return store_select(unit, STORE_QUERY_ACCOUNT_BY_IDENTIFIER, (store_value_t[]){city, STORE_TEXT(value), limit},
                            3, rows);
    return store_select(
        unit, STORE_QUERY_ACCOUNT_BY_FIELD,
        (store_value_t[]){STORE_TEXT(span_text(pool, search->field)), STORE_TEXT(value), STORE_TEXT(to), city, limit},
        5, rows);
}

apr_status_t account_search(store_unit_t *unit, const account_search_t *search, account_t **accounts, int *count,
                            bool *more, apr_pool_t *pool)
{
    store_rows_t rows;
    apr_status_t status = find_rows(unit, search, &rows, pool);

    *more = rows.count > ACCOUNT_SEARCH_MAX;
    *count = *more ? ACCOUNT_SEARCH_MAX : rows.count;
    return status == APR_SUCCESS ? read_all(unit, &rows, *count, accounts, pool) : status;
}

apr_status_t account_list(store_unit_t *unit, span_t city, span_t kind, span_t after, int limit, account_t **accounts,
                          int *count, apr_pool_t *pool)
{
    store_rows_t rows;
    apr_status_t status =
        store_select(unit, STORE_QUERY_ACCOUNT_LIST,
                     (store_value_t[]){STORE_TEXT(span_text(pool, city)), STORE_TEXT(span_text(pool, kind)),
                                       STORE_TEXT(span_text(pool, after)), STORE_INTEGER(limit)},
                     4, &rows);

    *count = rows.count;
    return status == APR_SUCCESS ? read_all(unit, &rows, rows.count, accounts, pool) : status;
}
