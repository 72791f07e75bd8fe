/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/sentence.h"

#include "text/text.h"

enum {
    LABEL = 1 << 0,
    EXAMPLE = 1 << 1,
    MIN = 1 << 2,
    MAX = 1 << 3,
    OTHER = 1 << 4,
    LABELS = 1 << 5,
    UNTIL = 1 << 6,
    COUNT = 1 << 7,
    LAST = 1 << 8,
    AT = 1 << 9,
    REASON = 1 << 10,
    TRIES = 1 << 11
};

#define FILLED_LATER (UNTIL | COUNT | LAST | AT | REASON | TRIES) /* by rules_fill */

static const struct {
    const char *name;
    unsigned bit;
    apr_size_t offset; /* in filling_t, unless it is filled later */
} placeholders[] = {
    {"{label}", LABEL, offsetof(filling_t, label)},
    {"{example}", EXAMPLE, offsetof(filling_t, example)},
    {"{min}", MIN, offsetof(filling_t, min)},
    {"{max}", MAX, offsetof(filling_t, max)},
    {"{other}", OTHER, offsetof(filling_t, other)},
    {"{labels}", LABELS, offsetof(filling_t, labels)},
    {"{until}", UNTIL, 0},
    {"{count}", COUNT, 0},
    {"{last}", LAST, 0},
    {"{at}", AT, 0},
    {"{reason}", REASON, 0},
    {"{tries}", TRIES, 0},
};

static const struct {
    const char *words;
    unsigned placeholders;
} checks[RULES_CHECKS_END] = {
    [RULES_CHECK_REQUIRED] = {"required", LABEL | EXAMPLE},
    [RULES_CHECK_REQUIRED_WHEN] = {"required when", LABEL | EXAMPLE},
    [RULES_CHECK_ALL_OR_NONE] = {"all-or-none", LABEL | LABELS},
    [RULES_CHECK_TEXT] = {"text", LABEL | EXAMPLE},
    [RULES_CHECK_MIN] = {"min", LABEL | EXAMPLE | MIN | MAX},
    [RULES_CHECK_MAX] = {"max", LABEL | EXAMPLE | MAX},
    [RULES_CHECK_PATTERN] = {"pattern", LABEL | EXAMPLE},
    [RULES_CHECK_ONE_OF] = {"choice", LABEL},
    [RULES_CHECK_NOT_IN] = {"not in", LABEL},
    [RULES_CHECK_EQUALS] = {"equals", LABEL | OTHER},
    [RULES_CHECK_DIFFERS] = {"differs", LABEL | OTHER},
};

/* The sentences that are filled in when they are said; all others of the service stand as they are. */
static const struct {
    const char *subject;
    unsigned placeholders, needed;
} spoken[] = {
    {"limit locked", UNTIL, UNTIL},
    {"lockout", UNTIL, UNTIL},
    {"refuse delete", COUNT, 0},
    {"others-failed", COUNT | LAST, 0},
    {"cert-revoked", AT | REASON, 0},
    {"card-pin-wrong", TRIES, TRIES},
    {"card-signing-pin-wrong", TRIES, TRIES},
    {"address", LABEL, 0},
    {"address-taken", LABEL, 0},
};

const char *rules_check_word(rules_check_kind_t kind)
{
    return checks[kind].words;
}

rules_check_kind_t rules_check_named(span_t words)
{
    for (int i = 0; i < RULES_CHECKS_END; i++) {
        if (span_is(words, checks[i].words)) return (rules_check_kind_t)i;
    }
    return RULES_CHECKS_END;
}

void rules_check_guess(guess_t *guess, compiler_t *compiler)
{
    for (int i = 0; i < RULES_CHECKS_END; i++) rules_guess_show(guess, compiler, span_of(checks[i].words));
}

span_t rules_say_words(compiler_t *compiler, const given_t *say)
{
    const char *words = "";
    for (int i = 0; i < say->rest_count; i++) {
        words = apr_pstrcat(compiler->pool, words, i ? " " : "", span_text(compiler->pool, say->rest[i].text), NULL);
    }
    return span_of(words);
}

/* The next piece of a sentence: literal text, or a placeholder with its braces. */
static span_t next_piece(span_t text, apr_size_t at)
{
    span_t rest = {text.at + at, text.size - at};
    const char *brace = memchr(rest.at, '{', rest.size);
    if (brace != rest.at) return (span_t){rest.at, brace ? (apr_size_t)(brace - rest.at) : rest.size};
    const char *end = memchr(rest.at, '}', rest.size);
    return (span_t){rest.at, end ? (apr_size_t)(end + 1 - rest.at) : rest.size};
}

/* Index of the placeholder; -1 when it is none. */
static int find_placeholder(span_t piece)
{
    for (int i = 0; i < (int)(sizeof placeholders / sizeof placeholders[0]); i++) {
        if (span_is(piece, placeholders[i].name)) return i;
    }
    return -1;
}

static void report_placeholder(compiler_t *compiler, const given_t *say, span_t piece, unsigned allowed)
{
    apr_size_t at = (apr_size_t)(piece.at - say->string->text.at);
    guess_t guess = rules_guess(compiler, piece);
    for (apr_size_t i = 0; i < sizeof placeholders / sizeof placeholders[0]; i++) {
        if (allowed & placeholders[i].bit) rules_guess_show(&guess, compiler, span_of(placeholders[i].name));
    }
    rules_error(compiler, rules_place_in(say->string, at), "nothing fills '%s' in this sentence%s",
                span_text(compiler->pool, piece), rules_guess_hint(&guess, compiler));
}

/* Notes those that are not allowed; gives those that are there. */
static unsigned check_placeholders(compiler_t *compiler, const given_t *say, unsigned allowed)
{
    unsigned there = 0;
    span_t text = rules_given_text(say), piece;
    for (apr_size_t at = 0; at < text.size; at += piece.size) {
        piece = next_piece(text, at);
        if (*piece.at != '{') continue;
        int found = find_placeholder(piece);
        if (found < 0 || !(allowed & placeholders[found].bit)) report_placeholder(compiler, say, piece, allowed);
        there |= found < 0 ? allowed : placeholders[found].bit; /* a misspelled one may be any of them */
    }
    return there;
}

void rules_sentence_check(compiler_t *compiler, const given_t *say, rules_check_kind_t kind)
{
    check_placeholders(compiler, say, kind == RULES_CHECKS_END ? 0 : checks[kind].placeholders);
}

void rules_sentence_check_spoken(compiler_t *compiler, const given_t *say, span_t subject)
{
    unsigned allowed = 0, needed = 0;
    for (apr_size_t i = 0; i < sizeof spoken / sizeof spoken[0]; i++) {
        if (!span_is(subject, spoken[i].subject)) continue;
        allowed = spoken[i].placeholders;
        needed = spoken[i].needed;
    }
    needed &= ~check_placeholders(compiler, say, allowed);
    for (apr_size_t i = 0; say->ok && i < sizeof placeholders / sizeof placeholders[0]; i++) {
        if (!(needed & placeholders[i].bit)) continue;
        rules_error(compiler, rules_string_place(say), "this sentence must hold %s", placeholders[i].name);
    }
}

span_t rules_sentence_fill(compiler_t *compiler, const given_t *say, const filling_t *filling, place_t at)
{
    const char *filled = "";
    span_t text = rules_given_text(say), piece;
    for (apr_size_t i = 0; i < text.size; i += piece.size) {
        piece = next_piece(text, i);
        int found = *piece.at == '{' ? find_placeholder(piece) : -1;
        if (found >= 0 && (placeholders[found].bit & FILLED_LATER)) found = -1;
        span_t put = piece;
        if (found >= 0) put = *(const span_t *)(const void *)((const char *)filling + placeholders[found].offset);
        if (found >= 0 && put.size == 0 && !filling->broken) {
            rules_error(compiler, at, "a sentence about this field needs %s, in %s", placeholders[found].name,
                        rules_other_place(compiler, at, rules_given_place(say)));
        }
        filled = apr_pstrcat(compiler->pool, filled, span_text(compiler->pool, put), NULL);
    }
    if (!text_is_clean(span_of(filled))) rules_error(compiler, at, "too many combining marks on one letter");
    return span_of(filled);
}
