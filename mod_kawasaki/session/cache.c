/* SPDX-License-Identifier: Apache-2.0
 *
 * Records and the words that they are believed by. Not for what is in a payload.
 */
#include "session/cache.h"

#include "base/error.h"

_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2 && sizeof(uint64_t) == sizeof(long long),
               "epoch words are shared between processes: a lock of one process would not do");

#define RECORD_MAGIC   0x6b776b53u /* "kwkS" */
#define RECORD_VERSION 1

/* A record is this, then `size` bytes of payload; written and read by the same machine, copied as it stands. */
typedef struct {
    uint32_t magic;
    uint16_t version;
    uint16_t size;
    apr_int64_t account;
    session_epoch_t epoch;
} record_head_t;

_Static_assert(sizeof(record_head_t) == 32, "no padding: every byte of a record is set");
_Static_assert(SESSION_RECORD_MAX - sizeof(record_head_t) <= UINT16_MAX, "a payload's size fits its field");

apr_status_t session_epochs_init(session_epochs_t *epochs)
{
    uint64_t words[256];
    const unsigned int block = sizeof words / sizeof *words;

    for (unsigned int i = 0; i < SESSION_EPOCHS; i++) {
        if (i % block == 0) {
            apr_status_t status = secret_random((unsigned char *)words, sizeof words);
            if (status != APR_SUCCESS) return status;
        }
        atomic_init(&epochs->words[i], words[i % block]);
    }
    return APR_SUCCESS;
}

/* Hashes are random already: any of their bits will do. */
static _Atomic uint64_t *session_word(const session_cache_t *cache, const unsigned char hash[SESSION_HASH_SIZE])
{
    return &cache->epochs->words[(hash[0] | (unsigned int)hash[1] << 8) % SESSION_EPOCHS];
}

/* So are account ids. */
static _Atomic uint64_t *account_word(const session_cache_t *cache, apr_int64_t account)
{
    return &cache->epochs->words[(uint64_t)account % SESSION_EPOCHS];
}

uint64_t session_epoch_of_session(const session_cache_t *cache, const unsigned char hash[SESSION_HASH_SIZE])
{
    return atomic_load(session_word(cache, hash));
}

uint64_t session_epoch_of_account(const session_cache_t *cache, apr_int64_t account)
{
    return atomic_load(account_word(cache, account));
}

void session_epoch_bump_session(const session_cache_t *cache, const unsigned char hash[SESSION_HASH_SIZE])
{
    atomic_fetch_add(session_word(cache, hash), 1);
}

void session_epoch_bump_account(const session_cache_t *cache, apr_int64_t account)
{
    atomic_fetch_add(account_word(cache, account), 1);
}

static bool believed(const session_cache_t *cache, const unsigned char hash[SESSION_HASH_SIZE],
                     const record_head_t *head, unsigned int size)
{
    return head->magic == RECORD_MAGIC && head->version == RECORD_VERSION && head->size == size - sizeof *head &&
           head->epoch.session == session_epoch_of_session(cache, hash) &&
           head->epoch.account == session_epoch_of_account(cache, head->account);
}

apr_status_t session_cache_get(const session_cache_t *cache, const unsigned char hash[SESSION_HASH_SIZE],
                               apr_int64_t *account, span_t *payload, apr_pool_t *pool)
{
    unsigned char buffer[SESSION_RECORD_MAX];
    unsigned int size = sizeof buffer;
    record_head_t head;

    if (cache->port.get(cache->port.context, hash, buffer, &size, pool) != APR_SUCCESS) return APR_NOTFOUND;
    if (size < sizeof head || size > sizeof buffer) return APR_NOTFOUND;
    memcpy(&head, buffer, sizeof head);
    if (!believed(cache, hash, &head, size)) return APR_NOTFOUND;
    *account = head.account;
    *payload = span_copy(pool, (span_t){(const char *)buffer + sizeof head, head.size});
    return APR_SUCCESS;
}

void session_cache_put(const session_cache_t *cache, const unsigned char hash[SESSION_HASH_SIZE], apr_int64_t account,
                       session_epoch_t epoch, span_t payload, apr_time_t expires_at, apr_pool_t *pool)
{
    unsigned char buffer[SESSION_RECORD_MAX];
    record_head_t head = {RECORD_MAGIC, RECORD_VERSION, (uint16_t)payload.size, account, epoch};

    if (payload.size > sizeof buffer - sizeof head) return;
    memcpy(buffer, &head, sizeof head);
    if (payload.size) memcpy(buffer + sizeof head, payload.at, payload.size);
    cache->port.put(cache->port.context, hash, buffer, (unsigned int)(sizeof head + payload.size), expires_at, pool);
}
