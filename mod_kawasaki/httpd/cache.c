/* SPDX-License-Identifier: Apache-2.0
 *
 * ap_socache as a session_cache_port_t. Whatever goes wrong here costs a database read, never an answer.
 */
#include "httpd/cache.h"

#include "httpd/config.h"

#include <ap_provider.h>
#include <ap_socache.h>
#include <apr_strings.h>
#include <http_log.h>
#include <util_mutex.h>

APLOG_USE_MODULE(kawasaki);

#define MUTEX_NAME       "kawasaki-session-cache"
#define DEFAULT_PROVIDER "shmcb"

typedef struct {
    const ap_socache_provider_t *provider;
    ap_socache_instance_t *instance;
    apr_global_mutex_t *mutex; /* NULL: the provider needs none */
    server_rec *server;
} cache_t;

/* One per configuration; made anew by each. */
static cache_t cache;

static apr_status_t forget(void *server)
{
    if (cache.instance && cache.server == server) cache.provider->destroy(cache.instance, cache.server);
    memset(&cache, 0, sizeof cache);
    return APR_SUCCESS;
}

apr_status_t cache_register(apr_pool_t *pconf)
{
    memset(&cache, 0, sizeof cache);
    return ap_mutex_register(pconf, MUTEX_NAME, NULL, APR_LOCK_DEFAULT, 0);
}

const char *cache_configure(const char *setting, apr_pool_t *temporary, apr_pool_t *pool)
{
    const char *colon = strchr(setting, ':');
    const char *name = colon ? apr_pstrmemdup(temporary, setting, (apr_size_t)(colon - setting)) : setting;
    const char *error;

    cache.instance = NULL;
    cache.provider = ap_lookup_provider(AP_SOCACHE_PROVIDER_GROUP, name, AP_SOCACHE_PROVIDER_VERSION);
    if (!cache.provider)
        return apr_psprintf(pool, "KawasakiSessionCache: provider '%s' is unknown; load mod_socache_%s first", name,
                            name);
    error = cache.provider->create(&cache.instance, colon ? colon + 1 : NULL, temporary, pool);
    return error ? apr_psprintf(pool, "KawasakiSessionCache: %s", error) : NULL;
}

const char *cache_settle(apr_pool_t *pool)
{
    return cache.instance ? NULL : cache_configure(DEFAULT_PROVIDER, pool, pool);
}

static void lock(void)
{
    if (cache.mutex) apr_global_mutex_lock(cache.mutex);
}

static void unlock(void)
{
    if (cache.mutex) apr_global_mutex_unlock(cache.mutex);
}

static apr_status_t get(void *context, const unsigned char *key, unsigned char *buffer, unsigned int *size,
                        apr_pool_t *pool)
{
    apr_status_t status;
    (void)context;
    lock();
    status = cache.provider->retrieve(cache.instance, cache.server, key, SESSION_HASH_SIZE, buffer, size, pool);
    unlock();
    return status;
}

static apr_status_t put(void *context, const unsigned char *key, const unsigned char *record, unsigned int size,
                        apr_time_t expires_at, apr_pool_t *pool)
{
    apr_status_t status;
    (void)context;
    if (expires_at <= apr_time_now()) return APR_SUCCESS; /* some providers take a past time for "never" */
    lock();
    status = cache.provider->store(cache.instance, cache.server, key, SESSION_HASH_SIZE, expires_at,
                                   (unsigned char *)record, size, pool);
    unlock();
    return status;
}

apr_status_t cache_start(server_rec *server, apr_pool_t *pconf, session_cache_port_t *port)
{
    static const struct ap_socache_hints hints = {SESSION_HASH_SIZE, 4096, APR_TIME_C(60000000)};
    apr_status_t status;

    cache.server = server;
    if (cache.provider->flags & AP_SOCACHE_FLAG_NOTMPSAFE) {
        status = ap_global_mutex_create(&cache.mutex, NULL, MUTEX_NAME, NULL, server, pconf, 0);
        if (status != APR_SUCCESS) return status;
    }
    status = cache.provider->init(cache.instance, MUTEX_NAME, &hints, server, pconf);
    if (status != APR_SUCCESS) {
        ap_log_error(APLOG_MARK, APLOG_EMERG, status, server, "KW-CACHE-002: the session cache can't be started");
        cache.instance = NULL;
        return status;
    }
    apr_pool_cleanup_register(pconf, server, forget, apr_pool_cleanup_null);
    *port = (session_cache_port_t){get, put, NULL};
    return APR_SUCCESS;
}

void cache_child_init(server_rec *server, apr_pool_t *pchild)
{
    apr_status_t status;
    if (!cache.mutex) return;
    status = apr_global_mutex_child_init(&cache.mutex, apr_global_mutex_lockfile(cache.mutex), pchild);
    if (status != APR_SUCCESS)
        ap_log_error(APLOG_MARK, APLOG_CRIT, status, server, "KW-CACHE-003: the session cache's lock is lost");
}
