/* SPDX-License-Identifier: Apache-2.0
 *
 * What differs between databases, as one table: how a write begins, what a connection needs first, how errors read.
 * For this room only.
 */
#ifndef STORE_DRIVER_H
#define STORE_DRIVER_H

#include <apr_pools.h>
#include <stdbool.h>

typedef struct {
    const char *name;       /* of the apr_dbd driver */
    bool serial;            /* one writer at a time: queue on the source's lock */
    const char *begin;      /* of a write unit */
    const char *connect[5]; /* once per connection, ended by NULL */
    const char *tidy;       /* now and then, outside of any transaction; NULL: nothing */
    const char *migrate[2]; /* once before a migration, ended by NULL */
    const char *versioned;  /* gives a row if the table schema_version is there */
    const char *busy[5];    /* pieces of messages that mean "try again", ended by NULL */
    const char *stale[3];   /* pieces of messages on a statement that a changed schema made useless, ended by NULL */
    bool quotes_values;     /* its messages may quote a value after their second colon */
} store_driver_t;

/* NULL for a driver that this room doesn't know. */
const store_driver_t *store_driver_find(const char *name);

/* May the same be tried again later? Is the prepared statement to be made anew? */
bool store_driver_is_busy(const store_driver_t *driver, const char *message);
bool store_driver_is_stale(const store_driver_t *driver, const char *message);

/* The driver's message as it may stand in a log: its first line, without anything that could be a value. */
const char *store_driver_reason(const store_driver_t *driver, const char *message, apr_pool_t *pool);

#endif
