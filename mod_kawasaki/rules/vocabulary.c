/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/vocabulary.h"

static uint32_t read_word(compiler_t *compiler, const token_t *token, const vocable_t *words, const char *what)
{
    guess_t guess = rules_guess(compiler, token->text);
    for (const vocable_t *known = words; known->word; known++) {
        if (rules_token_is(token, known->word)) return known->means;
        rules_guess_show(&guess, compiler, span_of(known->word));
    }
    rules_error(compiler, token->at, "unknown %s '%s'%s", what, span_text(compiler->pool, token->text),
                rules_guess_hint(&guess, compiler));
    return 0;
}

uint32_t rules_vocable(compiler_t *compiler, const given_t *given, const vocable_t *words, const char *what)
{
    return given->name ? read_word(compiler, given->name, words, what) : 0;
}

uint32_t rules_vocables(compiler_t *compiler, const given_t *given, const vocable_t *words, const char *what,
                        const char *twice)
{
    uint32_t read = 0;
    for (int i = 0; given->ok && i < given->rest_count; i++) {
        const token_t *token = &given->rest[i];
        if (token->kind != TOKEN_WORD) continue;
        uint32_t bit = read_word(compiler, token, words, what);
        if (read & bit) rules_error(compiler, token->at, "%s", twice);
        read |= bit;
    }
    return read;
}
