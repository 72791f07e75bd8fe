/* SPDX-License-Identifier: Apache-2.0
 *
 * Passwords: hashing and comparing, through libcrypt (yescrypt, crypt(5)). Slow on purpose (some 25 ms): never call it
 * with a database connection in hand.
 */
#ifndef ACCOUNT_PASSWORD_H
#define ACCOUNT_PASSWORD_H

#include "base/span.h"

#include <apr_errno.h>

/* A new salted hash, in the pool. BASE_EMALFORMED for an empty secret, one with NUL, or one longer than 256 bytes:
 * nothing is ever cut off. */
apr_status_t password_hash(span_t secret, const char **hash, apr_pool_t *pool);

/* Does the secret fit the hash? hash NULL (no such account): false, after the same work. Compared in constant time;
 * working memory is wiped. */
bool password_matches(span_t secret, const char *hash);

#endif
