/* SPDX-License-Identifier: Apache-2.0
 *
 * Makes the shared memory and the locks, or finds those of the server's first start. What stands in the memory, and
 * when it may be believed, is for those who use it.
 */
#include "httpd/shared.h"

#include <http_config.h>

#include <apr_shm.h>
#include <http_log.h>
#include <util_mutex.h>

APLOG_USE_MODULE(kawasaki);

_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2 && ATOMIC_LONG_LOCK_FREE == 2 && ATOMIC_INT_LOCK_FREE == 2,
               "atomics in shared memory must not hide a lock of this process");

#define CACHE_LINE 64

static const char *const lock_types[SHARED_LOCKS] = {
    [SHARED_LOCK_PUBLISH] = "kawasaki-publish", [SHARED_LOCK_WRITE] = "kawasaki-write"};

/* What outlives this module's code: after a graceful restart it may be another version's, so a change to the structure
 * takes another number in the key. Sizes are of the segments as they were made; 0 is not yet. */
#define RETAINED_KEY "mod_kawasaki:shared:2"
typedef struct {
    shared_t shared;
    apr_size_t epochs_size, cities_size, limits_size;
    uint32_t shared_layout, rules_layout; /* of the cities */
} retained_t;

/* Zeroes until written: anonymous memory costs nothing before it is touched. Begins with a cache line: APR keeps a word
 * of its own in front. */
static apr_status_t make_segment(void **segment, apr_size_t size, server_rec *server)
{
    apr_shm_t *memory;
    apr_status_t status = apr_shm_create(&memory, size + CACHE_LINE, NULL, server->process->pool);
    if (status == APR_SUCCESS) {
        *segment = (void *)(((uintptr_t)apr_shm_baseaddr_get(memory) + CACHE_LINE - 1) & ~(uintptr_t)(CACHE_LINE - 1));
    } else {
        ap_log_error(APLOG_MARK, APLOG_EMERG, status, server,
                     "KW-SHARED-001: no shared memory of %" APR_SIZE_T_FMT " bytes", size);
    }
    return status;
}

/* Old children finish their requests with the old segment, so nobody frees it before the server ends. */
static void log_replaced(server_rec *server, apr_size_t old_size, const char *sentence)
{
    if (old_size == 0) return;
    ap_log_error(APLOG_MARK, APLOG_NOTICE, 0, server, "KW-SHARED-002: a module of another layout, or another size: %s",
                 sentence);
}

static apr_status_t open_epochs(retained_t *retained, server_rec *server)
{
    void *segment;
    apr_size_t size = sizeof(session_epochs_t);
    if (retained->epochs_size == size) return APR_SUCCESS;
    apr_status_t status = make_segment(&segment, size, server);
    if (status == APR_SUCCESS) status = session_epochs_init(segment);
    if (status != APR_SUCCESS) return status;
    log_replaced(server, retained->epochs_size,
                 "stop and start the server, so that no process keeps old session epochs");
    retained->shared.epochs = segment;
    retained->epochs_size = size;
    return APR_SUCCESS;
}

/* The clock goes on where it was: a new table must not let time jump. */
static apr_status_t open_limits(retained_t *retained, uint32_t entries, server_rec *server)
{
    void *segment;
    shared_limits_t *limits;
    apr_size_t size = sizeof(shared_limits_t) + limit_table_size(entries);
    if (retained->limits_size == size) return APR_SUCCESS;
    apr_status_t status = make_segment(&segment, size, server);
    if (status != APR_SUCCESS) return status;
    log_replaced(server, retained->limits_size, "the table of locks fills anew from the database");
    limits = segment;
    limit_table_init(limits->table, entries);
    if (retained->shared.limits)
        atomic_store(&limits->clock.offset, atomic_load(&retained->shared.limits->clock.offset));
    retained->shared.limits = limits;
    retained->limits_size = size;
    return APR_SUCCESS;
}

static apr_status_t open_cities(retained_t *retained, server_rec *server)
{
    void *segment;
    apr_size_t size = SHARED_CITIES * sizeof(shared_city_t);
    if (retained->cities_size == size && retained->shared_layout == SHARED_LAYOUT &&
        retained->rules_layout == RULES_LAYOUT) {
        return APR_SUCCESS;
    }
    apr_status_t status = make_segment(&segment, size, server);
    if (status != APR_SUCCESS) return status;
    log_replaced(server, retained->cities_size, "rule images are published anew");
    retained->shared.cities = segment;
    retained->cities_size = size;
    retained->shared_layout = SHARED_LAYOUT;
    retained->rules_layout = RULES_LAYOUT;
    return APR_SUCCESS;
}

/* In the process pool too: old and new children must exclude each other. ap_global_mutex_create also gives the
 * children's user the right to the lock, and logs its errors. */
static apr_status_t open_locks(retained_t *retained, server_rec *server)
{
    for (int i = 0; i < SHARED_LOCKS; ++i) {
        apr_global_mutex_t **lock = &retained->shared.locks[i];
        if (*lock) continue;
        apr_status_t status = ap_global_mutex_create(lock, NULL, lock_types[i], NULL, server, server->process->pool, 0);
        if (status != APR_SUCCESS) return status;
    }
    return APR_SUCCESS;
}

apr_status_t shared_register_locks(apr_pool_t *pconf)
{
    for (int i = 0; i < SHARED_LOCKS; ++i) {
        apr_status_t status = ap_mutex_register(pconf, lock_types[i], NULL, APR_LOCK_DEFAULT, 0);
        if (status != APR_SUCCESS) return status;
    }
    return APR_SUCCESS;
}

apr_status_t shared_open(shared_t **shared, uint32_t limit_entries, server_rec *server)
{
    retained_t *retained = ap_retained_data_get(RETAINED_KEY);
    if (!retained) retained = ap_retained_data_create(RETAINED_KEY, sizeof *retained);
    *shared = &retained->shared;
    apr_status_t status = open_epochs(retained, server);
    if (status == APR_SUCCESS) status = open_cities(retained, server);
    if (status == APR_SUCCESS) status = open_limits(retained, limit_entries, server);
    if (status == APR_SUCCESS) status = open_locks(retained, server);
    return status;
}

shared_city_t *shared_city(shared_t *shared, const char *id)
{
    apr_size_t length = strlen(id);
    if (length == 0 || length >= sizeof shared->cities->id) return NULL;
    for (shared_city_t *city = shared->cities; city < shared->cities + SHARED_CITIES; ++city) {
        if (strcmp(city->id, id) == 0) return city;
        if (city->id[0] != '\0') continue;
        apr_cpystrn(city->id, id, sizeof city->id);
        return city;
    }
    return NULL;
}

void shared_child_init(server_rec *server, apr_pool_t *pchild)
{
    retained_t *retained = ap_retained_data_get(RETAINED_KEY);
    for (int i = 0; i < SHARED_LOCKS; ++i) {
        apr_global_mutex_t **lock = &retained->shared.locks[i];
        apr_status_t status = apr_global_mutex_child_init(lock, apr_global_mutex_lockfile(*lock), pchild);
        if (status == APR_SUCCESS) continue;
        ap_log_error(APLOG_MARK, APLOG_CRIT, status, server, "KW-SHARED-003: the lock %s can't be opened in this child",
                     lock_types[i]);
    }
}

apr_global_mutex_t *shared_mutex(shared_lock_t lock)
{
    retained_t *retained = ap_retained_data_get(RETAINED_KEY);
    return retained->shared.locks[lock];
}
