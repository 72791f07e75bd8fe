/* SPDX-License-Identifier: Apache-2.0 */
#include "account/postcode_town.h"

#define LOTS "地割"

/* Where the word begins; text.size when it isn't there. */
static apr_size_t find(span_t text, const char *word)
{
    const char *at = memmem(text.at, text.size, word, strlen(word));
    return at ? (apr_size_t)(at - text.at) : text.size;
}

static bool holds(span_t text, const char *word)
{
    return find(text, word) < text.size;
}

static bool ends_with(span_t text, span_t ending)
{
    return ending.size <= text.size && memcmp(text.at + text.size - ending.size, ending.at, ending.size) == 0;
}

/* 小菅村一円, in 北都留郡小菅村. But 一円 alone is a town, of 多賀町. */
static bool is_whole_city(span_t name, span_t city)
{
    const span_t whole = SPAN("一円");

    if (!ends_with(name, whole)) return false;
    name.size -= whole.size;
    return name.size > 0 && ends_with(city, name);
}

/* A full-width digit, all of which have three bytes. */
static bool is_digit(const char *at)
{
    return memcmp(at, "０", 2) == 0 && (unsigned char)at[2] >= 0x90 && (unsigned char)at[2] <= 0x99;
}

/* 種市第１５地割～第２１地割: 種市. */
static span_t before_lots(span_t name)
{
    name.size = find(name, LOTS);
    while (name.size >= 3 && is_digit(name.at + name.size - 3)) name.size -= 3;
    if (ends_with(name, SPAN("第"))) name.size -= 3;
    return name;
}

/* （１丁目）, and nothing else: then it is known in which 丁目 the address is. */
static bool is_one_chome(span_t remark)
{
    const span_t open = SPAN("（"), rest = SPAN("丁目）");
    apr_size_t at = open.size;

    while (at + 3 <= remark.size && is_digit(remark.at + at)) at += 3;
    return at > open.size && span_equal((span_t){remark.at + at, remark.size - at}, rest);
}

span_t postcode_town(span_t town, span_t city, apr_pool_t *pool)
{
    const span_t name = {town.at, find(town, "（")};
    const span_t remark = {town.at + name.size, town.size - name.size};

    /* 以下に掲載がない場合, 境町の次に番地がくる場合 */
    if (ends_with(name, SPAN("場合")) || is_whole_city(name, city)) return SPAN("");
    if (holds(name, "、") || holds(name, "～") || holds(name, "〜"))
        return holds(name, LOTS) ? before_lots(name) : SPAN("");
    if (!is_one_chome(remark)) return name;
    return span_of(apr_pstrcat(pool, span_text(pool, name), /* without the parentheses */
                               apr_pstrmemdup(pool, remark.at + 3, remark.size - 6), NULL));
}

int postcode_town_depth(span_t town)
{
    int depth = 0;

    for (apr_size_t at = 0; at + 3 <= town.size; at++) {
        if (memcmp(town.at + at, "（", 3) == 0) depth++;
        if (memcmp(town.at + at, "）", 3) == 0) depth--;
    }
    return depth;
}
