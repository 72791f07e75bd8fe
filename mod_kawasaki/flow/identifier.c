/* SPDX-License-Identifier: Apache-2.0 */
#include "flow/identifier.h"

#include "base/secret.h"
#include "text/text.h"

#include <apr_lib.h>

#define GROUPS       3
#define GROUP_DIGITS 4

apr_status_t identifier_make(span_t *identifier, span_t kind, apr_pool_t *pool)
{
    uint32_t random[GROUPS];
    apr_status_t status = secret_random((unsigned char *)random, sizeof random);

    *identifier = span_of(apr_psprintf(pool, "%c%04u-%04u-%04u", apr_toupper(kind.at[0]), random[0] % 10000,
                                       random[1] % 10000, random[2] % 10000));
    return status;
}

static bool read_digits(span_t typed, span_t *digits, apr_pool_t *pool)
{
    return text_type_find(SPAN("digits"))->accept(pool, typed, digits) == TEXT_OK;
}

span_t identifier_read(span_t typed, apr_pool_t *pool)
{
    const span_t half = text_trim(text_to_half_width(pool, typed));
    span_t digits;

    if (read_digits(half, &digits, pool)) return digits;
    if (half.size == 0 || !apr_isalpha(half.at[0])) return typed;
    if (!read_digits((span_t){half.at + 1, half.size - 1}, &digits, pool)) return typed;
    if (digits.size != (apr_size_t)GROUPS * GROUP_DIGITS) return typed;
    return span_of(apr_psprintf(pool, "%c%.4s-%.4s-%.4s", apr_toupper(half.at[0]), digits.at, digits.at + GROUP_DIGITS,
                                digits.at + (apr_size_t)2 * GROUP_DIGITS));
}
