/* SPDX-License-Identifier: Apache-2.0 */
#include "account/export.h"

#include "account/columns.h"
#include "account/csv.h"

static span_t cell_of(const account_t *account, const column_t *column)
{
    if (!account) return span_of(column->name);
    return column->target == TO_IDENTIFIER ? account->identifier : account_field(account, span_of(column->field));
}

/* account NULL: the header. */
static span_t write_row(const account_t *account, apr_pool_t *pool)
{
    span_t cells[COLUMNS];
    int count = 0;

    for (int i = 0; i < COLUMNS; i++)
        if (columns[i].target != TO_PASSWORD) cells[count++] = cell_of(account, &columns[i]);
    return csv_write(cells, count, pool);
}

span_t export_header(apr_pool_t *pool)
{
    return write_row(NULL, pool);
}

span_t export_row(const account_t *account, apr_pool_t *pool)
{
    return write_row(account, pool);
}
