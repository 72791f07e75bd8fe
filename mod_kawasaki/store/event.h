/* SPDX-License-Identifier: Apache-2.0
 *
 * Events: what every running host must take into its shared memory after somebody (another host, the tool) changed the
 * database. Written in the unit of the change, followed by each host's watchdog within a second.
 */
#ifndef STORE_EVENT_H
#define STORE_EVENT_H

#include "store/store.h"

#include <apr_time.h>

typedef enum {
    EVENT_ACCOUNT, /* subject: the account's row: its sessions' cache is stale */
    EVENT_LOCK     /* subject: the lock's id: set or cleared */
} event_kind_t;

typedef struct {
    apr_int64_t number;
    event_kind_t kind;
    const char *subject;
} event_t;

/* STORE_WRITE, and last in the unit: its number is held until the commit, so that events appear in their order, and who
 * waited for another row meanwhile could wait in a circle. */
apr_status_t event_write(store_unit_t *unit, event_kind_t kind, const char *subject, apr_time_t now);

/* EVENT_ACCOUNT of this account. As event_write. */
apr_status_t event_write_account(store_unit_t *unit, apr_int64_t account, apr_time_t now);

/* Events after number `after`, in order, at most 1,000; strings are the unit's pool's. *last: the highest number there
 * is (also when count is 0); a follower goes on from the last event it was given, or from *last when there was none. */
apr_status_t event_follow(store_unit_t *unit, apr_int64_t after, event_t **events, int *count, apr_int64_t *last);

/* Forgets events older than before. STORE_WRITE. */
apr_status_t event_purge(store_unit_t *unit, apr_time_t before);

#endif
