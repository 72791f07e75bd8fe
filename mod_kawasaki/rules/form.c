/* SPDX-License-Identifier: Apache-2.0
 *
 * `form` and `section`: what stands on the page in which order, who may see it, and which fields belong together.
 */
#include "rules/scope.h"
#include "rules/vocabulary.h"

static const clause_t section_clauses[] = {
    {"note", SHAPE_TEXT, 0, offsetof(section_said_t, note), NULL},
    {"show", SHAPE_SHOW, CLAUSE_MANY, offsetof(section_said_t, items), NULL},
    {"field", SHAPE_NAMED_TEXT, CLAUSE_MANY, offsetof(section_said_t, items), &rules_field_block},
    {"all-or-none", SHAPE_NAMES, CLAUSE_MANY, offsetof(section_said_t, groups), NULL},
    {"address", SHAPE_NAMES, 0, offsetof(section_said_t, address), NULL},
    {"say address", SHAPE_TEXT, 0, offsetof(section_said_t, address_say), NULL},
    {"post-code", SHAPE_NAME, 0, offsetof(section_said_t, post_code), NULL},
    {0},
};
static const block_t section_block = {sizeof(section_said_t), section_clauses};

static const clause_t clauses[] = {
    {"like", SHAPE_NAME, 0, offsetof(form_said_t, like), NULL},
    {"for", SHAPE_NAME, 0, offsetof(form_said_t, kind), NULL},
    {"confirm", SHAPE_TEXT, 0, offsetof(form_said_t, confirm), NULL},
    {"done", SHAPE_TEXT, 0, offsetof(form_said_t, done), NULL},
    {"source", SHAPE_STRINGS, CLAUSE_NEEDED, offsetof(form_said_t, source), NULL},
    {"section", SHAPE_NAMED_TEXT, CLAUSE_MANY, offsetof(form_said_t, sections), &section_block},
    {0},
};
const block_t rules_form_block = {sizeof(form_said_t), clauses};

#define FACT_NAME(identifier, name) name,
static const char *const fact_names[RULES_FACT_COUNT] = {RULES_FACTS(FACT_NAME)};

static bool is_field(const given_t *item)
{
    return item->clause->block == &rules_field_block;
}

/* --- Names -------------------------------------------------------------------------------------------------------- */

field_said_t *rules_scope_find(const scope_t *scope, span_t name)
{
    for (int i = 0; i < scope->fields->nelts; i++) {
        field_said_t *field = APR_ARRAY_IDX(scope->fields, i, field_said_t *);
        if (span_equal(rules_given_name(field->given), name)) return field;
    }
    return NULL;
}

field_said_t *rules_scope_field(const scope_t *scope, const token_t *name)
{
    compiler_t *compiler = scope->compiler;
    field_said_t *field = rules_scope_find(scope, name->text);
    if (field || !rules_may_miss(compiler, name->text)) return field;
    guess_t guess = rules_guess(compiler, name->text);
    for (int i = 0; i < scope->fields->nelts; i++) {
        rules_guess_show(&guess, compiler, rules_given_name(APR_ARRAY_IDX(scope->fields, i, field_said_t *)->given));
    }
    rules_error(compiler, name->at, "this form has no field '%s'%s", span_text(compiler->pool, name->text),
                rules_guess_hint(&guess, compiler));
    return guess.nearest.size ? rules_scope_find(scope, guess.nearest) : NULL;
}

int rules_scope_fact(const scope_t *scope, const token_t *name)
{
    compiler_t *compiler = scope->compiler;
    guess_t guess = rules_guess(compiler, name->text);
    for (int i = 0; i < RULES_FACT_COUNT; i++) {
        rules_guess_show(&guess, compiler, span_of(fact_names[i]));
        if (!span_is(name->text, fact_names[i])) continue;
        if (scope->for_kind) return i;
        rules_error(compiler, name->at, "'%s' is not known here: the form is not 'for' a kind", fact_names[i]);
        return -1;
    }
    rules_error(compiler, name->at, "there is no fact '%s'%s", span_text(compiler->pool, name->text),
                rules_guess_hint(&guess, compiler));
    return -1;
}

/* --- Before anything is written: all fields, and the groups they are in --------------------------------------------
 */

static void collect_field(scope_t *scope, const given_t *given)
{
    compiler_t *compiler = scope->compiler;
    const field_said_t *first = given->name ? rules_scope_find(scope, given->name->text) : NULL;
    if (first) {
        rules_error(compiler, given->name->at, "field '%s' is in this form already, in %s",
                    span_text(compiler->pool, given->name->text),
                    rules_other_place(compiler, given->name->at, first->given->name->at));
    }
    field_said_t *field = given->block;
    field->given = given;
    field->index = rules_image_count(compiler->image, RULES_FIELDS) + (uint32_t)scope->fields->nelts;
    APR_ARRAY_PUSH(scope->fields, field_said_t *) = field;
    if (scope->fields->nelts == RULES_FIELDS_MAX + 1) {
        rules_error(compiler, rules_name_place(given), "a form has at most %u fields", RULES_FIELDS_MAX);
    }
}

static void write_group(const scope_t *scope, const given_t *group)
{
    compiler_t *compiler = scope->compiler;
    uint32_t first = rules_image_count(compiler->image, RULES_CODE), count = 0;
    const char *labels = "";
    for (int i = 0; group->ok && i < group->rest_count; i++) {
        if (group->rest[i].kind != TOKEN_WORD) continue;
        field_said_t *field = rules_scope_field(scope, &group->rest[i]);
        if (!field) continue;
        if (field->group) {
            rules_error(compiler, group->rest[i].at, "'%s' is in an all-or-none already, in %s",
                        span_text(compiler->pool, group->rest[i].text),
                        rules_other_place(compiler, group->rest[i].at, rules_given_place(field->group)));
            continue;
        }
        rules_word_t word = {RULES_OP_FIELD, field->index};
        rules_image_add(compiler->image, RULES_CODE, &word);
        labels = apr_pstrcat(compiler->pool, labels, count ? "、" : "",
                             span_text(compiler->pool, rules_given_text(field->given)), NULL);
        field->group = group;
        count++;
    }
    if (group->ok && group->rest_count == 1) {
        rules_error(compiler, rules_given_place(group), "all-or-none needs two fields at least");
    }
    for (int i = 0; i < scope->fields->nelts; i++) {
        field_said_t *field = APR_ARRAY_IDX(scope->fields, i, field_said_t *);
        if (field->group != group) continue;
        field->group_labels = span_of(labels);
        field->group_first = first;
        field->group_count = count;
    }
}

static void check_section_name(const scope_t *scope, const apr_array_header_t *sections, const given_t *section)
{
    const given_t *first = rules_declared(sections, rules_given_name(section));
    if (!section->name) return;
    rules_plain_name(scope->compiler, section);
    if (first == section) return;
    rules_error(scope->compiler, section->name->at, "section '%s' is in this form already, in %s",
                span_text(scope->compiler->pool, section->name->text),
                rules_other_place(scope->compiler, section->name->at, rules_name_place(first)));
}

static void prepare(scope_t *scope, const apr_array_header_t *sections)
{
    for (int i = 0; i < sections->nelts; i++) {
        const section_said_t *section = APR_ARRAY_IDX(sections, i, given_t).block;
        check_section_name(scope, sections, &APR_ARRAY_IDX(sections, i, given_t));
        for (int j = 0; j < section->items->nelts; j++) {
            const given_t *item = &APR_ARRAY_IDX(section->items, j, given_t);
            if (is_field(item)) collect_field(scope, item);
        }
    }
    for (int i = 0; i < scope->fields->nelts; i++) {
        rules_field_resolve(scope, APR_ARRAY_IDX(scope->fields, i, field_said_t *));
    }
    for (int i = 0; i < sections->nelts; i++) {
        const section_said_t *section = APR_ARRAY_IDX(sections, i, given_t).block;
        for (int j = 0; j < section->groups->nelts; j++) {
            write_group(scope, &APR_ARRAY_IDX(section->groups, j, given_t));
        }
    }
}

/* --- Writing ----------------------------------------------------------------------------------------------------- */

static void write_item(const scope_t *scope, const given_t *item)
{
    image_t *image = scope->compiler->image;
    rules_item_t written = {.kind = RULES_SHOW, .format = item->as_date ? RULES_AS_DATE : RULES_AS_TEXT};
    if (is_field(item)) {
        const field_said_t *field = item->block;
        written.kind = RULES_FIELD;
        written.index = field->index;
    } else {
        int fact = item->name ? rules_scope_fact(scope, item->name) : -1;
        if (fact >= 0) written.index = (uint32_t)fact;
        written.label = rules_image_text(image, rules_given_text(item));
    }
    rules_image_add(image, RULES_ITEMS, &written);
}

static void write_section(const scope_t *scope, const given_t *given)
{
    image_t *image = scope->compiler->image;
    const section_said_t *section = given->block;
    rules_section_t written = {.name = rules_image_string(image, rules_given_name(given)),
                               .title = rules_image_text(image, rules_given_text(given)),
                               .note = rules_image_text(image, rules_given_text(&section->note)),
                               .first_item = rules_image_count(image, RULES_ITEMS),
                               .item_count = (uint32_t)section->items->nelts};
    for (int i = 0; i < section->items->nelts; i++) write_item(scope, &APR_ARRAY_IDX(section->items, i, given_t));
    rules_image_add(image, RULES_SECTIONS, &written);
}

/* The index that the kind will have in the image: its place among the sorted. */
static uint32_t kind_index(compiler_t *compiler, const given_t *use)
{
    const given_t *found = use->name ? rules_declared_or_error(compiler, compiler->model->kinds, use, "kind") : NULL;
    if (!found) return RULES_NONE;
    const apr_array_header_t *sorted = rules_sorted(compiler, compiler->model->kinds);
    return (uint32_t)(rules_declared(sorted, rules_given_name(found)) - (const given_t *)(const void *)sorted->elts);
}

static void write_form(compiler_t *compiler, const given_t *given)
{
    image_t *image = compiler->image;
    const form_said_t *form = given->block;
    bool for_kind;
    const apr_array_header_t *sections = rules_form_sections(compiler, given, &for_kind);
    scope_t scope = {.compiler = compiler,
                     .form = rules_given_name(given),
                     .for_kind = for_kind,
                     .fields = apr_array_make(compiler->pool, 32, sizeof(field_said_t *))};
    rules_form_t written = {.name = rules_image_string(image, rules_given_name(given)),
                            .title = rules_image_text(image, rules_given_text(given)),
                            .confirm = rules_image_text(image, rules_given_text(&form->confirm)),
                            .done = rules_image_text(image, rules_given_text(&form->done)),
                            .kind = kind_index(compiler, &form->kind),
                            .first_section = rules_image_count(image, RULES_SECTIONS),
                            .section_count = (uint32_t)sections->nelts,
                            .first_field = rules_image_count(image, RULES_FIELDS),
                            .source = rules_source_text(compiler, &form->source)};
    rules_vocable(compiler, given, rules_form_names, "form");
    prepare(&scope, sections);
    rules_address_write(&scope, sections, &written);
    for (int i = 0; i < sections->nelts; i++) write_section(&scope, &APR_ARRAY_IDX(sections, i, given_t));
    for (int i = 0; i < scope.fields->nelts; i++) {
        rules_field_write(&scope, APR_ARRAY_IDX(scope.fields, i, field_said_t *));
    }
    written.field_count = (uint32_t)scope.fields->nelts;
    rules_image_add(image, RULES_FORMS, &written);
}

void rules_forms_write(compiler_t *compiler)
{
    const apr_array_header_t *forms = rules_sorted(compiler, compiler->model->forms);
    for (int i = 0; i < forms->nelts; i++) write_form(compiler, &APR_ARRAY_IDX(forms, i, given_t));
}
