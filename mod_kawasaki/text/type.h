/* SPDX-License-Identifier: Apache-2.0
 *
 * The types' functions, for the table in type.c and for each other. What each accepts is in docs/text-types.md;
 * what they share (blank is fine, *out is `in` unless TEXT_OK) is said at text_type_t.
 */
#ifndef TEXT_TYPE_H
#define TEXT_TYPE_H

#include "text/text.h"

/* japanese.c */
text_result_t type_any(apr_pool_t *pool, span_t in, span_t *out);
text_result_t type_full_width(apr_pool_t *pool, span_t in, span_t *out);
text_result_t type_katakana(apr_pool_t *pool, span_t in, span_t *out);

/* ascii.c */
text_result_t type_digits(apr_pool_t *pool, span_t in, span_t *out);
text_result_t type_alphanumeric(apr_pool_t *pool, span_t in, span_t *out);
text_result_t type_login_id(apr_pool_t *pool, span_t in, span_t *out);
text_result_t type_post_code(apr_pool_t *pool, span_t in, span_t *out);
text_result_t type_password(apr_pool_t *pool, span_t in, span_t *out);
text_result_t type_pin(apr_pool_t *pool, span_t in, span_t *out);

/* phone.c, email.c, date_input.c */
text_result_t type_phone(apr_pool_t *pool, span_t in, span_t *out);
text_result_t type_email(apr_pool_t *pool, span_t in, span_t *out);
text_result_t type_date(apr_pool_t *pool, span_t in, span_t *out);

/* The common first step of all types that end as ASCII: full-width forms, spaces, dashes (with ー) and 。 become their
 * ASCII counterparts, invisible code points go, ends are trimmed. TEXT_WRONG where something else than ASCII is left.
 * *out is a part of `in` where nothing else changed. */
text_result_t type_to_ascii(apr_pool_t *pool, span_t in, span_t *out);

/* text, or the pool's copy of it when it isn't the same as `as`; for results built on the stack. */
span_t type_keep(apr_pool_t *pool, span_t text, span_t as);

static inline bool type_is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static inline bool type_is_upper(char byte)
{
    return byte >= 'A' && byte <= 'Z';
}

static inline bool type_is_alphanumeric(char byte)
{
    return type_is_digit(byte) || type_is_upper(byte) || (byte >= 'a' && byte <= 'z');
}

#endif
