/* SPDX-License-Identifier: Apache-2.0 */
#include "database.h"

#include "test.h"

#include <apr_file_io.h>
#include <apr_general.h>
#include <stdlib.h>

static void keep_log(const log_port_t *port, log_level_t level, apr_status_t status, const char *tag, const char *line)
{
    database_t *database = port->context;
    apr_size_t used = strlen(database->log);
    (void)level;
    (void)status;
    apr_snprintf(database->log + used, sizeof database->log - used, "%s %s\n", tag, line);
}

bool database_make(database_t *database)
{
    const char *error;

    memset(database, 0, sizeof *database);
    if (apr_initialize() != APR_SUCCESS || apr_pool_create(&database->pool, NULL) != APR_SUCCESS) return false;
    strcpy(database->directory, "/tmp/kawasaki-test-XXXXXX");
    if (!mkdtemp(database->directory)) return false;
    database->path = apr_pstrcat(database->pool, database->directory, "/test.db", NULL);
    database->port = (log_port_t){keep_log, database};
    if (store_source_single(&database->source, "sqlite3", database->path, &error, database->pool) != APR_SUCCESS)
        return false;
    return store_create(&database->store, "sql", &database->source, &database->port, &error, database->pool) ==
           APR_SUCCESS;
}

bool database_make_ready(database_t *database)
{
    apr_int64_t from, to;
    return database_make(database) && store_migrate(database->store, "sql", &from, &to, database->pool) == APR_SUCCESS;
}

store_t *database_connect(database_t *database)
{
    store_source_t source;
    store_t *store = NULL;
    const char *error;

    if (store_source_single(&source, "sqlite3", database->path, &error, database->pool) != APR_SUCCESS) return NULL;
    store_create(&store, "sql", &source, &database->port, &error, database->pool);
    return store;
}

store_unit_t *database_open(const database_t *database, store_mode_t mode)
{
    store_unit_t *unit;
    assert_int_equal(store_open(&unit, database->store, mode, database->pool), APR_SUCCESS);
    return unit;
}

void database_commit(store_unit_t *unit)
{
    assert_int_equal(store_commit(unit), APR_SUCCESS);
    store_close(unit);
}

int database_run(const store_source_t *source, const char *sql, apr_pool_t *pool)
{
    store_connection_t connection;
    apr_dbd_results_t *results = NULL;
    int result;

    if (source->acquire(source->context, &connection, pool) != APR_SUCCESS) return -1;
    result = apr_dbd_select(connection.driver, pool, connection.handle, &results, sql, 1);
    source->release(source->context, &connection);
    return result;
}

const char *database_file(database_t *database, const char *name, const char *text)
{
    const char *path = apr_pstrcat(database->pool, database->directory, "/", name, NULL);
    apr_file_t *file;

    if (apr_file_open(&file, path, APR_FOPEN_WRITE | APR_FOPEN_CREATE | APR_FOPEN_TRUNCATE, APR_FPROT_OS_DEFAULT,
                      database->pool) != APR_SUCCESS)
        return NULL;
    apr_file_write_full(file, text, strlen(text), NULL);
    apr_file_close(file);
    return path;
}

/* Files, then the directories that held them; two levels are all that tests make. */
static void remove_tree(const char *path, apr_pool_t *pool)
{
    apr_dir_t *directory;
    apr_finfo_t info;

    if (apr_dir_open(&directory, path, pool) != APR_SUCCESS) return;
    while (apr_dir_read(&info, APR_FINFO_NAME | APR_FINFO_TYPE, directory) == APR_SUCCESS) {
        const char *child = apr_pstrcat(pool, path, "/", info.name, NULL);
        if (strcmp(info.name, ".") == 0 || strcmp(info.name, "..") == 0) continue;
        if (info.filetype == APR_DIR)
            remove_tree(child, pool);
        else
            apr_file_remove(child, pool);
    }
    apr_dir_close(directory);
    apr_dir_remove(path, pool);
}

account_t database_account(store_unit_t *unit, apr_int64_t account, apr_pool_t *pool)
{
    account_t read;
    bool found;

    assert_int_equal(account_read(unit, account, &read, &found, pool), APR_SUCCESS);
    assert_true(found);
    return read;
}

const char *database_password(store_unit_t *unit, apr_int64_t account, apr_pool_t *pool)
{
    account_t read;
    const char *password = NULL;
    bool found;

    if (account_read(unit, account, &read, &found, pool) != APR_SUCCESS) return NULL;
    if (!found || account_find(unit, read.city, read.kind, read.identifier, &read, &password, &found, pool))
        return NULL;
    return password;
}

void database_drop(database_t *database)
{
    apr_pool_t *pool;

    apr_pool_destroy(database->pool); /* closes the connections first */
    if (apr_pool_create(&pool, NULL) == APR_SUCCESS) {
        remove_tree(database->directory, pool);
        apr_pool_destroy(pool);
    }
    /* No apr_terminate: apr_dbd can't be started twice in a process. */
}

int database_set_up(void **state)
{
    return database_make_ready(*state) ? 0 : -1;
}

int database_set_up_unit(void **state)
{
    database_t *database = *state;

    if (database_set_up(state)) return -1;
    database->unit = database_open(database, STORE_WRITE);
    return 0;
}

int database_tear_down(void **state)
{
    database_t *database = *state;

    if (database->unit) store_close(database->unit);
    database_drop(database);
    return 0;
}
