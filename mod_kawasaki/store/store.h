/* SPDX-License-Identifier: Apache-2.0
 *
 * The database port: named queries, units of work, rows. Rooms above say what they want by name; which driver answers,
 * and how its errors read, stays in this room. SQL stands in sql/queries.sql, types as apr_dbd writes them (%s, %lld).
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/log.h"
#include "base/span.h"
#include "store/query.h"

#include <apr_dbd.h>

#define STORE_SCHEMA 6 /* the schema version these queries are written for */

typedef struct store_t store_t;           /* queries and where connections come from; read-only, shared by threads */
typedef struct store_unit_t store_unit_t; /* one unit of work on one borrowed connection; never two in one request */

/* One borrowed connection, as the source knows it. `pool` lives as long as the connection. */
typedef struct {
    const apr_dbd_driver_t *driver;
    apr_dbd_t *handle;
    apr_pool_t *pool;
    void *owner; /* the source's own */
} store_connection_t;

/* Where connections come from: mod_dbd's pool in the server, one connection in the tool and in tests. */
typedef struct {
    apr_status_t (*acquire)(void *context, store_connection_t *connection, apr_pool_t *pool);
    void (*release)(void *context, store_connection_t *connection);
    /* Held around write units on sqlite3, whose driver would sleep 100 ms on every collision; NULL: not needed. */
    apr_status_t (*lock)(void *context);
    void (*unlock)(void *context);
    void *context;
} store_source_t;

/* Reads DIRECTORY/queries.sql; every name of store/query.h must stand there once, and no other: otherwise
 * BASE_EMALFORMED and *error "file:line: …". */
apr_status_t store_create(store_t **store, const char *directory, const store_source_t *source, const log_port_t *log,
                          const char **error, apr_pool_t *pool);

/* A source with one connection of its own, opened now: for the tool, tests, and start-up checks (close the pool before
 * any fork). driver: "sqlite3", "pgsql"; parameters as apr_dbd_open_ex takes them. */
apr_status_t store_source_single(store_source_t *source, const char *driver, const char *parameters, const char **error,
                                 apr_pool_t *pool);

/* BASE_ESCHEMA unless the database is at STORE_SCHEMA; *version (may be NULL) is what it is at, 0 for an empty
 * database. */
apr_status_t store_check_schema(const store_t *store, apr_int64_t *version, apr_pool_t *pool);

/* Brings the database up to STORE_SCHEMA by DIRECTORY/DRIVER/NNN-*.sql, each file one transaction. For the tool only:
 * the server never migrates. */
apr_status_t store_migrate(const store_t *store, const char *directory, apr_int64_t *from, apr_int64_t *to,
                           apr_pool_t *pool);

/* Lets go of what was deleted, as far as the database keeps it beside its rows: for once a minute or so, with no unit
 * open. Where somebody is in the way it does nothing. */
apr_status_t store_tidy(const store_t *store, apr_pool_t *pool);

/* --- Units of work. Every failure: BASE_EDATABASE (or BASE_EBUSY), with one log line (query's name, driver's code, no
 * values). ------- */

typedef enum { STORE_READ, STORE_WRITE } store_mode_t;

/* Borrows a connection; STORE_WRITE also begins a transaction. The unit lives in pool; store_close must be called, also
 * after errors. */
apr_status_t store_open(store_unit_t **unit, const store_t *store, store_mode_t mode, apr_pool_t *pool);

/* Commits a STORE_WRITE unit. On failure everything is rolled back. */
apr_status_t store_commit(store_unit_t *unit);

/* The pool the unit was opened with. */
apr_pool_t *store_pool(const store_unit_t *unit);

/* Gives the connection back; rolls back what was not committed. NULL is allowed. */
void store_close(store_unit_t *unit);

typedef struct {
    enum { STORE_IS_NULL, STORE_IS_TEXT, STORE_IS_INTEGER } type;
    const char *text;
    apr_int64_t integer;
} store_value_t;

#define STORE_NULL       ((store_value_t){STORE_IS_NULL, NULL, 0})
#define STORE_TEXT(t)    ((store_value_t){STORE_IS_TEXT, (t), 0})
#define STORE_INTEGER(i) ((store_value_t){STORE_IS_INTEGER, NULL, (i)})

typedef struct {
    int count, columns;
    const char **cells; /* row * columns + column; NULL is SQL's NULL; they live as long as the unit's pool */
} store_rows_t;

apr_status_t store_select(store_unit_t *unit, store_query_t query, const store_value_t *values, int count,
                          store_rows_t *rows);

/* *changed (may be NULL): rows inserted, updated or deleted. */
apr_status_t store_change(store_unit_t *unit, store_query_t query, const store_value_t *values, int count,
                          apr_int64_t *changed);

/* A cell as text, or as a number. NULL reads as "" and 0, and so does a number that is not one to its end (sqlite3). */
const char *store_text(const store_rows_t *rows, int row, int column);
apr_int64_t store_integer(const store_rows_t *rows, int row, int column);

#endif
