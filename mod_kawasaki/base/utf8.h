/* SPDX-License-Identifier: Apache-2.0
 *
 * Code points out of UTF-8, and whether bytes are UTF-8 at all. What a code point means is text/'s.
 */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include "base/span.h"

#include <stdint.h>

#define UTF8_BAD 0xFFFFFFFFu /* no code point: what utf8_next met is not UTF-8 */

/* The code point at *at (< text.size), which moves behind it. UTF8_BAD for what Unicode 15 table 3-7 excludes: overlong
 * forms, surrogates, over U+10FFFF, cut off; *at then moves by one byte at least. Never reads behind the text. */
static inline uint32_t utf8_next(span_t text, apr_size_t *at)
{
    static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
    uint32_t lead = (unsigned char)text.at[(*at)++];
    if (lead < 0x80) return lead;
    if (lead < 0xC2 || lead > 0xF4) return UTF8_BAD;
    unsigned follow = 1u + (lead >= 0xE0) + (lead >= 0xF0);
    uint32_t code = lead & (0x3Fu >> follow);
    for (unsigned i = 0; i < follow; ++i) {
        if (*at == text.size) return UTF8_BAD;
        uint32_t byte = (unsigned char)text.at[*at];
        if ((byte & 0xC0) != 0x80) return UTF8_BAD;
        code = code << 6 | (byte & 0x3F);
        ++*at;
    }
    bool surrogate = code >= 0xD800 && code <= 0xDFFF;
    return code < least[follow] || surrogate || code > 0x10FFFF ? UTF8_BAD : code;
}

/* Well-formed from end to end; the empty text is. */
static inline bool utf8_is_valid(span_t text)
{
    for (apr_size_t at = 0; at < text.size;) {
        if (utf8_next(text, &at) == UTF8_BAD) return false;
    }
    return true;
}

#endif
