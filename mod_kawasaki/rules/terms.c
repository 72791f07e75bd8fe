/* SPDX-License-Identifier: Apache-2.0
 *
 * `terms`: what one agrees to before one registers, in articles. Who agreed to which version is kept by who asks.
 */
#include "rules/sentence.h"

static const clause_t clauses[] = {
    {"version", SHAPE_STRING, CLAUSE_NEEDED, offsetof(terms_said_t, version), NULL},
    {"heading", SHAPE_TEXT, CLAUSE_MANY, offsetof(terms_said_t, entries), NULL},
    {"say", SHAPE_TEXT, CLAUSE_MANY | CLAUSE_NEEDED, offsetof(terms_said_t, entries), NULL},
    {"source", SHAPE_STRINGS, CLAUSE_NEEDED, offsetof(terms_said_t, source), NULL},
    {0},
};
const block_t rules_terms_block = {sizeof(terms_said_t), clauses};

static bool is_heading(const given_t *entry)
{
    return entry->clause == &clauses[1];
}

static void check_heading(compiler_t *compiler, const given_t *heading)
{
    if (heading) rules_error(compiler, rules_given_place(heading), "a heading without a 'say' below it");
}

static uint32_t write_articles(compiler_t *compiler, const terms_said_t *terms)
{
    uint32_t count = 0;
    const given_t *heading = NULL;
    for (int i = 0; i < terms->entries->nelts; i++) {
        const given_t *entry = &APR_ARRAY_IDX(terms->entries, i, given_t);
        if (is_heading(entry)) {
            check_heading(compiler, heading);
            heading = entry;
            continue;
        }
        rules_sentence_check_spoken(compiler, entry, SPAN("terms"));
        rules_article_t written = {.text = rules_image_text(compiler->image, rules_given_text(entry))};
        if (heading) written.heading = rules_image_text(compiler->image, rules_given_text(heading));
        heading = NULL;
        rules_image_add(compiler->image, RULES_ARTICLES, &written);
        count++;
    }
    check_heading(compiler, heading);
    return count;
}

void rules_terms_write(compiler_t *compiler)
{
    if (!compiler->model->terms->nelts) return;
    const terms_said_t *terms = APR_ARRAY_IDX(compiler->model->terms, 0, given_t).block;
    if (terms->version.ok && terms->version.string->text.size == 0) {
        rules_error(compiler, terms->version.string->at, "a version that is empty");
    }
    rules_terms_t written = {.version = rules_image_string(compiler->image, rules_given_text(&terms->version)),
                             .first_article = rules_image_count(compiler->image, RULES_ARTICLES),
                             .source = rules_source_text(compiler, &terms->source)};
    written.article_count = write_articles(compiler, terms);
    rules_image_add(compiler->image, RULES_TERMS, &written);
}
