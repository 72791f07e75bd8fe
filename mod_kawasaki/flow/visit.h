/* SPDX-License-Identifier: Apache-2.0
 *
 * A visit: everything a request must know of the person who makes it: session, account, and the draft of the form at
 * hand. Read from the cache in the common case, from the database otherwise.
 */
#ifndef FLOW_VISIT_H
#define FLOW_VISIT_H

#include "account/draft.h"
#include "base/clock.h"
#include "limit/limit.h"
#include "rules/rules.h"
#include "session/cache.h"

/* What a flow reaches the world through; one per virtual host, read-only. */
typedef struct {
    const store_t *store;
    const session_cache_t *cache;
    const limit_ports_t *limits;
    const clock_base_t *clock; /* service time, for what takes long inside a request; NULL: the wall clock */
    const log_port_t *log;
    const struct flow_certificates_t *certificates; /* flow/certificate.h; NULL: no authority is configured */
    const struct flow_helper_t *helper;             /* flow/helper.h; NULL: none, or the request is not its kiosk's */
} flow_ports_t;

typedef struct {
    session_state_t state; /* SESSION_NONE: nothing of the rest counts */
    session_t session;
    account_t account;
    draft_t draft;         /* of the form asked for */
    apr_int64_t refusals;  /* wrong tries at this account between the log-in before and this one */
    apr_time_t refused_at; /* the last of them */
    apr_time_t ends_at;    /* when it times out if nothing more comes */
    bool card_gone;        /* SESSION_TIMED_OUT: it has just ended with its card */
} visit_t;

/* Who the cookie text stands for, with the draft of `form` (empty: none). A missing, malformed or unknown cookie is
 * SESSION_NONE. An error is the database's. */
apr_status_t visit_load(visit_t *visit, const flow_ports_t *ports, const rules_t *rules, span_t cookie, span_t form,
                        apr_time_t now, apr_pool_t *pool);

/* Somebody is at work: the session lasts on, where that is due. */
apr_status_t visit_touch(visit_t *visit, const flow_ports_t *ports, const rules_t *rules, apr_time_t now,
                         apr_pool_t *pool);

/* Begins a session for the account in an open STORE_WRITE unit, ending `old` if that one lives (a new id at every
 * log-in). insertion: of the card that it lives by, or empty. An applicant's has level 0. *cookie is the new cookie's
 * text. */
apr_status_t visit_begin(store_unit_t *unit, const visit_t *old, const rules_t *rules, const account_t *account,
                         span_t insertion, apr_time_t now, const char **cookie, apr_pool_t *pool);

/* Is somebody logged in whose registration is complete? */
bool visit_is_registered(const visit_t *visit);

/* Account and draft anew from the database, after somebody else's write was met; where the account is gone the state is
 * SESSION_NONE. */
apr_status_t visit_refresh(visit_t *visit, const flow_ports_t *ports, span_t form, apr_pool_t *pool);

/* Ends the visit's session, in a unit of its own, and records the log-out, unless nobody was logged in any more. rule:
 * what ended it, empty for its owner. */
apr_status_t visit_end(const visit_t *visit, const flow_ports_t *ports, span_t rule, apr_time_t now, apr_pool_t *pool);

#endif
