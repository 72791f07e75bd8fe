/* SPDX-License-Identifier: Apache-2.0
 *
 * What a field's rules say about its value alone: the type of its text, its length, its pattern. For the field itself,
 * for its example and for its preset.
 */
#ifndef RULES_VALUE_H
#define RULES_VALUE_H

#include "rules/pattern.h"
#include "rules/scope.h"
#include "text/text.h"

typedef struct {
    const text_type_t *type;                  /* NULL: none, or unknown */
    const given_t *length, *pattern, *not_in; /* the field's or its secret's; never NULL */
    const pattern_t *compiled;                /* NULL: none, or wrong */
    uint32_t min, max;                        /* characters; 0: no such limit */
} value_rules_t;

/* Collects them; what is wrong with them is noted. */
value_rules_t rules_value_rules(const scope_t *scope, const field_said_t *field);

/* Notes what is wrong with the example, the preset, the word for autocomplete. */
void rules_value_check_given(const scope_t *scope, const field_said_t *field, const value_rules_t *rules);

#endif
