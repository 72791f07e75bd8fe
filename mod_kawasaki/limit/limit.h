/* SPDX-License-Identifier: Apache-2.0
 *
 * Attempts and lockouts: the one gate before every secret. Reserve before the secret is looked at, then refund (it was
 * right, or the fault was ours) or fail. With a limit of L, never more than L wrong secrets are compared, whatever runs
 * in parallel, in how many processes, on how many hosts: the database decides, under its own lock, and remembers;
 * shared memory only repeats what is locked (table.h). Which limits there are, how long a lock lasts and what is said
 * is the rule file's word (docs/rules.md, `limit` and `lockout`).
 */
#ifndef LIMIT_LIMIT_H
#define LIMIT_LIMIT_H

#include "limit/table.h"
#include "rules/rules.h"
#include "store/store.h"

#include <apr_time.h>

#define LIMIT_FOREVER INT64_MAX /* locked until the counter unlocks */

/* A reservation older than this, and neither refunded nor failed, is a failure. */
#define LIMIT_SETTLE apr_time_from_sec(60)

/* What the gate needs; one per virtual host. */
typedef struct {
    const store_t *store;
    limit_table_t *table; /* NULL: no memory, the database is always asked */
    span_t key;           /* keys rows and receipts; durable: with another key all counts would be forgotten */
    const log_port_t *log;
} limit_ports_t;

/* Whose secret, from where. What was typed is counted, whether or not there is such an account. */
typedef struct {
    span_t city, kind;   /* "kawasaki", "card" */
    span_t identifier;   /* normalised by the form's rules: one counter for all spellings */
    span_t source;       /* the client's address, as text */
    bool trusted_source; /* a kiosk or the counter: addresses aren't counted */
} limit_subject_t;

typedef enum {
    LIMIT_OPEN,  /* reserved: look at the secret, then settle */
    LIMIT_BUSY,  /* only other tries that aren't settled yet stand in the way: try again in a moment */
    LIMIT_LOCKED /* refused */
} limit_state_t;

typedef struct {
    limit_state_t state;
    apr_time_t until;                    /* LIMIT_LOCKED: when it ends, or LIMIT_FOREVER */
    const rules_count_t *rule;           /* LIMIT_LOCKED: which line of the limit locked */
    const char *receipt;                 /* what a clerk can look up, e.g. "7KQ4-M2RD": of the lock, or of this try */
    apr_time_t at;                       /* when this was reserved */
    apr_int64_t tries[RULES_COUNTS_MAX]; /* of this reservation; for limit_refund and limit_fail */
} limit_permit_t;

/* T1: asks all counts of the limit at once and, if none is against it, commits one try to each. Where memory already
 * knows of a lock, no database is touched. Errors are the database's: then no secret may be looked at. */
apr_status_t limit_reserve(const limit_ports_t *ports, const rules_t *rules, const rules_limit_t *limit,
                           const limit_subject_t *subject, apr_time_t now, limit_permit_t *permit, apr_pool_t *pool);

/* How others fared since the owner's last success: told to the owner. */
typedef struct {
    apr_int64_t failures;
    apr_time_t last_at;
} limit_others_t;

/* T2, in the unit that holds the effect: the secret was right. Takes this try back from all counts and the same
 * source's failures from those `since own success`; *others (may be NULL) is filled. Locks stay: only time or the
 * counter ends them. */
apr_status_t limit_refund(const limit_ports_t *ports, store_unit_t *unit, const rules_t *rules,
                          const rules_limit_t *limit, const limit_subject_t *subject, const limit_permit_t *permit,
                          limit_others_t *others, apr_pool_t *pool);

/* The fault was ours (hash failed, database gone afterwards): the try never was. A unit of its own. */
apr_status_t limit_forget(const limit_ports_t *ports, const limit_permit_t *permit, apr_pool_t *pool);

/* The secret was wrong. Locks where the threshold is reached: then permit->state is LIMIT_LOCKED, with until, rule and
 * the lock's receipt. A unit of its own. */
apr_status_t limit_fail(const limit_ports_t *ports, const rules_t *rules, const rules_limit_t *limit,
                        const limit_subject_t *subject, apr_time_t now, limit_permit_t *permit, apr_pool_t *pool);

/* --- Lockouts: not counted, begun by an act (re-registration after deletion) --- */

/* Begins in the unit of the act, last in it (as event_write is). */
apr_status_t limit_lockout_begin(const limit_ports_t *ports, store_unit_t *unit, const rules_t *rules,
                                 const rules_lockout_t *lockout, span_t city, span_t identifier, apr_time_t now,
                                 apr_pool_t *pool);

/* *until: 0 when nothing is in the way. At exactly its end it is over. In the unit of what it would forbid. */
apr_status_t limit_lockout_check(const limit_ports_t *ports, store_unit_t *unit, const rules_t *rules,
                                 const rules_lockout_t *lockout, span_t city, span_t identifier, apr_time_t now,
                                 apr_time_t *until, apr_pool_t *pool);

/* --- For the counter and the tool --- */

typedef struct {
    const char *id; /* the lock's row */
    const char *city;
    const char *limit; /* name of the limit or lockout; rule: "password/1" */
    const char *rule;
    const char *receipt;
    apr_time_t since_at, until; /* 0: no lock, only a refused try */
} limit_entry_t;

/* What stands against an account (all its limits and its identifier's lockouts, not those of addresses), newest first:
 * locks, also those that are over until they are purged. *count 0: nothing. */
apr_status_t limit_list(const limit_ports_t *ports, store_unit_t *unit, const limit_subject_t *subject,
                        limit_entry_t **entries, int *count, apr_pool_t *pool);

/* The last lock, or the try, of this receipt, as it was typed; *found false also for what can't be one. A counter's
 * earlier locks are not found. */
apr_status_t limit_by_receipt(const limit_ports_t *ports, store_unit_t *unit, span_t receipt, limit_entry_t *entry,
                              bool *found, apr_pool_t *pool);

/* Ends a lock by its id, with its counts and its growth; writes the event that other hosts follow. Last in its unit.
 * An id that there is not is none to end. */
apr_status_t limit_clear(const limit_ports_t *ports, store_unit_t *unit, const char *id, apr_time_t now);

/* Drops the tries and counters of this city's rules that can't matter any more. STORE_WRITE. */
apr_status_t limit_purge(const limit_ports_t *ports, store_unit_t *unit, const rules_t *rules, apr_time_t now);

/* Loads live locks into memory (at start; read the last event's number before it, so that none is missed): the 100,000
 * that last longest, of all cities. The rest is found at the first try. */
apr_status_t limit_load(const limit_ports_t *ports, store_unit_t *unit, apr_time_t now, apr_pool_t *pool);

/* Takes one lock (by its id, as events name it) into memory as it stands in the database: set, prolonged, or gone. */
apr_status_t limit_refresh(const limit_ports_t *ports, store_unit_t *unit, const char *id, apr_time_t now,
                           apr_pool_t *pool);

/* The service's clock in the database, for clock_start and clock_raise. limit_reserve and limit_fail raise the mark,
 * once a minute at most; it never goes down. Whoever calls limit_clock_mark does so last in its unit. */
apr_status_t limit_clock_mark(store_unit_t *unit, apr_time_t now);
apr_status_t limit_clock_read(store_unit_t *unit, apr_time_t *mark);

#endif
