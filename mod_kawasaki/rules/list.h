/* SPDX-License-Identifier: Apache-2.0
 *
 * Word lists: a text file, one entry a line, # begins a comment.
 */
#ifndef RULES_LIST_H
#define RULES_LIST_H

#include "rules/clause.h"

/* Reads the list that `not in "…"` names, once, and writes it to the image. Its index; 0 when a mistake is noted. */
uint32_t rules_list_write(compiler_t *compiler, const given_t *not_in);

#endif
