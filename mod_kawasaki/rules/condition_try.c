/* SPDX-License-Identifier: Apache-2.0
 *
 * Can a condition hold, can it fail? Only the codes that it names make a difference, so few values are enough: each
 * field or fact holds one of them or something else; of a field with many choices, each choice is ticked or not.
 */
#include "rules/condition.h"

#define TRIES_MAX 65536

/* Comparisons of one subject share the variable of the first of them. */
typedef struct {
    uint32_t variable[CONDITION_COMPARISONS]; /* of each comparison: the index of the first with this subject */
    uint32_t value[CONDITION_COMPARISONS];  /* of each comparison: which value of its variable makes it true, from 1 */
    uint32_t values[CONDITION_COMPARISONS]; /* of each variable: how many; 0 is "something else" */
    uint32_t now[CONDITION_COMPARISONS];    /* the value being tried */
} trial_t;

static bool same_subject(const comparison_t *a, const comparison_t *b)
{
    if (a->fact != b->fact || a->index != b->index) return false;
    return !a->has || span_equal(a->code, b->code);
}

static void number_values(trial_t *trial, const condition_t *condition)
{
    const comparison_t *all = condition->comparisons;
    for (uint32_t i = 0; i < condition->comparison_count; i++) {
        uint32_t first = 0;
        while (!same_subject(&all[first], &all[i])) first++;
        trial->variable[i] = first;
        if (first == i) trial->values[i] = 1;

        uint32_t same = first;
        while (trial->variable[same] != first || !span_equal(all[same].code, all[i].code)) same++;
        trial->value[i] = same == i ? trial->values[first]++ : trial->value[same];
    }
}

static bool holds(const trial_t *trial, const condition_t *condition)
{
    bool stack[CONDITION_STEPS];
    uint32_t depth = 0;
    for (uint32_t i = 0; i < condition->count; i++) {
        uint32_t comparison = condition->steps[i].comparison;
        switch (condition->steps[i].kind) {
        case STEP_COMPARE: stack[depth++] = trial->now[trial->variable[comparison]] == trial->value[comparison]; break;
        case STEP_AND:
            depth--;
            stack[depth - 1] = stack[depth - 1] && stack[depth];
            break;
        case STEP_OR:
            depth--;
            stack[depth - 1] = stack[depth - 1] || stack[depth];
            break;
        case STEP_NOT: stack[depth - 1] = !stack[depth - 1]; break;
        }
    }
    return stack[0];
}

/* Counts up, like an odometer; false when all combinations have been. */
static bool next_values(trial_t *trial, const condition_t *condition)
{
    for (uint32_t i = 0; i < condition->comparison_count; i++) {
        if (trial->variable[i] != i) continue;
        if (++trial->now[i] < trial->values[i]) return true;
        trial->now[i] = 0;
    }
    return false;
}

condition_outcome_t rules_condition_try(const condition_t *condition)
{
    trial_t trial = {0};
    bool held = false, failed = false;
    number_values(&trial, condition);
    for (uint32_t tries = 0; tries < TRIES_MAX; tries++) {
        if (holds(&trial, condition)) {
            held = true;
        } else {
            failed = true;
        }
        if (held && failed) return CONDITION_OPEN;
        if (!next_values(&trial, condition)) return held ? CONDITION_ALWAYS : CONDITION_NEVER;
    }
    return CONDITION_OPEN;
}
