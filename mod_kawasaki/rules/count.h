/* SPDX-License-Identifier: Apache-2.0
 *
 * `count account 5 in 1 hour  lock 5 minutes, 1 hour`: one count of a limit. What a limit is besides: limit.c.
 */
#ifndef RULES_COUNT_H
#define RULES_COUNT_H

#include "rules/declarations.h"

/* What the clause says, all but its rule's name. False when it can't be read, then mistakes are noted; a count with a
 * noted mistake may be read all the same. */
bool rules_count_read(compiler_t *compiler, const given_t *count, rules_count_t *read);

#endif
