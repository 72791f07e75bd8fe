/* SPDX-License-Identifier: Apache-2.0
 *
 * Compares names of people and companies. What differs in notation only: width, spaces, capitals, kanji that
 * certificates can't hold, ㈱ and 株式会社. Every other letter counts.
 */
#include "text/match_token.h"

typedef struct {
    const uint32_t *sign; /* in brackets: （株） */
    const uint32_t *word;
} company_t;

static const company_t companies[] = {
    {U"株", U"株式会社"},       {U"有", U"有限会社"},
    {U"同", U"合同会社"},       {U"名", U"合名会社"},
    {U"資", U"合資会社"},       {U"医", U"医療法人"},
    {U"学", U"学校法人"},       {U"福", U"社会福祉法人"},
    {U"宗", U"宗教法人"},       {U"財", U"財団法人"},
    {U"社", U"社団法人"},       {U"一財", U"一般財団法人"},
    {U"一社", U"一般社団法人"}, {U"公財", U"公益財団法人"},
    {U"公社", U"公益社団法人"}, {U"特非", U"特定非営利活動法人"},
};

enum { COMPANIES = sizeof companies / sizeof *companies };

/* How many characters are this sign in its brackets; 0: they are another. */
static int sign_at(const match_char_t *chars, int left, const uint32_t *sign)
{
    int at = 1;
    if (chars[0].code != '(') return 0;
    for (; *sign && at < left && chars[at].code == *sign; ++at) ++sign;
    return *sign == 0 && at < left && chars[at].code == ')' ? at + 1 : 0;
}

static const company_t *company_at(int *length, const match_char_t *chars, int left)
{
    for (int i = 0; i < COMPANIES; ++i) {
        *length = sign_at(chars, left, companies[i].sign);
        if (*length > 0) return &companies[i];
    }
    return NULL;
}

/* A dash behind kana is a ー that was typed with the wrong key; elsewhere it counts as the letter it is. */
static bool is_long_vowel(const match_char_t *chars, int at)
{
    if (at == 0 || chars[at].code != '-') return false;
    return match_is_katakana(chars[at - 1].code) || match_is_hiragana(chars[at - 1].code);
}

static void put_word(apr_array_header_t *tokens, const company_t *company, const match_char_t *chars, int length)
{
    for (const uint32_t *letter = company->word; *letter; ++letter) {
        token_t token = token_at(TOKEN_LETTER, chars);
        token.code = *letter;
        token.end = chars[length - 1].end;
        APR_ARRAY_PUSH(tokens, token_t) = token;
    }
}

static void put_letter(apr_array_header_t *tokens, const match_char_t *chars, int at)
{
    const match_char_t *character = &chars[at];
    bool space = !character->any && character->code == ' ';
    token_t token = token_at(character->any ? TOKEN_ANY : space ? TOKEN_SPACE : TOKEN_LETTER, character);
    if (is_long_vowel(chars, at)) token.code = GLYPH_LONG_VOWEL;
    APR_ARRAY_PUSH(tokens, token_t) = token;
}

/* NULL unless it is clean text. */
static apr_array_header_t *read_tokens(span_t name, span_t flags, apr_pool_t *pool)
{
    const match_source_t source = {.fields = &name, .count = 1, .flags = flags};
    const apr_array_header_t *array = match_chars(&source, MATCH_PERSON, pool);
    if (!array) return NULL;
    const match_char_t *chars = (const match_char_t *)array->elts;
    apr_array_header_t *tokens = apr_array_make(pool, array->nelts + 1, sizeof(token_t));
    for (int at = 0; at < array->nelts;) {
        int length;
        const company_t *company = company_at(&length, chars + at, array->nelts - at);
        if (company)
            put_word(tokens, company, chars + at, length);
        else
            put_letter(tokens, chars, at);
        at += company ? length : 1;
    }
    return tokens;
}

static span_t piece_of(const token_t *token, span_t text)
{
    return token ? (span_t){text.at + token->begin, token->end - token->begin} : SPAN("");
}

void match_name(match_result_t *result, span_t typed, span_t certificate, span_t flags, apr_pool_t *pool)
{
    token_match_t match;
    const apr_array_header_t *a = read_tokens(typed, SPAN(""), pool), *b = read_tokens(certificate, flags, pool);
    *result = (match_result_t){.verdict = MATCH_DIFFERENT, .typed = SPAN(""), .certificate = SPAN("")};
    if (!a || !b || !token_any_weight(a) || !token_any_weight(b)) return;
    token_compare(&match, a, b, pool);
    result->substituted = match.substituted;
    if (match.equal) {
        result->verdict = span_equal(typed, certificate) ? MATCH_SAME : MATCH_NOTATION;
        return;
    }
    for (int i = 0; i < match.steps->nelts; ++i) {
        const token_step_t *step = &APR_ARRAY_IDX(match.steps, i, token_step_t);
        if (step->equal) continue;
        result->typed = piece_of(step->typed, typed);
        result->certificate = piece_of(step->certificate, certificate);
        return;
    }
}
