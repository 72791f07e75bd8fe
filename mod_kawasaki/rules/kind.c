/* SPDX-License-Identifier: Apache-2.0
 *
 * `kind`: a kind of account, its word, its level, and with which certificates one acts for it.
 */
#include "rules/vocabulary.h"

#define LEVEL_MAX 9

static const clause_t clauses[] = {
    {"word", SHAPE_TEXT, CLAUSE_NEEDED, offsetof(kind_said_t, word), NULL},
    {"level", SHAPE_NUMBER, CLAUSE_NEEDED, offsetof(kind_said_t, level), NULL},
    {"signs with", SHAPE_NAME, 0, offsetof(kind_said_t, signs), NULL},
    {"logs in with", SHAPE_NAME, 0, offsetof(kind_said_t, logs_in), NULL},
    {"source", SHAPE_STRINGS, CLAUSE_NEEDED, offsetof(kind_said_t, source), NULL},
    {0},
};
/* Whoever logs in proves a challenge, and a card's signing certificate is for forms that its holder reads. */
static void check_log_in(compiler_t *compiler, const given_t *use)
{
    if (use->name && rules_token_is(use->name, "jpki-signing"))
        rules_error(compiler, use->name->at, "'jpki-signing' signs forms: nobody logs in with it");
    else
        rules_certificate_check_use(compiler, use, "log-in");
}

const block_t rules_kind_block = {sizeof(kind_said_t), clauses};

void rules_kinds_write(compiler_t *compiler)
{
    const apr_array_header_t *kinds = rules_sorted(compiler, compiler->model->kinds);
    for (int i = 0; i < kinds->nelts; i++) {
        const given_t *given = &APR_ARRAY_IDX(kinds, i, given_t);
        const kind_said_t *kind = given->block;
        rules_plain_name(compiler, given);
        if (kind->level.ok && (kind->level.low < 1 || kind->level.low > LEVEL_MAX)) {
            rules_error(compiler, kind->level.at->tokens[1].at, "a level is from 1 to %d", LEVEL_MAX);
        }
        rules_certificate_check_use(compiler, &kind->signs, "sign");
        check_log_in(compiler, &kind->logs_in);
        rules_kind_t written = {.name = rules_image_string(compiler->image, rules_given_name(given)),
                                .word = rules_image_text(compiler->image, rules_given_text(&kind->word)),
                                .level = (uint32_t)kind->level.low,
                                .signs_with = rules_image_string(compiler->image, rules_given_name(&kind->signs)),
                                .logs_in_with = rules_image_string(compiler->image, rules_given_name(&kind->logs_in))};
        rules_image_add(compiler->image, RULES_KINDS, &written);
    }
}
