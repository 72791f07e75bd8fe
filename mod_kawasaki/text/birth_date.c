/* SPDX-License-Identifier: Apache-2.0
 *
 * Compares days of birth: the nine digits of a certificate (the era's, then YYYYMMDD), and days as people write them,
 * kanji numerals and one-letter eras included. What days there are is text/date.h's.
 */
#include "text/address.h"
#include "text/date.h"
#include "text/type.h"

#include <stdlib.h>

#define LONGEST 64 /* bytes of a day after cleaning; longer texts are no day */

typedef struct {
    char text[LONGEST + 1];
    apr_size_t size;
} day_t;

static bool put_text(day_t *day, const char *text)
{
    apr_size_t size = strlen(text);
    if (day->size + size > LONGEST) return false;
    memcpy(day->text + day->size, text, size + 1);
    day->size += size;
    return true;
}

static bool put_code(day_t *day, uint32_t code)
{
    char text[5] = {0};
    code_put(text, code);
    return put_text(day, text);
}

static int skip_spaces(const match_char_t *chars, int at, int count)
{
    while (at < count && chars[at].code == ' ') ++at;
    return at;
}

/* Is this the end, as 生, 生れ or 生まれ write it? */
static bool ends_with_birth(const match_char_t *chars, int at, int count)
{
    if (chars[at].code != U'生') return false;
    if (++at < count && chars[at].code == U'ま') ++at;
    if (at < count && chars[at].code == U'れ') ++at;
    return chars[at - 1].code != U'ま' && skip_spaces(chars, at, count) == count;
}

/* 昭 of 昭55.3.4, which begins at `at`. */
static const char *era_of(const match_char_t *chars, int at, int count)
{
    static const char *const eras[] = {"令和", "平成", "昭和", "大正", "明治"};
    static const uint32_t signs[] = {U'令', U'平', U'昭', U'大', U'明'}, second[] = {U'和', U'成', U'和', U'正', U'治'};
    for (int i = 0; i < DATE_ERAS; ++i) {
        if (chars[at].code == signs[i] && (at + 1 == count || chars[at + 1].code != second[i])) return eras[i];
    }
    return NULL;
}

/* Kanji numerals become digits; 生, 生れ and 生まれ at the end say nothing. */
static bool plain_day(day_t *day, const apr_array_header_t *array, apr_pool_t *pool)
{
    const match_char_t *chars = (const match_char_t *)array->elts;
    const int begin = skip_spaces(chars, 0, array->nelts);
    for (int at = begin; at < array->nelts;) {
        apr_int64_t value;
        const char *era = at == begin ? era_of(chars, at, array->nelts) : NULL;
        int numerals = (int)address_numeral(chars + at, (apr_size_t)(array->nelts - at), &value);
        bool put;
        if (ends_with_birth(chars, at, array->nelts)) return true;
        if (era)
            put = put_text(day, era);
        else if (numerals > 0)
            put = value >= 0 && put_text(day, apr_psprintf(pool, "%" APR_INT64_T_FMT, value));
        else
            put = put_code(day, chars[at].code == GLYPH_MIDDLE_DOT ? '.' : chars[at].code);
        if (!put) return false;
        at += numerals > 0 ? numerals : 1;
    }
    return true;
}

static bool is_digits(const day_t *day, apr_size_t size)
{
    return day->size == size && strspn(day->text, "0123456789") == size;
}

/* The era's digit of a certificate; the day is YYYYMMDD. */
static bool era_fits(int digit, const char *compact)
{
    int day = (int)strtol(compact, NULL, 10);
    const date_t date = {.year = day / 10000, .month = day / 100 % 100, .day = day % 100};
    if (digit == 0) return true;
    return digit <= DATE_ERAS && date_in_era(&date, &date_eras[DATE_ERAS - digit]); /* the newest is first */
}

/* The day as YYYY-MM-DD; false where it is none. */
static bool read_day(span_t *out, span_t text, apr_pool_t *pool)
{
    const match_source_t source = {.fields = &text, .count = 1, .flags = SPAN("")};
    const apr_array_header_t *chars = match_chars(&source, MATCH_PLACE, pool);
    day_t day = {.size = 0};
    if (!chars || !plain_day(&day, chars, pool)) return false;
    span_t plain = {day.text, day.size};
    if (is_digits(&day, 9)) {
        plain = (span_t){day.text + 1, 8};
        if (!era_fits(day.text[0] - '0', day.text + 1)) return false;
    }
    if (type_date(pool, plain, out) != TEXT_OK || out->size == 0) return false;
    *out = span_copy(pool, *out);
    return true;
}

match_verdict_t match_birth_date(span_t typed, span_t certificate, apr_pool_t *pool)
{
    span_t a, b;
    if (!read_day(&a, typed, pool) || !read_day(&b, certificate, pool) || !span_equal(a, b)) return MATCH_DIFFERENT;
    return span_equal(typed, certificate) ? MATCH_SAME : MATCH_NOTATION;
}
