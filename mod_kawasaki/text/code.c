/* SPDX-License-Identifier: Apache-2.0
 *
 * Code points: what is clean, how long a text is, replacing, normalisation form C. Knows no width and no type.
 */
#include "text/code.h"
#include "text/glyph.h"
#include "text/text.h"

#include <stdlib.h>
#include <utf8proc.h>

/* Normalisation sorts a run of combining marks in quadratic time; UAX #15's Stream-Safe Text Format allows this many,
 * and no language needs more than a few. */
#define MARKS_IN_A_ROW 30

#define FORM_C (UTF8PROC_STABLE | UTF8PROC_COMPOSE)

/* Neither changed by form C nor a combining mark: ASCII, kana, kanji, signs and what else Japanese text is made of. A
 * text of these alone is in form C. The kanji for compatibility (U+F900..) and the voiced marks U+3099, U+309A are not
 * here. */
static bool is_inert(uint32_t code)
{
    if (code < 0x300) return true;
    if (code >= 0x3000 && code <= 0x9FFF) {
        return (code < 0x302A || code > 0x302F) && code != 0x3099 && code != 0x309A;
    }
    return (code >= 0x2010 && code <= 0x2027) || (code >= 0x2460 && code <= 0x29FF) ||
           (code >= 0xFF01 && code <= 0xFFEE) || (code >= 0x20000 && code <= 0x2F7FF);
}

static bool is_all_inert(span_t text)
{
    for (apr_size_t at = 0; at < text.size;) {
        if (!is_inert(utf8_next(text, &at))) return false;
    }
    return true;
}

static bool is_combining(uint32_t code)
{
    return !is_inert(code) && utf8proc_get_property((utf8proc_int32_t)code)->combining_class != 0;
}

static bool is_clean_code(uint32_t code)
{
    if (code < 0x80) return code >= 0x20 && code != 0x7F;
    if (code < 0xA0 || code == UTF8_BAD) return false;
    bool line_end = code == 0x2028 || code == 0x2029;
    bool noncharacter = (code & 0xFFFE) == 0xFFFE || (code >= 0xFDD0 && code <= 0xFDEF);
    return !line_end && !noncharacter;
}

bool text_is_clean(span_t text)
{
    unsigned marks = 0;
    for (apr_size_t at = 0; at < text.size;) {
        uint32_t code = utf8_next(text, &at);
        if (!is_clean_code(code)) return false;
        if (glyph_is_invisible(code)) continue; /* the types leave it out, and the marks around it meet */
        marks = is_combining(code) ? marks + 1 : 0;
        if (marks > MARKS_IN_A_ROW) return false;
    }
    return true;
}

static apr_size_t count_codes(span_t text)
{
    apr_size_t count = 0;
    for (apr_size_t at = 0; at < text.size; ++count) utf8_next(text, &at);
    return count;
}

apr_size_t text_length(span_t text)
{
    if (is_all_inert(text)) return count_codes(text);
    utf8proc_uint8_t *composed = NULL;
    utf8proc_ssize_t size =
        utf8proc_map((const utf8proc_uint8_t *)text.at, (utf8proc_ssize_t)text.size, &composed, FORM_C);
    /* Out of memory: the length of what was typed. Values that a type accepted are composed, so it is the same. */
    if (size < 0) return count_codes(text);
    apr_size_t length = count_codes((span_t){(const char *)composed, (apr_size_t)size});
    free(composed);
    return length;
}

apr_size_t code_put(char *to, uint32_t code)
{
    return (apr_size_t)utf8proc_encode_char((utf8proc_int32_t)code, (utf8proc_uint8_t *)to);
}

span_t code_map(apr_pool_t *pool, span_t in, uint32_t (*map)(uint32_t code))
{
    apr_size_t same = 0; /* bytes at the beginning that stay */
    for (apr_size_t at = 0; at < in.size; same = at) {
        uint32_t code = utf8_next(in, &at);
        if (code == UTF8_BAD) return in;
        if (map(code) != code) break;
    }
    if (same == in.size) return in;

    char *bytes = apr_palloc(pool, 3 * in.size);
    memcpy(bytes, in.at, same);
    apr_size_t used = same;
    for (apr_size_t at = same; at < in.size;) {
        uint32_t code = utf8_next(in, &at);
        if (code == UTF8_BAD) return in;
        code = map(code);
        if (code != CODE_DROP) used += code_put(bytes + used, code);
    }
    return (span_t){bytes, used};
}

span_t code_compose(apr_pool_t *pool, span_t in)
{
    if (is_all_inert(in)) return in;
    const utf8proc_uint8_t *bytes = (const utf8proc_uint8_t *)in.at;
    utf8proc_ssize_t size = (utf8proc_ssize_t)in.size;
    utf8proc_ssize_t count = utf8proc_decompose(bytes, size, NULL, 0, FORM_C);
    if (count < 0) return in;
    /* One more than the code points: utf8proc_reencode ends its bytes with a NUL. */
    utf8proc_int32_t *codes = apr_palloc(pool, ((apr_size_t)count + 1) * sizeof *codes);
    utf8proc_decompose(bytes, size, codes, count, FORM_C);
    size = utf8proc_reencode(codes, count, FORM_C);
    span_t out = {(const char *)codes, (apr_size_t)size};
    return size < 0 || span_equal(out, in) ? in : out;
}
