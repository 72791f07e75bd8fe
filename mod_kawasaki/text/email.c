/* SPDX-License-Identifier: Apache-2.0
 *
 * E-mail addresses: the part of RFC 5321's Mailbox that people have. No quoted local parts, no address literals, no
 * internationalised addresses; whether mail arrives is found out by the link that is sent there.
 */
#include "text/type.h"

/* RFC 5321 4.5.3.1; RFC 1035 2.3.4. */
#define LOCAL_MAX   64
#define LABEL_MAX   63
#define ADDRESS_MAX 254

/* RFC 5322's atext, the dot added. */
static bool is_local_byte(char byte)
{
    return type_is_alphanumeric(byte) || (byte && strchr("!#$%&'*+-/=?^_`{|}~.", byte));
}

static bool is_stray_dot(span_t local, apr_size_t i)
{
    return local.at[i] == '.' && (i + 1 == local.size || local.at[i + 1] == '.');
}

/* No dot first. stray_dots: whether a dot may also be last or beside another. */
static bool is_local(span_t local, bool stray_dots)
{
    if (local.size == 0 || local.size > LOCAL_MAX || local.at[0] == '.') return false;
    for (apr_size_t i = 0; i < local.size; ++i) {
        if (!is_local_byte(local.at[i]) || (!stray_dots && is_stray_dot(local, i))) return false;
    }
    return true;
}

static bool is_label(span_t label)
{
    if (label.size == 0 || label.size > LABEL_MAX) return false;
    if (label.at[0] == '-' || label.at[label.size - 1] == '-') return false;
    for (apr_size_t i = 0; i < label.size; ++i) {
        if (!type_is_alphanumeric(label.at[i]) && label.at[i] != '-') return false;
    }
    return true;
}

/* Two labels or more, the last not beginning with a digit (1.2.3.4 is no name, and no top-level domain begins so). */
static bool is_domain(span_t domain)
{
    apr_size_t labels = 0, start = 0;
    for (apr_size_t i = 0; i <= domain.size; ++i) {
        if (i < domain.size && domain.at[i] != '.') continue;
        if (!is_label((span_t){domain.at + start, i - start})) return false;
        if (i < domain.size) start = i + 1;
        labels++;
    }
    return labels >= 2 && !type_is_digit(domain.at[start]);
}

/* Mobile carriers gave out local parts with dots at the end and in a row until 2009, against the standard. Many are
 * still in use; anywhere else such a dot is a slip of the finger. */
static bool has_stray_dots(span_t domain)
{
    static const char *const carriers[] = {"docomo.ne.jp", "ezweb.ne.jp", "au.com"};
    for (apr_size_t i = 0; i < sizeof carriers / sizeof *carriers; ++i) {
        if (span_is(domain, carriers[i])) return true;
    }
    return false;
}

/* The address with a domain in small letters; address itself where it is so already. */
static span_t lower_domain(apr_pool_t *pool, span_t address, apr_size_t domain)
{
    char *copy = NULL;
    for (apr_size_t i = domain; i < address.size; ++i) {
        if (!type_is_upper(address.at[i])) continue;
        if (!copy) copy = span_text(pool, address);
        copy[i] = (char)(address.at[i] + ('a' - 'A'));
    }
    return copy ? (span_t){copy, address.size} : address;
}

text_result_t type_email(apr_pool_t *pool, span_t in, span_t *out)
{
    *out = in;
    span_t address;
    text_result_t result = type_to_ascii(pool, in, &address);
    if (result != TEXT_OK) return result;
    if (address.size > 0) {
        const char *sign = memchr(address.at, '@', address.size);
        if (!sign || address.size > ADDRESS_MAX) return TEXT_WRONG;
        apr_size_t local = (apr_size_t)(sign - address.at);
        address = lower_domain(pool, address, local + 1);
        span_t domain = {address.at + local + 1, address.size - local - 1};
        if (!is_domain(domain) || !is_local((span_t){address.at, local}, has_stray_dots(domain))) return TEXT_WRONG;
    }
    *out = address;
    return TEXT_OK;
}
