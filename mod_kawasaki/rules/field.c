/* SPDX-License-Identifier: Apache-2.0
 *
 * `field` and `secret`: their clauses, what a field is, and which clauses fit what it is. field_write.c makes checks
 * of them.
 */
#include "rules/choices.h"
#include "rules/scope.h"

#define LENGTH_MAX 10000 /* characters */

static const clause_t clauses[] = {
    {"text", SHAPE_NAME, 0, offsetof(field_said_t, text), NULL},
    {"secret", SHAPE_NAME_MAYBE, 0, offsetof(field_said_t, secret), NULL},
    {"checkbox", SHAPE_TEXT, 0, offsetof(field_said_t, checkbox), NULL},
    {"unticked", SHAPE_TEXT, 0, offsetof(field_said_t, unticked), NULL},
    {"select", SHAPE_NAME, 0, offsetof(field_said_t, select), NULL},
    {"many", SHAPE_NAME, 0, offsetof(field_said_t, many), NULL},
    {"required when", SHAPE_CONDITION, 0, offsetof(field_said_t, required_when), NULL},
    {"required", SHAPE_NOTHING, 0, offsetof(field_said_t, required), NULL},
    {"length", SHAPE_RANGE, 0, offsetof(field_said_t, length), NULL},
    {"pattern", SHAPE_STRING, 0, offsetof(field_said_t, pattern), NULL},
    {"not in", SHAPE_STRING, 0, offsetof(field_said_t, not_in), NULL},
    {"equals", SHAPE_NAME, 0, offsetof(field_said_t, equals), NULL},
    {"differs", SHAPE_NAME, 0, offsetof(field_said_t, differs), NULL},
    {"hint", SHAPE_TEXT, 0, offsetof(field_said_t, hint), NULL},
    {"example", SHAPE_STRING, 0, offsetof(field_said_t, example), NULL},
    {"autocomplete", SHAPE_NAME, 0, offsetof(field_said_t, autocomplete), NULL},
    {"preset", SHAPE_STRING, 0, offsetof(field_said_t, preset), NULL},
    {"say", SHAPE_SAY, CLAUSE_MANY, offsetof(field_said_t, says), NULL},
    {0},
};
const block_t rules_field_block = {sizeof(field_said_t), clauses};

static const clause_t secret_clauses[] = {
    {"text", SHAPE_NAME, CLAUSE_NEEDED, offsetof(secret_said_t, text), NULL},
    {"length", SHAPE_RANGE, CLAUSE_NEEDED, offsetof(secret_said_t, length), NULL},
    {"pattern", SHAPE_STRING, 0, offsetof(secret_said_t, pattern), NULL},
    {"not in", SHAPE_STRING, 0, offsetof(secret_said_t, not_in), NULL},
    {"source", SHAPE_STRINGS, CLAUSE_NEEDED, offsetof(secret_said_t, source), NULL},
    {0},
};
const block_t rules_secret_block = {sizeof(secret_said_t), secret_clauses};

/* The clauses that say what a field is: exactly one of them is given. */
static const struct {
    apr_size_t offset;
    rules_control_t control;
} controls[] = {
    {offsetof(field_said_t, text), RULES_INPUT},        {offsetof(field_said_t, secret), RULES_SECRET},
    {offsetof(field_said_t, checkbox), RULES_CHECKBOX}, {offsetof(field_said_t, select), RULES_SELECT},
    {offsetof(field_said_t, many), RULES_MANY},
};

enum {
    INPUT = 1 << RULES_INPUT,
    SECRET = 1 << RULES_SECRET,
    CHECKBOX = 1 << RULES_CHECKBOX,
    SELECT = 1 << RULES_SELECT,
    MANY = 1 << RULES_MANY
};

/* The clauses that fit some controls only. */
static const struct {
    apr_size_t offset;
    unsigned controls;
} fitting[] = {
    {offsetof(field_said_t, length), INPUT | SECRET},
    {offsetof(field_said_t, pattern), INPUT | SECRET},
    {offsetof(field_said_t, not_in), INPUT | SECRET},
    {offsetof(field_said_t, equals), INPUT | SECRET},
    {offsetof(field_said_t, differs), INPUT | SECRET},
    {offsetof(field_said_t, unticked), CHECKBOX | MANY},
    {offsetof(field_said_t, example), INPUT},
    {offsetof(field_said_t, preset), INPUT | CHECKBOX | SELECT},
    {offsetof(field_said_t, autocomplete), INPUT | SECRET | SELECT},
};

static const given_t *given_at(const field_said_t *field, apr_size_t offset)
{
    return (const given_t *)(const void *)((const char *)field + offset);
}

static void find_control(const scope_t *scope, field_said_t *field)
{
    const given_t *first = NULL;
    for (apr_size_t i = 0; i < sizeof controls / sizeof controls[0]; i++) {
        const given_t *given = given_at(field, controls[i].offset);
        if (!given->at) continue;
        if (first) {
            rules_error(scope->compiler, rules_given_place(given),
                        "a field is one thing only: this one is '%s' already", first->clause->keyword);
            return;
        }
        first = given;
        field->control = controls[i].control;
        field->known_control = true;
    }
    if (first) return;
    const statement_t *statement = field->given->at;
    if (!statement->block || !rules_may_miss(scope->compiler, rules_given_name(field->given))) return;
    rules_error(scope->compiler, rules_name_place(field->given),
                "this field does not say what it is: text, secret, checkbox, select or many");
}

static void check_fitting(const scope_t *scope, const field_said_t *field)
{
    for (apr_size_t i = 0; i < sizeof fitting / sizeof fitting[0]; i++) {
        const given_t *given = given_at(field, fitting[i].offset);
        if (!given->at || (fitting[i].controls & (1u << field->control))) continue;
        rules_error(scope->compiler, rules_given_place(given), "'%s' is not for such a field", given->clause->keyword);
    }
}

/* What the secret decides, a field can't decide again. */
static void check_secret_only(const scope_t *scope, const given_t *own, const given_t *secrets)
{
    if (!own->at || !secrets->at) return;
    rules_error(scope->compiler, rules_given_place(own), "the secret decides that already, in %s",
                rules_other_place(scope->compiler, rules_given_place(own), rules_given_place(secrets)));
}

static void find_declarations(const scope_t *scope, field_said_t *field)
{
    const model_t *model = scope->compiler->model;
    const given_t *list = field->control == RULES_SELECT ? &field->select : &field->many;
    if (field->control == RULES_SECRET && field->secret.name) {
        const given_t *found = rules_declared_or_error(scope->compiler, model->secrets, &field->secret, "secret");
        secret_said_t *secret = found ? found->block : NULL;
        if (!secret) return;
        secret->used = true;
        field->rules = secret;
        check_secret_only(scope, &field->length, &secret->length);
        check_secret_only(scope, &field->pattern, &secret->pattern);
        check_secret_only(scope, &field->not_in, &secret->not_in);
    }
    if (list->name) {
        const given_t *found = rules_declared_or_error(scope->compiler, model->choices, list, "choices");
        field->choices = found ? found->block : NULL;
        if (field->choices) field->choices->used = true;
        if (field->choices && field->choices->empty.at && field->control == RULES_MANY) {
            rules_error(scope->compiler, list->name->at, "these choices have an 'empty', in %s: they are for a select",
                        rules_other_place(scope->compiler, list->name->at, rules_given_place(&field->choices->empty)));
        }
    }
}

void rules_length_check(compiler_t *compiler, const given_t *length)
{
    if (!length->ok) return;
    place_t at = length->at->tokens[1].at;
    if (length->low > length->high) {
        rules_error(compiler, at, "no length is from %d to %d: the smaller number comes first", (int)length->low,
                    (int)length->high);
    }
    if (length->high < 1 || length->high > LENGTH_MAX) {
        rules_error(compiler, at, "a length is at least 1 and at most %d characters", LENGTH_MAX);
    }
}

void rules_field_resolve(const scope_t *scope, field_said_t *field)
{
    rules_plain_name(scope->compiler, field->given);
    find_control(scope, field);
    if (!field->known_control) return;
    check_fitting(scope, field);
    find_declarations(scope, field);
    rules_length_check(scope->compiler, &field->length);
    if (field->required.at && field->required_when.at) {
        rules_error(scope->compiler, rules_given_place(&field->required_when), "this field is always required, in %s",
                    rules_other_place(scope->compiler, rules_given_place(&field->required_when),
                                      rules_given_place(&field->required)));
    }
}
