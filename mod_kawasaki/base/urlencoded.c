/* SPDX-License-Identifier: Apache-2.0
 *
 * The strict decoder of forms and queries. Knows no form: which names are wanted is the caller's.
 */
#include "base/urlencoded.h"
#include "base/error.h"
#include "base/utf8.h"

/* The digit's value plus one; 0: no hexadecimal digit. Japanese text is nearly all escapes, so no branches here. */
static const unsigned char hex_digits[256] = {
    ['0'] = 1,  ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,  ['6'] = 7,  ['7'] = 8,
    ['8'] = 9,  ['9'] = 10, ['A'] = 11, ['B'] = 12, ['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
    ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16};

/* Decodes a name or a value over itself: it never grows, so what is written stays behind what is read. */
static bool decode_piece(char *text, apr_size_t size, span_t *piece)
{
    apr_size_t used = 0;
    for (apr_size_t at = 0; at < size; ++at) {
        char byte = text[at];
        if (byte == '+') byte = ' ';
        if (byte == '%') {
            if (size - at < 3) return false;
            unsigned high = hex_digits[(unsigned char)text[at + 1]];
            unsigned low = hex_digits[(unsigned char)text[at + 2]];
            if (!high || !low) return false;
            byte = (char)((high - 1) << 4 | (low - 1));
            at += 2;
        }
        if (byte == '\0') return false;
        text[used++] = byte;
    }
    *piece = (span_t){text, used};
    return utf8_is_valid(*piece);
}

/* The first '=' ends the name, whatever the escapes on either side of it turn into. */
static bool decode_pair(char *text, apr_size_t size, urlencoded_pair_t *pair)
{
    char *equals = size ? memchr(text, '=', size) : NULL;
    if (!equals || equals == text) return false;
    apr_size_t name_size = (apr_size_t)(equals - text);
    return decode_piece(text, name_size, &pair->name) && decode_piece(equals + 1, size - name_size - 1, &pair->value);
}

apr_status_t urlencoded_decode(char *text, apr_size_t size, urlencoded_pair_t *pairs, apr_size_t *count)
{
    apr_size_t decoded = 0;
    *count = 0;
    if (size == 0) return APR_SUCCESS;
    for (char *at = text, *end = text + size;; ++decoded) {
        char *cut = at < end ? memchr(at, '&', (apr_size_t)(end - at)) : NULL;
        char *stop = cut ? cut : end;
        if (decoded == URLENCODED_NAMES_MAX) return BASE_ETOOBIG;
        if (!decode_pair(at, (apr_size_t)(stop - at), &pairs[decoded])) return BASE_EMALFORMED;
        if (urlencoded_value(pairs, decoded, pairs[decoded].name)) return BASE_EMALFORMED;
        if (!cut) break;
        at = cut + 1;
    }
    *count = decoded + 1;
    return APR_SUCCESS;
}

const span_t *urlencoded_value(const urlencoded_pair_t *pairs, apr_size_t count, span_t name)
{
    for (apr_size_t i = 0; i < count; ++i) {
        if (span_equal(pairs[i].name, name)) return &pairs[i].value;
    }
    return NULL;
}
