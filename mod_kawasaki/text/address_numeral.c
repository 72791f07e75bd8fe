/* SPDX-License-Identifier: Apache-2.0
 *
 * Kanji numerals of addresses: 四五 and 四十五 are 45, 百二 and 百〇二 are 102, 廿一 is 21. Whether they are a number
 * at all, or part of a name, is address_token.c's question.
 */
#include "text/address.h"

#define DIGITS_MAX 9

static int digit_of(uint32_t code)
{
    switch (code) {
    case U'〇':
    case U'零': return 0;
    case U'一':
    case U'壱': return 1;
    case U'二':
    case U'弐': return 2;
    case U'三':
    case U'参': return 3;
    case U'四': return 4;
    case U'五': return 5;
    case U'六': return 6;
    case U'七': return 7;
    case U'八': return 8;
    case U'九': return 9;
    default: return -1;
    }
}

static apr_int64_t power_of(uint32_t code)
{
    switch (code) {
    case U'廿':
    case U'卅':
    case U'十':
    case U'拾': return 10;
    case U'百': return 100;
    case U'千': return 1000;
    case U'万': return 10000;
    default: return 0;
    }
}

/* 廿 and 卅 have their digit in them; 0: others have not. */
static int tens_of(uint32_t code)
{
    return code == U'廿' ? 2 : code == U'卅' ? 3 : 0;
}

/* 一〇三 */
static apr_int64_t read_digits(const match_char_t *chars, apr_size_t count)
{
    apr_int64_t value = 0;
    if (count > DIGITS_MAX) return -1;
    for (apr_size_t i = 0; i < count; ++i) value = value * 10 + digit_of(chars[i].code);
    return value;
}

/* 百三 and 一万二千: each power is less than the one before, but 万, which counts all before it. 百〇三 and 千〇五十:
 * 〇 says that a power is left out. */
static apr_int64_t read_powers(const match_char_t *chars, apr_size_t count)
{
    apr_int64_t value = 0, last = 100000;
    int digit = -1;
    for (apr_size_t i = 0; i < count; ++i) {
        apr_int64_t power = power_of(chars[i].code);
        int tens = tens_of(chars[i].code);
        if (tens > 0 && digit >= 0) return -1;
        if (tens > 0) digit = tens;
        if (power == 0 && digit_of(chars[i].code) == 0) {
            if (digit >= 0 || last < 100 || last > 10000 || i + 1 == count) return -1;
        } else if (power == 0) {
            if (digit >= 0) return -1;
            digit = digit_of(chars[i].code);
        } else if (power == 10000) {
            if (last == power || (digit < 0 && value == 0)) return -1;
            value = (value + (digit < 0 ? 0 : digit)) * power;
            last = power;
            digit = -1;
        } else {
            if (power >= last) return -1;
            value += power * (digit < 0 ? 1 : digit);
            last = power;
            digit = -1;
        }
    }
    return value + (digit < 0 ? 0 : digit);
}

apr_size_t address_numeral(const match_char_t *chars, apr_size_t count, apr_int64_t *value)
{
    apr_size_t length = 0;
    bool powers = false;
    for (; length < count && !chars[length].any; ++length) {
        bool power = power_of(chars[length].code) > 0;
        if (!power && digit_of(chars[length].code) < 0) break;
        powers = powers || power;
    }
    *value = length == 0 ? -1 : powers ? read_powers(chars, length) : read_digits(chars, length);
    return length;
}
