/* SPDX-License-Identifier: Apache-2.0
 *
 * What the files of this room share of stores and units of work. For this room only.
 */
#ifndef STORE_UNIT_H
#define STORE_UNIT_H

#include "store/driver.h"
#include "store/store.h"

#define STORE_PARAMETERS 12 /* the most that a query may have */

typedef struct {
    const char *name, *text;
    int parameters;
    char types[STORE_PARAMETERS]; /* 's' or 'l' */
} store_query_text_t;

struct store_t {
    store_query_text_t queries[STORE_QUERY_COUNT];
    store_source_t source;
    const log_port_t *log;
    const char *key; /* under which a connection keeps this store's prepared statements; random: no two are alike */
};

/* A connection's memory of one store. */
typedef struct {
    apr_dbd_prepared_t *statements[STORE_QUERY_COUNT]; /* NULL: not prepared yet */
    bool configured;                                   /* store_driver_t.connect has been run */
} store_prepared_t;

struct store_unit_t {
    const store_t *store;
    const store_driver_t *driver;
    store_connection_t connection;
    store_prepared_t *prepared;
    apr_pool_t *pool;
    store_mode_t mode;
    bool locked, begun;
    bool failed; /* a statement of a write unit failed: nothing of it may be committed any more */
};

/* Runs one statement that stands in no table of queries; *rows (may be NULL) is how many it gave. what: for the log. */
apr_status_t store_unit_run(store_unit_t *unit, const char *statement, const char *what, int *rows);

#endif
