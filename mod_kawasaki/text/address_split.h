/* SPDX-License-Identifier: Apache-2.0
 *
 * Takes an address that stands in one line, as certificates have it, apart into what forms ask for. For filling in;
 * whether two addresses are the same is text/match.h's.
 */
#ifndef TEXT_ADDRESS_SPLIT_H
#define TEXT_ADDRESS_SPLIT_H

#include "text/match.h"

/* Cuts the address at the borders of its parts. The parts, pieces of the address in its order without spaces around
 * them, hold all of it; an empty one is not said. What is no clean text (text_is_clean) is all MATCH_TOWN's. The pool
 * is for work. The borders: docs/matching.md. */
void address_split(match_parts_t *parts, span_t address, apr_pool_t *pool);

#endif
