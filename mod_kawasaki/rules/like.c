/* SPDX-License-Identifier: Apache-2.0
 *
 * `like`: the sections of a form, with those of the form that it is like in front. All are copies: a form's fields are
 * worked on while it is written, and several forms may have the same ones.
 */
#include "rules/scope.h"

static given_t copy_item(apr_pool_t *pool, const given_t *item)
{
    given_t copy = *item;
    if (item->clause->block == &rules_field_block) copy.block = apr_pmemdup(pool, item->block, sizeof(field_said_t));
    return copy;
}

static given_t copy_section(apr_pool_t *pool, const given_t *section)
{
    given_t copy = *section;
    section_said_t *block = apr_pmemdup(pool, section->block, sizeof *block);
    const apr_array_header_t *items = block->items;
    block->items = apr_array_make(pool, items->nelts + 1, sizeof(given_t));
    for (int i = 0; i < items->nelts; i++) {
        APR_ARRAY_PUSH(block->items, given_t) = copy_item(pool, &APR_ARRAY_IDX(items, i, given_t));
    }
    copy.block = block;
    return copy;
}

static void add_sections(apr_array_header_t *sections, const form_said_t *form)
{
    for (int i = 0; i < form->sections->nelts; i++) {
        APR_ARRAY_PUSH(sections, given_t) = copy_section(sections->pool, &APR_ARRAY_IDX(form->sections, i, given_t));
    }
}

/* The form that this one is like; NULL when it is like none, or like none that there is. */
static const form_said_t *find_like(compiler_t *compiler, const form_said_t *form)
{
    if (!form->like.name) return NULL;
    const given_t *found = rules_declared_or_error(compiler, compiler->model->forms, &form->like, "form");
    if (!found) return NULL;
    const form_said_t *like = found->block;
    place_t at = form->like.name->at;
    const char *name = span_text(compiler->pool, rules_given_name(found));
    if (like == form) {
        rules_error(compiler, at, "a form that is like itself");
    } else if (like->like.at) {
        rules_error(compiler, at, "'%s' is itself like another form, in %s; name that one", name,
                    rules_other_place(compiler, at, rules_given_place(&like->like)));
    } else if (like->kind.at && !form->kind.at) {
        rules_error(compiler, at, "'%s' is 'for' a kind, in %s: say 'for' here too", name,
                    rules_other_place(compiler, at, rules_given_place(&like->kind)));
    }
    return like == form ? NULL : like;
}

const apr_array_header_t *rules_form_sections(compiler_t *compiler, const given_t *given, bool *for_kind)
{
    const form_said_t *form = given->block;
    const form_said_t *like = find_like(compiler, form);
    *for_kind = form->kind.at || (like && like->kind.at);
    apr_array_header_t *sections = apr_array_make(compiler->pool, 8, sizeof(given_t));
    if (like) add_sections(sections, like);
    add_sections(sections, form);
    bool empty = !form->like.at && !sections->nelts;
    if (empty && given->at->block) rules_error(compiler, rules_given_place(given), "this form has no section");
    return sections;
}
