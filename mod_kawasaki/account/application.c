/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading applications. Nothing here writes one.
 */
#include "account/application.h"

enum { NUMBER, PROCEDURE, TITLE, STATE, RECEIVED_AT }; /* columns of application-list */

apr_status_t application_list(store_unit_t *unit, apr_int64_t account, uint32_t states, application_t **applications,
                              int *count, apr_pool_t *pool)
{
    store_rows_t rows;
    apr_status_t status = store_select(
        unit, STORE_QUERY_APPLICATION_LIST,
        (store_value_t[]){STORE_INTEGER(account), STORE_INTEGER(states), STORE_INTEGER(APPLICATION_LIST_MAX)}, 3,
        &rows);

    *count = rows.count;
    *applications = apr_palloc(pool, (apr_size_t)rows.count * sizeof **applications);
    for (int i = 0; i < rows.count; i++)
        (*applications)[i] = (application_t){.number = span_copy(pool, span_of(store_text(&rows, i, NUMBER))),
                                             .procedure = span_copy(pool, span_of(store_text(&rows, i, PROCEDURE))),
                                             .title = span_copy(pool, span_of(store_text(&rows, i, TITLE))),
                                             .state = (application_state_t)store_integer(&rows, i, STATE),
                                             .received_at = store_integer(&rows, i, RECEIVED_AT)};
    return status;
}
