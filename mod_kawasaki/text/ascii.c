/* SPDX-License-Identifier: Apache-2.0
 *
 * The types that are stored as ASCII and need no grammar: digits, alphanumeric, login-id, post-code, password, pin.
 * Phone numbers and e-mail addresses, which have one, begin with type_to_ascii too.
 */
#include "text/glyph.h"
#include "text/type.h"

static uint32_t ascii_of(uint32_t code)
{
    if (code < 0x80) return code;
    if (code >= 0xFF01 && code <= 0xFF5E) return code - 0xFEE0;
    if (glyph_is_space(code)) return ' ';
    if (glyph_is_dash(code) || code == GLYPH_LONG_VOWEL || code == GLYPH_HALF_LONG_VOWEL) return '-';
    if (code == 0x3002 || code == 0xFF61) return '.'; /* the full stop that a Japanese keyboard gives */
    return glyph_visible(code);
}

static bool is_all(span_t text, bool (*fits)(char byte))
{
    for (apr_size_t i = 0; i < text.size; ++i) {
        if (!fits(text.at[i])) return false;
    }
    return true;
}

static bool is_printable(char byte)
{
    return byte >= ' ' && byte <= '~';
}

text_result_t type_to_ascii(apr_pool_t *pool, span_t in, span_t *out)
{
    *out = in;
    bool plain = is_all(in, is_printable);
    if (!plain) {
        if (!text_is_clean(in)) return TEXT_MALFORMED;
        *out = code_map(pool, in, ascii_of);
        plain = is_all(*out, is_printable);
    }
    *out = text_trim(*out);
    return plain ? TEXT_OK : TEXT_WRONG;
}

span_t type_keep(apr_pool_t *pool, span_t text, span_t as)
{
    return span_equal(text, as) ? as : span_copy(pool, text);
}

static bool is_digit(char byte)
{
    return type_is_digit(byte);
}

static bool is_alphanumeric(char byte)
{
    return type_is_alphanumeric(byte);
}

static bool is_login_id(char byte)
{
    return type_is_alphanumeric(byte) || byte == '-';
}

/* Without spaces and hyphens, which people put into long numbers to keep count. */
static span_t join_digits(apr_pool_t *pool, span_t text)
{
    if (is_all(text, is_digit)) return text;
    char *bytes = apr_palloc(pool, text.size);
    apr_size_t used = 0;
    for (apr_size_t i = 0; i < text.size; ++i) {
        if (text.at[i] != ' ' && text.at[i] != '-') bytes[used++] = text.at[i];
    }
    return (span_t){bytes, used};
}

text_result_t type_digits(apr_pool_t *pool, span_t in, span_t *out)
{
    *out = in;
    if (is_all(in, is_digit)) return TEXT_OK;
    span_t text;
    text_result_t result = type_to_ascii(pool, in, &text);
    if (result != TEXT_OK) return result;
    span_t digits = join_digits(pool, text);
    bool only_signs = digits.size == 0 && text.size > 0;
    if (only_signs || !is_all(digits, is_digit)) return TEXT_WRONG;
    *out = digits;
    return TEXT_OK;
}

text_result_t type_alphanumeric(apr_pool_t *pool, span_t in, span_t *out)
{
    *out = in;
    if (is_all(in, is_alphanumeric)) return TEXT_OK;
    span_t text;
    text_result_t result = type_to_ascii(pool, in, &text);
    if (result != TEXT_OK) return result;
    if (!is_all(text, is_alphanumeric)) return TEXT_WRONG;
    *out = text;
    return TEXT_OK;
}

/* Small letters: telephones begin a field with a capital unasked, and two IDs that differ in that are one to people. */
static uint32_t small_of(uint32_t code)
{
    return code >= 'A' && code <= 'Z' ? code + ('a' - 'A') : code;
}

text_result_t type_login_id(apr_pool_t *pool, span_t in, span_t *out)
{
    *out = in;
    span_t text;
    text_result_t result = type_to_ascii(pool, in, &text);
    if (result != TEXT_OK) return result;
    if (!is_all(text, is_login_id)) return TEXT_WRONG;
    *out = code_map(pool, text, small_of);
    return TEXT_OK;
}

text_result_t type_post_code(apr_pool_t *pool, span_t in, span_t *out)
{
    const span_t sign = SPAN("〒");
    *out = in;
    span_t text = text_trim(in);
    if (text.size >= sign.size && memcmp(text.at, sign.at, sign.size) == 0) {
        text = (span_t){text.at + sign.size, text.size - sign.size};
    }
    text_result_t result = type_to_ascii(pool, text, &text);
    if (result != TEXT_OK) return result;
    if (text.size > 0) {
        span_t digits = join_digits(pool, text);
        if (digits.size != 7 || !is_all(digits, is_digit)) return TEXT_WRONG;
        char code[8];
        memcpy(code, digits.at, 3);
        code[3] = '-';
        memcpy(code + 4, digits.at + 3, 4);
        text = type_keep(pool, (span_t){code, sizeof code}, text);
    }
    *out = text;
    return TEXT_OK;
}

/* Secrets are taken as they are: a pool is not wiped, so no copy may lie in one. */
static text_result_t as_it_is(span_t in, span_t *out, bool (*fits)(char byte))
{
    *out = in;
    if (is_all(in, fits)) return TEXT_OK;
    return text_is_clean(in) ? TEXT_WRONG : TEXT_MALFORMED;
}

text_result_t type_password(apr_pool_t *pool, span_t in, span_t *out)
{
    (void)pool;
    return as_it_is(in, out, is_alphanumeric);
}

text_result_t type_pin(apr_pool_t *pool, span_t in, span_t *out)
{
    (void)pool;
    return as_it_is(in, out, is_digit);
}
