/* SPDX-License-Identifier: Apache-2.0
 *
 * `limit`: how many failures lock what, and for how long. One count: count.c; who counts: the limit room.
 */
#include "rules/count.h"
#include "rules/sentence.h"
#include "rules/vocabulary.h"

static const clause_t clauses[] = {
    {"count", SHAPE_COUNT, CLAUSE_MANY | CLAUSE_NEEDED, offsetof(limit_said_t, counts), NULL},
    {"say locked", SHAPE_TEXT, CLAUSE_NEEDED, offsetof(limit_said_t, locked), NULL},
    {"say locked-counter", SHAPE_TEXT, CLAUSE_NEEDED, offsetof(limit_said_t, locked_counter), NULL},
    {"say busy", SHAPE_TEXT, CLAUSE_NEEDED, offsetof(limit_said_t, busy), NULL},
    {"source", SHAPE_STRINGS, CLAUSE_NEEDED, offsetof(limit_said_t, source), NULL},
    {0},
};
const block_t rules_limit_block = {sizeof(limit_said_t), clauses};

typedef struct {
    const given_t *given;
    rules_count_t read;
} written_count_t;

/* The place must be free; of two that count the same, one says nothing or contradicts the other. */
static void check_same(compiler_t *compiler, const written_count_t *counts, uint32_t last)
{
    const rules_count_t *read = &counts[last].read;
    place_t at = rules_given_place(counts[last].given);
    for (uint32_t i = 0; i < last; i++) {
        const rules_count_t *other = &counts[i].read;
        if (other->per != read->per || other->threshold != read->threshold || other->window != read->window) continue;
        rules_error(compiler, at, "this counts the same as %s",
                    rules_other_place(compiler, at, rules_given_place(counts[i].given)));
        return;
    }
}

/* The limit's counts, which stand behind each other; how many. */
static uint32_t write_counts(compiler_t *compiler, const given_t *given, const limit_said_t *limit)
{
    const char *name = span_text(compiler->pool, rules_given_name(given));
    written_count_t counts[RULES_COUNTS_MAX];
    uint32_t count = 0;
    for (int i = 0; i < limit->counts->nelts; i++) {
        const given_t *said = &APR_ARRAY_IDX(limit->counts, i, given_t);
        rules_count_t read;
        bool readable = rules_count_read(compiler, said, &read);
        if (i == (int)RULES_COUNTS_MAX) {
            rules_error(compiler, rules_given_place(said), "more than %u counts", RULES_COUNTS_MAX);
        }
        if (!readable || i >= (int)RULES_COUNTS_MAX) continue;
        read.rule = rules_image_string(compiler->image, span_of(apr_psprintf(compiler->pool, "%s/%d", name, i + 1)));
        counts[count] = (written_count_t){said, read};
        check_same(compiler, counts, count++);
        rules_image_add(compiler->image, RULES_COUNTS, &read);
    }
    return count;
}

static rules_text_t write_say(compiler_t *compiler, const given_t *say, const char *subject)
{
    rules_sentence_check_spoken(compiler, say, span_of(subject));
    return rules_image_text(compiler->image, rules_given_text(say));
}

void rules_limits_write(compiler_t *compiler)
{
    const apr_array_header_t *limits = rules_sorted(compiler, compiler->model->limits);
    for (int i = 0; i < limits->nelts; i++) {
        const given_t *given = &APR_ARRAY_IDX(limits, i, given_t);
        const limit_said_t *limit = given->block;
        rules_vocable(compiler, given, rules_limit_names, "limit");
        rules_limit_t written = {.name = rules_image_string(compiler->image, rules_given_name(given)),
                                 .first_count = rules_image_count(compiler->image, RULES_COUNTS)};
        written.count_count = write_counts(compiler, given, limit);
        written.locked = write_say(compiler, &limit->locked, "limit locked");
        written.locked_counter = write_say(compiler, &limit->locked_counter, "limit locked-counter");
        written.busy = write_say(compiler, &limit->busy, "limit busy");
        written.source = rules_source_text(compiler, &limit->source);
        rules_image_add(compiler->image, RULES_LIMITS, &written);
    }
}
