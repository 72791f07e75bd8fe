/* SPDX-License-Identifier: Apache-2.0
 *
 * A condition between its text and its code, small enough to be tried with everything it asks for.
 */
#ifndef RULES_CONDITION_H
#define RULES_CONDITION_H

#include "base/span.h"

#include <stdint.h>

#define CONDITION_STEPS       64
#define CONDITION_STEPS_TEXT  "64"
#define CONDITION_COMPARISONS 21u /* three words of code each */
#define CONDITION_DEPTH       12  /* of brackets */

typedef struct {
    bool fact, has;
    uint32_t index; /* of the field or fact */
    span_t code;
} comparison_t;

typedef enum { STEP_COMPARE, STEP_AND, STEP_OR, STEP_NOT } step_kind_t;

typedef struct {
    step_kind_t kind;
    uint32_t comparison;
} step_t;

typedef struct {
    step_t steps[CONDITION_STEPS]; /* postfix */
    uint32_t count;
    comparison_t comparisons[CONDITION_COMPARISONS];
    uint32_t comparison_count;
} condition_t;

typedef enum { CONDITION_OPEN, CONDITION_NEVER, CONDITION_ALWAYS } condition_outcome_t;

/* Tries the condition with every combination of the codes it names, and others. CONDITION_OPEN also where there are
 * too many combinations to try. */
condition_outcome_t rules_condition_try(const condition_t *condition);

#endif
