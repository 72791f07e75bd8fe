/* SPDX-License-Identifier: Apache-2.0
 *
 * The language as a whole: which declarations there are, how files include files, what two declarations of one name
 * mean, and in which order everything is checked and written. What stands in a declaration: city.c ... field.c.
 */
#include "base/error.h"
#include "rules/declarations.h"

#include <stdlib.h>

#define INCLUDES_MAX 8 /* files open at a time */

#define DECLARED(keyword, shape, member, block)                                                                        \
    {                                                                                                                  \
        keyword, shape, CLAUSE_MANY, offsetof(model_t, member), block                                                  \
    }

static const clause_t clauses[] = {
    DECLARED("include", SHAPE_STRING, includes, NULL),
    DECLARED("city", SHAPE_NAME, cities, &rules_city_block),
    DECLARED("session", SHAPE_NOTHING, sessions, &rules_session_block),
    DECLARED("kind", SHAPE_NAME, kinds, &rules_kind_block),
    DECLARED("notice", SHAPE_NAME, notices, &rules_notice_block),
    DECLARED("choices", SHAPE_NAME, choices, &rules_choices_block),
    DECLARED("secret", SHAPE_NAME, secrets, &rules_secret_block),
    DECLARED("limit", SHAPE_NAME, limits, &rules_limit_block),
    DECLARED("lockout", SHAPE_NAME, lockouts, &rules_lockout_block),
    DECLARED("certificate", SHAPE_NAMED_TEXT, certificates, &rules_certificate_block),
    DECLARED("terms", SHAPE_NOTHING, terms, &rules_terms_block),
    DECLARED("refuse delete", SHAPE_NAME, refusals, &rules_refusal_block),
    DECLARED("retain", SHAPE_NAME, retentions, &rules_retention_block),
    DECLARED("messages", SHAPE_NOTHING, messages, &rules_messages_block),
    DECLARED("form", SHAPE_NAMED_TEXT, forms, &rules_form_block),
    {0},
};

const block_t rules_language = {sizeof(model_t), clauses};

/* --- Reading ----------------------------------------------------------------------------------------------------- */

/* The same file, read before. */
static const source_t *read_before(const compiler_t *compiler, const source_t *source)
{
    for (int i = 0; i < compiler->sources->nelts; i++) {
        const source_t *other = APR_ARRAY_IDX(compiler->sources, i, const source_t *);
        if (other->inode == source->inode && other->device == source->device) return other;
    }
    return NULL;
}

static void read_include(compiler_t *compiler, const source_t *from, const given_t *include)
{
    place_t at = rules_string_place(include);
    compiler->holes = compiler->holes || !include->ok;
    if (!include->ok) return;
    const char *name = span_text(compiler->pool, include->string->text);
    source_t *source = apr_pcalloc(compiler->pool, sizeof *source);
    source->name = rules_source_path(from, name, compiler->pool);
    source->order = compiler->sources->nelts;
    APR_ARRAY_PUSH(compiler->files, const char *) = source->name;

    apr_status_t status = rules_source_read(source, compiler->pool);
    if (status != APR_SUCCESS) {
        char reason[128];
        rules_error(compiler, at, "can't read '%s': %s", source->name, base_error_text(status, reason, sizeof reason));
        compiler->holes = true;
        return;
    }
    const source_t *before = read_before(compiler, source);
    if (before && before->open) rules_error(compiler, at, "'%s' includes itself in a circle", before->name);
    if (before) return; /* each file is read once */
    if (compiler->including >= INCLUDES_MAX) {
        rules_error(compiler, at, "files include each other deeper than %d", INCLUDES_MAX);
        compiler->holes = true;
        return;
    }
    rules_language_read(compiler, source);
}

const given_t *rules_declared(const apr_array_header_t *declarations, span_t name)
{
    for (int i = 0; i < declarations->nelts; i++) {
        const given_t *given = &APR_ARRAY_IDX(declarations, i, given_t);
        if (span_equal(rules_given_name(given), name)) return given;
    }
    return NULL;
}

/* The array holds one declaration a name: the newest one replaces or is taken out again. */
static void settle_name(compiler_t *compiler, const clause_t *clause)
{
    apr_array_header_t *all = *(apr_array_header_t **)(void *)((char *)compiler->model + clause->offset);
    given_t newest = *(given_t *)apr_array_pop(all);
    given_t *first = (given_t *)rules_declared(all, rules_given_name(&newest));
    const char *name = span_text(compiler->pool, rules_given_name(&newest));
    const char *space = *name ? " " : "";
    place_t at = rules_name_place(&newest);
    if (clause->shape != SHAPE_NOTHING && !newest.name) return; /* its name could not be read */

    if (first && newest.replaces) {
        *first = newest;
        return;
    }
    if (first) {
        rules_error(compiler, at, "%s%s%s is declared already, in %s; to change it, write 'replace %s%s%s'",
                    clause->keyword, space, name, rules_other_place(compiler, at, rules_name_place(first)),
                    clause->keyword, space, name);
        return;
    }
    if (newest.replaces && rules_may_miss(compiler, rules_given_name(&newest))) {
        rules_error(compiler, at, "there is no %s%s%s to replace", clause->keyword, space, name);
    }
    *(given_t *)apr_array_push(all) = newest;
}

void rules_language_read(compiler_t *compiler, source_t *source)
{
    APR_ARRAY_PUSH(compiler->sources, source_t *) = source;
    apr_array_header_t *tokens = rules_lex(compiler, source);
    apr_array_header_t *statements = rules_tree(compiler, tokens);

    source->open = true;
    compiler->including++;
    if (source->order == 0) compiler->model->end = APR_ARRAY_IDX(tokens, tokens->nelts - 1, token_t).at;
    for (int i = 0; i < statements->nelts; i++) {
        const statement_t *statement = APR_ARRAY_IDX(statements, i, const statement_t *);
        const given_t *given = rules_clause_read(compiler, statement, &rules_language, compiler->model, true);
        if (!given) continue;
        if (given->clause == &clauses[0]) {
            read_include(compiler, source, given);
        } else if (given->clause->block != &rules_messages_block) { /* sentences settle one by one: messages.c */
            settle_name(compiler, given->clause);
        }
    }
    compiler->including--;
    source->open = false;
}

/* --- What all declarations share --------------------------------------------------------------------------------- */

const given_t *rules_declared_or_error(compiler_t *compiler, const apr_array_header_t *declarations, const given_t *use,
                                       const char *what)
{
    span_t name = rules_given_name(use);
    const given_t *found = rules_declared(declarations, name);
    if (found || !use->name || !rules_may_miss(compiler, name)) return found;
    guess_t guess = rules_guess(compiler, name);
    for (int i = 0; i < declarations->nelts; i++) {
        rules_guess_show(&guess, compiler, rules_given_name(&APR_ARRAY_IDX(declarations, i, given_t)));
    }
    rules_error(compiler, use->name->at, "unknown %s '%s'%s", what, span_text(compiler->pool, name),
                rules_guess_hint(&guess, compiler));
    return guess.nearest.size ? rules_declared(declarations, guess.nearest) : NULL;
}

static int by_name(const void *left, const void *right)
{
    span_t a = rules_given_name(left), b = rules_given_name(right);
    int order = memcmp(a.at, b.at, a.size < b.size ? a.size : b.size);
    return order ? order : (a.size > b.size) - (a.size < b.size);
}

const apr_array_header_t *rules_sorted(compiler_t *compiler, const apr_array_header_t *declarations)
{
    apr_array_header_t *sorted = apr_array_copy(compiler->pool, declarations);
    if (sorted->nelts) qsort(sorted->elts, (size_t)sorted->nelts, sizeof(given_t), by_name);
    return sorted;
}

void rules_plain_name(compiler_t *compiler, const given_t *given)
{
    span_t name = rules_given_name(given);
    const char *dot = memchr(name.at, '.', name.size);
    if (dot) rules_error(compiler, given->name->at, "only a form's name may hold a dot; write '-'");
}

rules_ref_t rules_source_text(compiler_t *compiler, const given_t *source)
{
    const char *text = "";
    for (int i = 0; source->ok && i < source->rest_count; i++) {
        if (source->rest[i].kind != TOKEN_STRING) continue;
        text =
            apr_pstrcat(compiler->pool, text, *text ? ", " : "", span_text(compiler->pool, source->rest[i].text), NULL);
    }
    return rules_image_string(compiler->image, span_of(text));
}

/* --- Writing ----------------------------------------------------------------------------------------------------- */

static void report_nothing(compiler_t *compiler)
{
    const model_t *model = compiler->model;
    const char *lacking = !model->cities->nelts ? "city" : !model->sessions->nelts ? "session" : NULL;
    if (!model->cities->nelts && !model->sessions->nelts) lacking = "city and no session";
    if (lacking && rules_may_miss(compiler, span_of("city")))
        rules_error(compiler, model->end, "there is no %s", lacking);
}

static void report_unused(compiler_t *compiler)
{
    const model_t *model = compiler->model;
    if (compiler->errors) return; /* who uses them may be what could not be read */
    for (int i = 0; i < model->choices->nelts; i++) {
        const given_t *given = &APR_ARRAY_IDX(model->choices, i, given_t);
        if (((const choices_said_t *)given->block)->used) continue;
        rules_warn(compiler, rules_name_place(given), "no field uses these choices");
    }
    for (int i = 0; i < model->secrets->nelts; i++) {
        const given_t *given = &APR_ARRAY_IDX(model->secrets, i, given_t);
        if (((const secret_said_t *)given->block)->used) continue;
        rules_warn(compiler, rules_name_place(given), "no field uses this secret");
    }
}

void rules_language_write(compiler_t *compiler)
{
    report_nothing(compiler);
    rules_city_write(compiler);
    rules_kinds_write(compiler);
    rules_notices_write(compiler);
    rules_limits_write(compiler);
    rules_lockouts_write(compiler);
    rules_certificates_write(compiler);
    rules_terms_write(compiler);
    rules_refusals_write(compiler);
    rules_retentions_write(compiler);
    rules_messages_write(compiler);
    rules_choices_write(compiler);
    rules_forms_write(compiler);
    rules_messages_finish(compiler);
    rules_needs_check(compiler);
    report_unused(compiler);
}
