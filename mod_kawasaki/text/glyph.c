/* SPDX-License-Identifier: Apache-2.0
 *
 * Shapes: which code points are the same thing to somebody who types. What follows from that is each type's word.
 */
#include "text/glyph.h"
#include "text/text.h"

bool glyph_is_space(uint32_t code)
{
    if (code < 0x80) return code == ' ';
    return code == 0x3000 || code == 0xA0 || code == 0x1680 || (code >= 0x2000 && code <= 0x200A) || code == 0x202F ||
           code == 0x205F;
}

bool glyph_is_invisible(uint32_t code)
{
    if (code < 0x2000) return code == 0xAD || code == 0x61C || code == 0x180E;
    return (code >= 0x200B && code <= 0x200F) || (code >= 0x202A && code <= 0x202E) ||
           (code >= 0x2060 && code <= 0x206F) || code == 0xFEFF || (code >= 0xE0000 && code <= 0xE007F);
}

bool glyph_is_dash(uint32_t code)
{
    switch (code) {
    case '-':
    case 0x02D7: /* modifier minus */
    case 0x2010: /* hyphen */
    case 0x2011: /* non-breaking hyphen */
    case 0x2012: /* figure dash */
    case 0x2013: /* en dash */
    case 0x2014: /* em dash */
    case 0x2015: /* horizontal bar */
    case 0x2043: /* hyphen bullet */
    case 0x207B: /* superscript minus */
    case 0x208B: /* subscript minus */
    case 0x2212: /* minus */
    case 0x23AF: /* line extension */
    case 0x23E4: /* straightness */
    case 0x2500: /* box drawing */
    case 0x2501: /* box drawing, heavy */
    case 0x2574: /* box drawing, the left half */
    case 0x2796: /* heavy minus */
    case 0x2E3A: /* two-em dash */
    case 0xFE58: /* small em dash */
    case 0xFE63: /* small hyphen */
    case 0xFF0D: /* full-width hyphen */ return true;
    default: return false;
    }
}

bool glyph_is_middle_dot(uint32_t code)
{
    switch (code) {
    case 0x00B7: /* Latin */
    case 0x0387: /* Greek */
    case 0x2022: /* bullet */
    case 0x2027: /* hyphenation point */
    case 0x2219: /* bullet operator */
    case 0x22C5: /* dot operator */
    case 0x30FB: /* katakana */
    case 0xFF65: /* half-width katakana */ return true;
    default: return false;
    }
}

bool glyph_is_katakana(uint32_t code)
{
    return code >= 0x30A1 && code <= 0x30FA;
}

uint32_t glyph_visible(uint32_t code)
{
    return glyph_is_invisible(code) ? CODE_DROP : code;
}

/* Where the code point begins that ends at `end` (> 0). */
static apr_size_t step_back(span_t text, apr_size_t end)
{
    apr_size_t at = end - 1;
    while (at > 0 && (text.at[at] & 0xC0) == 0x80) --at;
    return at;
}

span_t text_trim(span_t in)
{
    apr_size_t begin = 0, end = in.size;
    for (apr_size_t at = 0; at < in.size && glyph_is_space(utf8_next(in, &at));) begin = at;
    while (end > begin) {
        apr_size_t last = step_back(in, end), at = last;
        if (!glyph_is_space(utf8_next(in, &at))) break;
        end = last;
    }
    return begin > 0 ? (span_t){in.at + begin, end - begin} : (span_t){in.at, end};
}
