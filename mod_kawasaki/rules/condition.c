/* SPDX-License-Identifier: Apache-2.0
 *
 * Conditions: read with their types, tried out, written as code for a stack machine.
 *
 *   condition  = all { "or" all }
 *   all        = one { "and" one }
 *   one        = "not" one | "(" condition ")" | subject ("=" | "!=") code
 */
#include "rules/condition.h"
#include "rules/choices.h"
#include "rules/scope.h"

typedef struct {
    const scope_t *scope;
    const field_said_t *field; /* whose condition it is */
    const token_t *next, *end;
    int depth;
    condition_t *condition;
} parser_t;

static bool parse_condition(parser_t *parser);

static const token_t *peek(const parser_t *parser)
{
    return parser->next < parser->end ? parser->next : NULL;
}

static bool take(parser_t *parser, const char *text)
{
    if (!peek(parser) || !rules_token_is(parser->next, text)) return false;
    parser->next++;
    return true;
}

static bool expected(const parser_t *parser, const char *what)
{
    const token_t *token = peek(parser) ? parser->next : parser->next - 1;
    place_t at = token->at;
    if (!peek(parser)) at.column = token->end;
    rules_error(parser->scope->compiler, at, "expected %s in this condition", what);
    return false;
}

static bool emit(parser_t *parser, step_kind_t kind, uint32_t comparison)
{
    condition_t *condition = parser->condition;
    if (condition->count >= CONDITION_STEPS) {
        return expected(parser, "at most " CONDITION_STEPS_TEXT " comparisons, and, or, not");
    }
    condition->steps[condition->count++] = (step_t){kind, comparison};
    return true;
}

/* --- Comparisons ------------------------------------------------------------------------------------------------- */

static bool known_code(const parser_t *parser, const token_t *code, const field_said_t *field)
{
    compiler_t *compiler = parser->scope->compiler;
    guess_t guess = rules_guess(compiler, code->text);
    if (field->control == RULES_CHECKBOX) {
        if (span_is(code->text, "yes")) return true;
        rules_guess_show(&guess, compiler, SPAN("yes"));
    } else {
        if (!field->choices || rules_choices_offer(field->choices, code->text)) return true;
        rules_choices_guess(&guess, compiler, field->choices);
    }
    rules_error(compiler, code->at, "this can never hold: '%s' is no choice of '%s'%s",
                span_text(compiler->pool, code->text), span_text(compiler->pool, rules_given_name(field->given)),
                rules_guess_hint(&guess, compiler));
    return false;
}

/* Fields that are typed freely compare with "words", all others with codes. */
static bool fits_field(const parser_t *parser, const token_t *code, const field_said_t *field)
{
    compiler_t *compiler = parser->scope->compiler;
    if (!field->known_control) return true;
    if (field->control == RULES_SECRET) {
        rules_error(compiler, parser->next[-1].at, "a condition must not depend on a secret");
        return false;
    }
    if (field == parser->field) {
        rules_error(compiler, code->at, "the condition asks for the field itself");
        return false;
    }
    if (field->control == RULES_INPUT) {
        return code->kind == TOKEN_STRING || expected(parser, "words in \"quotes\" (the field holds any text)");
    }
    bool readable = code->kind == TOKEN_WORD || field->choices; /* an option's code may stand in quotes */
    return readable ? known_code(parser, code, field) : expected(parser, "a choice's code");
}

static bool fits_fact(const parser_t *parser, const token_t *code, int fact)
{
    if (fact < 0) return true; /* noted already */
    if (fact != RULES_FACT_ACCOUNT_KIND) {
        return code->kind == TOKEN_STRING || expected(parser, "words in \"quotes\" (the fact is any text)");
    }
    if (code->kind != TOKEN_WORD) return expected(parser, "a kind's name");
    const given_t use = {.name = code};
    rules_declared_or_error(parser->scope->compiler, parser->scope->compiler->model->kinds, &use, "kind");
    return true;
}

static bool parse_comparison(parser_t *parser)
{
    const token_t *subject = peek(parser);
    if (!subject || subject->kind != TOKEN_WORD) return expected(parser, "the name of a field or fact");
    parser->next++;
    bool unequal = take(parser, "!=");
    if (!unequal && !take(parser, "=")) return expected(parser, "'=' or '!='");
    const token_t *code = peek(parser);
    if (!code || (code->kind != TOKEN_WORD && code->kind != TOKEN_STRING)) return expected(parser, "a code");

    comparison_t comparison = {.code = code->text};
    if (memchr(subject->text.at, '.', subject->text.size)) {
        int fact = rules_scope_fact(parser->scope, subject);
        if (!fits_fact(parser, code, fact)) return false;
        comparison.fact = true;
        comparison.index = fact < 0 ? 0 : (uint32_t)fact;
    } else {
        const field_said_t *field = rules_scope_field(parser->scope, subject);
        if (!field) return false;
        if (!fits_field(parser, code, field)) return false;
        comparison.index = field->index;
        comparison.has = field->control == RULES_MANY;
    }
    parser->next++;
    uint32_t index = parser->condition->comparison_count;
    if (index >= CONDITION_COMPARISONS) return expected(parser, "fewer comparisons");
    parser->condition->comparisons[parser->condition->comparison_count++] = comparison;
    return emit(parser, STEP_COMPARE, index) && (!unequal || emit(parser, STEP_NOT, 0));
}

/* --- Grammar ----------------------------------------------------------------------------------------------------- */

static bool parse_one(parser_t *parser)
{
    bool read;
    if (parser->depth >= CONDITION_DEPTH) return expected(parser, "fewer brackets and nots");
    parser->depth++;
    if (take(parser, "not")) {
        read = parse_one(parser) && emit(parser, STEP_NOT, 0);
    } else if (take(parser, "(")) {
        read = parse_condition(parser) && (take(parser, ")") || expected(parser, "')'"));
    } else {
        read = parse_comparison(parser);
    }
    parser->depth--;
    return read;
}

static bool parse_all(parser_t *parser)
{
    if (!parse_one(parser)) return false;
    while (take(parser, "and")) {
        if (!parse_one(parser) || !emit(parser, STEP_AND, 0)) return false;
    }
    return true;
}

static bool parse_condition(parser_t *parser)
{
    if (!parse_all(parser)) return false;
    while (take(parser, "or")) {
        if (!parse_all(parser) || !emit(parser, STEP_OR, 0)) return false;
    }
    return true;
}

/* --- Writing ----------------------------------------------------------------------------------------------------- */

static void put(image_t *image, uint32_t op, uint32_t a)
{
    rules_word_t word = {op, a};
    rules_image_add(image, RULES_CODE, &word);
}

static void put_comparison(image_t *image, const comparison_t *comparison)
{
    rules_ref_t code = rules_image_string(image, comparison->code);
    put(image, comparison->fact ? RULES_OP_FACT : RULES_OP_FIELD, comparison->index);
    put(image, RULES_OP_STRING, rules_image_add(image, RULES_ENTRIES, &code));
    put(image, comparison->has ? RULES_OP_HAS : RULES_OP_EQUAL, 0);
}

/* The depth the stack will have at most, as verify.c will count it. */
static uint32_t stack_depth(const condition_t *condition)
{
    uint32_t depth = 0, deepest = 0;
    for (uint32_t i = 0; i < condition->count; i++) {
        if (condition->steps[i].kind == STEP_COMPARE) {
            if (depth + 2 > deepest) deepest = depth + 2;
            depth++;
        } else if (condition->steps[i].kind != STEP_NOT) {
            depth--;
        }
    }
    return deepest;
}

static void write_steps(image_t *image, const condition_t *condition)
{
    for (uint32_t i = 0; i < condition->count; i++) {
        const step_t *step = &condition->steps[i];
        switch (step->kind) {
        case STEP_COMPARE: put_comparison(image, &condition->comparisons[step->comparison]); break;
        case STEP_AND: put(image, RULES_OP_AND, 0); break;
        case STEP_OR: put(image, RULES_OP_OR, 0); break;
        case STEP_NOT: put(image, RULES_OP_NOT, 0); break;
        }
    }
}

bool rules_condition_write(const scope_t *scope, const field_said_t *field, const given_t *when, uint32_t *first,
                           uint32_t *count)
{
    compiler_t *compiler = scope->compiler;
    condition_t condition = {0};
    parser_t parser = {.scope = scope,
                       .field = field,
                       .next = when->rest,
                       .end = when->rest + when->rest_count,
                       .condition = &condition};
    if (!parse_condition(&parser)) return false;
    if (peek(&parser)) return expected(&parser, "'and' or 'or'");

    condition_outcome_t outcome = rules_condition_try(&condition);
    if (outcome == CONDITION_NEVER) rules_error(compiler, when->rest->at, "this condition can never hold");
    if (outcome == CONDITION_ALWAYS) {
        rules_error(compiler, when->rest->at, "this condition always holds; write 'required'");
    }
    *first = rules_image_count(compiler->image, RULES_CODE);
    write_steps(compiler->image, &condition);
    *count = rules_image_count(compiler->image, RULES_CODE) - *first;
    if (*count > RULES_CODE_MAX || stack_depth(&condition) > RULES_STACK_MAX) {
        rules_error(compiler, when->rest->at, "this condition is too long");
    }
    return true;
}
