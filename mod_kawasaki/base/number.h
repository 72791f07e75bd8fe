/* SPDX-License-Identifier: Apache-2.0
 *
 * Whole numbers as others write them: decimal digits, no sign, no space.
 */
#ifndef BASE_NUMBER_H
#define BASE_NUMBER_H

#include "base/span.h"

/* Digits and nothing else? The empty text is none. */
static inline bool number_is_digits(span_t text)
{
    for (apr_size_t i = 0; i < text.size; i++)
        if (text.at[i] < '0' || text.at[i] > '9') return false;
    return text.size > 0;
}

/* False, and *number is 0, unless text is digits whose value is at most APR_INT64_MAX, in 19 digits at most. */
static inline bool number_read(span_t text, apr_int64_t *number)
{
    apr_uint64_t value = 0;

    *number = 0;
    if (text.size > 19 || !number_is_digits(text)) return false;
    for (apr_size_t i = 0; i < text.size; i++) value = value * 10 + (apr_uint64_t)(text.at[i] - '0');
    if (value > APR_INT64_MAX) return false;
    *number = (apr_int64_t)value;
    return true;
}

/* The same with a minus before it, if need be; 0 for what is none. For values that this program wrote itself. */
static inline apr_int64_t number_signed(span_t text)
{
    const bool negative = text.size > 0 && text.at[0] == '-';
    apr_int64_t number;

    number_read(negative ? (span_t){text.at + 1, text.size - 1} : text, &number);
    return negative ? -number : number;
}

#endif
