/* SPDX-License-Identifier: Apache-2.0
 *
 * How views lie in memory, for the renderer: rows of values. A page asks a map for its keys hundreds of times, in an
 * order no processor can guess, so a map also notes per slot of keys which value was put last: mostly one step instead
 * of a search. Only for this room.
 */
#ifndef PAGE_VIEW_H
#define PAGE_VIEW_H

#include "page/page.h"

typedef enum { VALUE_TEXT, VALUE_FLAG, VALUE_MAP, VALUE_LIST } page_value_type_t;

typedef struct {
    uint32_t next;  /* in a map: 1 + index of the value put before into the same slot, 0: none */
    page_key_t key; /* in a map */
    uint8_t type;
    union {
        span_t text;
        bool flag;
        const page_map_t *map;
        const page_list_t *list;
    };
} page_value_t;

#define PAGE_ROW_START 8

/* A growing row; the first values lie in it, so that a small map is one allocation. */
typedef struct {
    apr_pool_t *pool;
    page_value_t *at;
    apr_size_t used;
    apr_size_t room;
    page_value_t start[PAGE_ROW_START];
} page_row_t;

#define PAGE_SLOTS 32

struct page_map_t {
    page_row_t row;
    uint32_t slots[PAGE_SLOTS]; /* by the key's low bits: 1 + index of the value put last, 0: none */
};

struct page_list_t {
    page_row_t row;
};

/* The value last put under the key, NULL if there is none. */
static inline const page_value_t *page_map_get(const page_map_t *map, page_key_t key)
{
    const page_value_t *value;
    for (uint32_t place = map->slots[key % PAGE_SLOTS]; place; place = value->next) {
        value = &map->row.at[place - 1];
        if (value->key == key) return value;
    }
    return NULL;
}

#endif
