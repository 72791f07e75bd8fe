/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/holder.h"

#include "base/secret.h"

#include <apr_escape.h>

wire_code_t holder_name(span_t *holder, span_t identity, apr_pool_t *pool)
{
    unsigned char digest[SECRET_DIGEST_SIZE];

    if (secret_digest(identity, digest) != APR_SUCCESS) return WIRE_FAILED;
    *holder = span_of(apr_pescape_hex(pool, digest, sizeof digest, 0));
    return WIRE_OK;
}
