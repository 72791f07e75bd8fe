/* SPDX-License-Identifier: Apache-2.0
 *
 * Values in lines of columns: \ TAB LF CR are written \\ \t \n \r, nothing else is escaped. One escape for all such
 * texts (record.h, the manifest of a signed form); how lines and columns are made of values is theirs.
 */
#ifndef BASE_ESCAPE_H
#define BASE_ESCAPE_H

#include "base/span.h"

#include <apr_errno.h>

/* Bytes that the value takes when it is escaped. */
apr_size_t escape_size(span_t value);

/* Writes the value, escaped: escape_size bytes, no NUL. Returns the place behind it. */
char *escape_append(char *to, span_t value);

/* The value that `text` stands for; points into text where there is no escape, else it is the pool's. BASE_EMALFORMED
 * unless escaping it gives the same bytes again. */
apr_status_t escape_undo(apr_pool_t *pool, span_t text, span_t *value);

#endif
