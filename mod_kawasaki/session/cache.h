/* SPDX-License-Identifier: Apache-2.0
 *
 * The read cache of sessions: what a request needs to know of its visitor, as one record, so that a page costs no
 * database call.
 *
 * A record is believed only while the two epoch words it was made under still stand: one word for the session, one for
 * the account, both by hash from a table in shared memory. Whoever changes a row bumps its word *after* the commit;
 * whoever fills the cache reads the words *before* the database. So a late store of an old record is never believed,
 * and ending an account's sessions is one increment. Words start at random values: a cache that outlives the server
 * (redis) is worthless to the next one.
 */
#ifndef SESSION_CACHE_H
#define SESSION_CACHE_H

#include "session/session.h"

#include <stdatomic.h>
#include <stdint.h>

#define SESSION_EPOCHS     4096u  /* words; two keys sharing one cost a cache miss, nothing else */
#define SESSION_RECORD_MAX 12288u /* bytes of a cached record, head included */

typedef struct {
    _Atomic uint64_t words[SESSION_EPOCHS];
} session_epochs_t;

/* Key-value store of bytes; keys are session hashes. get: *size is the buffer's size, then the record's; APR_NOTFOUND
 * when absent. */
typedef struct {
    apr_status_t (*get)(void *context, const unsigned char *key, unsigned char *buffer, unsigned int *size,
                        apr_pool_t *pool);
    apr_status_t (*put)(void *context, const unsigned char *key, const unsigned char *record, unsigned int size,
                        apr_time_t expires_at, apr_pool_t *pool);
    void *context;
} session_cache_port_t;

typedef struct {
    session_cache_port_t port;
    session_epochs_t *epochs;
} session_cache_t;

typedef struct {
    uint64_t session, account;
} session_epoch_t;

/* Fills the table with random words; once, before anything reads it. */
apr_status_t session_epochs_init(session_epochs_t *epochs);

/* The words as they are now: take session's before reading the session's row, account's before reading the account's.
 */
uint64_t session_epoch_of_session(const session_cache_t *cache, const unsigned char hash[SESSION_HASH_SIZE]);
uint64_t session_epoch_of_account(const session_cache_t *cache, apr_int64_t account);

/* After a commit that changed the session's, the account's rows. */
void session_epoch_bump_session(const session_cache_t *cache, const unsigned char hash[SESSION_HASH_SIZE]);
void session_epoch_bump_account(const session_cache_t *cache, apr_int64_t account);

/* The record's payload, in the pool, if there is one and its epochs stand; APR_NOTFOUND otherwise, whatever the cache's
 * trouble is: the database knows. */
apr_status_t session_cache_get(const session_cache_t *cache, const unsigned char hash[SESSION_HASH_SIZE],
                               apr_int64_t *account, span_t *payload, apr_pool_t *pool);

/* Stores; a failure is ignored (a cache may forget). Payloads over SESSION_RECORD_MAX aren't kept. */
void session_cache_put(const session_cache_t *cache, const unsigned char hash[SESSION_HASH_SIZE], apr_int64_t account,
                       session_epoch_t epoch, span_t payload, apr_time_t expires_at, apr_pool_t *pool);

#endif
