/* SPDX-License-Identifier: Apache-2.0
 *
 * Instants as rule files write them: 2026-12-29 00:00, in Japan's time.
 */
#ifndef RULES_INSTANT_H
#define RULES_INSTANT_H

#include "base/span.h"

#include <stdint.h>

#define RULES_INSTANT_WRONG INT64_MIN

/* How many bytes at the beginning of text are an instant; 0 for none. *seconds: since 1970 UTC, or
 * RULES_INSTANT_WRONG when it is written like one but no calendar has it. */
apr_size_t rules_instant_read(span_t text, int64_t *seconds);

#endif
