/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/json.h"

#include "base/utf8.h"
#include "tool/terminal.h"

#define LONGEST 6 /* bytes that one may become: \u001f */

/* Writes the code point that stood in `bytes`. */
static char *put(char *to, uint32_t code, span_t bytes)
{
    static const char hex[] = "0123456789abcdef";

    if (code == UTF8_BAD) return memcpy(to, "\xEF\xBF\xBD", 3), to + 3;
    if (code == '"' || code == '\\') *to++ = '\\';
    if (!terminal_obeys(code)) return memcpy(to, bytes.at, bytes.size), to + bytes.size;
    memcpy(to, "\\u", 2);
    for (int i = 0; i < 4; i++) to[2 + i] = hex[code >> (12 - 4 * i) & 15];
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
