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
    account_t account; /* without id and version; must_change and password_expires_at are the caller's to set */
    span_t password;   /* as it stands in the file; points into the text */
    const char *hash;  /* set by import_hash, or by the caller */
} import_card_t;

typedef struct {
    apr_array_header_t *cards;    /* of import_card_t */
    apr_array_header_t *mistakes; /* of import_mistake_t, in the file's order; all of them */
} import_t;

typedef enum {
    IMPORT_WITH_PASSWORDS,   /* a column for them is needed: cards that exist elsewhere */
    IMPORT_WITHOUT_PASSWORDS /* and here must not be there: cards that are issued now, or were exported */
} import_passwords_t;

/* Reads the text of a file. The first row names the columns, in any order; values are normalised as forms do it. What
 * is wrong is in import->mistakes, not in the status. */
apr_status_t import_read(import_t *import, span_t text, span_t city, import_passwords_t passwords, apr_pool_t *pool);

/* Hashes the passwords of an import without mistakes. Slow (some 25 ms each): never with a connection in hand.
 * progress, or NULL, is told after each how many of how many are done. */
typedef void import_progress_t(int done, int all);
apr_status_t import_hash(import_t *import, import_progress_t *progress, apr_pool_t *pool);

/* Inserts all cards with their hashes; their accounts then have ids. BASE_ECONFLICT when a number is taken already:
 * each such line is now among the mistakes, and the unit must not be committed. STORE_WRITE. */
apr_status_t import_write(import_t *import, store_unit_t *unit, apr_time_t now, apr_pool_t *pool);

#endif
