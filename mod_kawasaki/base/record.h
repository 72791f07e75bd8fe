/* SPDX-License-Identifier: Apache-2.0
 *
 * Named values as lines of text, `name TAB value LF`, for what is stored and read back by this program: drafts, cached
 * visits. Values are escaped (escape.h), and decoding is strict.
 */
#ifndef BASE_RECORD_H
#define BASE_RECORD_H

#include "base/span.h"

#include <apr_errno.h>

typedef struct {
    span_t name, value;
} record_pair_t;

/* The pairs as text, NUL-terminated outside of size, in the pool. Names must hold none of the four bytes. */
span_t record_encode(apr_pool_t *pool, const record_pair_t *pairs, apr_size_t count);

/* The inverse; values without escapes point into text. BASE_EMALFORMED unless encoding gives the same bytes again. */
apr_status_t record_decode(apr_pool_t *pool, span_t text, record_pair_t **pairs, apr_size_t *count);

/* The value of the first pair of this name; the empty span when there is none. */
span_t record_value(const record_pair_t *pairs, apr_size_t count, span_t name);

#endif
