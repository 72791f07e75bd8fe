/* SPDX-License-Identifier: Apache-2.0
 *
 * All that takes time but writing itself is done while checking, because on sqlite3 nobody else can write meanwhile.
 * What a town becomes is postcode_town.c's.
 */
#include "account/postcode_file.h"

#include "account/csv.h"
#include "account/postcode_town.h"
#include "base/error.h"
#include "base/number.h"
#include "base/secret.h"
#include "base/utf8.h"
#include "text/text.h"

#include <apr_escape.h>

#define PROGRESS_EVERY 20000

/* Those that nothing is done with, readings and marks, are only named where they begin. */
enum { LOCAL_CODE, OLD_CODE, CODE, PREFECTURE = 6, CITY, TOWN, MARKS, CHANGE = 13, COLUMNS = 15 };

/* As it is written. Texts that the one before has as well, they share. */
typedef struct {
    int line; /* its first */
    const char *code, *prefecture, *city, *town;
} address_t;

/* A town whose parenthesis is open: what the next line must agree with to go on with it. */
typedef struct {
    int line, depth; /* depth 0: none is open */
    span_t cells[COLUMNS];
} open_t;

typedef struct {
    postcode_file_t *file;
    open_t open;
    apr_pool_t *pool;
    apr_pool_t *scratch; /* emptied before each line */
} reader_t;

static void complain(const reader_t *reader, int line, int column, const char *reason)
{
    APR_ARRAY_PUSH(reader->file->mistakes, postcode_mistake_t) = (postcode_mistake_t){line, column, reason};
}

/* --- Cells --- */

static bool is_number(span_t cell, apr_size_t digits)
{
    return cell.size == digits && number_is_digits(cell);
}

/* NULL or what is wrong. */
static const char *check_cell(int column, span_t cell)
{
    if (!text_is_clean(cell)) return "control characters";
    switch (column) {
    case LOCAL_CODE: return is_number(cell, 5) ? NULL : "not a local government's code of 5 digits";
    case CODE: return is_number(cell, 7) ? NULL : "not a post code of 7 digits";
    case PREFECTURE:
    case CITY:
    case TOWN: return cell.size ? NULL : "must be given";
    case CHANGE: return span_is(cell, "2") ? "abolished: this is a file of changes, not that of all codes" : NULL;
    default: return column < MARKS || cell.size <= 1 ? NULL : "not a mark of one digit";
    }
}

static bool check_row(const reader_t *reader, int line, const apr_array_header_t *cells)
{
    int before = reader->file->mistakes->nelts;

    if (cells->nelts != COLUMNS) complain(reader, line, 0, "not the 15 columns of Japan Post's file");
    for (int i = 0; cells->nelts == COLUMNS && i < COLUMNS; i++) {
        const char *wrong = check_cell(i, APR_ARRAY_IDX(cells, i, span_t));
        if (wrong) complain(reader, line, i + 1, wrong);
    }
    return reader->file->mistakes->nelts == before;
}

/* --- Lines --- */

static void refuse_open(reader_t *reader)
{
    if (reader->open.depth) complain(reader, reader->open.line, TOWN + 1, "parentheses that don't match");
    reader->open.depth = 0;
}

/* Does the row only go on with the town of the one before? */
static bool goes_on(reader_t *reader, const span_t *cells)
{
    static const int same[] = {LOCAL_CODE, CODE, PREFECTURE, CITY};
    open_t *open = &reader->open;

    if (open->depth == 0) return false;
    for (apr_size_t i = 0; i < sizeof same / sizeof *same; i++)
        if (!span_equal(open->cells[same[i]], cells[same[i]])) return false;
    open->depth += postcode_town_depth(cells[TOWN]);
    if (open->depth < 0) refuse_open(reader);
    return true;
}

static void begin_town(reader_t *reader, int line, const span_t *cells)
{
    open_t *open = &reader->open;

    refuse_open(reader);
    open->line = line;
    open->depth = postcode_town_depth(cells[TOWN]);
    if (open->depth < 0) refuse_open(reader);
    for (int i = 0; open->depth > 0 && i < COLUMNS; i++) open->cells[i] = span_copy(reader->pool, cells[i]);
}

static const char *keep(const reader_t *reader, span_t cell, const char *before)
{
    return before && span_is(cell, before) ? before : span_text(reader->pool, cell);
}

static void take_address(reader_t *reader, int line, const span_t *cells)
{
    apr_array_header_t *addresses = reader->file->addresses;
    span_t town = postcode_town(cells[TOWN], cells[CITY], reader->scratch);
    address_t before = {0}, address = {.line = line};

    if (addresses->nelts) before = APR_ARRAY_IDX(addresses, addresses->nelts - 1, address_t);
    address.code = keep(reader, cells[CODE], before.code);
    address.prefecture = keep(reader, cells[PREFECTURE], before.prefecture);
    address.city = keep(reader, cells[CITY], before.city);
    address.town = keep(reader, town, before.town);
    APR_ARRAY_PUSH(addresses, address_t) = address;
}

static void read_line(reader_t *reader, span_t line, int number)
{
    apr_array_header_t *rows;
    const span_t *cells;
    const char *reason;
    int within;

    if (csv_read(&rows, line, &within, &reason, reader->scratch) != APR_SUCCESS) {
        complain(reader, number, 0, reason);
        return;
    }
    if (rows->nelts == 0 || !check_row(reader, number, APR_ARRAY_IDX(rows, 0, csv_row_t).cells)) return;
    cells = (const span_t *)(const void *)APR_ARRAY_IDX(rows, 0, csv_row_t).cells->elts;
    if (goes_on(reader, cells)) return;
    begin_town(reader, number, cells);
    take_address(reader, number, cells);
}

static apr_status_t read_lines(postcode_file_t *file, span_t rest, apr_pool_t *pool)
{
    reader_t reader = {.file = file, .pool = pool};
    apr_status_t status = apr_pool_create(&reader.scratch, pool);

    if (status != APR_SUCCESS) return status;
    while (rest.size > 0) {
        const char *end = memchr(rest.at, '\n', rest.size);
        span_t line = {rest.at, end ? (apr_size_t)(end + 1 - rest.at) : rest.size};
        apr_pool_clear(reader.scratch);
        read_line(&reader, line, ++file->lines);
        rest = (span_t){rest.at + line.size, rest.size - line.size};
    }
    refuse_open(&reader);
    apr_pool_destroy(reader.scratch);
    return APR_SUCCESS;
}

/* The first line that is not UTF-8; 0: there is none. */
static int find_other_encoding(span_t text)
{
    int line = 1;

    for (apr_size_t at = 0; at < text.size;) {
        uint32_t code = utf8_next(text, &at);
        if (code == UTF8_BAD) return line;
        if (code == '\n') line++;
    }
    return 0;
}

apr_status_t postcode_file_check(postcode_file_t *file, span_t text, apr_pool_t *pool)
{
    reader_t reader = {.file = file};
    unsigned char digest[SECRET_DIGEST_SIZE] = {0};
    int other = find_other_encoding(text);
    apr_status_t status = secret_digest(text, digest);

    *file = (postcode_file_t){.digest = apr_pescape_hex(pool, digest, sizeof digest, 0),
                              .addresses = apr_array_make(pool, 64, sizeof(address_t)),
                              .mistakes = apr_array_make(pool, 8, sizeof(postcode_mistake_t))};
    if (other) /* and so would be every line after it */
        complain(&reader, other, 0, "not UTF-8: the file utf_ken_all.csv is needed");
    else if (status == APR_SUCCESS)
        status = read_lines(file, text, pool);
    if (file->addresses->nelts == 0 && file->mistakes->nelts == 0) complain(&reader, 1, 0, "no address");
    return status;
}

/* --- Writing --- */

static apr_status_t change_set(const postcode_file_t *file, store_unit_t *unit, const char *dated, apr_time_t now)
{
    return store_change(
        unit, STORE_QUERY_POST_CODE_SET_CHANGE,
        (store_value_t[]){STORE_TEXT(dated), STORE_TEXT(file->digest), STORE_INTEGER(file->lines), STORE_INTEGER(now)},
        4, NULL);
}

static apr_status_t insert(store_unit_t *unit, const address_t *address)
{
    return store_change(unit, STORE_QUERY_POST_CODE_INSERT,
                        (store_value_t[]){STORE_TEXT(address->code), STORE_TEXT(address->prefecture),
                                          STORE_TEXT(address->city), STORE_TEXT(address->town),
                                          STORE_INTEGER(address->line)},
                        5, NULL);
}

apr_status_t postcode_file_write(const postcode_file_t *file, store_unit_t *unit, const char *dated, apr_time_t now,
                                 postcode_progress_t *progress)
{
    const int all = file->addresses->nelts;
    apr_status_t status = change_set(file, unit, dated, now);

    if (status == APR_SUCCESS) status = store_change(unit, STORE_QUERY_POST_CODE_CLEAR, NULL, 0, NULL);
    for (int i = 0; status == APR_SUCCESS && i < all; i++) {
        status = insert(unit, &APR_ARRAY_IDX(file->addresses, i, address_t));
        if (progress && (i + 1) % PROGRESS_EVERY == 0) progress(i + 1, all);
    }
    return status;
}
