/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/shape.h"

#include "base/number.h"
#include "base/utf8.h"

#define SCHEME        "https://"
#define HOST_MAX      253 /* characters, RFC 1035 section 2.3.4 */
#define LABEL_MAX     63
#define PORT_MAX      65535
#define PORT_OF_HTTPS 443

#define DIGITS  "0123456789"
#define SMALL   "abcdefghijklmnopqrstuvwxyz"
#define CAPITAL "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

static bool consists_of(span_t text, const char *letters)
{
    for (apr_size_t i = 0; i < text.size; i++)
        if (!text.at[i] || !strchr(letters, text.at[i])) return false;
    return true;
}

bool shape_is_id(span_t text)
{
    return text.size > 0 && text.size <= SHAPE_ID_MAX && consists_of(text, CAPITAL SMALL DIGITS "_-");
}

static bool is_label(span_t text)
{
    return text.size > 0 && text.size <= LABEL_MAX && text.at[0] != '-' && text.at[text.size - 1] != '-' &&
           consists_of(text, SMALL DIGITS "-");
}

static bool is_host(span_t text)
{
    if (text.size > HOST_MAX) return false;
    for (;;) {
        const char *dot = text.size ? memchr(text.at, '.', text.size) : NULL;
        span_t label = dot ? (span_t){text.at, (apr_size_t)(dot - text.at)} : text;
        if (!is_label(label)) return false;
        if (!dot) return true;
        text = (span_t){dot + 1, text.size - label.size - 1};
    }
}

static bool is_port(span_t text)
{
    apr_int64_t port;

    return number_read(text, &port) && text.at[0] != '0' && port <= PORT_MAX && port != PORT_OF_HTTPS;
}

bool shape_is_origin(span_t text)
{
    const apr_size_t scheme = sizeof SCHEME - 1;
    const char *colon;
    span_t host;

    if (text.size <= scheme || memcmp(text.at, SCHEME, scheme) != 0) return false;
    host = (span_t){text.at + scheme, text.size - scheme};
    colon = memchr(host.at, ':', host.size);
    if (!colon) return is_host(host);
    text = (span_t){colon + 1, (apr_size_t)(host.at + host.size - colon - 1)};
    host.size = (apr_size_t)(colon - host.at);
    return is_host(host) && is_port(text);
}

/* 42 characters hold 252 bits; the last one has the 4 that are left, and two zeros. */
bool shape_is_nonce(span_t text)
{
    return text.size == SHAPE_NONCE_SIZE && consists_of((span_t){text.at, 42}, CAPITAL SMALL DIGITS "+/") &&
           consists_of((span_t){text.at + 42, 1}, "AEIMQUYcgkosw048") && text.at[43] == '=';
}

bool shape_is_digest(span_t text)
{
    return text.size == SHAPE_DIGEST_SIZE && consists_of(text, DIGITS "abcdef");
}

bool shape_is_text(span_t text)
{
    return utf8_is_valid(text) && !(text.size && memchr(text.at, '\0', text.size));
}
