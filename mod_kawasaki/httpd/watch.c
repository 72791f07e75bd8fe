/* SPDX-License-Identifier: Apache-2.0
 *
 * mod_watchdog's threads and what they call. What is done in them is publish.c's and the life cycle's.
 *
 * Not the singleton watchdog: every child must adopt new rules by itself, and "one of all" is decided in shared memory,
 * since a singleton is one of its generation of children only, and two of those overlap at a graceful restart.
 */
#include "httpd/watch.h"

#include <apr_optional.h>
#include <apr_thread_rwlock.h>
#include <http_log.h>
#include <mod_watchdog.h>

APLOG_USE_MODULE(kawasaki);

#define POLL_INTERVAL         apr_time_from_msec(500)
#define HOUSEKEEPING_LOOK     apr_time_from_msec(500) /* how often a child asks whether it is its turn */
#define HOUSEKEEPING_INTERVAL apr_time_from_sec(60)

#define FOLLOW_INTERVAL apr_time_from_msec(500)

/* A child's pools are destroyed from the newest up: mod_dbd's, with the connections, may go before mod_watchdog's,
 * whose end waits for the threads. So what runs holds `life`, and who ends the child takes it from all first. */
struct watch_t {
    apr_array_header_t *hosts;
    watch_jobs_t jobs;
    apr_thread_rwlock_t *life;
    bool ended; /* of this child; under life */
};

/* False when the child ends: nothing may be begun. */
static bool begin(const watch_t *watch)
{
    apr_thread_rwlock_rdlock(watch->life);
    if (!watch->ended) return true;
    apr_thread_rwlock_unlock(watch->life);
    return false;
}

static void end(const watch_t *watch)
{
    apr_thread_rwlock_unlock(watch->life);
}

/* A callback that returns anything but success is never called again. */
static apr_status_t poll_rules(int state, void *data, apr_pool_t *pool)
{
    const watch_t *watch = data;
    if (state != AP_WATCHDOG_STATE_RUNNING || !begin(watch)) return APR_SUCCESS;
    for (int i = 0; i < watch->hosts->nelts; ++i) {
        publish_poll(APR_ARRAY_IDX(watch->hosts, i, host_t *)->publish, pool);
    }
    end(watch);
    return APR_SUCCESS;
}

/* Exactly one child gets the turn. A clock that was set back makes it due at once. */
static bool take_turn(_Atomic int64_t *taken_at, apr_interval_time_t interval)
{
    int64_t now = apr_time_now();
    int64_t last = atomic_load(taken_at);
    if (last <= now && now - last < interval) return false;
    return atomic_compare_exchange_strong(taken_at, &last, now);
}

static apr_status_t keep_house(int state, void *data, apr_pool_t *pool)
{
    const watch_t *watch = data;
    (void)pool;
    if (state != AP_WATCHDOG_STATE_RUNNING || !begin(watch)) return APR_SUCCESS;
    for (int i = 0; i < watch->hosts->nelts; ++i) {
        host_t *host = APR_ARRAY_IDX(watch->hosts, i, host_t *);
        shared_city_t *city = publish_city(host->publish);
        if (take_turn(&city->followed_at, FOLLOW_INTERVAL)) watch->jobs.follow(host);
        if (take_turn(&city->housekept_at, HOUSEKEEPING_INTERVAL)) watch->jobs.keep_house(host);
    }
    end(watch);
    return APR_SUCCESS;
}

bool watch_is_possible(void)
{
    return APR_RETRIEVE_OPTIONAL_FN(ap_watchdog_get_instance) &&
           APR_RETRIEVE_OPTIONAL_FN(ap_watchdog_register_callback);
}

static apr_status_t start_thread(const char *name, apr_interval_time_t interval, ap_watchdog_callback_fn_t *callback,
                                 const watch_t *watch, apr_pool_t *pconf)
{
    APR_OPTIONAL_FN_TYPE(ap_watchdog_get_instance) *get = APR_RETRIEVE_OPTIONAL_FN(ap_watchdog_get_instance);
    APR_OPTIONAL_FN_TYPE(ap_watchdog_register_callback) *add = APR_RETRIEVE_OPTIONAL_FN(ap_watchdog_register_callback);
    ap_watchdog_t *watchdog;
    if (!get || !add) return APR_ENOTIMPL;
    apr_status_t status = get(&watchdog, name, 0, 0, pconf);
    return status == APR_SUCCESS ? add(watchdog, interval, watch, callback) : status;
}

apr_status_t watch_register(server_rec *main_server, apr_array_header_t *hosts, const watch_jobs_t *jobs,
                            apr_pool_t *pconf)
{
    watch_t *watch = apr_palloc(pconf, sizeof *watch);
    *watch = (watch_t){.hosts = hosts, .jobs = *jobs};
    apr_status_t status = apr_thread_rwlock_create(&watch->life, pconf);
    for (int i = 0; i < hosts->nelts; ++i) APR_ARRAY_IDX(hosts, i, host_t *)->watch = watch;
    if (status == APR_SUCCESS) status = start_thread("kawasaki-rules", POLL_INTERVAL, poll_rules, watch, pconf);
    if (status == APR_SUCCESS) {
        status = start_thread("kawasaki-housekeeping", HOUSEKEEPING_LOOK, keep_house, watch, pconf);
    }
    if (status != APR_SUCCESS) {
        ap_log_error(APLOG_MARK, APLOG_CRIT, status, main_server,
                     "KW-WATCH-001: no watchdog threads (is mod_watchdog loaded?)");
    }
    return status;
}

static apr_status_t end_life(void *data)
{
    watch_t *watch = data;

    apr_thread_rwlock_wrlock(watch->life);
    watch->ended = true;
    apr_thread_rwlock_unlock(watch->life);
    return APR_SUCCESS;
}

void watch_child_init(const host_t *host, apr_pool_t *pchild)
{
    apr_pool_pre_cleanup_register(pchild, host->watch, end_life);
}
