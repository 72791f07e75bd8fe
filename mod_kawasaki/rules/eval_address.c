/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/eval_address.h"

#include "text/match.h"

bool rules_address_differs(const rules_form_t *form, const span_t *values, const span_t *facts,
                           bool differs[RULES_ADDRESS], apr_pool_t *pool)
{
    match_parts_t typed;
    match_result_t result;
    bool any = false;
    for (uint32_t i = 0; i < RULES_ADDRESS; i++) typed.part[i] = values[form->address[i]];
    match_parts(&result, &typed, facts[RULES_FACT_ACCOUNT_ADDRESS], facts[RULES_FACT_ACCOUNT_ADDRESS_SUBSTITUTED],
                pool);
    if (result.verdict != MATCH_DIFFERENT) return false;
    for (uint32_t i = 0; i < RULES_ADDRESS; i++) {
        differs[i] = result.piece[i].verdict == MATCH_DIFFERENT;
        any |= differs[i];
    }
    differs[0] |= !any;
    return true;
}
