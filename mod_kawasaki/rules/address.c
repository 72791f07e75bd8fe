/* SPDX-License-Identifier: Apache-2.0
 *
 * `address` and `post-code`: which fields of a form are the holder's address together, and from which one it can be
 * filled in. How addresses are compared: text/match.h.
 */
#include "rules/scope.h"
#include "rules/sentence.h"
#include "text/match.h"

_Static_assert(RULES_ADDRESS == MATCH_PARTS, "an address has the parts that can be compared");

/* The section of this form that says it; what a second one says is noted. offset: of the clause in section_said_t. */
static const section_said_t *find_section(const scope_t *scope, const apr_array_header_t *sections, apr_size_t offset)
{
    const section_said_t *found = NULL;
    const given_t *first = NULL;
    for (int i = 0; i < sections->nelts; i++) {
        const section_said_t *section = APR_ARRAY_IDX(sections, i, given_t).block;
        const given_t *given = (const given_t *)(const void *)((const char *)section + offset);
        if (!given->at) continue;
        if (first) {
            place_t at = rules_given_place(given);
            rules_error(scope->compiler, at, "this form has its '%s' already, in %s", given->clause->keyword,
                        rules_other_place(scope->compiler, at, rules_given_place(first)));
            continue;
        }
        first = given;
        found = section;
    }
    return found;
}

/* The field's index in the form; RULES_NONE, and noted, when it can't be a part of an address. */
static uint32_t part_index(const scope_t *scope, const token_t *name, const rules_form_t *form)
{
    const field_said_t *field = rules_scope_field(scope, name);
    if (!field || !field->known_control) return RULES_NONE;
    uint32_t index = field->index - form->first_field;
    const char *wrong = NULL;
    for (uint32_t i = 0; i < RULES_ADDRESS; i++) {
        if (form->address[i] == index) wrong = "is a part of this address already";
    }
    if (field->control != RULES_INPUT && field->control != RULES_SELECT) {
        wrong = "is no text and no select: it is no part of an address";
    }
    if (!wrong) return index;
    rules_error(scope->compiler, name->at, "'%s' %s", span_text(scope->compiler->pool, name->text), wrong);
    return RULES_NONE;
}

static void read_parts(const scope_t *scope, const given_t *address, rules_form_t *form)
{
    uint32_t count = 0;
    for (int i = 0; i < address->rest_count; i++) {
        const token_t *name = &address->rest[i];
        if (name->kind != TOKEN_WORD) continue;
        uint32_t index = part_index(scope, name, form);
        if (count < RULES_ADDRESS) form->address[count] = index;
        count++;
    }
    if (address->ok && count != RULES_ADDRESS) {
        rules_error(scope->compiler, rules_given_place(address),
                    "an address has five parts: prefecture, municipality, town, lot, building");
    }
}

static void check_says(const scope_t *scope, const apr_array_header_t *sections)
{
    for (int i = 0; i < sections->nelts; i++) {
        const section_said_t *section = APR_ARRAY_IDX(sections, i, given_t).block;
        const given_t *address = &section->address, *say = &section->address_say;
        if (say->at) rules_sentence_check_spoken(scope->compiler, say, SPAN("address"));
        if (say->at && !address->at) {
            rules_error(scope->compiler, rules_given_place(say), "this section has no address that would say this");
        } else if (address->at && !say->at) {
            rules_error(scope->compiler, rules_given_place(address), "this address has no say address");
        }
    }
}

static void write_address(const scope_t *scope, const section_said_t *section, rules_form_t *form)
{
    compiler_t *compiler = scope->compiler;
    const char *rule = apr_pstrcat(compiler->pool, span_text(compiler->pool, scope->form), "/address", NULL);
    if (!scope->for_kind) {
        rules_error(compiler, rules_given_place(&section->address),
                    "there is no address to compare with: the form is not 'for' a kind");
    }
    read_parts(scope, &section->address, form);
    form->address_rule = rules_image_string(compiler->image, span_of(rule));
    form->address_say = rules_image_text(compiler->image, rules_given_text(&section->address_say));
}

static void write_post_code(const scope_t *scope, const section_said_t *section, bool has_address, rules_form_t *form)
{
    compiler_t *compiler = scope->compiler;
    const given_t *given = &section->post_code;
    if (!has_address) {
        rules_error(compiler, rules_given_place(given), "this form has no address that a post-code could fill in");
    }
    const field_said_t *field = given->name ? rules_scope_field(scope, given->name) : NULL;
    if (!field || !field->known_control) return;
    form->post_code = field->index - form->first_field;
    if (span_is(rules_given_name(&field->text), "post-code")) return;
    rules_error(compiler, given->name->at, "'%s' holds no post-code: it is not 'text post-code'",
                span_text(compiler->pool, rules_given_name(field->given)));
}

void rules_address_write(const scope_t *scope, const apr_array_header_t *sections, rules_form_t *form)
{
    const section_said_t *address = find_section(scope, sections, offsetof(section_said_t, address));
    const section_said_t *post_code = find_section(scope, sections, offsetof(section_said_t, post_code));
    for (uint32_t i = 0; i < RULES_ADDRESS; i++) form->address[i] = RULES_NONE;
    form->post_code = RULES_NONE;
    check_says(scope, sections);
    if (address) write_address(scope, address, form);
    if (post_code) write_post_code(scope, post_code, address != NULL, form);
}
