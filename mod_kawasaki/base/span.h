/* SPDX-License-Identifier: Apache-2.0
 *
 * span_t: a piece of bytes that somebody else owns. Not NUL-terminated, may hold any byte.
 * The currency between all rooms: request bodies, rule images, templates and database values are cut, not copied.
 */
#ifndef BASE_SPAN_H
#define BASE_SPAN_H

#include <apr_pools.h>
#include <apr_strings.h>
#include <stdbool.h>
#include <string.h>

typedef struct {
    const char *at;
    apr_size_t size; /* bytes */
} span_t;

/* A string literal as a span. */
#define SPAN(literal) ((span_t){(literal), sizeof(literal) - 1})

/* Of a C string; NULL gives the empty span. The string stays the caller's. */
static inline span_t span_of(const char *text)
{
    return text ? (span_t){text, strlen(text)} : (span_t){"", 0};
}

static inline bool span_equal(span_t a, span_t b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.at, b.at, a.size) == 0);
}

static inline bool span_is(span_t a, const char *text)
{
    return span_equal(a, span_of(text));
}

/* A NUL-terminated copy in the pool. Never for a secret: pools are not wiped. */
static inline char *span_text(apr_pool_t *pool, span_t span)
{
    return apr_pstrmemdup(pool, span.size ? span.at : "", span.size);
}

/* A copy in the pool (also NUL-terminated, outside of size). */
static inline span_t span_copy(apr_pool_t *pool, span_t span)
{
    return (span_t){span_text(pool, span), span.size};
}

#endif
