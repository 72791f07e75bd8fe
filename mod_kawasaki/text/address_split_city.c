/* SPDX-License-Identifier: Apache-2.0
 *
 * Where the name of a municipality ends: at its first 市, 区, 町 or 村, of a district (郡) at the 町 or 村 behind it,
 * of a designated city at the ward's 区; names that have such a character in their middle are listed. Not which
 * municipalities there are.
 */
#include "text/address_split_city.h"

/* All that begin the names of municipalities or districts with what looks like an end before the end. */
static const char beginnings[] = "四日市 廿日市 野々市 余市 高市 十日町 大町 羽村 大村 田村 玉村 "
                                 "東村山 武蔵村山 西村山 北村山 蒲郡 小郡 大和郡";

/* 地方自治法第252条の19第1項の指定都市の指定に関する政令 (昭和31年政令第254号), as of 2012-04-01 with Kumamoto. Other
 * cities have 区 in names of towns: 上越市安塚区, 南相馬市原町区. */
static const char designated[] = "札幌市 仙台市 さいたま市 千葉市 横浜市 川崎市 相模原市 新潟市 静岡市 浜松市 名古屋市 "
                                 "京都市 大阪市 堺市 神戸市 岡山市 広島市 北九州市 福岡市 熊本市";

#define CITY_MAX 8 /* characters of つくばみらい市, with room */
#define WARD_MAX 5 /* 保土ケ谷区 */

typedef struct {
    const match_char_t *in;
    int count;
} line_t;

static uint32_t code_at(const line_t *line, int at)
{
    return at < line->count && !line->in[at].any ? line->in[at].code : 0;
}

static int skip_spaces(const line_t *line, int at)
{
    while (code_at(line, at) == ' ') ++at;
    return at;
}

/* Behind this name, spaces aside, if it stands there; else -1. */
static int behind(const line_t *line, int at, span_t name)
{
    for (apr_size_t byte = 0; byte < name.size; ++at) {
        at = skip_spaces(line, at);
        if (code_at(line, at) != utf8_next(name, &byte)) return -1;
    }
    return at;
}

/* Behind the one of these names that stands there; else -1. */
static int behind_one(const line_t *line, int at, const char *names)
{
    for (apr_size_t size; *names; names += size + (names[size] == ' ')) {
        size = strcspn(names, " ");
        int end = behind(line, at, (span_t){names, size});
        if (end >= 0) return end;
    }
    return -1;
}

static bool is_digit(uint32_t code)
{
    return code >= '0' && code <= '9';
}

static bool is_among(uint32_t code, const uint32_t *list)
{
    while (*list && *list != code) ++list;
    return *list != 0;
}

/* The first of these characters that can end a name which begins at `from`; -1: none does. */
static int find_end(const line_t *line, int from, const uint32_t *ends)
{
    int at = behind_one(line, from, beginnings), length = 1;
    if (at < 0) at = skip_spaces(line, from) + 1; /* 市川市, 町田市, 村山市, 郡山市: not the first */
    for (; at < line->count && length < CITY_MAX && !is_digit(code_at(line, at)); ++at) {
        if (is_among(code_at(line, at), ends)) return at;
        length += code_at(line, at) != ' ';
    }
    return -1;
}

static int behind_ward(const line_t *line, int from)
{
    int length = 0;
    for (int at = from; at < line->count && length < WARD_MAX; ++at) {
        uint32_t code = code_at(line, at);
        if (code == U'区' && length > 0) return at + 1;
        if (code == U'町' || is_digit(code)) return from;
        length += code != ' ';
    }
    return from;
}

int address_split_city(const apr_array_header_t *chars, int from, bool in_prefecture)
{
    const line_t line = {(const match_char_t *)chars->elts, chars->nelts};
    int city = behind_one(&line, from, designated);
    if (city >= 0) return behind_ward(&line, city);
    int end = find_end(&line, from, U"郡市区町村");
    if (end < 0) return from;
    switch (code_at(&line, end)) {
    case U'郡': end = find_end(&line, end + 1, U"町村"); break;
    case U'町':
    case U'村': end = in_prefecture ? end : -1; break;
    default: break;
    }
    return end < 0 ? from : end + 1;
}
