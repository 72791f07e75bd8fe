/* SPDX-License-Identifier: Apache-2.0
 *
 * application/x-www-form-urlencoded, strictly (WHATWG URL section 5.1, without its forgiveness): a body or query that
 * breaks the format is refused as a whole, so that nobody downstream sees another meaning in it.
 */
#ifndef BASE_URLENCODED_H
#define BASE_URLENCODED_H

#include "base/span.h"

#include <apr_errno.h>

#define URLENCODED_NAMES_MAX 128u /* parameters of one body */

typedef struct {
    span_t name, value;
} urlencoded_pair_t;

/* Decodes in place, once: text is overwritten, names and values point into it. `pairs` has room for
 * URLENCODED_NAMES_MAX. BASE_EMALFORMED: a pair without '=' or with an empty name, a bad or cut escape, a NUL however
 * written, bytes that aren't UTF-8, a name given twice. BASE_ETOOBIG: over URLENCODED_NAMES_MAX pairs. An empty text
 * has no pairs. On failure *count is 0. Other control bytes are allowed: text types refuse them. */
apr_status_t urlencoded_decode(char *text, apr_size_t size, urlencoded_pair_t *pairs, apr_size_t *count);

/* The value of this name; NULL when it wasn't sent. */
const span_t *urlencoded_value(const urlencoded_pair_t *pairs, apr_size_t count, span_t name);

#endif
