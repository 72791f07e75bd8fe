/* SPDX-License-Identifier: Apache-2.0
 *
 * Which requests a helper has taken already: a file of (expiry, SHA-256 of origin and nonce), shared under a lock by
 * all helpers of one user, since a browser starts a new one for every page.
 */
#ifndef SIGNER_REPLAY_H
#define SIGNER_REPLAY_H

#include "wire/request.h"

#include <apr_errno.h>

/* Takes note of the request in DIRECTORY/seen (made with 0700 and 0600 where missing). WIRE_OK: never seen;
 * WIRE_REPLAY; WIRE_FAILED: the file can't be written, or others could write it, and so nothing can be promised.
 * Entries go an hour after their time. */
wire_code_t replay_take(const char *directory, const request_t *request, apr_time_t now, apr_pool_t *pool);

#endif
