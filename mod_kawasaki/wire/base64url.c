/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/base64url.h"

#include "base/secret.h"

apr_status_t base64url_decode(span_t *bytes, span_t text, apr_pool_t *pool)
{
    const apr_size_t rest = text.size % 4; /* characters behind the last whole group; 1 is none, and refused below */
    const apr_size_t size = text.size / 4 * 3 + (rest ? rest - 1 : 0);
    unsigned char *room = apr_palloc(pool, size + 1);

    *bytes = (span_t){(const char *)room, size};
    return secret_base64url_decode(text, room, size);
}
