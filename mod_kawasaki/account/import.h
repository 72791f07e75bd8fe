/* SPDX-License-Identifier: Apache-2.0
 *
 * Citizen cards from a CSV file: everything is checked before anything is written, and all of it is written, or
 * nothing.
 */
#ifndef ACCOUNT_IMPORT_H
#define ACCOUNT_IMPORT_H

#include "account/account.h"

#include <apr_tables.h>

typedef struct {
    int line;         /* of the file, from 1 */
    const char *text; /* "column phone: …"; never a value */
} import_mistake_t;

typedef struct {
    int line;
    account_t account; /* without id and version */
    span_t password;   /* as it stands in the file; points into the text */
    const char *hash;  /* set by import_write */
} import_card_t;

typedef struct {
    apr_array_header_t *cards;    /* of import_card_t */
    apr_array_header_t *mistakes; /* of import_mistake_t, in the file's order; all of them */
} import_t;

/* Reads the text of a file. The first row names the columns, in any order; values are normalised as forms do it. What
 * is wrong is in import->mistakes, not in the status. */
apr_status_t import_read(import_t *import, span_t text, span_t city, apr_pool_t *pool);

/* Writes an import without mistakes as one unit of work; passwords are hashed before. BASE_ECONFLICT when a number is
 * taken already: nothing is written, and each such line is now among the mistakes. */
apr_status_t import_write(import_t *import, const store_t *store, apr_time_t now, apr_pool_t *pool);

#endif
