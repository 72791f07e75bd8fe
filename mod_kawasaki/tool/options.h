/* SPDX-License-Identifier: Apache-2.0
 *
 * The command line behind the command: which options there are, and reading them.
 */
#ifndef TOOL_OPTIONS_H
#define TOOL_OPTIONS_H

#include <apr_pools.h>
#include <stdbool.h>

typedef struct {
    const char *database, *driver, *params, *sql; /* where the database is, and its queries */
    const char *city, *kind;                      /* whose account; "kawasaki" and "card" unless given */
    const char *keys;                             /* directory of the keys */
    const char *reason;
    const char *kana, *birth_date; /* for a search */
    const char *dated;             /* of a file */
    const char *origin;
    const char *head;        /* of the audit chain */
    const char *tsv;         /* a file of pairs */
    const char *account;     /* its name */
    const char *authorities; /* directory of certificates */
    int password_fd;         /* -1: none */
    int days, limit;         /* 14 and 100 unless given */
    apr_int64_t after;
    bool all, json, help;
    const char *const *arguments; /* what is no option */
    int count;
} tool_options_t;

/* The letters of options (options.c) that a command which opens the database takes. */
#define TOOL_DATABASE "drps"

/* Reads argv, argv[0] being the command's last word. `letters`: the options that this command takes. False after a
 * complaint on standard error. */
bool options_read(tool_options_t *options, const char *letters, int argc, const char *const *argv, apr_pool_t *pool);

/* One line for each of these options on standard output. */
void options_show(const char *letters);

#endif
