/* SPDX-License-Identifier: Apache-2.0
 *
 * Half and full width, and the voiced marks of kana that half width writes apart. Letters stay the letters they are:
 * hiragana is not turned into katakana here, nor a dash of one shape into another.
 */
#include "text/glyph.h"
#include "text/text.h"

#define WIDE_ASCII 0xFEE0u /* from ! to U+FF01, from ~ to U+FF5E */
#define HIRAGANA   0x60u   /* from a hiragana letter to the katakana */

static uint32_t half_of(uint32_t code)
{
    if (code >= 0xFF01 && code <= 0xFF5E) return code - WIDE_ASCII;
    return code == GLYPH_WIDE_SPACE ? ' ' : code;
}

span_t text_to_half_width(apr_pool_t *pool, span_t in)
{
    return code_map(pool, in, half_of);
}

/* JIS X 0201 katakana, U+FF61 to U+FF9F, in the order of that block. */
static const uint16_t wide_kana[] = {
    0x3002, 0x300C, 0x300D, 0x3001, 0x30FB, 0x30F2, 0x30A1, 0x30A3, 0x30A5, 0x30A7, 0x30A9, 0x30E3, 0x30E5,
    0x30E7, 0x30C3, 0x30FC, 0x30A2, 0x30A4, 0x30A6, 0x30A8, 0x30AA, 0x30AB, 0x30AD, 0x30AF, 0x30B1, 0x30B3,
    0x30B5, 0x30B7, 0x30B9, 0x30BB, 0x30BD, 0x30BF, 0x30C1, 0x30C4, 0x30C6, 0x30C8, 0x30CA, 0x30CB, 0x30CC,
    0x30CD, 0x30CE, 0x30CF, 0x30D2, 0x30D5, 0x30D8, 0x30DB, 0x30DE, 0x30DF, 0x30E0, 0x30E1, 0x30E2, 0x30E4,
    0x30E6, 0x30E8, 0x30E9, 0x30EA, 0x30EB, 0x30EC, 0x30ED, 0x30EF, 0x30F3, 0x309B, 0x309C};

static uint32_t wide_of(uint32_t code)
{
    if (code >= 0x21 && code <= 0x7E) return code + WIDE_ASCII;
    if (code == ' ') return GLYPH_WIDE_SPACE;
    return code >= 0xFF61 && code <= 0xFF9F ? wide_kana[code - 0xFF61] : code;
}

static bool is_voiced_mark(uint32_t code)
{
    return code >= 0x3099 && code <= 0x309C; /* two to combine, two that stand alone */
}

static bool is_ha_row(uint32_t katakana)
{
    return katakana >= 0x30CF && katakana <= 0x30DB && (katakana - 0x30CF) % 3 == 0;
}

/* A letter with the mark after it as one letter; 0 where Unicode has none. Blocks of kana: か, が, き, ぎ, … */
static uint32_t voiced(uint32_t letter, uint32_t mark)
{
    if (!is_voiced_mark(mark)) return 0;
    bool hiragana = letter >= 0x3041 && letter <= 0x309D;
    uint32_t katakana = hiragana ? letter + HIRAGANA : letter;
    if (mark == 0x309A || mark == 0x309C) return is_ha_row(katakana) ? letter + 2 : 0;
    bool ka_to_chi = katakana >= 0x30AB && katakana <= 0x30C1 && katakana % 2 == 1;
    bool tsu_to_to = katakana == 0x30C4 || katakana == 0x30C6 || katakana == 0x30C8;
    bool iteration = katakana == 0x30FD;
    if (ka_to_chi || tsu_to_to || iteration || is_ha_row(katakana)) return letter + 1;
    if (katakana == 0x30A6) return letter + 0x4E;                /* ヴ and ゔ */
    if (letter >= 0x30EF && letter <= 0x30F2) return letter + 8; /* ヷ to ヺ; hiragana has none */
    return 0;
}

static bool is_full_width(span_t in)
{
    for (apr_size_t at = 0; at < in.size;) {
        uint32_t code = utf8_next(in, &at);
        if (is_voiced_mark(code) || wide_of(code) != code) return false;
    }
    return true;
}

span_t text_to_full_width(apr_pool_t *pool, span_t in)
{
    if (is_full_width(in)) return in;
    char *bytes = apr_palloc(pool, 3 * in.size);
    apr_size_t used = 0, last = 0; /* last: where the code point before begins */
    uint32_t previous = 0;
    for (apr_size_t at = 0; at < in.size;) {
        uint32_t code = utf8_next(in, &at);
        if (code == UTF8_BAD) return in;
        code = wide_of(code);
        uint32_t joined = voiced(previous, code);
        if (!joined) last = used;
        previous = joined ? joined : code;
        used = last + code_put(bytes + last, previous);
    }
    span_t out = {bytes, used};
    return span_equal(out, in) ? in : out;
}
