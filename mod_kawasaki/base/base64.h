/* SPDX-License-Identifier: Apache-2.0
 *
 * Base64 of any size, RFC 4648: section 4 with its padding, and section 5 (base64url) without. Reading is strict: only
 * what an encoder gives is read, so that nothing has two spellings. What is short and secret: secret.h.
 */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include "base/span.h"

#include <apr_errno.h>

/* In one line, padded; the text is the pool's. */
span_t base64_encode(span_t bytes, apr_pool_t *pool);

/* The inverse; the bytes are the pool's. BASE_EMALFORMED: empty, spaces, missing padding, stray bits at the end. */
apr_status_t base64_decode(span_t *bytes, span_t text, apr_pool_t *pool);

/* Of base64url, which secret_base64url writes. BASE_EMALFORMED: padding, stray bits at the end. */
apr_status_t base64url_decode(span_t *bytes, span_t text, apr_pool_t *pool);

#endif
