/* SPDX-License-Identifier: Apache-2.0
 *
 * Writings of one thing that only addresses have, and words that say nothing: 大字 and 字. Not numbers and their units:
 * address_token.c.
 */
#include "text/address.h"

typedef struct {
    const match_char_t *in;
    int count, at;
    apr_array_header_t *out;
} cleaner_t;

/* The code of the character; of a substituted one, that of a kanji that has no other meaning; 0: none is there. */
static uint32_t ahead(const cleaner_t *cleaner, int distance)
{
    int at = cleaner->at + distance;
    if (at < 0 || at >= cleaner->count) return 0;
    return cleaner->in[at].any ? U'〓' : cleaner->in[at].code;
}

static bool is_kanji(const match_char_t *character)
{
    return character->any || match_is_kanji(character->code);
}

static bool kanji_before(const cleaner_t *cleaner)
{
    return cleaner->at > 0 && is_kanji(&cleaner->in[cleaner->at - 1]);
}

static bool kanji_behind(const cleaner_t *cleaner)
{
    return cleaner->at + 1 < cleaner->count && is_kanji(&cleaner->in[cleaner->at + 1]);
}

static bool is_name_letter(uint32_t code)
{
    return match_is_kanji(code) || match_is_hiragana(code) || match_is_katakana(code) || code == U'〓';
}

static bool numeral_before(const cleaner_t *cleaner)
{
    apr_int64_t value;
    return cleaner->at > 0 && address_numeral(&cleaner->in[cleaner->at - 1], 1, &value) == 1;
}

/* 霞が関, 霞カ関, ひばりガ丘 as ケ; 三つ境, 三ッ境 as 三ツ境; 五カ町, 五か町 as 五ケ町. */
static uint32_t before_kanji(const cleaner_t *cleaner, uint32_t code)
{
    switch (code) {
    case U'が':
    case U'ガ': return is_name_letter(ahead(cleaner, -1)) ? U'ケ' : code;
    case U'か': return numeral_before(cleaner) ? U'ケ' : code;
    case U'カ': return kanji_before(cleaner) ? U'ケ' : code;
    case U'つ':
    case U'っ':
    case U'ッ': return kanji_before(cleaner) ? U'ツ' : code;
    default: return code;
    }
}

static uint32_t writing_of(const cleaner_t *cleaner, uint32_t code)
{
    switch (code) {
    case U'へ': return U'ヘ'; /* the same to the eye in both scripts */
    case U'べ': return U'ベ';
    case U'ぺ': return U'ペ';
    case U'、':
    case U',': return ' ';
    case U'#': return '-'; /* of a room: #101 */
    default: return kanji_behind(cleaner) ? before_kanji(cleaner, code) : code;
    }
}

/* 上る, 上ル, 上がる behind 上 and 下; 入る, 入ル behind 入: what Kyoto's addresses write behind these, in characters.
 */
static int kyoto_ending(const cleaner_t *cleaner)
{
    uint32_t before = ahead(cleaner, -1);
    bool up_or_down = before == U'上' || before == U'下';
    if (!up_or_down && before != U'入') return 0;
    int size = up_or_down && (ahead(cleaner, 0) == U'が' || ahead(cleaner, 0) == U'ガ') ? 1 : 0;
    uint32_t ending = ahead(cleaner, size), next = ahead(cleaner, size + 1);
    if (ending != U'る' && ending != U'ル') return 0;
    return match_is_katakana(next) || match_is_hiragana(next) ? 0 : size + 1;
}

/* 大字, 字: they say what kind of name follows. 文字, 名字 and 十字 are names of their own. */
static int village_word(const cleaner_t *cleaner)
{
    uint32_t before = ahead(cleaner, -1);
    int size = ahead(cleaner, 0) == U'大' && ahead(cleaner, 1) == U'字' ? 2 : ahead(cleaner, 0) == U'字' ? 1 : 0;
    if (size == 0 || before == U'文' || before == U'名' || numeral_before(cleaner)) return 0;
    uint32_t next = ahead(cleaner, size) == ' ' ? ahead(cleaner, size + 1) : ahead(cleaner, size);
    return is_name_letter(next) ? size : 0;
}

/* 第5地割: 第 says nothing. */
static int land_word(const cleaner_t *cleaner)
{
    apr_int64_t value;
    int at = cleaner->at + 1;
    if (ahead(cleaner, 0) != U'第' || at >= cleaner->count) return 0;
    int digits = (int)address_numeral(cleaner->in + at, (apr_size_t)(cleaner->count - at), &value);
    while (ahead(cleaner, 1 + digits) >= '0' && ahead(cleaner, 1 + digits) <= '9') ++digits;
    return digits > 0 && ahead(cleaner, 1 + digits) == U'地' && ahead(cleaner, 2 + digits) == U'割' ? 1 : 0;
}

static int says_nothing(const cleaner_t *cleaner)
{
    int size = kyoto_ending(cleaner);
    if (size == 0) size = village_word(cleaner);
    return size > 0 ? size : land_word(cleaner);
}

static void put(cleaner_t *cleaner)
{
    match_char_t character = cleaner->in[cleaner->at];
    const match_char_t *last = (const match_char_t *)cleaner->out->elts + cleaner->out->nelts - 1;
    if (character.code == U'々' && cleaner->out->nelts > 0 && is_kanji(last)) {
        character.code = last->code;
        character.any = character.any || last->any;
    } else if (!character.any) {
        character.code = writing_of(cleaner, character.code);
    }
    APR_ARRAY_PUSH(cleaner->out, match_char_t) = character;
    ++cleaner->at;
}

apr_array_header_t *address_clean(const apr_array_header_t *chars, apr_pool_t *pool)
{
    cleaner_t cleaner = {.in = (const match_char_t *)chars->elts,
                         .count = chars->nelts,
                         .out = apr_array_make(pool, chars->nelts + 1, sizeof(match_char_t))};
    while (cleaner.at < cleaner.count) {
        int skipped = cleaner.in[cleaner.at].any ? 0 : says_nothing(&cleaner);
        if (skipped > 0)
            cleaner.at += skipped;
        else
            put(&cleaner);
    }
    return cleaner.out;
}
