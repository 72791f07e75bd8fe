/* SPDX-License-Identifier: Apache-2.0
 *
 * Events: writing, following, forgetting. What an event means to memory is the follower's.
 */
#include "store/event.h"

#include <apr_strings.h>

enum { LAST, NUMBER, KIND, SUBJECT }; /* columns of event-follow */

apr_status_t event_write(store_unit_t *unit, event_kind_t kind, const char *subject, apr_time_t now)
{
    store_rows_t rows;
    apr_status_t status = store_select(unit, STORE_QUERY_EVENT_NUMBER, NULL, 0, &rows);

    if (status != APR_SUCCESS) return status;
    return store_change(unit, STORE_QUERY_EVENT_INSERT,
                        (store_value_t[]){STORE_INTEGER(store_integer(&rows, 0, 0)), STORE_INTEGER(kind),
                                          STORE_TEXT(subject), STORE_INTEGER(now)},
                        4, NULL);
}

apr_status_t event_write_account(store_unit_t *unit, apr_int64_t account, apr_time_t now)
{
    return event_write(unit, EVENT_ACCOUNT, apr_psprintf(store_pool(unit), "%" APR_INT64_T_FMT, account), now);
}

apr_status_t event_follow(store_unit_t *unit, apr_int64_t after, event_t **events, int *count, apr_int64_t *last)
{
    store_rows_t rows;
    apr_status_t status =
        store_select(unit, STORE_QUERY_EVENT_FOLLOW, (store_value_t[]){STORE_INTEGER(after)}, 1, &rows);

    *count = 0;
    *last = store_integer(&rows, 0, LAST);
    *events = apr_palloc(store_pool(unit), (apr_size_t)rows.count * sizeof **events);
    for (int i = 0; i < rows.count; i++) {
        event_t event = {store_integer(&rows, i, NUMBER), (event_kind_t)store_integer(&rows, i, KIND),
                         store_text(&rows, i, SUBJECT)};
        if (event.number) (*events)[(*count)++] = event; /* else: the row that only says the last number */
    }
    return status;
}

apr_status_t event_purge(store_unit_t *unit, apr_time_t before)
{
    return store_change(unit, STORE_QUERY_EVENT_PURGE, (store_value_t[]){STORE_INTEGER(before)}, 1, NULL);
}
