/* SPDX-License-Identifier: Apache-2.0
 *
 * Compares addresses, whole or part by part. How an address becomes tokens: address_token.c.
 */
#include "text/address.h"
#include "text/text.h"

typedef struct {
    apr_array_header_t *chars, *tokens;
    address_region_t region;
} side_t;

/* False unless it is clean text. */
static bool read_side(side_t *side, const match_source_t *source, apr_pool_t *pool)
{
    apr_array_header_t *chars = match_chars(source, MATCH_PLACE, pool);
    if (!chars) return false;
    side->chars = address_clean(chars, pool);
    address_region(&side->region, side->chars);
    return true;
}

/* Where one leaves its prefecture out, the municipality decides if it is one that can. */
static bool prefectures_agree(const address_region_t *a, const address_region_t *b)
{
    int in_a = a->prefecture, in_b = b->prefecture;
    if (in_a < 0 && in_b < 0) return true;
    if (in_a < 0) in_a = a->municipality_lies_in;
    if (in_b < 0) in_b = b->municipality_lies_in;
    return in_a < 0 || in_b < 0 || in_a == in_b;
}

static bool says_something(const side_t *side)
{
    return side->region.prefecture >= 0 || token_any_weight(side->tokens);
}

static bool has_district(const address_region_t *region)
{
    return region->district_end > region->prefecture_end;
}

/* Prefectures are compared by themselves; a district counts only where both say it. */
static void make_tokens(side_t *side, const side_t *other, apr_pool_t *pool)
{
    const address_region_t *region = &side->region;
    int from = has_district(&other->region) ? region->prefecture_end : region->district_end;
    side->tokens = address_tokens(side->chars, from, pool);
}

static const match_char_t *char_before(const side_t *side, int at)
{
    return at > 0 ? &APR_ARRAY_IDX(side->chars, at - 1, match_char_t) : NULL;
}

static span_t cut(span_t text, apr_size_t begin, apr_size_t end)
{
    return begin < end ? (span_t){text.at + begin, end - begin} : (span_t){text.at + begin, 0};
}

static span_t piece_of(const token_t *token, const match_source_t *source)
{
    return token ? cut(source->fields[token->field], token->begin, token->end) : SPAN("");
}

typedef struct {
    side_t typed, certificate;
    const match_source_t *typed_source, *certificate_source;
    token_match_t match;
    bool prefectures;
} comparison_t;

static span_t prefecture_of(const side_t *side, const match_source_t *source)
{
    const match_char_t *last = char_before(side, side->region.prefecture_end);
    return last ? cut(source->fields[last->field], 0, last->end) : SPAN(""); /* which may be in another field */
}

/* Where they differ first. */
static void point_out(match_result_t *result, const comparison_t *comparison)
{
    if (!comparison->prefectures) {
        result->typed = prefecture_of(&comparison->typed, comparison->typed_source);
        result->certificate = prefecture_of(&comparison->certificate, comparison->certificate_source);
        return;
    }
    for (int i = 0; i < comparison->match.steps->nelts; ++i) {
        const token_step_t *step = &APR_ARRAY_IDX(comparison->match.steps, i, token_step_t);
        if (step->equal) continue;
        result->typed = piece_of(step->typed, comparison->typed_source);
        result->certificate = piece_of(step->certificate, comparison->certificate_source);
        return;
    }
}

/* False where a side is no clean text: all is different then, and nothing was compared. */
static bool compare(match_result_t *result, comparison_t *comparison, apr_pool_t *pool)
{
    side_t *typed = &comparison->typed, *certificate = &comparison->certificate;
    *result = (match_result_t){.verdict = MATCH_DIFFERENT, .typed = SPAN(""), .certificate = SPAN("")};
    if (!read_side(typed, comparison->typed_source, pool)) return false;
    if (!read_side(certificate, comparison->certificate_source, pool)) return false;
    make_tokens(typed, certificate, pool);
    make_tokens(certificate, typed, pool);
    token_compare(&comparison->match, typed->tokens, certificate->tokens, pool);
    comparison->prefectures = prefectures_agree(&typed->region, &certificate->region);
    result->substituted = comparison->match.substituted;
    bool something = says_something(typed) && says_something(certificate);
    if (something && comparison->match.equal && comparison->prefectures)
        result->verdict = MATCH_NOTATION;
    else
        point_out(result, comparison);
    return true;
}

void match_address(match_result_t *result, span_t typed, span_t certificate, span_t flags, apr_pool_t *pool)
{
    const match_source_t a = {.fields = &typed, .count = 1};
    const match_source_t b = {.fields = &certificate, .count = 1, .flags = flags};
    comparison_t comparison = {.typed_source = &a, .certificate_source = &b};
    if (!compare(result, &comparison, pool)) return;
    if (result->verdict == MATCH_NOTATION && span_equal(typed, certificate)) result->verdict = MATCH_SAME;
}

/* --- Part by part --- */

#define NOWHERE ((apr_size_t)-1)

typedef struct {
    const match_parts_t *parts;
    span_t certificate;
    match_result_t *result;
    apr_size_t begins[MATCH_PARTS]; /* where a part begins in the certificate */
    int part;                       /* the steps have come to */
    int next;                       /* the next step that was typed */
} parting_t;

/* The part of the next token that was typed, from step i on; MATCH_PARTS: none is left. */
static int next_part(parting_t *parting, const apr_array_header_t *steps, int i)
{
    if (parting->next < i) parting->next = i;
    for (; parting->next < steps->nelts; ++parting->next) {
        const token_step_t *step = &APR_ARRAY_IDX(steps, parting->next, token_step_t);
        if (step->typed && (step->certificate || !step->equal)) return step->typed->field;
    }
    return MATCH_PARTS;
}

/* To which part something belongs that only the certificate says: numbers to the lot that was begun, else what was left
 * empty there, else what was begun. */
static int part_of_addition(const parting_t *parting, const token_t *token, int next)
{
    if (parting->part == MATCH_LOT && token_is_number(token)) return MATCH_LOT;
    for (int part = parting->part + 1; part < next; ++part) {
        if (parting->parts->part[part].size == 0) return part;
    }
    if (parting->part >= 0) return parting->part;
    return next < MATCH_PARTS ? next : MATCH_CITY;
}

static void place_step(parting_t *parting, const apr_array_header_t *steps, int i)
{
    const token_step_t *step = &APR_ARRAY_IDX(steps, i, token_step_t);
    if (step->equal && (!step->typed || !step->certificate)) return; /* a space or a dash says nothing */
    int part =
        step->typed ? step->typed->field : part_of_addition(parting, step->certificate, next_part(parting, steps, i));
    if (part > parting->part) parting->part = part;
    match_piece_t *piece = &parting->result->piece[part];
    if (!step->equal) piece->verdict = MATCH_DIFFERENT;
    if (!step->certificate) return;
    if (step->equal && step->certificate->kind == TOKEN_ANY) piece->substituted = true;
    if (parting->begins[part] == NOWHERE) parting->begins[part] = step->certificate->begin;
}

/* Each part reaches to where the next one begins, so that its units are with it. */
static void cut_certificate(parting_t *parting, apr_size_t prefecture_end)
{
    apr_size_t end = parting->certificate.size;
    for (int part = MATCH_PARTS - 1; part >= MATCH_PREFECTURE; --part) {
        match_piece_t *piece = &parting->result->piece[part];
        apr_size_t begin = parting->begins[part];
        piece->certificate = SPAN("");
        if (begin == NOWHERE || begin > end) continue;
        bool first = begin > prefecture_end;
        for (int before = 0; before < part; ++before) first = first && parting->begins[before] == NOWHERE;
        if (first) begin = prefecture_end; /* a district that was left out */
        piece->certificate = text_trim(cut(parting->certificate, begin, end));
        end = begin;
    }
    if (prefecture_end > 0)
        parting->result->piece[MATCH_PREFECTURE].certificate = cut(parting->certificate, 0, prefecture_end);
}

static void judge_pieces(match_result_t *result)
{
    bool same = true;
    for (int part = 0; part < MATCH_PARTS; ++part) {
        match_piece_t *piece = &result->piece[part];
        if (piece->verdict != MATCH_DIFFERENT && !span_equal(piece->typed, piece->certificate)) {
            piece->verdict = MATCH_NOTATION;
        }
        same = same && piece->verdict == MATCH_SAME;
    }
    if (result->verdict == MATCH_NOTATION && same) result->verdict = MATCH_SAME;
}

static void part(parting_t *parting, const comparison_t *comparison)
{
    const apr_array_header_t *steps = comparison->match.steps;
    const match_char_t *last = char_before(&comparison->certificate, comparison->certificate.region.prefecture_end);
    for (int i = 0; i < MATCH_PARTS; ++i) parting->begins[i] = NOWHERE;
    parting->part = comparison->typed.region.prefecture_end > 0 || last ? MATCH_PREFECTURE : -1;
    for (int i = 0; i < steps->nelts; ++i) place_step(parting, steps, i);
    if (!comparison->prefectures) parting->result->piece[MATCH_PREFECTURE].verdict = MATCH_DIFFERENT;
    cut_certificate(parting, last ? last->end : 0);
    judge_pieces(parting->result);
}

void match_parts(match_result_t *result, const match_parts_t *parts, span_t certificate, span_t flags, apr_pool_t *pool)
{
    const match_source_t a = {.fields = parts->part, .count = MATCH_PARTS};
    const match_source_t b = {.fields = &certificate, .count = 1, .flags = flags};
    comparison_t comparison = {.typed_source = &a, .certificate_source = &b};
    parting_t parting = {.parts = parts, .certificate = certificate, .result = result};
    bool compared = compare(result, &comparison, pool);
    for (int i = 0; i < MATCH_PARTS; ++i) {
        result->piece[i].typed = parts->part[i];
        result->piece[i].certificate = SPAN("");
        result->piece[i].verdict = compared ? MATCH_SAME : MATCH_DIFFERENT;
    }
    if (compared) part(&parting, &comparison);
}
