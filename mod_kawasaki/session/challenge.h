/* SPDX-License-Identifier: Apache-2.0
 *
 * Challenges that a certificate's key must sign: used once, for one purpose, by the browser that asked for them, within
 * five minutes. A row of the database, so that any host can take what another gave. With a challenge lie the bytes that
 * are to be signed, where there are any: what comes back is compared with these and nothing else.
 */
#ifndef SESSION_CHALLENGE_H
#define SESSION_CHALLENGE_H

#include "store/store.h"

#include <apr_time.h>

#define CHALLENGE_LIFE  apr_time_from_sec(300)
#define CHALLENGE_NONCE 44 /* characters: 32 random bytes in base64 */

typedef struct {
    span_t city;
    span_t holder; /* the form token of the browser that asked (session's or stranger's); stored as a keyless SHA-256 */
    span_t purpose; /* "check", "log-in", "jpki.register": a challenge for one is none for another */
    span_t nonce;   /* CHALLENGE_NONCE characters */
    span_t content; /* the manifest's bytes; empty: none */
    apr_time_t created_at;
} challenge_t;

/* CHALLENGE_NONCE characters that nobody has seen before; NUL-terminated, the pool's. */
apr_status_t challenge_nonce(span_t *nonce, apr_pool_t *pool);

/* Stores a new challenge (city, holder, purpose given) in place of the holder's former one for this purpose. Sets nonce
 * and created_at; the content is empty. STORE_WRITE. */
apr_status_t challenge_begin(store_unit_t *unit, challenge_t *challenge, apr_time_t now, apr_pool_t *pool);

/* The content of a challenge just begun: text that holds the nonce, so it can't be there before. Same unit.
 * APR_NOTFOUND: it is not there any more. */
apr_status_t challenge_put(store_unit_t *unit, challenge_t *challenge, span_t content);

/* Takes the challenge of this city, holder and purpose away and returns it: the row is gone, in this unit, whatever
 * comes of the answer. APR_NOTFOUND: there is none, it is taken or too old (to the microsecond: at created_at +
 * CHALLENGE_LIFE it is). STORE_WRITE; commit before anything is verified. */
apr_status_t challenge_take(store_unit_t *unit, challenge_t *challenge, apr_time_t now, apr_pool_t *pool);

/* Forgets those that are too old. STORE_WRITE. */
apr_status_t challenge_purge(store_unit_t *unit, span_t city, apr_time_t now);

#endif
