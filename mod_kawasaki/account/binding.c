/* SPDX-License-Identifier: Apache-2.0
 *
 * The binding's row. Not for whether a certificate may be bound: that is flow's.
 */
#include "account/binding.h"

#include "base/error.h"

enum { ACCOUNT, CITY, KIND, IDENTITY, FINGERPRINT, ENDS_AT }; /* columns of binding-find and binding-list */

static void fill(binding_t *binding, const store_rows_t *rows, int row, apr_pool_t *pool)
{
    *binding = (binding_t){.account = store_integer(rows, row, ACCOUNT),
                           .city = span_copy(pool, span_of(store_text(rows, row, CITY))),
                           .kind = span_copy(pool, span_of(store_text(rows, row, KIND))),
                           .identity = span_copy(pool, span_of(store_text(rows, row, IDENTITY))),
                           .fingerprint = span_copy(pool, span_of(store_text(rows, row, FINGERPRINT))),
                           .ends_at = store_integer(rows, row, ENDS_AT)};
}

apr_status_t binding_find(store_unit_t *unit, span_t city, span_t identity, binding_t *binding, bool *found,
                          apr_pool_t *pool)
{
    store_rows_t rows;
    apr_status_t status = store_select(
        unit, STORE_QUERY_BINDING_FIND,
        (store_value_t[]){STORE_TEXT(span_text(pool, city)), STORE_TEXT(span_text(pool, identity))}, 2, &rows);

    *found = status == APR_SUCCESS && rows.count > 0;
    if (*found) fill(binding, &rows, 0, pool);
    return status;
}

/* The former one goes last: whoever is refused has lost nothing. */
apr_status_t binding_put(store_unit_t *unit, const binding_t *binding, apr_time_t now)
{
    apr_pool_t *pool = store_pool(unit);
    const store_value_t kind = STORE_TEXT(span_text(pool, binding->kind));
    const store_value_t identity = STORE_TEXT(span_text(pool, binding->identity));
    apr_int64_t changed;
    apr_status_t status = store_change(unit, STORE_QUERY_BINDING_PUT,
                                       (store_value_t[]){STORE_TEXT(span_text(pool, binding->city)), identity, kind,
                                                         STORE_INTEGER(binding->account),
                                                         STORE_TEXT(span_text(pool, binding->fingerprint)),
                                                         STORE_INTEGER(binding->ends_at), STORE_INTEGER(now)},
                                       7, &changed);

    if (status != APR_SUCCESS) return status;
    if (changed == 0) return BASE_ECONFLICT;
    return store_change(unit, STORE_QUERY_BINDING_CLEAR,
                        (store_value_t[]){STORE_INTEGER(binding->account), kind, identity}, 3, NULL);
}

apr_status_t binding_list(store_unit_t *unit, apr_int64_t account, binding_t **bindings, int *count, apr_pool_t *pool)
{
    store_rows_t rows;
    apr_status_t status =
        store_select(unit, STORE_QUERY_BINDING_LIST, (store_value_t[]){STORE_INTEGER(account)}, 1, &rows);

    *count = rows.count;
    *bindings = apr_palloc(pool, (apr_size_t)rows.count * sizeof **bindings);
    for (int i = 0; i < rows.count; i++) fill(*bindings + i, &rows, i, pool);
    return status;
}
