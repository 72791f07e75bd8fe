/* SPDX-License-Identifier: Apache-2.0
 *
 * An address as tokens: every number is one, and what stands between two numbers (丁目, 番, 番地, 号, の, a dash, a
 * space) is none; all else is letters. Kanji numerals are numbers only beside a unit or a separator: 三田 is no number.
 */
#include "text/address.h"

typedef struct {
    const match_char_t *in;
    int count, at;
    apr_array_header_t *tokens;
    int number; /* the number before, with nothing but its unit and separators since; -1: none */
} reader_t;

static const match_char_t *look(const reader_t *reader, int at)
{
    static const match_char_t end = {.code = 0};
    return at >= 0 && at < reader->count ? &reader->in[at] : &end;
}

/* The code of the character; of a substituted one, that of a kanji that has no other meaning. */
static uint32_t code_at(const reader_t *reader, int at)
{
    const match_char_t *character = look(reader, at);
    return character->any ? U'〓' : character->code;
}

static bool is_one_of(uint32_t code, const uint32_t *list)
{
    while (*list && *list != code) ++list;
    return code != 0 && *list == code;
}

static bool is_digit(uint32_t code)
{
    return code >= '0' && code <= '9';
}

static bool is_latin(uint32_t code)
{
    return code >= 'A' && code <= 'Z';
}

static bool is_no(uint32_t code)
{
    return is_one_of(code, U"のノ之");
}

/* 甲, 乙: what lots are told apart by. */
static bool is_stem(uint32_t code)
{
    return is_one_of(code, U"甲乙丙丁戊己庚辛壬癸");
}

static bool is_word(const reader_t *reader, int at)
{
    uint32_t code = code_at(reader, at);
    return match_is_kanji(code) || match_is_hiragana(code) || code == U'〓';
}

static int numeral_at(const reader_t *reader, int at, apr_int64_t *value)
{
    if (at >= reader->count) return 0;
    return (int)address_numeral(&reader->in[at], (apr_size_t)(reader->count - at), value);
}

/* A number of either kind, spaces before it aside. */
static bool number_follows(const reader_t *reader, int at)
{
    apr_int64_t value;
    while (code_at(reader, at) == ' ') ++at;
    return is_digit(code_at(reader, at)) || (numeral_at(reader, at, &value) > 0 && value >= 0);
}

/* ー is a letter behind kana, elsewhere a dash. */
static bool is_dash(const reader_t *reader, int at)
{
    uint32_t code = code_at(reader, at), before = code_at(reader, at - 1);
    if (code != GLYPH_LONG_VOWEL) return code == '-';
    return !match_is_katakana(before) && !match_is_hiragana(before);
}

static bool is_separator(const reader_t *reader, int at)
{
    uint32_t code = code_at(reader, at);
    return code == 0 || code == ' ' || is_dash(reader, at) || is_one_of(code, U"./・");
}

/* --- Units --- */

/* The unit that stands behind a number, and its characters; 0 where a word begins: 一番町, 八丁堀, 3号館. `second`: the
 * number is behind another, where 5番沢田荘 is more likely than a town called 五番沢. */
static int unit_at(const reader_t *reader, int at, bool second, unit_t *unit)
{
    uint32_t code = code_at(reader, at), next = code_at(reader, at + 1);
    switch (code) {
    case U'丁':
        *unit = UNIT_DISTRICT;
        if (next == U'目') return 2;
        return is_separator(reader, at + 1) || is_no(next) || number_follows(reader, at + 1) ? 1 : 0;
    case U'番':
        *unit = UNIT_LOT;
        if (next == U'地') return 2;
        return is_one_of(next, second ? U"町丁街館外目組割耕" : U"町丁街館外目組割耕通沢屋区堂") ? 0 : 1;
    case U'号':
        *unit = UNIT_LOT;
        if (next == U'室') return is_one_of(code_at(reader, at + 2), U"町戸生") ? 1 : 2; /* 3号 室町ビル */
        return is_one_of(next, second ? U"館線車" : U"館線車地") ? 0 : 1;
    case U'室': *unit = UNIT_LOT; return is_word(reader, at + 1) && !is_stem(next) ? 0 : 1;
    case U'地': *unit = UNIT_LAND; return next == U'割' ? 2 : 0;
    default: return 0;
    }
}

/* What a kanji numeral counts: a unit, or a word such as 条 that stays. Not in names: 三条市, 二階堂, 二階町, 十字町.
 */
static bool counts(const reader_t *reader, int at)
{
    unit_t unit;
    uint32_t code = code_at(reader, at), next = code_at(reader, at + 1);
    bool ends = is_separator(reader, at + 1) || number_follows(reader, at + 1);
    if (code == U'字') return ends;
    if (code == U'条') return ends || is_one_of(next, U"東西南北通上下");
    if (code == U'階') return !is_one_of(next, U"堂町");
    return unit_at(reader, at, false, &unit) > 0 || is_one_of(code, U"番号線棟");
}

/* --- Tokens --- */

static token_t *put(reader_t *reader, token_kind_t kind, int length)
{
    token_t *token = &APR_ARRAY_PUSH(reader->tokens, token_t);
    *token = token_at(kind, &reader->in[reader->at]);
    token->end = reader->in[reader->at + length - 1].end;
    reader->at += length;
    return token;
}

/* The unit behind a number goes with it. */
static void take_unit(reader_t *reader, bool second)
{
    token_t *token = &APR_ARRAY_IDX(reader->tokens, reader->number, token_t);
    unit_t unit = UNIT_NONE;
    int at = reader->at;
    while (code_at(reader, at) == ' ') ++at;
    int length = unit_at(reader, at, second, &unit);
    if (length == 0) return;
    reader->at = at + length;
    token->unit = unit;
}

/* 3F is 3階. */
static bool is_floor(const reader_t *reader)
{
    return code_at(reader, reader->at) == 'F' && !is_latin(code_at(reader, reader->at + 1));
}

static void end_number(reader_t *reader)
{
    bool second = reader->number >= 0;
    reader->number = reader->tokens->nelts - 1;
    if (is_floor(reader)) {
        put(reader, TOKEN_LETTER, 1)->code = U'階';
        reader->number = -1;
    } else {
        take_unit(reader, second);
    }
}

/* The digits that belong together: those of one symbol (⑩), or those that are in no symbol. */
static int digits_at(const reader_t *reader, int at)
{
    const match_char_t *first = &reader->in[at];
    int count = 1;
    for (; is_digit(code_at(reader, at + count)); ++count) {
        const match_char_t *digit = &reader->in[at + count];
        if (digit->alone != first->alone || (digit->alone && digit->begin != first->begin)) break;
    }
    return count;
}

#define VALUE_DIGITS 15

static void read_number(reader_t *reader)
{
    int length = digits_at(reader, reader->at), zeros = 0;
    while (zeros + 1 < length && code_at(reader, reader->at + zeros) == '0') ++zeros;
    token_t *token = put(reader, TOKEN_NUMBER, length);
    token->chars += zeros;
    token->count = (apr_size_t)(length - zeros);
    if (token->count <= VALUE_DIGITS) {
        token->value = 0;
        for (apr_size_t i = 0; i < token->count; ++i) token->value = token->value * 10 + (token->chars[i].code - '0');
    }
    end_number(reader);
}

/* Beside a unit, a separator or a number it is one: 四十五-1, 旭町一 3-3, 3番地の二; behind a number it is none in a
 * word: 1-1 三ツ星荘. */
static bool is_counted(const reader_t *reader, int length)
{
    int end = reader->at + length;
    if (code_at(reader, reader->at - 1) == U'第' || counts(reader, end) || is_separator(reader, end)) return true;
    if (is_digit(code_at(reader, end)) || (is_no(code_at(reader, end)) && number_follows(reader, end + 1))) return true;
    return reader->number >= 0 && !is_word(reader, end) && !is_one_of(code_at(reader, end), U"ツケノ");
}

static void read_numeral(reader_t *reader, int length, apr_int64_t value)
{
    bool counted = value >= 0 && is_counted(reader, length);
    token_t *token = put(reader, TOKEN_NUMERAL, length);
    token->count = (apr_size_t)length;
    token->value = value;
    token->counted = counted;
    if (counted)
        end_number(reader);
    else
        reader->number = -1;
}

/* What may tell lots apart in front of their number: 乙の11, イの31, Aの31. */
static bool is_mark(const reader_t *reader, int at)
{
    uint32_t code = code_at(reader, at), before = code_at(reader, at - 1);
    if (is_latin(code)) return !is_latin(before);
    bool word = match_is_katakana(before) || match_is_hiragana(before);
    return is_stem(code) || (match_is_katakana(code) && !word && code_at(reader, at + 1) == U'の');
}

/* の between numbers, or between a number and what stands in a number's place: 482番地の2, 12番地の甲, 乙の11. */
static bool is_separating_no(const reader_t *reader)
{
    uint32_t code = code_at(reader, reader->at), next = code_at(reader, reader->at + 1);
    if (!is_no(code)) return false;
    if (reader->number < 0) return is_mark(reader, reader->at - 1) && number_follows(reader, reader->at + 1);
    bool lot = is_stem(next) || is_latin(next) || (code == U'の' && match_is_katakana(next));
    return number_follows(reader, reader->at + 1) || (lot && code_at(reader, reader->at - 1) != ' ');
}

static void read_letter(reader_t *reader)
{
    uint32_t code = code_at(reader, reader->at);
    bool any = reader->in[reader->at].any;
    put(reader, any ? TOKEN_ANY : TOKEN_LETTER, 1)->code = is_no(code) ? U'ノ' : code;
    reader->number = -1;
}

static void read_next(reader_t *reader)
{
    uint32_t code = code_at(reader, reader->at);
    apr_int64_t value;
    int numeral = numeral_at(reader, reader->at, &value);
    if (is_digit(code))
        read_number(reader);
    else if (numeral > 0)
        read_numeral(reader, numeral, value);
    else if (code == ' ')
        put(reader, TOKEN_SPACE, 1);
    else if (is_dash(reader, reader->at))
        put(reader, TOKEN_DASH, 1);
    else if (is_separating_no(reader))
        ++reader->at;
    else if (reader->number >= 0 && is_separator(reader, reader->at) && number_follows(reader, reader->at + 1))
        ++reader->at;
    else
        read_letter(reader);
}

apr_array_header_t *address_tokens(const apr_array_header_t *chars, int from, apr_pool_t *pool)
{
    reader_t reader = {.in = (const match_char_t *)chars->elts,
                       .count = chars->nelts,
                       .at = from,
                       .tokens = apr_array_make(pool, chars->nelts + 1, sizeof(token_t)),
                       .number = -1};
    while (reader.at < reader.count) read_next(&reader);
    return reader.tokens;
}
