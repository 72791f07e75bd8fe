/* SPDX-License-Identifier: Apache-2.0
 *
 * `retain`: how long something outlives the account that it belongs to.
 */
#include "rules/vocabulary.h"

static const clause_t clauses[] = {
    {"for", SHAPE_AFTER, CLAUSE_NEEDED, offsetof(retention_said_t, lasts), NULL},
    {"source", SHAPE_STRINGS, CLAUSE_NEEDED, offsetof(retention_said_t, source), NULL},
    {0},
};
const block_t rules_retention_block = {sizeof(retention_said_t), clauses};

static const vocable_t kept[] = {{"evidence", 1}, {NULL, 0}};
static const vocable_t acts[] = {{"delete", RULES_ACT_DELETE}, {NULL, 0}};

void rules_retentions_write(compiler_t *compiler)
{
    const apr_array_header_t *retentions = rules_sorted(compiler, compiler->model->retentions);
    for (int i = 0; i < retentions->nelts; i++) {
        const given_t *given = &APR_ARRAY_IDX(retentions, i, given_t);
        const retention_said_t *retention = given->block;
        rules_vocable(compiler, given, kept, "thing to retain");
        rules_vocable(compiler, &retention->lasts, acts, "act");
        rules_retention_t written = {.name = rules_image_string(compiler->image, rules_given_name(given)),
                                     .lasts = (uint32_t)retention->lasts.low,
                                     .source = rules_source_text(compiler, &retention->source)};
        rules_image_add(compiler->image, RULES_RETENTIONS, &written);
    }
}
