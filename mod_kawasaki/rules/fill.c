/* SPDX-License-Identifier: Apache-2.0
 *
 * Filling in what is known only when a sentence is said: {until}, {tries}. What the compiler fills in: sentence.c.
 */
#include "rules/rules.h"

#include <string.h>

/* The pair that this piece, a word in braces, names; NULL when it is none's. */
static const record_pair_t *find_value(const record_pair_t *values, apr_size_t count, span_t piece)
{
    span_t name = {piece.at + 1, piece.size - 2};
    for (apr_size_t i = 0; i < count; i++) {
        if (span_equal(values[i].name, name)) return &values[i];
    }
    return NULL;
}

/* The first placeholder in the text that has a value; *value is NULL and the span empty when there is none. */
static span_t find_placeholder(span_t text, const record_pair_t *values, apr_size_t count, const record_pair_t **value)
{
    const char *end = text.at + text.size;
    const char *open = memchr(text.at, '{', text.size);
    while (open) {
        const char *close = memchr(open, '}', (apr_size_t)(end - open));
        if (!close) break;
        span_t piece = {open, (apr_size_t)(close + 1 - open)};
        *value = find_value(values, count, piece);
        if (*value) return piece;
        open = memchr(open + 1, '{', (apr_size_t)(end - open - 1));
    }
    *value = NULL;
    return (span_t){end, 0};
}

span_t rules_fill(span_t sentence, const record_pair_t *values, apr_size_t count, apr_pool_t *pool)
{
    const record_pair_t *value;
    span_t rest = sentence, piece = find_placeholder(rest, values, count, &value);
    if (!value) return sentence;

    const char *filled = "";
    for (; value; piece = find_placeholder(rest, values, count, &value)) {
        span_t before = {rest.at, (apr_size_t)(piece.at - rest.at)};
        filled = apr_pstrcat(pool, filled, span_text(pool, before), span_text(pool, value->value), NULL);
        rest = (span_t){piece.at + piece.size, (apr_size_t)(rest.at + rest.size - piece.at) - piece.size};
    }
    return span_of(apr_pstrcat(pool, filled, span_text(pool, rest), NULL));
}
