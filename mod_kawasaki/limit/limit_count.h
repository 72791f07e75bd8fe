/* SPDX-License-Identifier: Apache-2.0
 *
 * One counter in the database: its row, and the tries that hang on it. Whoever changes anything of a counter takes its
 * row first and holds it until the commit; so counting and changing are one step, on every host. Who takes several,
 * takes them in the order of the limit's lines: then nobody waits in a circle. For this room only.
 */
#ifndef LIMIT_COUNT_H
#define LIMIT_COUNT_H

#include "limit/limit.h"
#include "limit/limit_key.h"

typedef struct {
    /* whose it is; the caller's */
    limit_key_t key;
    const char *id; /* the key as text: the row's */
    const char *city, *subject, *name, *rule;
    /* the row, once taken */
    apr_int64_t level; /* locks since the growth began */
    apr_time_t since_at, until_at, success_at;
    uint64_t mark;
} limit_count_t;

/* A try in several counters has one id. */
typedef struct {
    apr_int64_t id;
    const char *source; /* keyed hash of where it came from */
    apr_time_t at;
    uint64_t mark;
} limit_try_t;

/* Keyed hash of an account, known or not; without a kind: of an identifier, for lockouts. */
apr_status_t limit_subject_text(const char **text, span_t secret, const limit_subject_t *subject, apr_pool_t *pool);

/* Takes the row, makes it if there is none, and reads it. */
apr_status_t limit_count_take(store_unit_t *unit, limit_count_t *count, apr_time_t now);

/* What counts at this moment, in a window of seconds (0: without end): failures, and with them what is in flight. */
apr_status_t limit_count_tally(store_unit_t *unit, const limit_count_t *count, uint32_t window, apr_time_t now,
                               apr_int64_t *failures, apr_int64_t *all);

/* Locks at this level (the count of locks with this one), with a receipt of its own, and uses the failures up. */
apr_status_t limit_count_lock(store_unit_t *unit, limit_count_t *count, span_t secret, apr_int64_t level,
                              apr_time_t now, apr_time_t until);

/* Enters a try; counts it as failed, unless a lock has used it up meanwhile. */
apr_status_t limit_count_try(store_unit_t *unit, const limit_count_t *count, const limit_try_t *attempt);
apr_status_t limit_count_fail(store_unit_t *unit, const limit_count_t *count, apr_int64_t id);

/* The try was right: the growth is `level` from now on, others' failures since the last success are told. */
apr_status_t limit_count_success(store_unit_t *unit, const limit_count_t *count, const limit_try_t *attempt,
                                 apr_int64_t level, limit_others_t *others);

/* Takes back the same source's failures, and what locks have used up. */
apr_status_t limit_count_forgive(store_unit_t *unit, const limit_count_t *count, const limit_try_t *attempt);

/* Takes a try back, in all counters. */
apr_status_t limit_count_remove(store_unit_t *unit, apr_int64_t id);

#endif
