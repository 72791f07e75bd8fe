/* SPDX-License-Identifier: Apache-2.0
 *
 * What the commands of the tool share: exit codes, options, the way to the database, and complaints on standard error.
 */
#ifndef TOOL_TOOL_H
#define TOOL_TOOL_H

#include "store/store.h"

enum {
    TOOL_OK = 0,
    TOOL_REFUSED = 1,    /* the input has mistakes, or the database refuses it */
    TOOL_USAGE = 2,      /* the command line is wrong */
    TOOL_ENVIRONMENT = 3 /* a file or the database can't be used */
};

typedef struct {
    const char *database;     /* --database FILE: sqlite3; or else */
    const char *driver;       /* --driver NAME and */
    const char *params;       /* --params STRING, as DBDParams takes them */
    const char *sql;          /* --sql DIR */
    const char *city;         /* --city NAME; "kawasaki" unless given */
    const char *const *files; /* what is no option */
    int file_count;
} tool_options_t;

/* One line on standard error, "kawasaki: …". */
void tool_complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Reads the arguments behind a subcommand (argv[0] is the subcommand). TOOL_USAGE after a complaint. */
int tool_options(tool_options_t *options, int argc, const char *const *argv, apr_pool_t *pool);

/* Opens the database of the options; the pool's. missing_ok: a sqlite3 file is created if there is none.
 * TOOL_USAGE or TOOL_ENVIRONMENT after a complaint. */
int tool_open_store(store_t **store, const tool_options_t *options, bool missing_ok, apr_pool_t *pool);

/* The whole file, in the pool, NUL-terminated outside of size. TOOL_ENVIRONMENT after a complaint. */
int tool_read_file(span_t *text, const char *path, apr_pool_t *pool);

#endif
