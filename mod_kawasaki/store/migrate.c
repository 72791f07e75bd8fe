/* SPDX-License-Identifier: Apache-2.0
 *
 * The schema's version: asking for it, and bringing it up. A migration is a file DRIVER/NNN-*.sql and one transaction;
 * the file itself sets the version to NNN. Never used by the server, which only checks.
 */
#include "base/error.h"
#include "store/script.h"
#include "store/unit.h"

#include <apr_fnmatch.h>

/* 0 when there is no table of versions yet. */
static apr_status_t read_version(store_unit_t *unit, apr_int64_t *version)
{
    store_rows_t rows;
    int there;
    apr_status_t status = store_unit_run(unit, unit->driver->versioned, "schema-version", &there);

    *version = 0;
    if (status != APR_SUCCESS || there == 0) return status;
    status = store_select(unit, STORE_QUERY_SCHEMA_VERSION, NULL, 0, &rows);
    *version = store_integer(&rows, 0, 0);
    return status;
}

apr_status_t store_check_schema(const store_t *store, apr_int64_t *version, apr_pool_t *pool)
{
    store_unit_t *unit;
    apr_int64_t found = 0;
    apr_status_t status = store_open(&unit, store, STORE_READ, pool);

    if (status == APR_SUCCESS) status = read_version(unit, &found);
    store_close(unit);
    if (version) *version = found;
    if (status != APR_SUCCESS || found == STORE_SCHEMA) return status;
    base_log(store->log, LOG_PORT_ERROR, 0, "KW-STORE-007",
             "the database is at schema %" APR_INT64_T_FMT ", this program needs %d: %s", found, STORE_SCHEMA,
             found < STORE_SCHEMA ? "run kawasaki db migrate" : "it belongs to a newer program");
    return BASE_ESCHEMA;
}

/* The one file DIRECTORY/NNN-*.sql of this version. */
static apr_status_t find_file(const char **path, const store_unit_t *unit, const char *directory, apr_int64_t version)
{
    const char *pattern =
        apr_psprintf(unit->pool, "%s/%s/%03" APR_INT64_T_FMT "-*.sql", directory, unit->driver->name, version);
    apr_array_header_t *names = NULL;
    apr_status_t status = apr_match_glob(pattern, &names, unit->pool);

    if (status == APR_SUCCESS && names->nelts == 1) {
        *path = apr_pstrcat(unit->pool, directory, "/", unit->driver->name, "/", APR_ARRAY_IDX(names, 0, char *), NULL);
        return APR_SUCCESS;
    }
    base_log(unit->store->log, LOG_PORT_ERROR, status, "KW-STORE-008", "%s: there must be one such file", pattern);
    return status != APR_SUCCESS ? status : BASE_EMALFORMED;
}

static apr_status_t run_file(store_unit_t *unit, const char *path)
{
    apr_array_header_t *statements;
    const char *error;
    apr_status_t status = store_script_read(&statements, path, &error, unit->pool);

    if (status != APR_SUCCESS) {
        base_log(unit->store->log, LOG_PORT_ERROR, 0, "KW-STORE-009", "%s", error);
        return status;
    }
    for (int i = 0; status == APR_SUCCESS && i < statements->nelts; i++) {
        const store_statement_t *statement = &APR_ARRAY_IDX(statements, i, store_statement_t);
        status = store_unit_run(unit, statement->text, apr_psprintf(unit->pool, "%s:%d", path, statement->line), NULL);
    }
    return status;
}

/* From *version to the next, in a transaction of its own. Whoever is faster wins: the version is read inside. */
static apr_status_t step(const store_t *store, const char *directory, apr_int64_t *version, apr_pool_t *pool)
{
    const char *path;
    store_unit_t *unit;
    apr_int64_t before = 0, after = 0;
    apr_status_t status = store_open(&unit, store, STORE_WRITE, pool);

    if (status == APR_SUCCESS) status = read_version(unit, &before);
    if (status == APR_SUCCESS && before == *version) {
        status = find_file(&path, unit, directory, before + 1);
        if (status == APR_SUCCESS) status = run_file(unit, path);
        if (status == APR_SUCCESS) status = read_version(unit, &after);
        if (status == APR_SUCCESS && after != before + 1) {
            base_log(store->log, LOG_PORT_ERROR, 0, "KW-STORE-010", "%s: leaves the version at %" APR_INT64_T_FMT, path,
                     after);
            status = BASE_EMALFORMED;
        }
        if (status == APR_SUCCESS) status = store_commit(unit);
    } else {
        after = before;
    }
    store_close(unit);
    if (status == APR_SUCCESS) *version = after;
    return status;
}

/* What a database needs outside of any transaction. */
static apr_status_t prepare(const store_t *store, apr_int64_t *version, apr_pool_t *pool)
{
    store_unit_t *unit;
    apr_status_t status = store_open(&unit, store, STORE_READ, pool);

    if (status == APR_SUCCESS) status = read_version(unit, version);
    for (const char *const *line = unit ? unit->driver->migrate : NULL; line && *line && status == APR_SUCCESS; line++)
        status = store_unit_run(unit, *line, "migrate", NULL);
    store_close(unit);
    return status;
}

apr_status_t store_migrate(const store_t *store, const char *directory, apr_int64_t *from, apr_int64_t *to,
                           apr_pool_t *pool)
{
    apr_status_t status = prepare(store, from, pool);

    *to = *from;
    while (status == APR_SUCCESS && *to < STORE_SCHEMA) status = step(store, directory, to, pool);
    return status == APR_SUCCESS ? store_check_schema(store, NULL, pool) : status;
}
