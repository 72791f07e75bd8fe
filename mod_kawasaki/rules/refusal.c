/* SPDX-License-Identifier: Apache-2.0
 *
 * `refuse delete`: in which states an application stands in the way of an act.
 */
#include "rules/sentence.h"
#include "rules/vocabulary.h"

static const clause_t clauses[] = {
    {"while", SHAPE_NAMES, CLAUSE_NEEDED, offsetof(refusal_said_t, while_states), NULL},
    {"say", SHAPE_TEXT, CLAUSE_NEEDED, offsetof(refusal_said_t, say), NULL},
    {"source", SHAPE_STRINGS, CLAUSE_NEEDED, offsetof(refusal_said_t, source), NULL},
    {0},
};
const block_t rules_refusal_block = {sizeof(refusal_said_t), clauses};

static const vocable_t states[] = {{"received", RULES_STATE_RECEIVED},
                                   {"examination", RULES_STATE_EXAMINATION},
                                   {"examined", RULES_STATE_EXAMINED},
                                   {NULL, 0}};

static rules_ref_t rule_name(compiler_t *compiler, const given_t *given)
{
    const char *name = span_text(compiler->pool, rules_given_name(given));
    return rules_image_string(compiler->image, span_of(apr_pstrcat(compiler->pool, "refuse-delete/", name, NULL)));
}

void rules_refusals_write(compiler_t *compiler)
{
    const apr_array_header_t *refusals = rules_sorted(compiler, compiler->model->refusals);
    for (int i = 0; i < refusals->nelts; i++) {
        const given_t *given = &APR_ARRAY_IDX(refusals, i, given_t);
        const refusal_said_t *refusal = given->block;
        rules_plain_name(compiler, given);
        rules_sentence_check_spoken(compiler, &refusal->say, SPAN("refuse delete"));
        rules_refusal_t written = {
            .name = rules_image_string(compiler->image, rules_given_name(given)),
            .act = RULES_ACT_DELETE,
            .states = rules_vocables(compiler, &refusal->while_states, states, "state", "this state was named already"),
            .say = rules_image_text(compiler->image, rules_given_text(&refusal->say)),
            .rule = rule_name(compiler, given),
            .source = rules_source_text(compiler, &refusal->source)};
        rules_image_add(compiler->image, RULES_REFUSALS, &written);
    }
}
