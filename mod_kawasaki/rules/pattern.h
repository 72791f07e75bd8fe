/* SPDX-License-Identifier: Apache-2.0
 *
 * Patterns: PCRE2 with UTF and UCP, anchored at both ends, JIT-compiled, every match bounded.
 */
#ifndef RULES_PATTERN_H
#define RULES_PATTERN_H

#include "base/span.h"

#define RULES_PATTERN_MAX 512u /* bytes of a pattern's source */

typedef struct pattern_t pattern_t; /* read-only once compiled, for any number of threads */
typedef struct matcher_t matcher_t; /* one thread's working memory */

typedef enum { PATTERN_MATCHES, PATTERN_DIFFERS, PATTERN_LIMIT } pattern_result_t;

/* NULL when it is no pattern: then *reason (the pool's) says why, and *offset where, in bytes. The pattern lives as
 * long as the pool. */
const pattern_t *rules_pattern_compile(span_t source, const char **reason, apr_size_t *offset, apr_pool_t *pool);

/* In the pool, and gone with it. */
matcher_t *rules_matcher(apr_pool_t *pool);

/* Does the whole of the text match? text must be UTF-8. PATTERN_LIMIT: it took too long to tell, or there is no
 * memory. */
pattern_result_t rules_pattern_match(const pattern_t *pattern, matcher_t *matcher, span_t text);

#endif
