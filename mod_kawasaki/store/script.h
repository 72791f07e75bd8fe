/* SPDX-License-Identifier: Apache-2.0
 *
 * Files of SQL statements, read but not understood. A statement ends with a ; at the end of a line; a line that begins
 * with -- is a comment, and `-- name: WORD` names the next statement.
 */
#ifndef STORE_SCRIPT_H
#define STORE_SCRIPT_H

#include <apr_errno.h>
#include <apr_tables.h>

typedef struct {
    const char *name; /* "" when it has none */
    const char *text; /* without its ; and without comments: apr_dbd_sqlite3 takes what follows a ; for a statement */
    int line;         /* where it begins, from 1 */
} store_statement_t;

/* The statements of the file, in its order (array of store_statement_t, in the pool). On failure *error is
 * "file:line: …" or "file: …". */
apr_status_t store_script_read(apr_array_header_t **statements, const char *path, const char **error, apr_pool_t *pool);

#endif
