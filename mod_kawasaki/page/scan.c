/* SPDX-License-Identifier: Apache-2.0
 *
 * Tags and lines of one template. Not for meaning: which names exist and what they stand for is compile.c's.
 */
#include "page/scan.h"

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static const char *find(const char *from, const char *end, const char *what, apr_size_t size)
{
    while ((apr_size_t)(end - from) >= size) {
        const char *first = memchr(from, what[0], (apr_size_t)(end - from) - size + 1);
        if (!first) return NULL;
        if (memcmp(first, what, size) == 0) return first;
        from = first + 1;
    }
    return NULL;
}

static span_t between(const char *from, const char *to)
{
    return (span_t){from, (apr_size_t)(to - from)};
}

static span_t trimmed(const char *from, const char *to)
{
    while (from < to && is_space(*from)) from++;
    while (from < to && is_space(to[-1])) to--;
    return between(from, to);
}

/* The kind by the byte after the braces; *sigil: whether that byte is part of the tag's form, not of the name. */
static page_tag_kind_t kind_of(char c, bool *sigil)
{
    *sigil = true;
    switch (c) {
    case '{':
    case '&': return TAG_RAW;
    case '#': return TAG_SECTION;
    case '^': return TAG_INVERTED;
    case '/': return TAG_CLOSE;
    case '>': return TAG_PARTIAL;
    case '!': return TAG_COMMENT;
    default: *sigil = false; return TAG_VALUE;
    }
}

/* Fills kind, name and next of the tag at tag->at. */
static const char *read_tag(page_tag_t *tag, const char *end)
{
    const char *from = tag->at + 2;
    const char *close;
    bool sigil;
    bool triple;

    if (from == end) return "a tag without its end";
    if (*from == '=') return "set-delimiter tags are not offered";
    triple = *from == '{';
    tag->kind = kind_of(*from, &sigil);
    if (sigil) from++;
    close = triple ? find(from, end, "}}}", 3) : find(from, end, "}}", 2);
    if (!close) return "a tag without its end";
    tag->name = trimmed(from, close);
    tag->next = close + (triple ? 3 : 2);
    if (tag->kind == TAG_COMMENT) return NULL;
    /* A brace in the name: this tag was left open and the end found is another one's. */
    if (find(from, close, "{", 1) || find(from, close, "}", 1)) return "a tag without its end";
    return tag->name.size ? NULL : "a tag without a name";
}

/* A tag that prints nothing itself takes its whole line with it when nothing else stands there. */
static void settle_line(page_tag_t *tag, span_t source)
{
    const char *end = source.at + source.size;
    const char *line = tag->at;
    const char *rest = tag->next;

    if (tag->kind == TAG_VALUE || tag->kind == TAG_RAW) return;
    while (line > source.at && (line[-1] == ' ' || line[-1] == '\t')) line--;
    if (!page_scan_line_start(source, line)) return;
    while (rest < end && (*rest == ' ' || *rest == '\t')) rest++;
    if (end - rest >= 2 && rest[0] == '\r' && rest[1] == '\n') rest++;
    if (rest < end && *rest != '\n') return;
    tag->alone = true;
    tag->indent = between(line, tag->at);
    tag->text.size -= tag->indent.size;
    tag->next = rest < end ? rest + 1 : end;
}

const char *page_scan(page_tag_t *tag, span_t source, const char *from)
{
    const char *end = source.at + source.size;
    const char *open = find(from, end, "{{", 2);
    const char *problem;

    *tag = (page_tag_t){.kind = TAG_NONE, .at = end, .next = end, .text = between(from, end)};
    if (!open) return NULL;
    tag->at = open;
    tag->text = between(from, open);
    problem = read_tag(tag, end);
    if (!problem) settle_line(tag, source);
    return problem;
}

bool page_scan_line_start(span_t source, const char *at)
{
    return at == source.at || at[-1] == '\n';
}

void page_scan_place(span_t source, const char *at, int *line, int *column)
{
    *line = 1;
    *column = 1;
    for (const char *byte = source.at; byte < at; byte++) {
        if (*byte == '\n') {
            ++*line;
            *column = 1;
        } else if (((unsigned char)*byte & 0xc0) != 0x80) { /* continuation bytes are no characters */
            ++*column;
        }
    }
}
