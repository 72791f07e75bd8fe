/* SPDX-License-Identifier: Apache-2.0
 *
 * Comma-separated values as RFC 4180 has them: quoted cells, "" for a quote, lines that end with CRLF or LF. UTF-8 with
 * or without a byte order mark. Reader and writer know no columns.
 */
#ifndef ACCOUNT_CSV_H
#define ACCOUNT_CSV_H

#include "base/span.h"

#include <apr_errno.h>
#include <apr_tables.h>

typedef struct {
    int line;                  /* where the row begins, from 1 */
    apr_array_header_t *cells; /* of span_t; they point into the text, or into the pool where "" stood */
} csv_row_t;

/* All rows (array of csv_row_t); empty lines are left out. BASE_EMALFORMED on a quote that is not closed, or stands
 * where none may: *line is where, *reason what. */
apr_status_t csv_read(apr_array_header_t **rows, span_t text, int *line, const char **reason, apr_pool_t *pool);

/* One row with its line end, CRLF, NUL-terminated outside of size. Cells that hold a comma, a quote or a line end get
 * quotes around them. */
span_t csv_write(const span_t *cells, int count, apr_pool_t *pool);

#endif
