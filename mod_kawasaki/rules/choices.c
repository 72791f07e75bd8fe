/* SPDX-License-Identifier: Apache-2.0
 *
 * `choices`: what a select or a many offers, in this order, in groups with headings.
 */
#include "rules/choices.h"

static const clause_t clauses[] = {
    {"heading", SHAPE_TEXT, CLAUSE_MANY, offsetof(choices_said_t, entries), NULL},
    {"option", SHAPE_OPTION, CLAUSE_MANY | CLAUSE_NEEDED, offsetof(choices_said_t, entries), NULL},
    {"empty", SHAPE_TEXT, 0, offsetof(choices_said_t, empty), NULL},
    {"source", SHAPE_STRINGS, CLAUSE_NEEDED, offsetof(choices_said_t, source), NULL},
    {0},
};
const block_t rules_choices_block = {sizeof(choices_said_t), clauses};

static bool is_heading(const given_t *entry)
{
    return entry->clause == &clauses[0];
}

static void check_option(compiler_t *compiler, const given_t *option, const choices_said_t *choices)
{
    if (!option->name) return;
    rules_plain_name(compiler, option);
    span_t code = option->name->text;
    if (code.size == 0 || memchr(code.at, ' ', code.size)) {
        rules_error(compiler, option->name->at, "what is stored is one word, without a space");
    }
    const given_t *first = rules_declared(choices->entries, rules_given_name(option));
    if (first == option) return;
    rules_error(compiler, option->name->at, "option '%s' was there already, in %s",
                span_text(compiler->pool, option->name->text),
                rules_other_place(compiler, option->name->at, first->name->at));
}

/* The option's codes are unique here, for the image; the caller has reported all others. */
static uint32_t write_options(compiler_t *compiler, const choices_said_t *choices)
{
    uint32_t count = 0;
    const given_t *heading = NULL;
    for (int i = 0; i < choices->entries->nelts; i++) {
        const given_t *entry = &APR_ARRAY_IDX(choices->entries, i, given_t);
        if (is_heading(entry)) {
            if (heading) rules_error(compiler, rules_given_place(heading), "a heading without an option below it");
            heading = entry;
            continue;
        }
        check_option(compiler, entry, choices);
        rules_option_t written = {.code = rules_image_string(compiler->image, rules_given_name(entry)),
                                  .word = rules_image_text(compiler->image, rules_given_text(entry))};
        if (heading) written.heading = rules_image_text(compiler->image, rules_given_text(heading));
        heading = NULL;
        rules_image_add(compiler->image, RULES_OPTIONS, &written);
        count++;
    }
    if (heading) rules_error(compiler, rules_given_place(heading), "a heading without an option below it");
    return count;
}

void rules_choices_write(compiler_t *compiler)
{
    const apr_array_header_t *all = rules_sorted(compiler, compiler->model->choices);
    for (int i = 0; i < all->nelts; i++) {
        const given_t *given = &APR_ARRAY_IDX(all, i, given_t);
        choices_said_t *choices = given->block;
        rules_plain_name(compiler, given);
        rules_choices_t written = {.name = rules_image_string(compiler->image, rules_given_name(given)),
                                   .first_option = rules_image_count(compiler->image, RULES_OPTIONS),
                                   .empty = rules_image_text(compiler->image, rules_given_text(&choices->empty))};
        written.option_count = write_options(compiler, choices);
        choices->index = rules_image_add(compiler->image, RULES_CHOICES, &written);
        if (written.option_count > RULES_OPTIONS_MAX) {
            rules_error(compiler, rules_name_place(given), "more than %u options", RULES_OPTIONS_MAX);
        }
    }
}

bool rules_choices_offer(const choices_said_t *choices, span_t code)
{
    return rules_declared(choices->entries, code) != NULL;
}

void rules_choices_guess(guess_t *guess, compiler_t *compiler, const choices_said_t *choices)
{
    for (int i = 0; i < choices->entries->nelts; i++) {
        const given_t *entry = &APR_ARRAY_IDX(choices->entries, i, given_t);
        if (entry->name) rules_guess_show(guess, compiler, entry->name->text);
    }
}
