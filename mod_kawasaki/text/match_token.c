/* SPDX-License-Identifier: Apache-2.0
 *
 * Compares lists of tokens: which are equal, and where lists differ, which tokens belong together (the shortest edit,
 * by Wagner and Fischer, J. ACM 21, 1974).
 */
#include "text/match_token.h"

#define NO_WEIGHT 0
#define CHANGED   1 /* another token of the same kind */
#define LACKING   1 /* a token on one side only */
#define UNLIKE    3 /* never: two LACKING are cheaper */

token_t token_at(token_kind_t kind, const match_char_t *where)
{
    return (token_t){.kind = kind,
                     .code = where->code,
                     .chars = where,
                     .count = 1,
                     .value = -1,
                     .field = where->field,
                     .begin = where->begin,
                     .end = where->end};
}

bool token_is_number(const token_t *token)
{
    return token->kind == TOKEN_NUMBER || (token->kind == TOKEN_NUMERAL && token->counted);
}

static bool is_light(const token_t *token)
{
    return token->kind == TOKEN_SPACE || token->kind == TOKEN_DASH;
}

bool token_any_weight(const apr_array_header_t *tokens)
{
    for (int i = 0; i < tokens->nelts; ++i) {
        if (!is_light(&APR_ARRAY_IDX(tokens, i, token_t))) return true;
    }
    return false;
}

static bool same_characters(const token_t *a, const token_t *b)
{
    if (a->count != b->count) return false;
    for (apr_size_t i = 0; i < a->count; ++i) {
        if (a->chars[i].code != b->chars[i].code) return false;
    }
    return true;
}

/* A unit may be left out behind a number, not within a name: 三番瀬 is not 三瀬. */
static bool units_agree(const token_t *a, const token_t *b)
{
    if (a->unit == b->unit) return true;
    return (a->unit == UNIT_NONE || b->unit == UNIT_NONE) && token_is_number(a) && token_is_number(b);
}

static bool same_number(const token_t *a, const token_t *b)
{
    if (!units_agree(a, b)) return false;
    if (a->kind == b->kind && same_characters(a, b)) return true;
    return token_is_number(a) && token_is_number(b) && a->value >= 0 && a->value == b->value;
}

static bool is_one_letter(const token_t *token)
{
    return token->kind == TOKEN_LETTER || token->kind == TOKEN_ANY ||
           (token->kind == TOKEN_NUMERAL && token->count == 1);
}

/* A light token is nothing, or this letter. */
static bool is_letter_of(const token_t *light, const token_t *token)
{
    uint32_t code = light->kind == TOKEN_DASH ? GLYPH_LONG_VOWEL : GLYPH_MIDDLE_DOT;
    return is_light(light) && token->kind == TOKEN_LETTER && token->code == code;
}

static bool is_equal(const token_t *a, const token_t *b)
{
    if (is_letter_of(a, b) || is_letter_of(b, a)) return true;
    if (a->kind == TOKEN_ANY || b->kind == TOKEN_ANY) return is_one_letter(a) && is_one_letter(b);
    if (a->kind == TOKEN_LETTER || b->kind == TOKEN_LETTER) return a->kind == b->kind && a->code == b->code;
    if (is_light(a) || is_light(b)) return a->kind == b->kind;
    return same_number(a, b);
}

/* --- Steps --- */

typedef struct {
    const token_t *a, *b; /* what is left of both lists */
    apr_size_t a_count, b_count;
    apr_array_header_t *steps;
} lists_t;

static void take(lists_t *lists, bool a, bool b, bool equal)
{
    token_step_t *step = &APR_ARRAY_PUSH(lists->steps, token_step_t);
    *step = (token_step_t){a ? lists->a : NULL, b ? lists->b : NULL, equal};
    lists->a += a;
    lists->a_count -= a;
    lists->b += b;
    lists->b_count -= b;
}

/* A space before the ・ that it could be itself: メゾン ・ ド is メゾン・ド. */
static bool comes_before(const token_t *light, apr_size_t count, const token_t *other)
{
    return is_light(light) && !is_light(other) && count > 1 && is_equal(light + 1, other);
}

/* As far as both lists are equal. */
static void walk(lists_t *lists)
{
    for (;;) {
        bool a = lists->a_count > 0, b = lists->b_count > 0;
        if (a && b && comes_before(lists->a, lists->a_count, lists->b))
            take(lists, true, false, true);
        else if (a && b && comes_before(lists->b, lists->b_count, lists->a))
            take(lists, false, true, true);
        else if (a && b && is_equal(lists->a, lists->b))
            take(lists, true, true, true);
        else if (a && is_light(lists->a))
            take(lists, true, false, true);
        else if (b && is_light(lists->b))
            take(lists, false, true, true);
        else
            return;
    }
}

static unsigned lacking(const token_t *token)
{
    return is_light(token) ? NO_WEIGHT : LACKING;
}

static unsigned change(const token_t *a, const token_t *b)
{
    if (is_equal(a, b)) return NO_WEIGHT;
    bool numbers = token_is_number(a) && token_is_number(b), letters = is_one_letter(a) && is_one_letter(b);
    return numbers || letters ? CHANGED : UNLIKE;
}

static uint16_t least(unsigned a, unsigned b, unsigned c)
{
    unsigned both = a < b ? a : b;
    return (uint16_t)(both < c ? both : c);
}

/* The costs from each pair of places to the ends: row by row of a, b_count + 1 in a row. */
static uint16_t *measure(const lists_t *lists, apr_pool_t *pool)
{
    apr_size_t width = lists->b_count + 1;
    uint16_t *costs = apr_pcalloc(pool, (lists->a_count + 1) * width * sizeof *costs);
    for (apr_size_t i = lists->a_count + 1; i-- > 0;) {
        for (apr_size_t j = lists->b_count + 1; j-- > 0;) {
            const token_t *a = lists->a + i, *b = lists->b + j;
            uint16_t *cost = costs + i * width + j;
            if (i < lists->a_count && j < lists->b_count)
                *cost = least(cost[width] + lacking(a), cost[1] + lacking(b), cost[width + 1] + change(a, b));
            else if (i < lists->a_count)
                *cost = (uint16_t)(cost[width] + lacking(a));
            else if (j < lists->b_count)
                *cost = (uint16_t)(cost[1] + lacking(b));
        }
    }
    return costs;
}

/* The cheapest way through the costs. */
static void align(lists_t *lists, apr_pool_t *pool)
{
    apr_size_t width = lists->b_count + 1;
    const uint16_t *cost = measure(lists, pool);
    while (lists->a_count > 0 || lists->b_count > 0) {
        bool a = lists->a_count > 0, b = lists->b_count > 0;
        unsigned both = a && b ? change(lists->a, lists->b) : UNLIKE;
        if (both != UNLIKE && *cost == cost[width + 1] + both) {
            take(lists, true, true, both == NO_WEIGHT);
            cost += width + 1;
        } else if (a && *cost == cost[width] + lacking(lists->a)) {
            take(lists, true, false, is_light(lists->a));
            cost += width;
        } else {
            take(lists, false, true, is_light(lists->b));
            cost += 1;
        }
    }
}

static void judge(token_match_t *match)
{
    for (int i = 0; i < match->steps->nelts; ++i) {
        const token_step_t *step = &APR_ARRAY_IDX(match->steps, i, token_step_t);
        match->equal = match->equal && step->equal;
        bool any = step->typed && step->certificate &&
                   (step->typed->kind == TOKEN_ANY || step->certificate->kind == TOKEN_ANY);
        match->substituted = match->substituted || (any && step->equal);
    }
}

void token_compare(token_match_t *match, const apr_array_header_t *typed, const apr_array_header_t *certificate,
                   apr_pool_t *pool)
{
    lists_t lists = {.a = (const token_t *)typed->elts,
                     .b = (const token_t *)certificate->elts,
                     .a_count = (apr_size_t)typed->nelts,
                     .b_count = (apr_size_t)certificate->nelts,
                     .steps = apr_array_make(pool, typed->nelts + certificate->nelts + 1, sizeof(token_step_t))};
    walk(&lists);
    if (lists.a_count <= TOKEN_ALIGN_MAX && lists.b_count <= TOKEN_ALIGN_MAX) align(&lists, pool);
    while (lists.a_count > 0) take(&lists, true, false, false);
    while (lists.b_count > 0) take(&lists, false, true, false);
    *match = (token_match_t){.steps = lists.steps, .equal = true};
    judge(match);
}
