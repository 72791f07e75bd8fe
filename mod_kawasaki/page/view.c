/* SPDX-License-Identifier: Apache-2.0
 *
 * Building views. Not for looking into them: the renderer does that with view.h.
 */
#include "page/view.h"

static void start(page_row_t *row, apr_pool_t *pool)
{
    row->pool = pool;
    row->at = row->start;
    row->used = 0;
    row->room = PAGE_ROW_START;
}

static page_value_t *push(page_row_t *row)
{
    if (row->used == row->room) {
        page_value_t *grown = apr_palloc(row->pool, 2 * row->room * sizeof *grown);
        memcpy(grown, row->at, row->used * sizeof *grown);
        row->at = grown;
        row->room *= 2;
    }
    return &row->at[row->used++];
}

/* The new value, its content still to be filled in. */
static page_value_t *put(page_map_t *map, page_key_t key, page_value_type_t type)
{
    uint32_t *slot = &map->slots[key % PAGE_SLOTS];
    page_value_t *value = push(&map->row);

    value->key = key;
    value->next = *slot;
    value->type = (uint8_t)type;
    *slot = (uint32_t)map->row.used;
    return value;
}

page_map_t *page_map(apr_pool_t *pool)
{
    page_map_t *map = apr_palloc(pool, sizeof *map);
    start(&map->row, pool);
    memset(map->slots, 0, sizeof map->slots);
    return map;
}

void page_put_text(page_map_t *map, page_key_t key, span_t text)
{
    put(map, key, VALUE_TEXT)->text = text;
}

void page_put_flag(page_map_t *map, page_key_t key, bool flag)
{
    put(map, key, VALUE_FLAG)->flag = flag;
}

page_map_t *page_put_map(page_map_t *map, page_key_t key)
{
    page_map_t *inner = page_map(map->row.pool);
    put(map, key, VALUE_MAP)->map = inner;
    return inner;
}

page_list_t *page_put_list(page_map_t *map, page_key_t key)
{
    page_list_t *list = apr_palloc(map->row.pool, sizeof *list);
    start(&list->row, map->row.pool);
    put(map, key, VALUE_LIST)->list = list;
    return list;
}

page_map_t *page_list_add(page_list_t *list)
{
    page_map_t *map = page_map(list->row.pool);
    page_value_t *item = push(&list->row);
    item->type = VALUE_MAP;
    item->map = map;
    return map;
}

void page_list_add_text(page_list_t *list, span_t text)
{
    page_value_t *item = push(&list->row);
    item->type = VALUE_TEXT;
    item->text = text;
}
