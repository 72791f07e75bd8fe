/* SPDX-License-Identifier: Apache-2.0
 *
 * Values that hold several codes, one space between.
 */
#ifndef RULES_MANY_H
#define RULES_MANY_H

#include "rules/rules.h"

/* The option of this code; RULES_NONE when the choices don't offer it. */
uint32_t rules_many_find(const rules_t *rules, const rules_choices_t *choices, span_t code);

/* Puts the codes in the order of the options. *out is `typed` itself where it is in order, else the pool's; false, and
 * *out is `typed`, when a code is unknown or there twice. */
bool rules_many_order(const rules_t *rules, const rules_choices_t *choices, span_t typed, span_t *out,
                      apr_pool_t *pool);

#endif
