/* SPDX-License-Identifier: Apache-2.0
 *
 * The compiler: one template's source to one program. Partials are put in place, with their indentation, so that text
 * on both sides becomes one piece; only a partial that contains itself stays a call. Not for reading files (set.c).
 */
#include "base/error.h"
#include "page/program.h"
#include "page/scan.h"

#include <apr_tables.h>

#define NAME_PARTS_MAX 8

typedef struct {
    int segment;
    bool inverted;
    span_t name;
    const char *at;
} open_section_t;

typedef struct {
    const page_source_t *sources;
    apr_size_t source_count;
    const char *const *names;
    apr_size_t name_count;
    apr_pool_t *pool;             /* for what stays */
    apr_array_header_t *segments; /* page_segment_t */
    char *text;                   /* not yet a segment */
    apr_size_t text_used;
    apr_size_t text_room;
    open_section_t open[PAGE_NESTING];
    int open_count;
    const page_source_t *inside[PAGE_NESTING]; /* the sources being put in place, outermost first */
    int inside_count;
    const char *error;
} compiler_t;

static bool compile_source(compiler_t *compiler, const page_source_t *source, span_t indent);

static bool fail(compiler_t *compiler, const page_source_t *source, const char *at, const char *what)
{
    int line;
    int column;
    page_scan_place(source->source, at, &line, &column);
    compiler->error = apr_psprintf(compiler->pool, "%s:%d:%d: %s", source->file, line, column, what);
    return false;
}

static bool fail_name(compiler_t *compiler, const page_source_t *source, const page_tag_t *tag, const char *what)
{
    return fail(compiler, source, tag->at,
                apr_psprintf(compiler->pool, "%s '%s'", what, span_text(compiler->pool, tag->name)));
}

static void append(compiler_t *compiler, const char *at, apr_size_t size)
{
    if (size == 0) return;
    if (compiler->text_room - compiler->text_used < size) {
        apr_size_t room = 2 * (compiler->text_used + size);
        char *grown = apr_palloc(compiler->segments->pool, room);
        if (compiler->text_used) memcpy(grown, compiler->text, compiler->text_used);
        compiler->text = grown;
        compiler->text_room = room;
    }
    memcpy(compiler->text + compiler->text_used, at, size);
    compiler->text_used += size;
}

/* Text with the indentation of the partial it stands in before each of its lines. */
static void append_lines(compiler_t *compiler, const page_source_t *source, span_t text, span_t indent)
{
    const char *end = text.at + text.size;
    const char *next;
    for (const char *at = text.at; at < end; at = next) {
        next = memchr(at, '\n', (apr_size_t)(end - at));
        next = next ? next + 1 : end;
        if (page_scan_line_start(source->source, at)) append(compiler, indent.at, indent.size);
        append(compiler, at, (apr_size_t)(next - at));
    }
}

/* Adds a segment with the text collected before it; it is good until the next one is added. */
static page_segment_t *add_segment(compiler_t *compiler, page_segment_kind_t kind)
{
    span_t text = {compiler->text, compiler->text_used};
    page_segment_t *segment = apr_array_push(compiler->segments);

    *segment = (page_segment_t){.text = span_copy(compiler->pool, text), .kind = (uint8_t)kind};
    compiler->text_used = 0;
    return segment;
}

static bool find_key(const compiler_t *compiler, span_t name, page_key_t *key)
{
    for (apr_size_t i = 0; i < compiler->name_count; i++) {
        if (!span_is(name, compiler->names[i])) continue;
        *key = (page_key_t)i;
        return true;
    }
    return false;
}

static bool add_named(compiler_t *compiler, const page_source_t *source, const page_tag_t *tag,
                      page_segment_kind_t kind)
{
    page_key_t keys[NAME_PARTS_MAX];
    const char *end = tag->name.at + tag->name.size;
    const char *part = tag->name.at;
    page_segment_t *segment;
    uint8_t count = 0;

    while (!span_equal(tag->name, SPAN(".")) && part <= end) {
        const char *dot = part < end ? memchr(part, '.', (apr_size_t)(end - part)) : NULL;
        span_t name = {part, (apr_size_t)((dot ? dot : end) - part)};
        if (count == NAME_PARTS_MAX) return fail_name(compiler, source, tag, "too many parts in the name");
        if (!find_key(compiler, name, &keys[count++])) return fail_name(compiler, source, tag, "unknown name");
        part += name.size + 1;
    }
    segment = add_segment(compiler, kind);
    segment->count = count;
    if (count) segment->key = keys[0];
    if (count > 1) segment->rest = apr_pmemdup(compiler->pool, keys + 1, (count - 1u) * sizeof keys[0]);
    return true;
}

static bool open_section(compiler_t *compiler, const page_source_t *source, const page_tag_t *tag)
{
    bool inverted = tag->kind == TAG_INVERTED;

    /* One level is the view itself. */
    if (compiler->open_count == PAGE_NESTING - 1) return fail(compiler, source, tag->at, "sections nested too deep");
    if (!add_named(compiler, source, tag, inverted ? SEGMENT_INVERTED : SEGMENT_SECTION)) return false;
    compiler->open[compiler->open_count++] =
        (open_section_t){compiler->segments->nelts - 1, inverted, tag->name, tag->at};
    return true;
}

static bool close_section(compiler_t *compiler, const page_source_t *source, const page_tag_t *tag, int outer_count)
{
    const open_section_t *open;
    page_segment_t *begin;

    if (compiler->open_count == outer_count) return fail_name(compiler, source, tag, "no section is open to close");
    open = &compiler->open[compiler->open_count - 1];
    if (!span_equal(open->name, tag->name)) {
        const char *expected = span_text(compiler->pool, open->name);
        return fail_name(compiler, source, tag,
                         apr_psprintf(compiler->pool, "section '%s' must be closed before", expected));
    }
    compiler->open_count--;
    /* An inverted section only ends the text: what comes after must not go into its last piece. */
    if (!open->inverted) {
        add_segment(compiler, SEGMENT_END);
    } else if (compiler->text_used) {
        add_segment(compiler, SEGMENT_TEXT);
    }
    begin = &APR_ARRAY_IDX(compiler->segments, open->segment, page_segment_t);
    begin->to = (uint32_t)(compiler->segments->nelts - open->segment);
    return true;
}

static bool is_inside(const compiler_t *compiler, const page_source_t *source)
{
    for (int i = 0; i < compiler->inside_count; i++) {
        if (compiler->inside[i] == source) return true;
    }
    return false;
}

static bool add_partial(compiler_t *compiler, const page_source_t *source, const page_tag_t *tag, span_t indent)
{
    const page_source_t *partial = compiler->sources;
    const page_source_t *end = compiler->sources + compiler->source_count;

    while (partial < end && !span_equal(partial->name, tag->name)) partial++;
    if (partial == end) return fail_name(compiler, source, tag, "unknown partial");
    /* Inside a line a partial keeps its own form; alone on a line it takes over the line's indentation. */
    if (!tag->alone) indent = (span_t){"", 0};
    if (tag->indent.size) {
        indent = span_of(apr_pstrcat(compiler->pool, span_text(compiler->pool, indent),
                                     span_text(compiler->pool, tag->indent), NULL));
    }
    if (!is_inside(compiler, partial)) {
        if (compiler->inside_count < PAGE_NESTING) return compile_source(compiler, partial, indent);
        return fail_name(compiler, source, tag, "partials nested too deep at");
    }
    if (indent.size) return fail_name(compiler, source, tag, "a partial that contains itself can't be indented:");
    add_segment(compiler, SEGMENT_CALL)->to = (uint32_t)(partial - compiler->sources);
    return true;
}

static bool compile_tag(compiler_t *compiler, const page_source_t *source, const page_tag_t *tag, span_t indent,
                        int outer_count)
{
    switch (tag->kind) {
    case TAG_VALUE: return add_named(compiler, source, tag, SEGMENT_VALUE);
    case TAG_RAW: return add_named(compiler, source, tag, SEGMENT_RAW);
    case TAG_SECTION:
    case TAG_INVERTED: return open_section(compiler, source, tag);
    case TAG_CLOSE: return close_section(compiler, source, tag, outer_count);
    case TAG_PARTIAL: return add_partial(compiler, source, tag, indent);
    case TAG_COMMENT:
    case TAG_NONE: break;
    }
    return true;
}

static bool compile_source(compiler_t *compiler, const page_source_t *source, span_t indent)
{
    const char *at = source->source.at;
    int outer_count = compiler->open_count;
    page_tag_t tag;

    compiler->inside[compiler->inside_count++] = source;
    do {
        const char *problem = page_scan(&tag, source->source, at);
        if (problem) return fail(compiler, source, tag.at, problem);
        append_lines(compiler, source, tag.text, indent);
        if (tag.kind != TAG_NONE && !tag.alone && page_scan_line_start(source->source, tag.at)) {
            append(compiler, indent.at, indent.size);
        }
        if (!compile_tag(compiler, source, &tag, indent, outer_count)) return false;
        at = tag.next;
    } while (tag.kind != TAG_NONE);
    compiler->inside_count--;
    if (compiler->open_count > outer_count) {
        const open_section_t *open = &compiler->open[compiler->open_count - 1];
        const char *name = span_text(compiler->pool, open->name);
        return fail(compiler, source, open->at, apr_psprintf(compiler->pool, "section '%s' is never closed", name));
    }
    return true;
}

apr_status_t page_compile(const page_segment_t **program, apr_size_t index, const page_source_t *sources,
                          apr_size_t source_count, const char *const *names, apr_size_t name_count, const char **error,
                          apr_pool_t *pool)
{
    compiler_t compiler = {
        .sources = sources, .source_count = source_count, .names = names, .name_count = name_count, .pool = pool};
    apr_pool_t *scratch;
    apr_status_t status = apr_pool_create(&scratch, pool);

    if (status != APR_SUCCESS) return status;
    compiler.segments = apr_array_make(scratch, 256, sizeof(page_segment_t));
    if (compile_source(&compiler, &sources[index], (span_t){"", 0})) {
        add_segment(&compiler, SEGMENT_STOP);
        *program =
            apr_pmemdup(pool, compiler.segments->elts, (apr_size_t)compiler.segments->nelts * sizeof(page_segment_t));
    } else {
        *error = compiler.error;
        status = BASE_EMALFORMED;
    }
    apr_pool_destroy(scratch);
    return status;
}
