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

#define PASSWORD_ONE_TIME 12 /* letters of a one-time password: 60 random bits */

/* A new one-time password, NUL-terminated, of letters and digits that can't be taken for each other on paper. The
 * caller wipes it. */
apr_status_t password_one_time(char text[PASSWORD_ONE_TIME + 1]);

#endif
