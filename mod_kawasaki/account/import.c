/* SPDX-License-Identifier: Apache-2.0
 *
 * What each cell becomes. Not for the form of the file: that is csv.c's, nor for which columns there are: columns.c.
 */
#include "account/import.h"

#include "account/columns.h"
#include "account/csv.h"
#include "account/password.h"
#include "base/error.h"
#include "text/text.h"

#include <apr_hash.h>

#define PASSWORD_MAX_BYTES 256

/* The file being read. */
typedef struct {
    import_t *import;
    span_t city;
    import_passwords_t passwords;
    const column_t *order[COLUMNS]; /* the column of each cell */
    int width;
    apr_hash_t *numbers; /* number → line of its first card */
    apr_pool_t *pool;
} reading_t;

static void complain(reading_t *reading, int line, const char *column, const char *reason)
{
    import_mistake_t *mistake = apr_array_push(reading->import->mistakes);
    mistake->line = line;
    mistake->text = column ? apr_psprintf(reading->pool, "column %s: %s", column, reason) : reason;
}

/* Does a file of this sort have the column? */
static bool is_read(const reading_t *reading, const column_t *column)
{
    return column->target != TO_PASSWORD || reading->passwords == IMPORT_WITH_PASSWORDS;
}

static const column_t *find_column(const reading_t *reading, span_t name)
{
    for (int i = 0; i < COLUMNS; i++)
        if (span_is(name, columns[i].name) && is_read(reading, &columns[i])) return &columns[i];
    return NULL;
}

static bool ordered_already(const reading_t *reading, const column_t *column)
{
    for (int i = 0; i < reading->width; i++)
        if (reading->order[i] == column) return true;
    return false;
}

static void read_header(reading_t *reading, const csv_row_t *row)
{
    for (int i = 0; i < row->cells->nelts; i++) {
        const column_t *column = find_column(reading, APR_ARRAY_IDX(row->cells, i, span_t));
        if (!column)
            complain(reading, row->line, apr_itoa(reading->pool, i + 1), "no column of this name is known");
        else if (ordered_already(reading, column))
            complain(reading, row->line, column->name, "stands here twice");
        else
            reading->order[reading->width++] = column;
    }
    for (int i = 0; i < COLUMNS; i++)
        if (columns[i].required && is_read(reading, &columns[i]) && !ordered_already(reading, &columns[i]))
            complain(reading, row->line, columns[i].name, "is missing");
}

/* The value in its stored form; NULL or what is wrong with it. */
static const char *normalise(const column_t *column, span_t *value, apr_pool_t *pool)
{
    const text_type_t *type = column->type ? text_type_find(span_of(column->type)) : NULL;
    span_t typed = *value;

    if (!text_is_clean(typed)) return "not UTF-8, or with control characters";
    if (type && type->accept(pool, typed, value) != TEXT_OK) return "not in the form that is asked for";
    if (value->size == 0) return column->required ? "must be given" : NULL;
    if (column->target == TO_PASSWORD && value->size > PASSWORD_MAX_BYTES) return "longer than 256 bytes";
    return NULL;
}

static void take_number(reading_t *reading, import_card_t *card, span_t number)
{
    const int *first = apr_hash_get(reading->numbers, number.at, (apr_ssize_t)number.size);

    card->account.identifier = number;
    if (first) {
        complain(reading, card->line, "number", apr_psprintf(reading->pool, "is that of line %d, too", *first));
        return;
    }
    apr_hash_set(reading->numbers, number.at, (apr_ssize_t)number.size,
                 apr_pmemdup(reading->pool, &card->line, sizeof card->line));
}

static void take_cell(reading_t *reading, import_card_t *card, const column_t *column, span_t value)
{
    const char *wrong = normalise(column, &value, reading->pool);

    if (wrong)
        complain(reading, card->line, column->name, wrong);
    else if (column->target == TO_IDENTIFIER)
        take_number(reading, card, value);
    else if (column->target == TO_PASSWORD)
        card->password = value;
    else if (value.size)
        card->account.fields[card->account.field_count++] = (record_pair_t){span_of(column->field), value};
}

static void read_card(reading_t *reading, const csv_row_t *row)
{
    import_card_t *card = apr_array_push(reading->import->cards);

    *card = (import_card_t){.line = row->line};
    card->account.city = reading->city;
    card->account.kind = SPAN(COLUMNS_KIND);
    card->account.fields = apr_palloc(reading->pool, COLUMNS * sizeof(record_pair_t));
    if (row->cells->nelts != reading->width) {
        complain(reading, row->line, NULL,
                 apr_psprintf(reading->pool, "%d cells, but %d columns", row->cells->nelts, reading->width));
        return;
    }
    for (int i = 0; i < reading->width; i++)
        take_cell(reading, card, reading->order[i], APR_ARRAY_IDX(row->cells, i, span_t));
}

apr_status_t import_read(import_t *import, span_t text, span_t city, import_passwords_t passwords, apr_pool_t *pool)
{
    reading_t reading = {
        .import = import, .city = city, .passwords = passwords, .numbers = apr_hash_make(pool), .pool = pool};
    apr_array_header_t *rows;
    const char *wrong;
    int line;

    import->cards = apr_array_make(pool, 64, sizeof(import_card_t));
    import->mistakes = apr_array_make(pool, 8, sizeof(import_mistake_t));
    if (csv_read(&rows, text, &line, &wrong, pool) != APR_SUCCESS) {
        complain(&reading, line, NULL, wrong);
        return APR_SUCCESS;
    }
    if (rows->nelts == 0) {
        complain(&reading, 1, NULL, "no line with the columns' names");
        return APR_SUCCESS;
    }
    read_header(&reading, &APR_ARRAY_IDX(rows, 0, csv_row_t));
    if (import->mistakes->nelts) return APR_SUCCESS; /* with wrong columns, every line would be wrong */
    for (int i = 1; i < rows->nelts; i++) read_card(&reading, &APR_ARRAY_IDX(rows, i, csv_row_t));
    return APR_SUCCESS;
}

apr_status_t import_hash(import_t *import, import_progress_t *progress, apr_pool_t *pool)
{
    apr_status_t status = APR_SUCCESS;

    for (int i = 0; status == APR_SUCCESS && i < import->cards->nelts; i++) {
        import_card_t *card = &APR_ARRAY_IDX(import->cards, i, import_card_t);
        status = password_hash(card->password, &card->hash, pool);
        if (progress) progress(i + 1, import->cards->nelts);
    }
    return status;
}

apr_status_t import_write(import_t *import, store_unit_t *unit, apr_time_t now, apr_pool_t *pool)
{
    apr_status_t outcome = APR_SUCCESS;

    for (int i = 0; i < import->cards->nelts; i++) {
        import_card_t *card = &APR_ARRAY_IDX(import->cards, i, import_card_t);
        apr_status_t status = account_insert(unit, &card->account, card->hash, now, pool);
        if (status == BASE_ECONFLICT) {
            import_mistake_t *mistake = apr_array_push(import->mistakes);
            *mistake = (import_mistake_t){card->line, "column number: is taken already"};
            outcome = status;
        } else if (status != APR_SUCCESS) {
            return status;
        }
    }
    return outcome;
}
