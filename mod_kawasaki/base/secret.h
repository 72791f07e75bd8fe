/* SPDX-License-Identifier: Apache-2.0
 *
 * What must not leak: random bytes, constant-time comparison, wiping, digests and their text forms.
 */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include "base/span.h"

#include <apr_errno.h>

#define SECRET_DIGEST_SIZE 32 /* SHA-256, FIPS 180-4 */

/* Fills with bytes of the system's generator. An error is final: never go on without. */
apr_status_t secret_random(unsigned char *bytes, apr_size_t size);

/* Equal, in a time that depends on the size only; unequal sizes are unequal. */
bool secret_equal(span_t a, span_t b);

/* Overwrites so that the compiler can't leave it out. */
void secret_wipe(void *bytes, apr_size_t size);

/* SHA-256. */
apr_status_t secret_digest(span_t data, unsigned char digest[SECRET_DIGEST_SIZE]);

/* HMAC-SHA-256 (RFC 2104). */
apr_status_t secret_mac(span_t key, span_t data, unsigned char mac[SECRET_DIGEST_SIZE]);

/* base64url without padding (RFC 4648 section 5); the text is the pool's, NUL-terminated. */
char *secret_base64url(apr_pool_t *pool, const unsigned char *bytes, apr_size_t size);

/* The inverse, strict: BASE_EMALFORMED unless text is exactly what secret_base64url gives for `size` bytes. */
apr_status_t secret_base64url_decode(span_t text, unsigned char *bytes, apr_size_t size);

#endif
