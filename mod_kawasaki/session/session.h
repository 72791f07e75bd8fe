/* SPDX-License-Identifier: Apache-2.0
 *
 * Sessions: the database row is the truth (docs/decisions.md), the cache spares reading it. A session is known by a
 * 256-bit random id in a cookie; only the id's SHA-256 is stored. This room knows no HTTP: cookie texts in, cookie
 * texts out.
 */
#ifndef SESSION_SESSION_H
#define SESSION_SESSION_H

#include "base/secret.h"
#include "store/store.h"

#include <apr_time.h>

#define SESSION_HASH_SIZE SECRET_DIGEST_SIZE

typedef struct {
    unsigned char hash[SESSION_HASH_SIZE]; /* of the id */
    apr_int64_t account;                   /* row of the account */
    span_t city, kind;                     /* as rule files name them */
    apr_int64_t level;
    span_t csrf;                       /* the token every form of this session carries */
    span_t insertion;                  /* of the card that a kiosk's session lives by (wire/answer.h); empty: none */
    apr_time_t created_at, touched_at; /* touched at most once a minute */
} session_t;

/* Life of a session, from the rule file; seconds. */
typedef struct {
    apr_int64_t idle, lasts;
} session_life_t;

typedef enum { SESSION_NONE, SESSION_LIVE, SESSION_TIMED_OUT } session_state_t;

/* The hash under which the session of this cookie text is known; BASE_EMALFORMED when it is no id. */
apr_status_t session_hash(span_t cookie, unsigned char hash[SESSION_HASH_SIZE]);

/* Inserts a new session for the account (city, kind, level, insertion given in *session; hash, times and, unless given,
 * csrf are set here). *cookie is the text for the cookie, the pool's: the only place where the id exists. Needs a
 * STORE_WRITE unit. */
apr_status_t session_begin(store_unit_t *unit, session_t *session, const char **cookie, apr_time_t now,
                           apr_pool_t *pool);

/* Reads the row of session->hash; SESSION_NONE when there is none of this city. Strings are the pool's. */
apr_status_t session_read(store_unit_t *unit, session_t *session, span_t city, session_life_t life, apr_time_t now,
                          session_state_t *state, apr_pool_t *pool);

/* State by the times alone. */
session_state_t session_state(const session_t *session, session_life_t life, apr_time_t now);

/* Is the row due to be touched? Then session_touch (STORE_WRITE) sets touched_at to now, in the row and in *session. */
bool session_touch_due(const session_t *session, apr_time_t now);
apr_status_t session_touch(store_unit_t *unit, session_t *session, apr_time_t now);

/* Ends this session (*ended false: there was none); all sessions of the account; all sessions of the city that have run
 * out. STORE_WRITE. */
apr_status_t session_end(store_unit_t *unit, const unsigned char hash[SESSION_HASH_SIZE], bool *ended);
apr_status_t session_end_account(store_unit_t *unit, apr_int64_t account);
apr_status_t session_purge(store_unit_t *unit, span_t city, session_life_t life, apr_time_t now);

#endif
