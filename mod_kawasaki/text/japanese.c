/* SPDX-License-Identifier: Apache-2.0
 *
 * The types of Japanese text: any, full-width, katakana. Each begins with a look whether the value is in its normal
 * form already, which it mostly is, so that the common case is one pass and no memory.
 */
#include "text/glyph.h"
#include "text/type.h"

static bool is_hiragana(uint32_t code)
{
    return code >= 0x3041 && code <= 0x3096;
}

/* Most of what names and addresses are made of, in a form that no type but katakana changes: kanji, kana without ー,
 * full-width ASCII. */
static bool is_plain(uint32_t code)
{
    bool kanji = code >= 0x3400 && code <= 0x9FFF;
    bool wide_ascii = code >= 0xFF01 && code <= 0xFF5E;
    return kanji || is_hiragana(code) || glyph_is_katakana(code) || wide_ascii;
}

/* Clean, nothing invisible, form C; not trimmed, since later steps may make further spaces. */
static text_result_t prepare(apr_pool_t *pool, span_t in, span_t *out)
{
    *out = in;
    if (!text_is_clean(in)) return TEXT_MALFORMED;
    span_t text = code_compose(pool, code_map(pool, in, glyph_visible));
    /* Form C may take a letter apart and so make a run of marks too long. */
    if (text.at != in.at && !text_is_clean(text)) return TEXT_MALFORMED;
    *out = text;
    return TEXT_OK;
}

/* --- any */

static bool is_plain_any(span_t in)
{
    for (apr_size_t at = 0; at < in.size;) {
        uint32_t code = utf8_next(in, &at);
        bool ascii = code > ' ' && code <= '~';
        if (!ascii && !is_plain(code) && code != GLYPH_LONG_VOWEL) return false;
    }
    return true;
}

text_result_t type_any(apr_pool_t *pool, span_t in, span_t *out)
{
    *out = in;
    if (is_plain_any(in)) return TEXT_OK;
    text_result_t result = prepare(pool, in, out);
    if (result == TEXT_OK) *out = text_trim(*out);
    return result;
}

/* --- full-width */

/* What a long vowel may follow. */
static bool is_kana(uint32_t code)
{
    return is_hiragana(code) || glyph_is_katakana(code) || code == GLYPH_LONG_VOWEL ||
           (code >= 0x31F0 && code <= 0x31FF);
}

/* Full-width in the sense of a Japanese form: the characters of JIS X 0208, the blocks they are in, and every kanji.
 * Not accented letters, other countries' scripts, emoji, nor private codes, which elsewhere are another character. */
static bool is_full_width(uint32_t code)
{
    static const struct {
        uint32_t first, last;
    } ranges[] = {
        /* the frequent ones first */
        {0x31F0, 0x9FFF},   {0x3030, 0x3096},   {0x309B, 0x30FF}, {0xFF01, 0xFF5E}, {0x3000, 0x3029},
        {0x2100, 0x26FF},   {0x20000, 0x3FFFD}, {0xF900, 0xFAFF}, {0xFE00, 0xFE0F}, {0xFFE0, 0xFFE6},
        {0xE0100, 0xE01EF}, {0x2016, 0x203B},   {0x391, 0x3C9},   {0x401, 0x451},   {0xA7, 0xA8},
        {0xB0, 0xB1},       {0xB4, 0xB4},       {0xB6, 0xB6},     {0xD7, 0xD7},     {0xF7, 0xF7},
    };
    for (apr_size_t i = 0; i < sizeof ranges / sizeof *ranges; ++i) {
        if (code >= ranges[i].first && code <= ranges[i].last) return true;
    }
    return false;
}

/* Of the characters of nearly all addresses only, each already as it will be stored. */
static bool is_plain_full_width(span_t in)
{
    uint32_t previous = 0;
    for (apr_size_t at = 0; at < in.size;) {
        uint32_t code = utf8_next(in, &at);
        if (!is_plain(code) && !(code == GLYPH_LONG_VOWEL && is_kana(previous))) return false;
        previous = code;
    }
    return true;
}

static uint32_t address_sign(uint32_t code)
{
    if (glyph_is_space(code)) return GLYPH_WIDE_SPACE;
    return glyph_is_dash(code) ? GLYPH_WIDE_HYPHEN : code;
}

/* 3ー3 means 3－3, but タワー is a word: ー is a hyphen unless kana is before it. Both take three bytes. */
static span_t settle_long_vowels(apr_pool_t *pool, span_t in)
{
    char *copy = NULL;
    uint32_t previous = 0;
    for (apr_size_t at = 0; at < in.size;) {
        apr_size_t start = at;
        uint32_t code = utf8_next(in, &at);
        if (code == GLYPH_LONG_VOWEL && !is_kana(previous)) {
            if (!copy) copy = span_text(pool, in);
            code = GLYPH_WIDE_HYPHEN;
            code_put(copy + start, code);
        }
        previous = code;
    }
    return copy ? (span_t){copy, in.size} : in;
}

text_result_t type_full_width(apr_pool_t *pool, span_t in, span_t *out)
{
    *out = in;
    if (is_plain_full_width(in)) return TEXT_OK;
    span_t text;
    text_result_t result = prepare(pool, in, &text);
    if (result != TEXT_OK) return result;
    text = text_to_full_width(pool, code_map(pool, text, address_sign));
    text = text_trim(settle_long_vowels(pool, text));
    for (apr_size_t at = 0; at < text.size;) {
        if (!is_full_width(utf8_next(text, &at))) return TEXT_WRONG;
    }
    *out = text;
    return TEXT_OK;
}

/* --- katakana */

/* Letters, ・ and ー, a letter first. */
static bool is_katakana(span_t in)
{
    for (apr_size_t at = 0; at < in.size;) {
        bool first = at == 0;
        uint32_t code = utf8_next(in, &at);
        bool sign = code == GLYPH_MIDDLE_DOT || code == GLYPH_LONG_VOWEL;
        if (!glyph_is_katakana(code) && (first || !sign)) return false;
    }
    return true;
}

static uint32_t katakana_of(uint32_t code)
{
    if (is_hiragana(code)) return code + 0x60;
    if (glyph_is_space(code)) return CODE_DROP;
    if (glyph_is_dash(code)) return GLYPH_LONG_VOWEL;
    return glyph_is_middle_dot(code) ? GLYPH_MIDDLE_DOT : code;
}

text_result_t type_katakana(apr_pool_t *pool, span_t in, span_t *out)
{
    *out = in;
    if (is_katakana(in)) return TEXT_OK;
    span_t text;
    text_result_t result = prepare(pool, in, &text);
    if (result != TEXT_OK) return result;
    text = text_to_full_width(pool, code_map(pool, text, katakana_of));
    if (!is_katakana(text)) return TEXT_WRONG;
    *out = text;
    return TEXT_OK;
}
