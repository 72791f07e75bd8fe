/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/image_write.h"

#include "rules/layout.h"

#include <apr_hash.h>
#include <apr_tables.h>

struct image_t {
    apr_pool_t *pool;
    apr_array_header_t *tables[RULES_TABLES];
    apr_hash_t *strings; /* text -> rules_ref_t *: only looked up, never walked, so its order is in no image */
};

image_t *rules_image_make(apr_pool_t *pool)
{
    image_t *image = apr_palloc(pool, sizeof *image);
    image->pool = pool;
    image->strings = apr_hash_make(pool);
    for (int i = 0; i < RULES_TABLES; i++) {
        image->tables[i] = apr_array_make(pool, 64, (int)rules_entry_size((rules_table_t)i));
    }
    return image;
}

rules_ref_t rules_image_string(image_t *image, span_t text)
{
    if (text.size == 0) return (rules_ref_t){0, 0};
    rules_ref_t *ref = apr_hash_get(image->strings, text.at, (apr_ssize_t)text.size);
    if (ref) return *ref;

    apr_array_header_t *bytes = image->tables[RULES_STRINGS];
    ref = apr_palloc(image->pool, sizeof *ref);
    *ref = (rules_ref_t){(uint32_t)bytes->nelts, (uint32_t)text.size};
    for (apr_size_t i = 0; i < text.size; i++) APR_ARRAY_PUSH(bytes, char) = text.at[i];
    apr_hash_set(image->strings, span_text(image->pool, text), (apr_ssize_t)text.size, ref);
    return *ref;
}

rules_text_t rules_image_text(image_t *image, span_t ja)
{
    return (rules_text_t){rules_image_string(image, ja)};
}

uint32_t rules_image_add(image_t *image, rules_table_t table, const void *entry)
{
    memcpy(apr_array_push(image->tables[table]), entry, rules_entry_size(table));
    return (uint32_t)image->tables[table]->nelts - 1;
}

uint32_t rules_image_count(const image_t *image, rules_table_t table)
{
    return (uint32_t)image->tables[table]->nelts;
}

span_t rules_image_finish(image_t *image)
{
    rules_header_t header = {.magic = RULES_MAGIC, .layout = RULES_LAYOUT};
    for (int i = 0; i < RULES_TABLES; i++) header.tables[i].count = (uint32_t)image->tables[i]->nelts;
    header.size = rules_layout_place(header.tables);
    if (header.size == 0) return (span_t){"", 0};

    char *bytes = apr_pcalloc(image->pool, header.size);
    memcpy(bytes, &header, sizeof header);
    for (int i = 0; i < RULES_TABLES; i++) {
        apr_size_t size = (apr_size_t)header.tables[i].count * rules_entry_size((rules_table_t)i);
        if (size) memcpy(bytes + header.tables[i].offset, image->tables[i]->elts, size);
    }
    span_t finished = {bytes, header.size};
    header.hash = rules_layout_hash(finished);
    memcpy(bytes, &header, sizeof header);
    return finished;
}
