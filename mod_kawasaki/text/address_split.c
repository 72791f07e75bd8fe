/* SPDX-License-Identifier: Apache-2.0
 *
 * Takes an address apart: which number is the lot's first, and what behind it is still the lot. Where the municipality
 * ends: address_split_city.c.
 */
#include "text/address_split.h"
#include "text/address.h"
#include "text/address_split_city.h"
#include "text/text.h"

typedef struct {
    const token_t *in;
    int count;
    const match_char_t *chars_end;
} line_t;

/* --- What stands there --- */

static const token_t *look(const line_t *line, int at)
{
    static const token_t end = {.kind = TOKEN_SPACE};
    return at >= 0 && at < line->count ? &line->in[at] : &end;
}

static bool number_at(const line_t *line, int at)
{
    return token_is_number(look(line, at));
}

static bool gap_at(const line_t *line, int at)
{
    return look(line, at)->kind == TOKEN_SPACE;
}

/* 0: no letter; of a numeral that is no number, its first. */
static uint32_t letter_at(const line_t *line, int at)
{
    const token_t *token = look(line, at);
    bool letter = token->kind == TOKEN_LETTER || (token->kind == TOKEN_NUMERAL && !token->counted);
    return letter ? token->code : 0;
}

static bool is_among(uint32_t code, const uint32_t *list)
{
    while (*list && *list != code) ++list;
    return *list != 0;
}

/* How many of the letters there are this word; 0: it is another. */
static int word_at(const line_t *line, int at, const uint32_t *word)
{
    int length = 0;
    while (word[length] && letter_at(line, at + length) == word[length]) ++length;
    return word[length] ? 0 : length;
}

/* Does this word stand behind the number's digits? Units are no tokens. */
static bool counts(const line_t *line, int number, const uint32_t *word)
{
    const token_t *token = look(line, number);
    const match_char_t *at = token->chars + token->count;
    while (at < line->chars_end && at->code == ' ') ++at;
    for (; *word; ++word, ++at) {
        if (at >= line->chars_end || at->any || at->code != *word) return false;
    }
    return true;
}

static bool counts_house(const line_t *line, int number)
{
    return counts(line, number, U"階") || counts(line, number, U"F") || counts(line, number, U"棟") ||
           counts(line, number, U"号棟") || counts(line, number, U"号館") || counts(line, number, U"番館");
}

static bool counts_room(const line_t *line, int number)
{
    return counts(line, number, U"号室") || counts(line, number, U"室");
}

/* 番地, 番外地 with no number, or behind it. */
static int lot_word_at(const line_t *line, int at)
{
    static const uint32_t *const words[] = {U"無番地", U"番外地", U"番外", U"番地"};
    int length = 0;
    for (unsigned i = 0; i < sizeof words / sizeof *words && length == 0; ++i) length = word_at(line, at, words[i]);
    return length;
}

static bool kana_at(const line_t *line, int at)
{
    uint32_t code = letter_at(line, at);
    return match_is_katakana(code) || match_is_hiragana(code);
}

/* 甲, イ: lots are told apart by them. Not 丁, with which many towns end; nor the last letter of a word in kana, of
 * 上ル or 通り. */
static bool mark_at(const line_t *line, int at)
{
    uint32_t code = letter_at(line, at), before = letter_at(line, at - 1);
    if (is_among(code, U"甲乙丙戊己庚辛壬癸")) return before != U'字';
    if (kana_at(line, at - 1) || is_among(before, U"上下入字")) return false;
    return is_among(code, U"イロハニホヘトチリヌルヲいろはにほへとちぬるを");
}

static bool latin_at(const line_t *line, int at)
{
    uint32_t code = letter_at(line, at);
    return code >= 'A' && code <= 'Z';
}

/* --- The town's numbers --- */

static bool touches(const line_t *line, int at)
{
    return at + 1 < line->count && line->in[at].end == line->in[at + 1].begin;
}

static uint32_t code_before(const line_t *line, int at)
{
    return at > 0 && at < line->count ? line->in[at].chars[-1].code : 0;
}

/* A number without a unit: 24条, 1番町, 第1基線, 十字, 字八 12番地, 東二 12番地, 六の一丁目. */
static bool names_by_number(const line_t *line, int at)
{
    bool numeral = look(line, at)->kind == TOKEN_NUMERAL;
    uint32_t next = letter_at(line, at + 1);
    if (numeral && letter_at(line, at - 1) == U'字') return true;
    if (look(line, at + 1)->unit == UNIT_DISTRICT) return true;
    if (!touches(line, at)) return false;
    if (numeral && look(line, at + 1)->kind == TOKEN_NUMBER) return true;
    if (next == 0 || mark_at(line, at + 1) || lot_word_at(line, at + 1) > 0) return false;
    return numeral || letter_at(line, at - 1) == U'第' || is_among(next, U"条線丁番号町区組軒階棟ノ");
}

/* What counts something else than lots: 東1線14号 5番地, 中3番 5番地, 東10号北, 外四番江, 三室. */
static bool names_by_unit(const line_t *line, int at)
{
    uint32_t last = code_before(line, at + 1), next = letter_at(line, at + 1);
    bool numeral = look(line, at)->kind == TOKEN_NUMERAL;
    if (numeral && counts(line, at, U"室")) return true;
    if (last != U'番' && last != U'号') return false;
    if (number_at(line, at + 1)) return counts(line, at + 1, U"番") || counts(line, at + 1, U"丁目");
    if (last == U'号') return is_among(next, U"東西南北");
    return numeral && match_is_kanji(next) && !mark_at(line, at + 1);
}

/* Is the number part of a town's name? */
static bool names_town(const line_t *line, int at)
{
    switch (look(line, at)->unit) {
    case UNIT_DISTRICT: return true;
    case UNIT_LAND: return letter_at(line, at + 1) != 0; /* 第3地割字沢山12番地 */
    case UNIT_LOT: return names_by_unit(line, at);
    default: return names_by_number(line, at);
    }
}

/* --- The lot --- */

/* Where the lot begins whose first number this is: 乙11, イ-12, 第5地割, 7丁目左1号. */
static int begin_of(const line_t *line, int number)
{
    int before = number - 1;
    if (look(line, before)->kind == TOKEN_DASH) --before;
    if (mark_at(line, before)) return before;
    if (letter_at(line, before) == U'第') return before;
    bool side = is_among(letter_at(line, before), U"左右") && look(line, before - 1)->unit == UNIT_DISTRICT;
    return side ? before : number;
}

/* How many tokens go on with the lot behind its number. */
static int lot_letters(const line_t *line, int number, int at)
{
    int word = lot_word_at(line, at);
    if (word > 0) return word;
    uint32_t code = letter_at(line, at);
    if (code == U'先') return gap_at(line, at + 1);
    if (code == U'、' || code == ',') return number_at(line, at + 1);
    if (number >= 0 && counts(line, number, U"号") && code_before(line, at) == U'号') return 0;
    bool ends = gap_at(line, at + 1) || number_at(line, at + 1) || look(line, at + 1)->kind == TOKEN_DASH;
    return ends && (latin_at(line, at) || mark_at(line, at));
}

/* 号 ends a lot, unless a dash or の joins another number to it. */
static bool number_goes_on(const line_t *line, int number, int at)
{
    bool numeral_of_word = look(line, at)->kind == TOKEN_NUMERAL && touches(line, at) && letter_at(line, at + 1);
    if (counts_house(line, at) || counts_room(line, at) || numeral_of_word) return false;
    return number < 0 || !counts(line, number, U"号") || code_before(line, at) != U'号';
}

/* How many tokens at `at` belong to the lot whose last number so far is `number` (-1: none); 0: the building begins. */
static int goes_on(const line_t *line, int number, int at)
{
    const token_t *token = look(line, at);
    switch (token->kind) {
    case TOKEN_NUMBER:
    case TOKEN_NUMERAL: return token_is_number(token) ? number_goes_on(line, number, at) : 0;
    case TOKEN_DASH:
        if (number_at(line, at + 1)) return counts_house(line, at + 1) ? 0 : 2;
        return (latin_at(line, at + 1) || mark_at(line, at + 1)) && gap_at(line, at + 2) ? 2 : 0;
    case TOKEN_SPACE: /* 3番 3号 */
        if (at >= line->count || code_before(line, at) != U'番' || !number_at(line, at + 1)) return 0;
        return counts(line, at + 1, U"号") && !counts_room(line, at + 1) && !counts_house(line, at + 1) ? 2 : 0;
    case TOKEN_LETTER: return lot_letters(line, number, at);
    default: return 0;
    }
}

static int find_building(const line_t *line, int number, int at)
{
    for (int more = 1; more > 0; at += more) {
        more = goes_on(line, number, at);
        if (more > 0 && number_at(line, at + more - 1)) number = at + more - 1;
    }
    return at;
}

/* Indices of the tokens where lot and building begin; the count where there is none. */
static void find_lot(const line_t *line, int *lot, int *building)
{
    int behind_district = line->count;
    for (int at = 0; at < line->count; ++at) {
        int word = lot_word_at(line, at);
        if (word > 0) {
            *lot = at;
            *building = find_building(line, -1, at + word);
            return;
        }
        if (!number_at(line, at)) continue;
        if (!names_town(line, at)) {
            *lot = begin_of(line, at);
            *building = find_building(line, at, at + 1);
            return;
        }
        if (look(line, at)->unit == UNIT_DISTRICT) behind_district = at + 1;
    }
    *lot = *building = behind_district;
}

/* --- The parts --- */

static apr_size_t begin_of_char(const apr_array_header_t *chars, int at, span_t address)
{
    return at < chars->nelts ? APR_ARRAY_IDX(chars, at, match_char_t).begin : address.size;
}

static apr_size_t begin_of_token(const line_t *line, int at, span_t address)
{
    return at < line->count ? line->in[at].begin : address.size;
}

static void find_borders(apr_size_t *begins, const apr_array_header_t *chars, span_t address, apr_pool_t *pool)
{
    address_region_t region;
    int lot, building;
    address_region(&region, chars);
    int city = region.prefecture_end;
    int town = address_split_city(chars, city, city > 0);
    const apr_array_header_t *tokens = address_tokens(chars, town, pool);
    const line_t line = {.in = (const token_t *)tokens->elts,
                         .count = tokens->nelts,
                         .chars_end = (const match_char_t *)chars->elts + chars->nelts};
    find_lot(&line, &lot, &building);
    begins[MATCH_PREFECTURE] = 0;
    begins[MATCH_CITY] = begin_of_char(chars, city, address);
    begins[MATCH_TOWN] = begin_of_char(chars, town, address);
    begins[MATCH_LOT] = begin_of_token(&line, lot, address);
    begins[MATCH_BUILDING] = begin_of_token(&line, building, address);
    begins[MATCH_PARTS] = address.size;
}

void address_split(match_parts_t *parts, span_t address, apr_pool_t *pool)
{
    const match_source_t source = {.fields = &address, .count = 1};
    const apr_array_header_t *chars = address.size > 0 ? match_chars(&source, MATCH_PLACE, pool) : NULL;
    apr_size_t begins[MATCH_PARTS + 1];
    if (!chars) {
        *parts = (match_parts_t){{SPAN(""), SPAN(""), address, SPAN(""), SPAN("")}};
        return;
    }
    find_borders(begins, chars, address, pool);
    for (int i = 0; i < MATCH_PARTS; ++i)
        parts->part[i] = text_trim((span_t){address.at + begins[i], begins[i + 1] - begins[i]});
}
