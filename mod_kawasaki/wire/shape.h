/* SPDX-License-Identifier: Apache-2.0
 *
 * What the short texts of the protocol look like, for requests, answers and manifests alike. Of their meaning nothing:
 * whether an origin is ours or a nonce is fresh, others ask.
 */
#ifndef WIRE_SHAPE_H
#define WIRE_SHAPE_H

#include "base/span.h"

#define SHAPE_ID_MAX      64
#define SHAPE_NONCE_SIZE  44 /* characters: 32 bytes in base64 */
#define SHAPE_DIGEST_SIZE 64 /* characters: SHA-256 in hexadecimal digits */

/* 1 to SHAPE_ID_MAX of A-Z a-z 0-9 _ - */
bool shape_is_id(span_t text);

/* "https://HOST[:PORT]" as a browser writes it (RFC 6454 section 6.2): lower case, labels of a-z 0-9 - with dots
 * between them, a port from 1 to 65535 without leading zeros that is not 443; no slash at the end. */
bool shape_is_origin(span_t text);

/* 32 bytes in base64 with its padding (RFC 4648 section 4), in the one way that encoders write them. */
bool shape_is_nonce(span_t text);

/* SHAPE_DIGEST_SIZE of 0-9 a-f */
bool shape_is_digest(span_t text);

/* UTF-8 without NUL, which is what JSON can carry unchanged. */
bool shape_is_text(span_t text);

#endif
