/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/verify_check.h"

#include "rules/fact.h"
#include "text/text.h"

enum {
    INPUT = 1 << RULES_INPUT,
    SECRET = 1 << RULES_SECRET,
    CHOSEN = 1 << RULES_CHECKBOX | 1 << RULES_SELECT | 1 << RULES_MANY,
    EVERY = INPUT | SECRET | CHOSEN
};

/* What the arguments of a check are. */
typedef enum {
    TAKES_NOTHING,
    TAKES_NUMBER,
    TAKES_CONDITION,
    TAKES_GROUP,
    TAKES_PATTERN,
    TAKES_LIST,
    TAKES_FIELD
} takes_t;

static const struct {
    takes_t takes;
    unsigned controls;
} checks[RULES_CHECKS_END] = {
    [RULES_CHECK_REQUIRED] = {TAKES_NOTHING, EVERY},         [RULES_CHECK_REQUIRED_WHEN] = {TAKES_CONDITION, EVERY},
    [RULES_CHECK_ALL_OR_NONE] = {TAKES_GROUP, EVERY},        [RULES_CHECK_TEXT] = {TAKES_NOTHING, INPUT | SECRET},
    [RULES_CHECK_MIN] = {TAKES_NUMBER, INPUT | SECRET},      [RULES_CHECK_MAX] = {TAKES_NUMBER, INPUT | SECRET},
    [RULES_CHECK_PATTERN] = {TAKES_PATTERN, INPUT | SECRET}, [RULES_CHECK_ONE_OF] = {TAKES_NOTHING, CHOSEN},
    [RULES_CHECK_NOT_IN] = {TAKES_LIST, INPUT | SECRET},     [RULES_CHECK_EQUALS] = {TAKES_FIELD, INPUT | SECRET},
    [RULES_CHECK_DIFFERS] = {TAKES_FIELD, INPUT | SECRET},
};

static bool is_field_of(const rules_form_t *form, uint32_t index)
{
    return index >= form->first_field && index - form->first_field < form->field_count;
}

static bool is_code(const verified_t *image, uint32_t first, uint32_t count)
{
    uint32_t total = rules_verified_count(image, RULES_CODE);
    return count > 0 && count <= RULES_CODE_MAX && first <= total && count <= total - first;
}

/* --- Conditions: run with types in place of values -----------------------------------------------------------------
 */

typedef enum { VALUE, TRUTH } type_t;

static const struct {
    uint32_t takes;
    type_t of, gives;
} operations[RULES_OPS] = {
    [RULES_OP_FIELD] = {0, VALUE, VALUE}, [RULES_OP_FACT] = {0, VALUE, VALUE},    [RULES_OP_STRING] = {0, VALUE, VALUE},
    [RULES_OP_EQUAL] = {2, VALUE, TRUTH}, [RULES_OP_UNEQUAL] = {2, VALUE, TRUTH}, [RULES_OP_HAS] = {2, VALUE, TRUTH},
    [RULES_OP_AND] = {2, TRUTH, TRUTH},   [RULES_OP_OR] = {2, TRUTH, TRUTH},      [RULES_OP_NOT] = {1, TRUTH, TRUTH},
};

static bool is_operand(const verified_t *image, const rules_form_t *form, const rules_word_t *word)
{
    switch (word->op) {
    case RULES_OP_FIELD: return is_field_of(form, word->a);
    case RULES_OP_FACT: return word->a < RULES_FACT_COUNT;
    case RULES_OP_STRING: return word->a < rules_verified_count(image, RULES_ENTRIES);
    default: return true;
    }
}

static bool is_condition(const verified_t *image, const rules_form_t *form, const rules_check_t *check)
{
    type_t stack[RULES_STACK_MAX];
    uint32_t depth = 0;
    if (!is_code(image, check->a, check->b)) return false;
    for (uint32_t i = 0; i < check->b; i++) {
        const rules_word_t *word = rules_verified(image, RULES_CODE, check->a + i);
        if (word->op >= RULES_OPS || !is_operand(image, form, word)) return false;
        uint32_t takes = operations[word->op].takes;
        if (depth < takes) return false;
        for (; takes; takes--) {
            if (stack[--depth] != operations[word->op].of) return false;
        }
        if (depth >= RULES_STACK_MAX) return false;
        stack[depth++] = operations[word->op].gives;
    }
    return depth == 1 && stack[0] == TRUTH;
}

static bool is_group(const verified_t *image, const rules_form_t *form, const rules_check_t *check)
{
    if (!is_code(image, check->a, check->b)) return false;
    for (uint32_t i = 0; i < check->b; i++) {
        const rules_word_t *word = rules_verified(image, RULES_CODE, check->a + i);
        if (word->op != RULES_OP_FIELD || !is_field_of(form, word->a)) return false;
    }
    return true;
}

/* --- Fields ------------------------------------------------------------------------------------------------------ */

static bool are_arguments(const verified_t *image, const rules_form_t *form, const rules_check_t *check)
{
    switch (checks[check->kind].takes) {
    case TAKES_NOTHING:
    case TAKES_NUMBER: return true;
    case TAKES_CONDITION: return is_condition(image, form, check);
    case TAKES_GROUP: return is_group(image, form, check);
    case TAKES_PATTERN: return check->a < rules_verified_count(image, RULES_PATTERNS);
    case TAKES_LIST: return check->a < rules_verified_count(image, RULES_LISTS);
    case TAKES_FIELD: return is_field_of(form, check->a);
    }
    return false;
}

static bool is_control(const verified_t *image, const rules_field_t *field)
{
    bool typed = field->type.size && text_type_find(rules_verified_span(image, field->type));
    bool untyped = field->type.size == 0;
    bool offers = field->choices < rules_verified_count(image, RULES_CHOICES);
    switch (field->control) {
    case RULES_INPUT: return typed && field->choices == RULES_NONE;
    case RULES_SECRET: return (typed || untyped) && field->choices == RULES_NONE;
    case RULES_CHECKBOX: return untyped && field->choices == RULES_NONE;
    case RULES_SELECT:
    case RULES_MANY: return untyped && offers;
    default: return false;
    }
}

const char *rules_verify_field(const verified_t *image, const rules_form_t *form, const rules_field_t *field)
{
    bool tested = false;
    uint32_t least = 0;
    if (field->name.size == 0 || !is_control(image, field)) return "a field without a name, a type or choices";
    if (field->flags & ~(RULES_REQUIRED | RULES_REQUIRED_WHEN | RULES_NOT_STORED)) return "a field with unknown flags";
    for (uint32_t i = 0; i < field->check_count; i++) {
        const rules_check_t *check = rules_verified(image, RULES_CHECKS, field->first_check + i);
        if (check->kind < least || check->kind >= RULES_CHECKS_END) return "checks out of order";
        if (!(checks[check->kind].controls & (1u << field->control))) return "a check on the wrong field";
        if (!are_arguments(image, form, check)) return "a check with wrong arguments";
        if (check->kind == RULES_CHECK_TEXT || check->kind == RULES_CHECK_ONE_OF) tested = true;
        least = check->kind + 1;
    }
    /* Without it, what nobody could read would pass. */
    return tested ? NULL : "a field that accepts anything";
}

/* --- Addresses --------------------------------------------------------------------------------------------------- */

/* What the form calls it in logs: "jpki.register/address". */
static bool is_rule_of(const verified_t *image, const rules_form_t *form)
{
    static const span_t end = SPAN("/address");
    span_t name = rules_verified_span(image, form->name), rule = rules_verified_span(image, form->address_rule);
    return rule.size == name.size + end.size && memcmp(rule.at, name.at, name.size) == 0 &&
           memcmp(rule.at + name.size, end.at, end.size) == 0;
}

static bool is_part(const verified_t *image, const rules_form_t *form, uint32_t part)
{
    uint32_t index = form->address[part];
    if (index >= form->field_count) return false;
    for (uint32_t i = 0; i < part; i++) {
        if (form->address[i] == index) return false;
    }
    const rules_field_t *field = rules_verified(image, RULES_FIELDS, form->first_field + index);
    return field->control == RULES_INPUT || field->control == RULES_SELECT;
}

static bool is_post_code(const verified_t *image, const rules_form_t *form)
{
    if (form->post_code == RULES_NONE) return true;
    if (form->post_code >= form->field_count) return false;
    const rules_field_t *field = rules_verified(image, RULES_FIELDS, form->first_field + form->post_code);
    return field->control == RULES_INPUT && span_is(rules_verified_span(image, field->type), "post-code");
}

const char *rules_verify_address(const verified_t *image, const rules_form_t *form)
{
    bool none = form->address_rule.size == 0;
    for (uint32_t i = 0; i < RULES_ADDRESS; i++) {
        if (none ? form->address[i] != RULES_NONE : !is_part(image, form, i)) return "an address of other parts";
    }
    if (none) return form->address_say.ja.size || form->post_code != RULES_NONE ? "no address to speak of" : NULL;
    if (form->kind == RULES_NONE || !is_rule_of(image, form) || form->address_say.ja.size == 0) {
        return "an address of nobody";
    }
    return is_post_code(image, form) ? NULL : "a post-code that is none";
}
