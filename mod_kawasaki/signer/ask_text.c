/* SPDX-License-Identifier: Apache-2.0
 *
 * A manifest for a person's eyes: every byte of it in some form, none of it able to hide, turn round or move what
 * stands beside it.
 */
#include "base/utf8.h"
#include "signer/ask.h"
#include "signer/ask_pages.h"

#include <apr_tables.h>

#define ESCAPE_MAX 12 /* bytes: "\u{10FFFF}" and NUL */

/* Seen by nobody, or seen elsewhere than where it stands. */
static bool is_treacherous(uint32_t code)
{
    static const struct {
        uint32_t first, last;
    } ranges[] = {{0, 0x1F},          {0x7F, 0x9F},     {0xAD, 0xAD},     {0x34F, 0x34F},   {0x61C, 0x61C},
                  {0x115F, 0x1160},   {0x180B, 0x180F}, {0x200B, 0x200F}, {0x2028, 0x202E}, {0x2060, 0x206F},
                  {0x3164, 0x3164},   {0xFEFF, 0xFEFF}, {0xFFA0, 0xFFA0}, {0xFFF9, 0xFFFB}, {0xE0000, 0xE007F},
                  {0x1D173, 0x1D17A}, {0x2800, 0x2800}};

    for (apr_size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (code >= ranges[i].first && code <= ranges[i].last) return true;
    return false;
}

static char *put_escaped(char *to, span_t text)
{
    for (apr_size_t at = 0, from = 0; at < text.size; from = at) {
        uint32_t code = utf8_next(text, &at);
        if (code == UTF8_BAD)
            for (; from < at; from++) to += apr_snprintf(to, ESCAPE_MAX, "\\x{%02X}", (unsigned char)text.at[from]);
        else if (is_treacherous(code))
            to += apr_snprintf(to, ESCAPE_MAX, "\\u{%04X}", code);
        else
            for (; from < at; from++) *to++ = text.at[from];
    }
    return to;
}

static char *put(char *to, const char *text)
{
    apr_size_t size = strlen(text);

    memcpy(to, text, size);
    return to + size;
}

static span_t cut(span_t *rest, char end)
{
    const char *found = rest->size ? memchr(rest->at, end, rest->size) : NULL;
    span_t part = {rest->at, found ? (apr_size_t)(found - rest->at) : rest->size};
    apr_size_t used = part.size + (found != NULL);

    *rest = (span_t){rest->at + used, rest->size - used};
    return part;
}

static bool has_tab(span_t text)
{
    return text.size > 0 && memchr(text.at, '\t', text.size);
}

/* `name TAB label TAB value` as "label: value [name]", `name TAB value` as "name: value", others as they are. */
static char *put_line(char *to, span_t line)
{
    span_t rest = line, name = cut(&rest, '\t'), value = rest, label = cut(&value, '\t');

    if (!has_tab(line) || has_tab(value)) return put(put_escaped(to, line), "\n");
    if (!has_tab(rest)) return put(put_escaped(put(put_escaped(to, name), ": "), rest), "\n");
    to = put(put_escaped(to, label), ": ");
    to = put(put_escaped(to, value), " [");
    return put(put_escaped(to, name), "]\n");
}

span_t ask_text(span_t manifest, apr_pool_t *pool)
{
    char *text = apr_palloc(pool, manifest.size * ESCAPE_MAX + 2), *end = text;

    for (span_t rest = manifest; rest.size > 0;) end = put_line(end, cut(&rest, '\n'));
    *end = '\0';
    return (span_t){text, (apr_size_t)(end - text)};
}

/* Columns on a terminal. What isn't ASCII may take two: a line too short does no harm. */
static int width_of(uint32_t code)
{
    return code < 0x80 ? 1 : 2;
}

/* The text with its long lines broken; what is broken off begins with a mark. */
static span_t break_lines(span_t text, apr_pool_t *pool)
{
    static const char mark[] = "\n  … ";
    char *lines = apr_palloc(pool, text.size * sizeof mark + 1), *to = lines;
    int column = 0;

    for (apr_size_t at = 0; at < text.size;) {
        apr_size_t from = at;
        uint32_t code = utf8_next(text, &at);
        if (code == '\n') {
            column = 0;
        } else if (column + width_of(code) > ASK_PAGE_COLUMNS) {
            to = put(to, mark);
            column = 5 + width_of(code);
        } else {
            column += width_of(code);
        }
        for (; from < at; from++) *to++ = text.at[from];
    }
    return (span_t){lines, (apr_size_t)(to - lines)};
}

/* Bytes that a line takes in a dialogue's protocol (assuan.h), its end included. */
static apr_size_t cost_of(span_t line)
{
    apr_size_t cost = line.size + 3;

    for (apr_size_t i = 0; i < line.size; i++) cost += line.at[i] == '%' ? 2 : 0;
    return cost;
}

apr_array_header_t *ask_pages(span_t text, apr_pool_t *pool)
{
    apr_array_header_t *pages = apr_array_make(pool, 8, sizeof(span_t));
    span_t rest = break_lines(text, pool);

    while (rest.size > 0) {
        span_t page = {rest.at, 0}, next = rest;
        apr_size_t cost = 0;
        for (int lines = 0; lines < ASK_PAGE_LINES && rest.size > 0; lines++) {
            cost += cost_of(cut(&next, '\n'));
            if (cost > ASK_PAGE_BYTES) break;
            rest = next;
        }
        page.size = (apr_size_t)(rest.at - page.at);
        APR_ARRAY_PUSH(pages, span_t) = page;
    }
    return pages;
}
