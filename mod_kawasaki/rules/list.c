/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/list.h"

#include "base/error.h"
#include "rules/image_write.h"
#include "text/text.h"

#include <stdlib.h>

static int by_bytes(const void *left, const void *right)
{
    const span_t *a = left, *b = right;
    int order = memcmp(a->at, b->at, a->size < b->size ? a->size : b->size);
    return order ? order : (a->size > b->size) - (a->size < b->size);
}

static span_t to_lower(apr_pool_t *pool, span_t text)
{
    char *lower = span_text(pool, text);
    for (apr_size_t i = 0; i < text.size; i++) {
        if (lower[i] >= 'A' && lower[i] <= 'Z') lower[i] = (char)(lower[i] - 'A' + 'a');
    }
    return (span_t){lower, text.size};
}

/* Cuts off the first line. */
static span_t next_line(span_t *rest)
{
    const char *end = memchr(rest->at, '\n', rest->size);
    span_t line = {rest->at, end ? (apr_size_t)(end - rest->at) : rest->size};
    apr_size_t taken = end ? line.size + 1 : line.size;
    *rest = (span_t){rest->at + taken, rest->size - taken};
    return text_trim(line);
}

static apr_array_header_t *split(compiler_t *compiler, const source_t *source)
{
    apr_array_header_t *entries = apr_array_make(compiler->pool, 256, sizeof(span_t));
    span_t rest = source->bytes;
    for (int number = 1; rest.size; number++) {
        span_t line = next_line(&rest);
        if (line.size == 0 || *line.at == '#') continue;
        if (!text_is_clean(line)) {
            rules_error(compiler, (place_t){source, number, 1}, "this line is not UTF-8, or has a control character");
            return entries;
        }
        APR_ARRAY_PUSH(entries, span_t) = to_lower(compiler->pool, line);
    }
    return entries;
}

static uint32_t write_entries(compiler_t *compiler, const char *path, apr_array_header_t *entries)
{
    image_t *image = compiler->image;
    rules_list_t list = {.name = rules_image_string(image, span_of(path)),
                         .first_entry = rules_image_count(image, RULES_ENTRIES)};
    if (entries->nelts) qsort(entries->elts, (size_t)entries->nelts, sizeof(span_t), by_bytes);
    for (int i = 0; i < entries->nelts; i++) {
        span_t entry = APR_ARRAY_IDX(entries, i, span_t);
        if (i && span_equal(entry, APR_ARRAY_IDX(entries, i - 1, span_t))) continue;
        rules_ref_t ref = rules_image_string(image, entry);
        rules_image_add(image, RULES_ENTRIES, &ref);
        list.entry_count++;
    }
    return rules_image_add(image, RULES_LISTS, &list);
}

static uint32_t read_list(compiler_t *compiler, const char *path, const char *name, place_t at)
{
    source_t *source = apr_pcalloc(compiler->pool, sizeof *source);
    source->name = path;
    source->order = compiler->sources->nelts;
    APR_ARRAY_PUSH(compiler->files, const char *) = path;

    apr_status_t status = rules_source_read(source, compiler->pool);
    if (status != APR_SUCCESS) {
        char reason[128];
        rules_error(compiler, at, "can't read '%s': %s", path, base_error_text(status, reason, sizeof reason));
        return 0;
    }
    APR_ARRAY_PUSH(compiler->sources, source_t *) = source;
    apr_array_header_t *entries = split(compiler, source);
    if (entries->nelts == 0) rules_error(compiler, at, "'%s' holds no entry", path);
    return write_entries(compiler, name, entries);
}

uint32_t rules_list_write(compiler_t *compiler, const given_t *not_in)
{
    if (!not_in->ok) return 0;
    const char *name = span_text(compiler->pool, not_in->string->text);
    const char *path = rules_source_path(not_in->string->at.source, name, compiler->pool);
    uint32_t *index = apr_hash_get(compiler->lists, path, APR_HASH_KEY_STRING);
    if (!index) {
        index = apr_palloc(compiler->pool, sizeof *index);
        /* The image keeps the name as it is written: the same rules give the same bytes wherever they lie. */
        *index = read_list(compiler, path, name, rules_string_place(not_in));
        apr_hash_set(compiler->lists, path, APR_HASH_KEY_STRING, index);
    }
    return *index;
}
