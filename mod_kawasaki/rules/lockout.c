/* SPDX-License-Identifier: Apache-2.0
 *
 * `lockout`: what an act forbids for a while, such as registering again after a deletion.
 */
#include "rules/sentence.h"
#include "rules/vocabulary.h"

static const clause_t clauses[] = {
    {"lasts", SHAPE_DURATION, CLAUSE_NEEDED, offsetof(lockout_said_t, lasts), NULL},
    {"binds", SHAPE_NAME, 0, offsetof(lockout_said_t, binds), NULL},
    {"say", SHAPE_TEXT, CLAUSE_NEEDED, offsetof(lockout_said_t, say), NULL},
    {"source", SHAPE_STRINGS, CLAUSE_NEEDED, offsetof(lockout_said_t, source), NULL},
    {0},
};
const block_t rules_lockout_block = {sizeof(lockout_said_t), clauses};

static const vocable_t bound[] = {{"certificate", RULES_BINDS_CERTIFICATE}, {"person", RULES_BINDS_PERSON}, {NULL, 0}};

void rules_lockouts_write(compiler_t *compiler)
{
    const apr_array_header_t *lockouts = rules_sorted(compiler, compiler->model->lockouts);
    for (int i = 0; i < lockouts->nelts; i++) {
        const given_t *given = &APR_ARRAY_IDX(lockouts, i, given_t);
        const lockout_said_t *lockout = given->block;
        rules_vocable(compiler, given, rules_lockout_names, "lockout");
        rules_sentence_check_spoken(compiler, &lockout->say, SPAN("lockout"));
        rules_lockout_t written = {.name = rules_image_string(compiler->image, rules_given_name(given)),
                                   .lasts = (uint32_t)lockout->lasts.low,
                                   .binds = rules_vocable(compiler, &lockout->binds, bound, "one to bind"),
                                   .say = rules_image_text(compiler->image, rules_given_text(&lockout->say)),
                                   .source = rules_source_text(compiler, &lockout->source)};
        rules_image_add(compiler->image, RULES_LOCKOUTS, &written);
    }
}
