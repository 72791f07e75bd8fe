/* SPDX-License-Identifier: Apache-2.0
 *
 * Texts for JSON (RFC 8259). Not for the shape of what is written: that is print.c's.
 */
#ifndef TOOL_JSON_H
#define TOOL_JSON_H

#include "base/span.h"

/* The text in quotes, in the pool. Quotes, backslashes and what a terminal would obey are escaped; what is not UTF-8
 * becomes U+FFFD, a byte at a time. */
const char *json_quote(apr_pool_t *pool, span_t text);

#endif
