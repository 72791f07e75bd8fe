/* SPDX-License-Identifier: Apache-2.0
 *
 * base64url (RFC 4648 section 5, no padding) of any size. Writing it, and reading what has a known size, is
 * base/secret.h's.
 */
#ifndef WIRE_BASE64URL_H
#define WIRE_BASE64URL_H

#include "base/span.h"

#include <apr_errno.h>

/* The bytes, in the pool. BASE_EMALFORMED unless text is what an encoder gives: no padding, no stray bits at the end.
 */
apr_status_t base64url_decode(span_t *bytes, span_t text, apr_pool_t *pool);

#endif
