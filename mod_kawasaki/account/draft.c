/* SPDX-License-Identifier: Apache-2.0
 *
 * The draft's row, and receipts. Not for the order of steps: that is flow's.
 */
#include "account/draft.h"

#include "base/crockford.h"
#include "base/error.h"
#include "base/secret.h"

enum { VERSION, STEP, BASE, FIELDS, PASSWORD, RECEIPT, CHANGED_AT }; /* columns of draft-read */

static span_t copy_cell(const store_rows_t *rows, int column, apr_pool_t *pool)
{
    return span_copy(pool, span_of(store_text(rows, 0, column)));
}

apr_status_t draft_read(store_unit_t *unit, apr_int64_t account, span_t form, draft_t *draft, apr_pool_t *pool)
{
    store_rows_t rows;
    apr_status_t status =
        store_select(unit, STORE_QUERY_DRAFT_READ,
                     (store_value_t[]){STORE_INTEGER(account), STORE_TEXT(span_text(pool, form))}, 2, &rows);

    /* Without a row every cell reads as "" or 0: DRAFT_NONE at version 0. */
    *draft = (draft_t){.account = account,
                       .form = form,
                       .version = store_integer(&rows, 0, VERSION),
                       .step = (draft_step_t)store_integer(&rows, 0, STEP),
                       .base = store_integer(&rows, 0, BASE),
                       .fields = copy_cell(&rows, FIELDS, pool),
                       .password = copy_cell(&rows, PASSWORD, pool),
                       .receipt = copy_cell(&rows, RECEIPT, pool),
                       .changed_at = store_integer(&rows, 0, CHANGED_AT)};
    return status;
}

static apr_status_t insert(store_unit_t *unit, const draft_t *draft, apr_time_t now, apr_int64_t *changed)
{
    apr_pool_t *pool = store_pool(unit);
    return store_change(unit, STORE_QUERY_DRAFT_INSERT,
                        (store_value_t[]){STORE_INTEGER(draft->account), STORE_TEXT(span_text(pool, draft->form)),
                                          STORE_INTEGER(draft->step), STORE_INTEGER(draft->base),
                                          STORE_TEXT(span_text(pool, draft->fields)),
                                          STORE_TEXT(span_text(pool, draft->password)),
                                          STORE_TEXT(span_text(pool, draft->receipt)), STORE_INTEGER(now)},
                        8, changed);
}

static apr_status_t update(store_unit_t *unit, const draft_t *draft, apr_time_t now, apr_int64_t *changed)
{
    apr_pool_t *pool = store_pool(unit);
    return store_change(unit, STORE_QUERY_DRAFT_UPDATE,
                        (store_value_t[]){STORE_INTEGER(draft->step), STORE_INTEGER(draft->base),
                                          STORE_TEXT(span_text(pool, draft->fields)),
                                          STORE_TEXT(span_text(pool, draft->password)),
                                          STORE_TEXT(span_text(pool, draft->receipt)), STORE_INTEGER(now),
                                          STORE_INTEGER(draft->account), STORE_TEXT(span_text(pool, draft->form)),
                                          STORE_INTEGER(draft->version)},
                        9, changed);
}

apr_status_t draft_write(store_unit_t *unit, draft_t *draft, apr_time_t now)
{
    apr_int64_t changed;
    apr_status_t status;

    if (draft->step == DRAFT_NONE) {
        draft->base = 0;
        draft->fields = draft->password = draft->receipt = SPAN("");
    }
    status = draft->version == 0 ? insert(unit, draft, now, &changed) : update(unit, draft, now, &changed);
    if (status != APR_SUCCESS) return status;
    if (changed == 0) return BASE_ECONFLICT;
    draft->version++;
    draft->changed_at = now;
    return APR_SUCCESS;
}

apr_status_t draft_purge(store_unit_t *unit, span_t city, apr_time_t before)
{
    return store_change(unit, STORE_QUERY_DRAFT_PURGE,
                        (store_value_t[]){STORE_INTEGER(before), STORE_TEXT(span_text(store_pool(unit), city))}, 2,
                        NULL);
}

/* --- Receipts --- */

#define RECEIPT_TRIES 8 /* a number taken already is one in 10^12: eight in a row are no accident */

/* "20261122-7KQ4-M2RD". */
static apr_status_t make_number(apr_time_t now, const char **number, apr_pool_t *pool)
{
    const int japan = 9 * 60 * 60; /* seconds east of UTC */
    unsigned char bytes[8];
    char code[sizeof bytes];
    apr_time_exp_t day;
    apr_status_t status = secret_random(bytes, sizeof bytes);

    if (status == APR_SUCCESS) status = apr_time_exp_tz(&day, now, japan);
    if (status != APR_SUCCESS) return status;
    for (apr_size_t i = 0; i < sizeof bytes; i++) code[i] = CROCKFORD_LETTERS[bytes[i] & 31];
    *number =
        apr_psprintf(pool, "%04d%02d%02d-%.4s-%.4s", day.tm_year + 1900, day.tm_mon + 1, day.tm_mday, code, code + 4);
    return APR_SUCCESS;
}

apr_status_t receipt_issue(store_unit_t *unit, apr_int64_t account, span_t form, apr_time_t now, const char **number,
                           apr_pool_t *pool)
{
    for (int i = 0; i < RECEIPT_TRIES; i++) {
        apr_int64_t inserted = 0;
        apr_status_t status = make_number(now, number, pool);
        if (status == APR_SUCCESS)
            status = store_change(unit, STORE_QUERY_RECEIPT_INSERT,
                                  (store_value_t[]){STORE_TEXT(*number), STORE_INTEGER(account),
                                                    STORE_TEXT(span_text(pool, form)), STORE_INTEGER(now)},
                                  4, &inserted);
        if (status != APR_SUCCESS || inserted) return status;
    }
    return BASE_EDATABASE;
}

span_t receipt_number(span_t typed, apr_pool_t *pool)
{
    char code[8 + 8];
    apr_size_t count = 0;

    for (apr_size_t i = 0; i < typed.size; i++) {
        if (typed.at[i] == '-' || typed.at[i] == ' ') continue;
        const int value = crockford_value(typed.at[i]);
        if (value < 0 || count == sizeof code) return typed;
        code[count++] = CROCKFORD_LETTERS[value];
    }
    if (count < sizeof code) return typed;
    return span_of(apr_psprintf(pool, "%.8s-%.4s-%.4s", code, code + 8, code + 12));
}

apr_status_t receipt_read(store_unit_t *unit, apr_int64_t account, span_t form, span_t number, apr_time_t *at,
                          bool *found, apr_pool_t *pool)
{
    store_rows_t rows;
    apr_status_t status = store_select(unit, STORE_QUERY_RECEIPT_READ,
                                       (store_value_t[]){STORE_TEXT(span_text(pool, number)), STORE_INTEGER(account),
                                                         STORE_TEXT(span_text(pool, form))},
                                       3, &rows);

    *found = status == APR_SUCCESS && rows.count > 0;
    *at = store_integer(&rows, 0, 0);
    return status;
}
