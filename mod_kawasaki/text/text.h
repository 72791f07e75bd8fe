/* SPDX-License-Identifier: Apache-2.0
 *
 * Text types: what a field may hold, how what people type becomes that, and what is then still wrong.
 * Rule files name them (`text katakana`); the list is text_types in text/type.c. The room knows no rule, no form.
 */
#ifndef TEXT_TEXT_H
#define TEXT_TEXT_H

#include "base/span.h"

#include <apr_errno.h>
#include <apr_time.h>

typedef enum {
    TEXT_OK,
    TEXT_WRONG,    /* not of this type, even after normalisation */
    TEXT_MALFORMED /* not UTF-8, or a control or non-character in it */
} text_result_t;

typedef struct {
    const char *name;       /* as rule files write it: "katakana" */
    const char *input_mode; /* HTML inputmode that fits: "text", "numeric", "tel", "email"; "" for none */
    /* Tests what was typed and gives it in normal form. *out points into `in` where nothing but its ends changed, else
     * into the pool; unless TEXT_OK it is `in` as it was. Empty or blank gives TEXT_OK and an empty span, since
     * "required" is the rules' word (a blank password is wrong: it is taken as typed). Idempotent. Any bytes may come:
     * what is not clean (text_is_clean) is TEXT_MALFORMED. What each type does: docs/text-types.md. */
    text_result_t (*accept)(apr_pool_t *pool, span_t in, span_t *out);
} text_type_t;

/* The type of this name, NULL when there is none. */
const text_type_t *text_type_find(span_t name);

/* All types, ended by a NULL name; for "did you mean" and for the documentation check. */
extern const text_type_t text_types[];

/* Well-formed UTF-8 (Unicode 15 table 3-7: no overlong form, no surrogate, nothing over U+10FFFF) without C0/C1
 * controls, non-characters, and more than 30 combining marks in a row (UAX #15 section 13). TAB, CR, LF, U+2028 and
 * U+2029 are controls here: every field is a single line. */
bool text_is_clean(span_t text);

/* Length as people count: code points after NFC; a variation selector is one of them. text must be clean. */
apr_size_t text_length(span_t text);

/* Steps that several types share, and matching. text must be clean. Each returns `in` itself where nothing changes;
 * else a part of it (trim) or memory of the pool. */
span_t text_trim(span_t in);                            /* spaces of every script off both ends */
span_t text_to_half_width(apr_pool_t *pool, span_t in); /* full-width ASCII and U+3000 to ASCII */
span_t text_to_full_width(apr_pool_t *pool, span_t in); /* half-width kana and ASCII to full width, marks composed */

/* 1980-03-04 as "1980年3月4日(昭和55年)"; a first year is 元年. Eras from 明治 (1868-01-25) to 令和; days before it
 * have no era part. BASE_EMALFORMED unless date is a real day written YYYY-MM-DD. */
apr_status_t text_date_japanese(apr_pool_t *pool, span_t date, span_t *out);

/* An instant in Japan's time (UTC+9, no summer time): "2026年4月3日(令和8年) 10時00分". at: microseconds since 1970
 * UTC. */
span_t text_time_japanese(apr_pool_t *pool, apr_time_t at);

#endif
