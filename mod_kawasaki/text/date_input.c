/* SPDX-License-Identifier: Apache-2.0
 *
 * Dates as people type them, by the Western calendar or by era, stored as 1980-03-04. Whether a day fits (no birth in
 * the future) is not a type's word. How dates are shown: date.c.
 */
#include "text/date.h"
#include "text/glyph.h"
#include "text/type.h"

/* Before its sixth year Meiji counted months of the moon: such a day can't be told in the Gregorian calendar. */
#define FIRST_SOLAR_DAY 18730101

typedef struct {
    span_t text; /* what is left of it */
} reader_t;

static uint32_t plain_of(uint32_t code)
{
    if (code >= 0xFF01 && code <= 0xFF5E) return code - 0xFEE0;
    if (glyph_is_space(code)) return ' ';
    if (glyph_is_dash(code) || code == GLYPH_LONG_VOWEL || code == GLYPH_HALF_LONG_VOWEL) return '-';
    return glyph_visible(code);
}

static bool take(reader_t *reader, const char *word)
{
    apr_size_t size = strlen(word);
    if (reader->text.size < size || memcmp(reader->text.at, word, size) != 0) return false;
    reader->text.at += size;
    reader->text.size -= size;
    return true;
}

static void skip_spaces(reader_t *reader)
{
    while (take(reader, " ")) continue;
}

/* The era in front; NULL: the Western calendar. */
static const date_era_t *take_era(reader_t *reader)
{
    for (apr_size_t i = 0; i < DATE_ERAS; ++i) {
        const date_era_t *era = &date_eras[i];
        const char capital[] = {era->letter, '\0'}, small[] = {(char)(era->letter - 'A' + 'a'), '\0'};
        if (take(reader, era->name) || take(reader, era->one) || take(reader, capital) || take(reader, small)) {
            skip_spaces(reader);
            take(reader, "."); /* S.55.3.4 */
            return era;
        }
    }
    return NULL;
}

/* As many digits as there are, at most `most`; how many. */
static apr_size_t take_number(reader_t *reader, apr_size_t most, int *number)
{
    apr_size_t taken = 0;
    for (*number = 0; taken < most && taken < reader->text.size && type_is_digit(reader->text.at[taken]); ++taken) {
        *number = *number * 10 + (reader->text.at[taken] - '0');
    }
    reader->text.at += taken;
    reader->text.size -= taken;
    return taken;
}

/* What stands between two numbers: the unit's word, a sign, or only space. */
static bool take_separator(reader_t *reader, const char *unit)
{
    apr_size_t before = reader->text.size;
    skip_spaces(reader);
    if (!take(reader, unit) && !take(reader, "-") && !take(reader, "/")) take(reader, ".");
    skip_spaces(reader);
    return reader->text.size < before;
}

/* 19800304, S550304: the numbers have their full length, and nothing is between them. */
static bool read_joined(reader_t reader, const date_era_t *era, date_t *date)
{
    apr_size_t year = era ? 2 : 4;
    return take_number(&reader, year, &date->year) == year && take_number(&reader, 2, &date->month) == 2 &&
           take_number(&reader, 2, &date->day) == 2 && reader.text.size == 0;
}

static bool read_parted(reader_t reader, const date_era_t *era, date_t *date)
{
    if (era && take(&reader, "元")) {
        date->year = 1;
    } else {
        apr_size_t digits = take_number(&reader, 4, &date->year);
        if (era ? digits < 1 || digits > 2 : digits != 4) return false;
    }
    if (!take_separator(&reader, "年") || !take_number(&reader, 2, &date->month)) return false;
    if (!take_separator(&reader, "月") || !take_number(&reader, 2, &date->day)) return false;
    skip_spaces(&reader);
    take(&reader, "日");
    return reader.text.size == 0;
}

/* An era's year as a Western one; false unless the day lies in that era. */
static bool convert_year(const date_era_t *era, date_t *date)
{
    if (date->year < 1) return false;
    date->year += era->first_day / 10000 - 1;
    int day = date->year * 10000 + date->month * 100 + date->day;
    return date_exists(date) && date_in_era(date, era) && day >= FIRST_SOLAR_DAY;
}

text_result_t type_date(apr_pool_t *pool, span_t in, span_t *out)
{
    *out = in;
    if (!text_is_clean(in)) return TEXT_MALFORMED;
    span_t typed = text_trim(code_map(pool, in, plain_of));
    if (typed.size > 0) {
        reader_t reader = {typed};
        const date_era_t *era = take_era(&reader);
        date_t date;
        if (!read_joined(reader, era, &date) && !read_parted(reader, era, &date)) return TEXT_WRONG;
        if (era ? !convert_year(era, &date) : !date_exists(&date)) return TEXT_WRONG;
        typed = type_keep(pool, span_of(apr_psprintf(pool, "%04d-%02d-%02d", date.year, date.month, date.day)), typed);
    }
    *out = typed;
    return TEXT_OK;
}
