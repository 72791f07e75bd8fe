/* SPDX-License-Identifier: Apache-2.0
 *
 * What the commands of the tool share: exit codes, complaints on standard error, files, the way to the database.
 */
#ifndef TOOL_TOOL_H
#define TOOL_TOOL_H

#include "store/store.h"
#include "tool/options.h"

enum {
    TOOL_OK = 0,
    TOOL_REFUSED = 1,    /* there is no such thing, the input has mistakes, or the database refuses it */
    TOOL_USAGE = 2,      /* the command line is wrong */
    TOOL_ENVIRONMENT = 3 /* a file or the database can't be used */
};

/* One line on standard error, "kawasaki: …". */
void tool_complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Complains about what went wrong in the database, unless the store has done so; the exit code for it. APR_SUCCESS is
 * TOOL_OK. */
int tool_failed(apr_status_t status);

/* Opens the database of the options; the pool's. missing_ok: a sqlite3 file is created if there is none.
 * TOOL_USAGE or TOOL_ENVIRONMENT after a complaint. */
int tool_open_store(store_t **store, const tool_options_t *options, bool missing_ok, apr_pool_t *pool);

/* The same for a database that must be there, and at this program's schema: TOOL_REFUSED for another. */
int tool_open_ready(store_t **store, const tool_options_t *options, apr_pool_t *pool);

/* The whole file, in the pool, NUL-terminated outside of size. TOOL_ENVIRONMENT after a complaint. */
int tool_read_file(span_t *text, const char *path, apr_pool_t *pool);

/* Reads DIRECTORY/limiter.key of --keys. TOOL_USAGE or TOOL_ENVIRONMENT after a complaint. */
int tool_limiter_key(span_t *key, const tool_options_t *options, apr_pool_t *pool);

/* Where rooms below log to: standard error. */
const log_port_t *tool_log(void);

#endif
