/* SPDX-License-Identifier: Apache-2.0
 *
 * A field's checks, each with its name and its complete sentence, and the field itself.
 */
#include "rules/list.h"
#include "rules/scope.h"
#include "rules/sentence.h"
#include "rules/value.h"

typedef struct {
    const scope_t *scope;
    compiler_t *compiler;
    const field_said_t *field;
    value_rules_t rules;
    filling_t filling;
    unsigned kinds; /* of checks written, a bit each */
    uint32_t flags;
} writer_t;

static bool is_typed(const field_said_t *field)
{
    return field->control == RULES_INPUT || field->control == RULES_SECRET;
}

static const given_t *own_say(const writer_t *writer, rules_check_kind_t kind)
{
    const apr_array_header_t *says = writer->field->says;
    for (int i = 0; i < says->nelts; i++) {
        const given_t *say = &APR_ARRAY_IDX(says, i, given_t);
        if (span_is(rules_say_words(writer->compiler, say), rules_check_word(kind))) return say;
    }
    return NULL;
}

/* Who says it: the field, or the sentence for all fields. */
static const given_t *find_say(const writer_t *writer, rules_check_kind_t kind)
{
    const given_t *own = own_say(writer, kind);
    if (own) return own;
    bool chosen = !is_typed(writer->field) && (kind == RULES_CHECK_REQUIRED || kind == RULES_CHECK_REQUIRED_WHEN);
    const char *words = rules_check_word(chosen ? RULES_CHECK_ONE_OF : kind);
    if (kind == RULES_CHECK_TEXT) {
        /* A type that could not be found has no sentence to miss. */
        if (!writer->rules.type && writer->field->control == RULES_INPUT) return NULL;
        const char *type = writer->rules.type ? writer->rules.type->name : "any";
        words = apr_pstrcat(writer->compiler->pool, "text ", type, NULL);
    }
    return rules_message_say(writer->compiler, span_of(words));
}

/* "card.edit/kana/required-when" */
static rules_ref_t rule_name(const writer_t *writer, rules_check_kind_t kind)
{
    apr_pool_t *pool = writer->compiler->pool;
    char *check = apr_pstrdup(pool, rules_check_word(kind));
    for (char *space = check; (space = strchr(space, ' ')) != NULL;) *space = '-';
    const char *name = apr_pstrcat(pool, span_text(pool, writer->scope->form), "/",
                                   span_text(pool, rules_given_name(writer->field->given)), "/", check, NULL);
    return rules_image_string(writer->compiler->image, span_of(name));
}

static void write_check(writer_t *writer, rules_check_kind_t kind, uint32_t a, uint32_t b)
{
    rules_check_t check = {.kind = kind, .a = a, .b = b, .rule = rule_name(writer, kind)};
    const given_t *say = find_say(writer, kind);
    if (say) {
        span_t sentence =
            rules_sentence_fill(writer->compiler, say, &writer->filling, rules_name_place(writer->field->given));
        check.say = rules_image_text(writer->compiler->image, sentence);
    }
    writer->kinds |= 1u << kind;
    rules_image_add(writer->compiler->image, RULES_CHECKS, &check);
}

/* --- Which checks ------------------------------------------------------------------------------------------------ */

static void write_required(writer_t *writer)
{
    const field_said_t *field = writer->field;
    uint32_t first, count;
    if (field->required.at) {
        writer->flags |= RULES_REQUIRED;
        write_check(writer, RULES_CHECK_REQUIRED, 0, 0);
    } else if (field->required_when.rest &&
               rules_condition_write(writer->scope, field, &field->required_when, &first, &count)) {
        writer->flags |= RULES_REQUIRED_WHEN;
        write_check(writer, RULES_CHECK_REQUIRED_WHEN, first, count);
    }
    if (!field->group) return;
    writer->filling.labels = field->group_labels;
    write_check(writer, RULES_CHECK_ALL_OR_NONE, field->group_first, field->group_count);
    if (!field->required.at) return;
    rules_error(
        writer->compiler, rules_given_place(&field->required),
        "this field is in an all-or-none (%s): required, it makes that an all",
        rules_other_place(writer->compiler, rules_given_place(&field->required), rules_given_place(field->group)));
}

static void write_value_checks(writer_t *writer)
{
    if (!is_typed(writer->field)) {
        write_check(writer, RULES_CHECK_ONE_OF, 0, 0);
        return;
    }
    write_check(writer, RULES_CHECK_TEXT, 0, 0);
    if (writer->rules.min > 1) write_check(writer, RULES_CHECK_MIN, writer->rules.min, 0);
    if (writer->rules.max) write_check(writer, RULES_CHECK_MAX, writer->rules.max, 0);
    if (writer->rules.compiled) {
        rules_pattern_t pattern = {rules_image_string(writer->compiler->image, writer->rules.pattern->string->text)};
        write_check(writer, RULES_CHECK_PATTERN, rules_image_add(writer->compiler->image, RULES_PATTERNS, &pattern), 0);
    }
    if (writer->rules.not_in->at) {
        write_check(writer, RULES_CHECK_NOT_IN, rules_list_write(writer->compiler, writer->rules.not_in), 0);
    }
}

/* The other field of `equals` and `differs`: of the same control, or the comparison means nothing. */
static const field_said_t *other_field(writer_t *writer, const given_t *given)
{
    if (!given->name || !is_typed(writer->field)) return NULL;
    const field_said_t *field = writer->field, *other = rules_scope_field(writer->scope, given->name);
    if (!other || !other->known_control) return NULL;
    if (other == field) {
        rules_error(writer->compiler, given->name->at, "a field compared with itself");
        return NULL;
    }
    bool same_text =
        !field->text.name || !other->text.name || span_equal(field->text.name->text, other->text.name->text);
    if (other->control != field->control || !same_text) {
        rules_error(writer->compiler, given->name->at, "'%s' holds another kind of text than this field",
                    span_text(writer->compiler->pool, given->name->text));
        return NULL;
    }
    writer->filling.other = rules_given_text(other->given);
    if (!other->given->ok) writer->filling.broken = true;
    return other;
}

static void write_comparisons(writer_t *writer)
{
    const field_said_t *field = writer->field;
    const field_said_t *same = other_field(writer, &field->equals);
    if (same) {
        writer->flags |= RULES_NOT_STORED;
        write_check(writer, RULES_CHECK_EQUALS, same->index, 0);
        if (field->required.at && !same->required.at && !same->required_when.at) {
            rules_error(writer->compiler, rules_given_place(&field->required),
                        "required, but equal to '%s', which may stay empty: put 'required' there",
                        span_text(writer->compiler->pool, rules_given_name(same->given)));
        }
    }
    const field_said_t *different = other_field(writer, &field->differs);
    if (!different) return;
    write_check(writer, RULES_CHECK_DIFFERS, different->index, 0);
    if (different == same) {
        rules_error(writer->compiler, rules_given_place(&field->differs), "no value equals '%s' and differs from it",
                    span_text(writer->compiler->pool, field->differs.name->text));
    }
}

/* Sentences of its own that the field never says. */
static void check_own_says(const writer_t *writer)
{
    const apr_array_header_t *says = writer->field->says;
    for (int i = 0; i < says->nelts; i++) {
        const given_t *say = &APR_ARRAY_IDX(says, i, given_t);
        if (!say->rest_count) continue;
        span_t words = rules_say_words(writer->compiler, say);
        rules_check_kind_t kind = rules_check_named(words);
        const given_t *first = kind == RULES_CHECKS_END ? NULL : own_say(writer, kind);
        rules_sentence_check(writer->compiler, say, kind);
        if (kind == RULES_CHECKS_END) {
            guess_t guess = rules_guess(writer->compiler, words);
            rules_check_guess(&guess, writer->compiler);
            rules_error(writer->compiler, say->rest->at, "no check is called '%s'%s",
                        span_text(writer->compiler->pool, words), rules_guess_hint(&guess, writer->compiler));
        } else if (first != say) {
            rules_error(writer->compiler, say->rest->at, "'%s' was said already, in %s", rules_check_word(kind),
                        rules_other_place(writer->compiler, say->rest->at, rules_given_place(first)));
        } else if (writer->field->known_control && !(writer->kinds & (1u << kind))) {
            rules_error(writer->compiler, say->rest->at, "this field has no check '%s' that would say this",
                        rules_check_word(kind));
        }
    }
}

/* --- The field --------------------------------------------------------------------------------------------------- */

static filling_t first_filling(const writer_t *writer)
{
    apr_pool_t *pool = writer->compiler->pool;
    const value_rules_t *rules = &writer->rules;
    return (filling_t){.label = rules_given_text(writer->field->given),
                       .example = rules_given_text(&writer->field->example),
                       .min = span_of(apr_psprintf(pool, "%u", rules->min)),
                       .max = span_of(rules->max ? apr_psprintf(pool, "%u", rules->max) : ""),
                       .broken =
                           !writer->field->given->ok || (writer->field->example.at && !writer->field->example.ok)};
}

void rules_field_write(const scope_t *scope, const field_said_t *field)
{
    image_t *image = scope->compiler->image;
    writer_t writer = {.scope = scope, .compiler = scope->compiler, .field = field};
    uint32_t first_check = rules_image_count(image, RULES_CHECKS);
    if (field->known_control) {
        writer.rules = rules_value_rules(scope, field);
        writer.filling = first_filling(&writer);
        rules_value_check_given(scope, field, &writer.rules);
        write_required(&writer);
        write_value_checks(&writer);
        write_comparisons(&writer);
    }
    check_own_says(&writer);

    const char *type = writer.rules.type ? writer.rules.type->name : "";
    rules_field_t written = {
        .name = rules_image_string(image, rules_given_name(field->given)),
        .label = rules_image_text(image, rules_given_text(field->given)),
        .hint = rules_image_text(image, rules_given_text(&field->hint)),
        .option = rules_image_text(image, rules_given_text(&field->checkbox)),
        .unticked = rules_image_text(image, rules_given_text(&field->unticked)),
        .example = rules_image_string(image, rules_given_text(&field->example)),
        .autocomplete = rules_image_string(image, rules_given_name(&field->autocomplete)),
        .preset = rules_image_string(image, rules_given_text(&field->preset)),
        .type = rules_image_string(image, span_of(type)),
        .control = field->control,
        .flags = writer.flags,
        .max = writer.rules.max,
        .choices = field->choices ? field->choices->index : RULES_NONE,
        .first_check = first_check,
        .check_count = rules_image_count(image, RULES_CHECKS) - first_check,
    };
    rules_image_add(image, RULES_FIELDS, &written);
}
