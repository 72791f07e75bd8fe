/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/json.h"

#include "base/utf8.h"

#define LONGEST 6 /* bytes that one may become: \u001f */

/* Writes the code point that stood in `bytes`. */
static char *put(char *to, uint32_t code, span_t bytes)
{
    static const char hex[] = "0123456789abcdef";

    if (code == UTF8_BAD) return memcpy(to, "\xEF\xBF\xBD", 3), to + 3;
    if (code == '"' || code == '\\') *to++ = '\\';
    if (code >= 0x20 && code != 0x7F) return memcpy(to, bytes.at, bytes.size), to + bytes.size;
    memcpy(to, "\\u00", 4);
    to[4] = hex[code >> 4];
    to[5] = hex[code & 15];
    return to + LONGEST;
}

const char *json_quote(apr_pool_t *pool, span_t text)
{
    char *quoted = apr_palloc(pool, text.size * LONGEST + 3), *to = quoted;

    *to++ = '"';
    for (apr_size_t at = 0; at < text.size;) {
        apr_size_t from = at;
        uint32_t code = utf8_next(text, &at);
        to = put(to, code, (span_t){text.at + from, at - from});
    }
    *to++ = '"';
    *to = '\0';
    return quoted;
}
