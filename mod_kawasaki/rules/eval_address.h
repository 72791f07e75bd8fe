/* SPDX-License-Identifier: Apache-2.0
 *
 * Comparing the address in a form with the one that is known of its holder; for eval.c only.
 */
#ifndef RULES_EVAL_ADDRESS_H
#define RULES_EVAL_ADDRESS_H

#include "rules/rules.h"

/* Which parts differ, in the order of form->address; where the address differs but none of its parts does, the first.
 * False when there is no difference. The form has an address; values are normalised. */
bool rules_address_differs(const rules_form_t *form, const span_t *values, const span_t *facts,
                           bool differs[RULES_ADDRESS], apr_pool_t *pool);

#endif
