/* SPDX-License-Identifier: Apache-2.0
 *
 * `messages`: the sentences that checks and the service say. Several blocks may give some each; a sentence given twice
 * is a mistake unless its block says `replace`.
 */
#include "rules/sentence.h"

#include "text/text.h"

static const clause_t clauses[] = {
    {"say", SHAPE_SAY, CLAUSE_MANY | CLAUSE_NEEDED, offsetof(messages_said_t, says), NULL},
    {"source", SHAPE_STRINGS, CLAUSE_NEEDED, offsetof(messages_said_t, source), NULL},
    {0},
};
const block_t rules_messages_block = {sizeof(messages_said_t), clauses};

#define MESSAGE_NAME(identifier, name) name,
static const char *const service_names[RULES_MESSAGE_COUNT] = {RULES_MESSAGES_LIST(MESSAGE_NAME)};

static bool is_text_name(span_t words)
{
    static const char start[] = "text ";
    if (words.size <= sizeof start - 1 || memcmp(words.at, start, sizeof start - 1) != 0) return false;
    return text_type_find((span_t){words.at + sizeof start - 1, words.size - (sizeof start - 1)}) != NULL;
}

static bool is_service_name(span_t words)
{
    for (int i = 0; i < RULES_MESSAGE_COUNT; i++) {
        if (span_is(words, service_names[i])) return true;
    }
    return false;
}

/* What the sentence is about. *known: false when there is nothing that says it. */
static rules_check_kind_t subject_of(span_t words, bool *known)
{
    rules_check_kind_t kind = rules_check_named(words);
    if (kind == RULES_CHECK_TEXT) kind = RULES_CHECKS_END; /* `text` alone is for a field; here the type is named */
    if (is_text_name(words)) kind = RULES_CHECK_TEXT;
    *known = kind != RULES_CHECKS_END || is_service_name(words);
    return kind;
}

static void report_unknown(compiler_t *compiler, const given_t *say, span_t words)
{
    guess_t guess = rules_guess(compiler, words);
    rules_check_guess(&guess, compiler);
    for (int i = 0; i < RULES_MESSAGE_COUNT; i++) rules_guess_show(&guess, compiler, span_of(service_names[i]));
    for (const text_type_t *type = text_types; type->name; type++) {
        rules_guess_show(&guess, compiler, span_of(apr_pstrcat(compiler->pool, "text ", type->name, NULL)));
    }
    rules_error(compiler, say->rest->at, "nobody says '%s'%s", span_text(compiler->pool, words),
                rules_guess_hint(&guess, compiler));
    if (guess.nearest.size) rules_forgive(compiler, guess.nearest);
}

/* The sentence of this name in the blocks before `end` (and, in that block, before entry `entry`). */
static const given_t *find_say(compiler_t *compiler, span_t words, int end, int entry)
{
    const apr_array_header_t *blocks = compiler->model->messages;
    for (int i = end < blocks->nelts ? end : blocks->nelts - 1; i >= 0; i--) {
        const messages_said_t *messages = APR_ARRAY_IDX(blocks, i, given_t).block;
        for (int j = (i == end ? entry : messages->says->nelts) - 1; j >= 0; j--) {
            const given_t *say = &APR_ARRAY_IDX(messages->says, j, given_t);
            if (span_equal(rules_say_words(compiler, say), words)) return say;
        }
    }
    return NULL;
}

static void check_say(compiler_t *compiler, int block, int entry)
{
    const given_t *messages = &APR_ARRAY_IDX(compiler->model->messages, block, given_t);
    const given_t *say = &APR_ARRAY_IDX(((const messages_said_t *)messages->block)->says, entry, given_t);
    span_t words = rules_say_words(compiler, say);
    bool known;
    if (!say->rest_count) return;
    rules_check_kind_t kind = subject_of(words, &known);
    if (!known) {
        report_unknown(compiler, say, words);
        return;
    }
    if (kind == RULES_CHECKS_END) {
        rules_sentence_check_spoken(compiler, say, words);
    } else {
        rules_sentence_check(compiler, say, kind);
    }

    const given_t *before = find_say(compiler, words, block, entry);
    const char *name = span_text(compiler->pool, words);
    place_t at = say->rest->at;
    if (before && !messages->replaces) {
        rules_error(compiler, at, "'%s' was said already, in %s; to change it, write 'replace messages'", name,
                    rules_other_place(compiler, at, rules_given_place(before)));
    } else if (!before && messages->replaces && rules_may_miss(compiler, words)) {
        rules_error(compiler, at, "there is no sentence '%s' to replace", name);
    }
}

const given_t *rules_message_say(compiler_t *compiler, span_t words)
{
    const given_t *say = find_say(compiler, words, compiler->model->messages->nelts, 0);
    if (say || !rules_may_miss(compiler, words)) return say;

    const apr_array_header_t *blocks = compiler->model->messages;
    const char *name = span_text(compiler->pool, words);
    if (blocks->nelts == 0) {
        rules_error(compiler, compiler->model->end, "there are no messages");
        return NULL;
    }
    compiler->lacking = compiler->lacking ? apr_pstrcat(compiler->pool, compiler->lacking, ", ", name, NULL) : name;
    rules_forgive(compiler, words);
    return NULL;
}

void rules_messages_write(compiler_t *compiler)
{
    const apr_array_header_t *blocks = compiler->model->messages;
    for (int i = 0; i < blocks->nelts; i++) {
        const messages_said_t *messages = APR_ARRAY_IDX(blocks, i, given_t).block;
        for (int j = 0; j < messages->says->nelts; j++) check_say(compiler, i, j);
    }
    for (int i = 0; i < RULES_MESSAGE_COUNT; i++) {
        const given_t *say = rules_message_say(compiler, span_of(service_names[i]));
        rules_text_t written = rules_image_text(compiler->image, say ? rules_given_text(say) : (span_t){"", 0});
        rules_image_add(compiler->image, RULES_MESSAGES, &written);
    }
}

void rules_messages_finish(compiler_t *compiler)
{
    if (!compiler->lacking) return;
    place_t at = rules_given_place(&APR_ARRAY_IDX(compiler->model->messages, 0, given_t));
    rules_error(compiler, at, "these messages lack %s", compiler->lacking);
}
