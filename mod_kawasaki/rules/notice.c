/* SPDX-License-Identifier: Apache-2.0
 *
 * `notice`: a banner on every page, for a time.
 */
#include "rules/declarations.h"

static const clause_t clauses[] = {
    {"from", SHAPE_INSTANT, CLAUSE_NEEDED, offsetof(notice_said_t, from), NULL},
    {"until", SHAPE_INSTANT, CLAUSE_NEEDED, offsetof(notice_said_t, until), NULL},
    {"say", SHAPE_TEXT, CLAUSE_NEEDED, offsetof(notice_said_t, say), NULL},
    {"source", SHAPE_STRINGS, CLAUSE_NEEDED, offsetof(notice_said_t, source), NULL},
    {0},
};
const block_t rules_notice_block = {sizeof(notice_said_t), clauses};

void rules_notices_write(compiler_t *compiler)
{
    const apr_array_header_t *notices = rules_sorted(compiler, compiler->model->notices);
    for (int i = 0; i < notices->nelts; i++) {
        const given_t *given = &APR_ARRAY_IDX(notices, i, given_t);
        const notice_said_t *notice = given->block;
        rules_plain_name(compiler, given);
        if (notice->from.ok && notice->until.ok && notice->from.low >= notice->until.low) {
            rules_error(compiler, rules_given_place(&notice->until), "'until' is not after 'from'");
        }
        rules_notice_t written = {.name = rules_image_string(compiler->image, rules_given_name(given)),
                                  .say = rules_image_text(compiler->image, rules_given_text(&notice->say)),
                                  .from = notice->from.low,
                                  .until = notice->until.low};
        rules_image_add(compiler->image, RULES_NOTICES, &written);
    }
}
