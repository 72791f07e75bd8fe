/* SPDX-License-Identifier: Apache-2.0
 *
 * Comparing the address in a form with the one that is known of its holder; for eval.c only.
 */
#ifndef RULES_EVAL_ADDRESS_H
#define RULES_EVAL_ADDRESS_H

#include "rules/rules.h"

/* The field, by its index in the form, beside which a difference is to be said; RULES_NONE when there is none. The form
 * has an address; values are normalised. */
uint32_t rules_address_differs(const rules_form_t *form, const span_t *values, const span_t *facts, apr_pool_t *pool);

#endif
