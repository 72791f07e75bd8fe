/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/terminal.h"

#include "base/utf8.h"

#include <stdio.h>

static const struct {
    uint32_t first, last;
} obeyed[] = {
    {0x0000, 0x001F}, {0x007F, 0x009F}, {0x061C, 0x061C}, {0x200E, 0x200F},
    {0x2028, 0x202E}, {0x2066, 0x2069}, {0xFEFF, 0xFEFF},
};

bool terminal_obeys(uint32_t code)
{
    for (apr_size_t i = 0; i < sizeof obeyed / sizeof *obeyed; i++)
        if (code >= obeyed[i].first && code <= obeyed[i].last) return true;
    return false;
}

static void write_one(uint32_t code, span_t bytes)
{
    if (code != UTF8_BAD && !terminal_obeys(code))
        fwrite(bytes.at, 1, bytes.size, stdout);
    else if (code != UTF8_BAD && code >= 0x80)
        printf("\\u%04X", (unsigned)code);
    else
        for (apr_size_t i = 0; i < bytes.size; i++) printf("\\x%02X", (unsigned char)bytes.at[i]);
}

void terminal_write(span_t text)
{
    for (apr_size_t at = 0; at < text.size;) {
        apr_size_t from = at;
        uint32_t code = utf8_next(text, &at);
        write_one(code, (span_t){text.at + from, at - from});
    }
}
