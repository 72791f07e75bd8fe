/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/value.h"

#include "rules/autocomplete.h"
#include "rules/choices.h"

#define INPUT_MAX 255 /* characters of a field that says nothing about its length */

static const text_type_t *find_type(compiler_t *compiler, const given_t *text)
{
    if (!text->name) return NULL;
    const text_type_t *type = text_type_find(text->name->text);
    if (type) return type;
    guess_t guess = rules_guess(compiler, text->name->text);
    for (const text_type_t *known = text_types; known->name; known++) {
        rules_guess_show(&guess, compiler, span_of(known->name));
    }
    rules_error(compiler, text->name->at, "unknown text '%s'%s", span_text(compiler->pool, text->name->text),
                rules_guess_hint(&guess, compiler));
    return guess.nearest.size ? text_type_find(guess.nearest) : NULL;
}

static const pattern_t *compile(compiler_t *compiler, const given_t *pattern)
{
    const char *reason;
    apr_size_t offset;
    if (!pattern->ok) return NULL;
    const pattern_t *compiled = rules_pattern_compile(pattern->string->text, &reason, &offset, compiler->pool);
    if (!compiled) rules_error(compiler, rules_place_in(pattern->string, offset), "not a pattern: %s", reason);
    return compiled;
}

value_rules_t rules_value_rules(const scope_t *scope, const field_said_t *field)
{
    static const given_t not_said;
    const secret_said_t *secret = field->rules;
    const given_t *text = field->control == RULES_INPUT ? &field->text : secret ? &secret->text : &not_said;
    value_rules_t rules = {.type = find_type(scope->compiler, text),
                           .length = secret && secret->length.at ? &secret->length : &field->length,
                           .pattern = secret && secret->pattern.at ? &secret->pattern : &field->pattern,
                           .not_in = secret && secret->not_in.at ? &secret->not_in : &field->not_in,
                           .max = field->control == RULES_INPUT ? INPUT_MAX : 0};
    rules.compiled = compile(scope->compiler, rules.pattern);
    rules_length_check(scope->compiler, rules.length);
    if (rules.length->ok) {
        rules.min = (uint32_t)rules.length->low;
        rules.max = (uint32_t)rules.length->high;
    }
    return rules;
}

/* NULL when the field would accept this text. */
static const char *refusal(compiler_t *compiler, const value_rules_t *rules, span_t text)
{
    span_t value = text;
    if (rules->type && (rules->type->accept(compiler->pool, text, &value) != TEXT_OK || value.size == 0)) {
        return apr_psprintf(compiler->pool, "it is no '%s'", rules->type->name);
    }
    apr_size_t length = text_length(value);
    if (length < rules->min) return apr_psprintf(compiler->pool, "it is shorter than %u characters", rules->min);
    if (rules->max && length > rules->max) {
        return apr_psprintf(compiler->pool, "it is longer than %u characters", rules->max);
    }
    if (rules->compiled) {
        matcher_t *matcher = rules_matcher(compiler->pool);
        if (rules_pattern_match(rules->compiled, matcher, value) != PATTERN_MATCHES)
            return "it does not match the pattern";
    }
    return NULL;
}

static void check_text(compiler_t *compiler, const given_t *given, const value_rules_t *rules)
{
    if (!given->ok || (rules->pattern->at && !rules->compiled)) return;
    const char *reason = refusal(compiler, rules, given->string->text);
    if (!reason) return;
    rules_error(compiler, given->string->at, "the field itself would refuse this %s: %s", given->clause->keyword,
                reason);
}

static void check_preset(compiler_t *compiler, const field_said_t *field, const value_rules_t *rules)
{
    const given_t *preset = &field->preset;
    if (!preset->ok) return;
    span_t code = preset->string->text;
    guess_t guess = rules_guess(compiler, code);
    if (field->control == RULES_INPUT) {
        check_text(compiler, preset, rules);
        return;
    }
    if (field->control == RULES_CHECKBOX && !span_is(code, "yes")) {
        rules_guess_show(&guess, compiler, SPAN("yes"));
    } else if (field->control == RULES_SELECT && field->choices && !rules_choices_offer(field->choices, code)) {
        rules_choices_guess(&guess, compiler, field->choices);
    } else {
        return;
    }
    rules_error(compiler, preset->string->at, "'%s' is no choice of this field%s", span_text(compiler->pool, code),
                rules_guess_hint(&guess, compiler));
}

static void check_autocomplete(compiler_t *compiler, const given_t *autocomplete)
{
    if (!autocomplete->name) return;
    guess_t guess = rules_guess(compiler, autocomplete->name->text);
    for (const char *const *word = rules_autocomplete; *word; word++) {
        if (span_is(autocomplete->name->text, *word)) return;
        rules_guess_show(&guess, compiler, span_of(*word));
    }
    rules_error(compiler, autocomplete->name->at, "browsers don't know '%s'%s",
                span_text(compiler->pool, autocomplete->name->text), rules_guess_hint(&guess, compiler));
}

void rules_value_check_given(const scope_t *scope, const field_said_t *field, const value_rules_t *rules)
{
    if (field->control == RULES_INPUT) check_text(scope->compiler, &field->example, rules);
    check_preset(scope->compiler, field, rules);
    check_autocomplete(scope->compiler, &field->autocomplete);
}
