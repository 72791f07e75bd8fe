/* SPDX-License-Identifier: Apache-2.0
 *
 * The renderer: walks a program with a stack of contexts and writes into the sink. It runs in every answer, so it
 * allocates one stack and otherwise only reads and writes.
 */
#include "page/program.h"
#include "page/view.h"

/* A context: the view, an item a section is at, or (with its caller's item) a call. */
typedef struct {
    const page_value_t *item;
    const page_value_t *last;     /* of the section's items */
    const page_segment_t *resume; /* the section's first segment; of a call, where to go on after it */
} frame_t;

typedef struct {
    page_sink_t *sink;
    frame_t *top;
    frame_t frames[PAGE_NESTING];
} renderer_t;

static const page_value_t *look_up(const renderer_t *renderer, const page_segment_t *segment)
{
    const page_value_t *value = NULL;

    if (segment->count == 0) return renderer->top->item;
    for (const frame_t *frame = renderer->top; !value && frame >= renderer->frames; frame--) {
        if (frame->item->type == VALUE_MAP) value = page_map_get(frame->item->map, segment->key);
    }
    for (int i = 0; value && i < segment->count - 1; i++) {
        value = value->type == VALUE_MAP ? page_map_get(value->map, segment->rest[i]) : NULL;
    }
    return value;
}

static bool is_true(const page_value_t *value)
{
    if (!value) return false;
    switch ((page_value_type_t)value->type) {
    case VALUE_TEXT: return value->text.size > 0;
    case VALUE_FLAG: return value->flag;
    case VALUE_LIST: return value->list->row.used > 0;
    case VALUE_MAP: break;
    }
    return true;
}

static apr_status_t write_raw(page_sink_t *sink, const char *from, const char *to)
{
    return from == to ? APR_SUCCESS : sink->write(sink->context, from, (apr_size_t)(to - from), false);
}

/* Not 0 if one of the 8 bytes from here on is & ' " < > (or #, which does no harm): a word at a time, as nearly all
 * bytes of a page are none of these. Finding zero bytes: Warren, Hacker's Delight, section 6-1. */
static uint64_t marks(const char *at)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    uint64_t word;
    uint64_t quotes;
    uint64_t angles;

    memcpy(&word, at, sizeof word);
    quotes = (word & ~(ones * 0x05)) ^ (ones * 0x22); /* zero where 0x22, 0x23, 0x26 or 0x27 */
    angles = (word | (ones * 0x02)) ^ (ones * 0x3e);  /* zero where 0x3c or 0x3e */
    return (((quotes - ones) & ~quotes) | ((angles - ones) & ~angles)) & (ones * 0x80);
}

/* 1 to 5 for the bytes that HTML gives a meaning to. */
static const unsigned char special[256] = {['&'] = 1, ['<'] = 2, ['>'] = 3, ['"'] = 4, ['\''] = 5};

/* No branch depends on a byte: nearly all texts need no escape, and finding that out takes a time by size only. */
static bool needs_escape(span_t text)
{
    const char *end = text.at + text.size;
    uint64_t found = 0;

    if (text.size < 8) {
        for (const char *at = text.at; at < end; at++) found |= special[(unsigned char)*at];
        return found != 0;
    }
    for (const char *at = text.at; at < end - 8; at += 8) found |= marks(at);
    return (found | marks(end - 8)) != 0;
}

static apr_status_t write_escaped(page_sink_t *sink, span_t text)
{
    static const span_t escapes[] = {{"", 0}, {"&amp;", 5}, {"&lt;", 4}, {"&gt;", 4}, {"&quot;", 6}, {"&#39;", 5}};
    const char *run = text.at;
    const char *end = text.at + text.size;

    for (const char *at = run; at < end; at++) {
        unsigned char which = special[(unsigned char)*at];
        apr_status_t status;
        if (!which) continue;
        status = write_raw(sink, run, at);
        if (status == APR_SUCCESS) status = sink->write(sink->context, escapes[which].at, escapes[which].size, false);
        if (status != APR_SUCCESS) return status;
        run = at + 1;
    }
    return write_raw(sink, run, end);
}

static apr_status_t write_value(const renderer_t *renderer, const page_segment_t *segment)
{
    const page_value_t *value = look_up(renderer, segment);
    if (!value || value->type != VALUE_TEXT || value->text.size == 0) return APR_SUCCESS;
    if (segment->kind == SEGMENT_VALUE && needs_escape(value->text)) return write_escaped(renderer->sink, value->text);
    return renderer->sink->write(renderer->sink->context, value->text.at, value->text.size, false);
}

static bool push(renderer_t *renderer, const page_value_t *item, const page_value_t *last, const page_segment_t *resume)
{
    if (renderer->top == renderer->frames + PAGE_NESTING - 1) return false;
    *++renderer->top = (frame_t){item, last, resume};
    return true;
}

static bool enter_section(renderer_t *renderer, const page_value_t *value, const page_segment_t *body)
{
    const page_row_t *row;
    if (value->type != VALUE_LIST) return push(renderer, value, value, body);
    row = &value->list->row;
    return push(renderer, row->at, row->at + row->used - 1, body);
}

/* The next item's body, or what follows the section. */
static const page_segment_t *end_section(renderer_t *renderer, const page_segment_t *end)
{
    frame_t *frame = renderer->top;
    if (frame->item < frame->last) {
        frame->item++;
        return frame->resume;
    }
    renderer->top--;
    return end + 1;
}

/* Where to go on after a segment that is no value; NULL if nesting is too deep. */
static const page_segment_t *step(renderer_t *renderer, const page_set_t *set, const page_segment_t *segment)
{
    const page_value_t *value;

    switch ((page_segment_kind_t)segment->kind) {
    case SEGMENT_SECTION:
        value = look_up(renderer, segment);
        if (!is_true(value)) return segment + segment->to;
        return enter_section(renderer, value, segment + 1) ? segment + 1 : NULL;
    case SEGMENT_INVERTED: return segment + (is_true(look_up(renderer, segment)) ? segment->to : 1);
    case SEGMENT_END: return end_section(renderer, segment);
    case SEGMENT_CALL:
        value = renderer->top->item;
        return push(renderer, value, value, segment + 1) ? set->programs[segment->to] : NULL;
    case SEGMENT_STOP: return (renderer->top--)->resume;
    case SEGMENT_VALUE:
    case SEGMENT_RAW:
    case SEGMENT_TEXT: break;
    }
    return segment + 1;
}

static apr_status_t run(renderer_t *renderer, const page_set_t *set, const page_segment_t *segment)
{
    page_sink_t *sink = renderer->sink;

    for (;;) {
        apr_status_t status = APR_SUCCESS;
        if (segment->text.size) status = sink->write(sink->context, segment->text.at, segment->text.size, true);
        if (status != APR_SUCCESS) return status;
        if (segment->kind == SEGMENT_VALUE || segment->kind == SEGMENT_RAW) {
            status = write_value(renderer, segment++);
            if (status != APR_SUCCESS) return status;
            continue;
        }
        if (segment->kind == SEGMENT_STOP && renderer->top == renderer->frames) return APR_SUCCESS;
        segment = step(renderer, set, segment);
        if (!segment) return APR_EGENERAL;
    }
}

apr_status_t page_render(const page_set_t *set, int page, const page_map_t *view, page_sink_t *sink, apr_pool_t *pool)
{
    page_value_t root = {.type = VALUE_MAP, .map = view};
    renderer_t *renderer;

    if (page < 0 || (apr_size_t)page >= set->count) return APR_EINVAL;
    renderer = apr_palloc(pool, sizeof *renderer);
    renderer->sink = sink;
    renderer->top = renderer->frames;
    renderer->frames[0] = (frame_t){&root, &root, NULL};
    return run(renderer, set, set->programs[page]);
}
