/* SPDX-License-Identifier: Apache-2.0 */
#include "account/csv.h"

#include "base/error.h"

typedef struct {
    const char *at, *end;
    int line;
    apr_pool_t *pool;
} reader_t;

static bool at_line_end(const reader_t *reader)
{
    if (reader->at == reader->end || *reader->at == '\n') return true;
    return *reader->at == '\r' && reader->at + 1 < reader->end && reader->at[1] == '\n';
}

static void skip_line_end(reader_t *reader)
{
    if (reader->at < reader->end && *reader->at == '\r') reader->at++;
    if (reader->at < reader->end) reader->at++;
    reader->line++;
}

static span_t without_doubled_quotes(span_t cell, apr_pool_t *pool)
{
    char *copy = apr_palloc(pool, cell.size + 1), *to = copy;

    for (apr_size_t i = 0; i < cell.size; i++) {
        *to++ = cell.at[i];
        if (cell.at[i] == '"') i++;
    }
    return (span_t){copy, (apr_size_t)(to - copy)};
}

/* From the opening quote to behind the closing one; NULL or what is wrong. */
static const char *read_quoted(reader_t *reader, span_t *cell)
{
    const char *from = ++reader->at;
    bool doubled = false;

    for (; reader->at < reader->end; reader->at++) {
        if (*reader->at == '\n') reader->line++;
        if (*reader->at != '"') continue;
        if (reader->at + 1 == reader->end || reader->at[1] != '"') {
            *cell = (span_t){from, (apr_size_t)(reader->at++ - from)};
            if (doubled) *cell = without_doubled_quotes(*cell, reader->pool);
            return NULL;
        }
        doubled = true;
        reader->at++;
    }
    return "a quote is not closed";
}

static const char *read_cell(reader_t *reader, span_t *cell)
{
    const char *from = reader->at;

    if (from < reader->end && *from == '"') {
        const char *wrong = read_quoted(reader, cell);
        if (wrong) return wrong;
        return at_line_end(reader) || *reader->at == ',' ? NULL : "text after a closing quote";
    }
    for (; !at_line_end(reader) && *reader->at != ','; reader->at++)
        if (*reader->at == '"') return "a quote inside a cell that has none around it";
    *cell = (span_t){from, (apr_size_t)(reader->at - from)};
    return NULL;
}

static const char *read_row(reader_t *reader, csv_row_t *row)
{
    row->line = reader->line;
    row->cells = apr_array_make(reader->pool, 16, sizeof(span_t));
    for (;;) {
        span_t cell;
        const char *wrong = read_cell(reader, &cell);
        if (wrong) return wrong;
        APR_ARRAY_PUSH(row->cells, span_t) = cell;
        if (at_line_end(reader)) break;
        reader->at++; /* the comma */
    }
    skip_line_end(reader);
    return NULL;
}

apr_status_t csv_read(apr_array_header_t **rows, span_t text, int *line, const char **reason, apr_pool_t *pool)
{
    static const char byte_order_mark[] = "\xef\xbb\xbf";
    reader_t reader = {text.at, text.at + text.size, 1, pool};

    *rows = apr_array_make(pool, 64, sizeof(csv_row_t));
    if (text.size >= 3 && memcmp(text.at, byte_order_mark, 3) == 0) reader.at += 3;
    while (reader.at < reader.end) {
        csv_row_t row;
        if (at_line_end(&reader)) {
            skip_line_end(&reader);
            continue;
        }
        *reason = read_row(&reader, &row);
        *line = row.line;
        if (*reason) return BASE_EMALFORMED;
        APR_ARRAY_PUSH(*rows, csv_row_t) = row;
    }
    return APR_SUCCESS;
}

/* --- Writing --- */

static bool needs_quotes(span_t cell)
{
    for (apr_size_t i = 0; i < cell.size; i++)
        if (cell.at[i] && strchr(",\"\r\n", cell.at[i])) return true;
    return false;
}

static char *append_cell(char *to, span_t cell)
{
    bool quoted = needs_quotes(cell);

    if (quoted) *to++ = '"';
    for (apr_size_t i = 0; i < cell.size; i++) {
        if (cell.at[i] == '"') *to++ = '"';
        *to++ = cell.at[i];
    }
    if (quoted) *to++ = '"';
    return to;
}

span_t csv_write(const span_t *cells, int count, apr_pool_t *pool)
{
    apr_size_t room = 3;
    char *text, *to;

    for (int i = 0; i < count; i++) room += 2 * cells[i].size + 3;
    to = text = apr_palloc(pool, room);
    for (int i = 0; i < count; i++) {
        if (i > 0) *to++ = ',';
        to = append_cell(to, cells[i]);
    }
    memcpy(to, "\r\n", 3);
    return (span_t){text, (apr_size_t)(to - text) + 2};
}
