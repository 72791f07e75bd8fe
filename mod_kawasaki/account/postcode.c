/* SPDX-License-Identifier: Apache-2.0 */
#include "account/postcode.h"

#include "text/text.h"

/* Seven digits; NULL when it isn't a post code. */
static const char *digits_of(span_t typed, apr_pool_t *pool)
{
    span_t code; /* 210-0808 */
    text_result_t result = text_type_find(SPAN("post-code"))->accept(pool, typed, &code);

    if (result != TEXT_OK || code.size == 0) return NULL;
    return apr_pstrcat(pool, apr_pstrmemdup(pool, code.at, 3), apr_pstrmemdup(pool, code.at + 4, 4), NULL);
}

apr_status_t postcode_find(store_unit_t *unit, span_t code, postcode_address_t **addresses, int *count)
{
    apr_pool_t *pool = store_pool(unit);
    const char *digits = digits_of(code, pool);
    store_rows_t rows;
    apr_status_t status;

    *count = 0;
    *addresses = NULL;
    if (!digits) return APR_SUCCESS;
    status = store_select(unit, STORE_QUERY_POST_CODE_FIND, (store_value_t[]){STORE_TEXT(digits)}, 1, &rows);
    if (status != APR_SUCCESS) return status;
    *addresses = apr_palloc(pool, (apr_size_t)rows.count * sizeof **addresses);
    for (; *count < rows.count; ++*count)
        (*addresses)[*count] =
            (postcode_address_t){span_of(store_text(&rows, *count, 0)), span_of(store_text(&rows, *count, 1)),
                                 span_of(store_text(&rows, *count, 2))};
    return APR_SUCCESS;
}

apr_status_t postcode_set(store_unit_t *unit, postcode_set_t *set)
{
    store_rows_t rows;
    apr_status_t status = store_select(unit, STORE_QUERY_POST_CODE_SET, NULL, 0, &rows);

    *set = (postcode_set_t){.dated = span_of(store_text(&rows, 0, 0)),
                            .digest = span_of(store_text(&rows, 0, 1)),
                            .lines = store_integer(&rows, 0, 2),
                            .imported_at = store_integer(&rows, 0, 3)};
    return status;
}
