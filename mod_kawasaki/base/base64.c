/* SPDX-License-Identifier: Apache-2.0 */
#include "base/base64.h"

#include "base/error.h"
#include "base/secret.h"

#include <limits.h>
#include <openssl/evp.h>

span_t base64_encode(span_t bytes, apr_pool_t *pool)
{
    char *text = apr_palloc(pool, bytes.size / 3 * 4 + 5);
    int size = EVP_EncodeBlock((unsigned char *)text, (const unsigned char *)bytes.at, (int)bytes.size);
    return (span_t){text, (apr_size_t)size};
}

/* OpenSSL forgives spaces and set bits behind the end: only what encodes to the same text counts. */
apr_status_t base64_decode(span_t *bytes, span_t text, apr_pool_t *pool)
{
    if (text.size == 0 || text.size > INT_MAX || text.size % 4 != 0) return BASE_EMALFORMED;
    unsigned char *room = apr_palloc(pool, text.size);
    int size = EVP_DecodeBlock(room, (const unsigned char *)text.at, (int)text.size);
    if (size < 0) return BASE_EMALFORMED;
    size -= (text.at[text.size - 1] == '=') + (text.at[text.size - 2] == '=');
    *bytes = (span_t){(const char *)room, (apr_size_t)size};
    return span_equal(base64_encode(*bytes, pool), text) ? APR_SUCCESS : BASE_EMALFORMED;
}

apr_status_t base64url_decode(span_t *bytes, span_t text, apr_pool_t *pool)
{
    const apr_size_t rest = text.size % 4; /* characters behind the last whole group; 1 is none, and refused below */
    const apr_size_t size = text.size / 4 * 3 + (rest ? rest - 1 : 0);
    unsigned char *room = apr_palloc(pool, size + 1);

    *bytes = (span_t){(const char *)room, size};
    return secret_base64url_decode(text, room, size);
}
