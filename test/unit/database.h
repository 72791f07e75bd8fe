/* SPDX-License-Identifier: Apache-2.0
 *
 * A database for a test: a sqlite3 file in a directory of its own, through the real driver, and a log that is kept.
 */
#ifndef TEST_DATABASE_H
#define TEST_DATABASE_H

#include "account/account.h"
#include "store/store.h"

typedef struct {
    apr_pool_t *pool;
    char directory[64];
    const char *path; /* of the file */
    store_source_t source;
    store_t *store;
    store_unit_t *unit; /* of a DATABASE_UNIT_TEST; or NULL */
    log_port_t port;
    char log[4096]; /* "TAG line\n" of everything so far */
} database_t;

/* A new directory with an empty database, one connection; false when that can't be had. */
bool database_make(database_t *database);

/* The same, at the present schema. */
bool database_make_ready(database_t *database);

/* One more connection to the same file, with the same log; it lives until database_drop. */
store_t *database_connect(database_t *database);

/* A unit, closed by the caller or by database_commit. Both fail the test when they can't. */
store_unit_t *database_open(const database_t *database, store_mode_t mode);
void database_commit(store_unit_t *unit);

/* Runs SQL on the connection of this source, as it stands; the driver's code. */
int database_run(const store_source_t *source, const char *sql, apr_pool_t *pool);

/* Writes a file into the directory, its path is the pool's. */
const char *database_file(database_t *database, const char *name, const char *text);

/* An account, which must be there. */
account_t database_account(store_unit_t *unit, apr_int64_t account, apr_pool_t *pool);

/* The hash of an account's password; NULL: it has none, or there is no such account. */
const char *database_password(store_unit_t *unit, apr_int64_t account, apr_pool_t *pool);

void database_drop(database_t *database);

/* A test with a database of its own, at the present schema; and one with a write unit, too, open all through it. Not in
 * a group with a *state of its own, which cmocka would pass in the database's place. */
#define DATABASE_TEST(test, database)                                                                                  \
    cmocka_unit_test_prestate_setup_teardown(test, database_set_up, database_tear_down, database)
#define DATABASE_UNIT_TEST(test, database)                                                                             \
    cmocka_unit_test_prestate_setup_teardown(test, database_set_up_unit, database_tear_down, database)

/* For these, and for set-ups that begin with one of them; *state is the database_t. */
int database_set_up(void **state);
int database_set_up_unit(void **state);
int database_tear_down(void **state);

#endif
