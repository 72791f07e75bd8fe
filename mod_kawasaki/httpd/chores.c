/* SPDX-License-Identifier: Apache-2.0 */
#include "httpd/chores.h"

#include "account/audit.h"
#include "account/draft.h"
#include "account/evidence.h"
#include "httpd/figures.h"
#include "session/challenge.h"
#include "store/event.h"

#include <apr_strings.h>
#include <http_log.h>

APLOG_USE_MODULE(kawasaki);

/* A session that timed out is still known for half a day: its holder is told so, and the page that comes late is kept.
 * Seconds. */
#define REMEMBERED (12 * 3600)

#define EVENTS_KEPT apr_time_from_sec(24 * 3600) /* a host that was away for longer has restarted since */

#define HEAD_EVERY apr_time_from_sec(3600)
#define SEALS_MAX  50 /* units of AUDIT_SEAL_MAX entries in one turn: more than anything can write in a minute */

/* A unit, and the pool that all of it lives in. */
typedef struct {
    apr_pool_t *pool;
    store_unit_t *unit;
} chore_t;

static apr_status_t begin(chore_t *chore, const host_t *host, store_mode_t mode)
{
    apr_pool_create(&chore->pool, NULL);
    chore->unit = NULL;
    return store_open(&chore->unit, host->store, mode, chore->pool);
}

static void end(chore_t *chore)
{
    store_close(chore->unit);
    apr_pool_destroy(chore->pool);
}

void chores_start(host_t *host)
{
    clock_base_t *clock = host->clock;
    apr_time_t mark = 0;
    chore_t chore;
    apr_status_t status = begin(&chore, host, STORE_READ);

    if (status == APR_SUCCESS) status = limit_clock_read(chore.unit, &mark);
    end(&chore);
    if (status != APR_SUCCESS) return; /* chores_keep_house tries again */
    clock_start(clock, mark);
    clock_raise(clock, mark);
}

static void take_in(host_t *host, const chore_t *chore, const event_t *event)
{
    switch (event->kind) {
    case EVENT_ACCOUNT: session_epoch_bump_account(&host->cache, apr_atoi64(event->subject)); break;
    case EVENT_LOCK:
        limit_refresh(&host->limits, chore->unit, event->subject, clock_now(host->clock), chore->pool);
        break;
    }
}

void chores_follow(host_t *host)
{
    shared_city_t *city = publish_city(host->publish);
    int64_t followed = atomic_load(&city->followed);
    event_t *events;
    apr_int64_t last;
    int count = 0;
    chore_t chore;
    apr_status_t status = begin(&chore, host, STORE_READ);

    if (status == APR_SUCCESS)
        status = event_follow(chore.unit, followed ? followed - 1 : APR_INT64_MAX - 1, &events, &count, &last);
    if (status == APR_SUCCESS && !followed)
        status = limit_load(&host->limits, chore.unit, clock_now(host->clock), chore.pool);
    if (status == APR_SUCCESS) {
        for (int i = 0; i < count; i++) take_in(host, &chore, &events[i]);
        if (count) last = events[count - 1].number;
        atomic_compare_exchange_strong(&city->followed, &followed, last + 1);
    }
    end(&chore);
}

static apr_status_t forget(const host_t *host, const rules_t *rules, store_unit_t *unit, apr_time_t now)
{
    const rules_city_t *city = rules_city(rules);
    const span_t id = rules_span(rules, city->id);
    const rules_retention_t *retention = rules_retention(rules, SPAN("evidence"));
    const session_life_t life = {city->idle + REMEMBERED, city->lasts + REMEMBERED};
    apr_status_t status = session_purge(unit, id, life, now);

    if (status == APR_SUCCESS) status = challenge_purge(unit, id, now);
    if (status == APR_SUCCESS) status = draft_purge(unit, id, now - apr_time_from_sec(city->draft));
    if (status == APR_SUCCESS) status = account_purge_applicants(unit, id, now - apr_time_from_sec(city->draft));
    if (status == APR_SUCCESS && retention)
        status = evidence_purge(unit, id, now - apr_time_from_sec((apr_time_t)retention->lasts));
    if (status == APR_SUCCESS) status = limit_purge(&host->limits, unit, rules, now);
    if (status == APR_SUCCESS) status = event_purge(unit, now - EVENTS_KEPT);
    if (status == APR_SUCCESS) status = limit_clock_mark(unit, now);
    return status;
}

/* In units of their own, so that nobody who writes has to wait for long. */
static apr_status_t seal(const host_t *host)
{
    apr_status_t status = APR_SUCCESS;
    int sealed = AUDIT_SEAL_MAX;

    for (int i = 0; i < SEALS_MAX && status == APR_SUCCESS && sealed == AUDIT_SEAL_MAX; i++) {
        chore_t chore;
        status = begin(&chore, host, STORE_WRITE);
        if (status == APR_SUCCESS) status = audit_seal(chore.unit, &sealed);
        if (status == APR_SUCCESS) status = store_commit(chore.unit);
        end(&chore);
    }
    return status;
}

static apr_status_t tidy(const host_t *host)
{
    apr_pool_t *pool;
    apr_status_t status;

    apr_pool_create(&pool, NULL);
    status = store_tidy(host->store, pool);
    apr_pool_destroy(pool);
    return status;
}

/* Where the chain ends, into the log, which is kept elsewhere: who cuts off its end would be found out. */
static void log_head(const host_t *host)
{
    shared_city_t *city = publish_city(host->publish);
    const int64_t now = apr_time_now(), last = atomic_load(&city->head_logged_at);
    apr_int64_t number = 0;
    const char *hash = "";
    chore_t chore;

    if (last <= now && now - last < HEAD_EVERY) return;
    if (begin(&chore, host, STORE_READ) == APR_SUCCESS && audit_head(chore.unit, &number, &hash) == APR_SUCCESS &&
        number > 0) {
        ap_log_error(APLOG_MARK, APLOG_NOTICE, 0, host->server,
                     "KW-CHORES-002: the audit chain ends at entry %" APR_INT64_T_FMT ", %s", number, hash);
        atomic_store(&city->head_logged_at, now);
    }
    end(&chore);
}

void chores_keep_house(host_t *host)
{
    publish_pin_t *pin = publish_pin(host->publish);
    chore_t chore;
    apr_status_t status;

    chores_start(host);
    status = begin(&chore, host, STORE_WRITE);
    if (status == APR_SUCCESS) status = forget(host, pin->rules, chore.unit, clock_now(host->clock));
    if (status == APR_SUCCESS) status = store_commit(chore.unit);
    end(&chore);
    publish_unpin(pin);
    if (status == APR_SUCCESS) status = seal(host);
    if (status == APR_SUCCESS) status = tidy(host); /* last: it takes what the others deleted along */
    log_head(host);
    figures_watch_locks(host);
    if (status != APR_SUCCESS)
        ap_log_error(APLOG_MARK, APLOG_WARNING, 0, host->server, "KW-CHORES-001: what has run out stays for now");
}
