/* SPDX-License-Identifier: Apache-2.0
 *
 * Units of work: borrow a connection, run queries by name, commit or roll back, give it back.
 *
 * Transactions are plain BEGIN, COMMIT and ROLLBACK. apr_dbd's own hide what happened: their end reports success after
 * an automatic rollback, sqlite3's leaves a failed COMMIT open, and pgsql's start crashes when BEGIN fails. Statements
 * are prepared at their first use on a connection and kept with it; one that can't be prepared harms no other.
 */
#include "store/unit.h"

#include "base/error.h"
#include "base/number.h"

/* Says why the driver refused, and gives the status that this means. */
static apr_status_t refused(store_unit_t *unit, const char *what, int result, const char *tag)
{
    const store_connection_t *connection = &unit->connection;
    const char *message = apr_dbd_error(connection->driver, connection->handle, result);
    bool busy;

    if (!message) message = "";
    busy = store_driver_is_busy(unit->driver, message);
    if (unit->mode == STORE_WRITE) unit->failed = true;
    base_log(unit->store->log, busy ? LOG_PORT_WARNING : LOG_PORT_ERROR, 0, tag, "%s: %s %d: %s", what,
             unit->driver->name, result, store_driver_reason(unit->driver, message, unit->pool));
    return busy ? BASE_EBUSY : BASE_EDATABASE;
}

/* --- Borrowing and giving back --- */

/* Statements go through select, also those without rows: apr_dbd_sqlite3 takes a row that nobody fetched (PRAGMA) for
 * a failure of a query. */
static int run(store_unit_t *unit, const char *statement, int *rows)
{
    const store_connection_t *connection = &unit->connection;
    apr_dbd_results_t *results = NULL;
    int result = apr_dbd_select(connection->driver, unit->pool, connection->handle, &results, statement, 1);

    if (rows) *rows = result == 0 ? apr_dbd_num_tuples(connection->driver, results) : 0;
    return result;
}

apr_status_t store_unit_run(store_unit_t *unit, const char *statement, const char *what, int *rows)
{
    int result = run(unit, statement, rows);
    return result == 0 ? APR_SUCCESS : refused(unit, what, result, "KW-STORE-001");
}

static apr_status_t configure(store_unit_t *unit)
{
    apr_pool_t *pool = unit->connection.pool;
    void *memory = NULL;
    apr_status_t status = apr_pool_userdata_get(&memory, unit->store->key, pool);

    if (status != APR_SUCCESS) return status;
    if (!memory) {
        memory = apr_pcalloc(pool, sizeof *unit->prepared);
        status = apr_pool_userdata_setn(memory, apr_pstrdup(pool, unit->store->key), NULL, pool);
        if (status != APR_SUCCESS) return status;
    }
    unit->prepared = memory;
    for (const char *const *line = unit->driver->connect; *line && !unit->prepared->configured; line++) {
        status = store_unit_run(unit, *line, "connect", NULL);
        if (status != APR_SUCCESS) return status;
    }
    unit->prepared->configured = true;
    return APR_SUCCESS;
}

static apr_status_t borrow(store_unit_t **unit, const store_t *store, store_mode_t mode, apr_pool_t *pool)
{
    store_unit_t *made = apr_pcalloc(pool, sizeof *made);
    apr_status_t status = store->source.acquire(store->source.context, &made->connection, pool);

    *unit = NULL;
    if (status != APR_SUCCESS) {
        base_log(store->log, LOG_PORT_ERROR, status, "KW-STORE-002", "no connection to the database");
        return BASE_EDATABASE;
    }
    made->store = store;
    made->mode = mode;
    made->pool = pool;
    made->driver = store_driver_find(apr_dbd_name(made->connection.driver));
    if (made->driver) {
        status = configure(made);
    } else {
        base_log(store->log, LOG_PORT_ERROR, 0, "KW-STORE-003", "the driver %s is not known",
                 apr_dbd_name(made->connection.driver));
        status = BASE_EDATABASE;
    }
    if (status == APR_SUCCESS)
        *unit = made;
    else
        store_close(made);
    return status;
}

static apr_status_t lock(store_unit_t *unit)
{
    const store_source_t *source = &unit->store->source;
    apr_status_t status;

    if (!unit->driver->serial || !source->lock) return APR_SUCCESS;
    status = source->lock(source->context);
    unit->locked = status == APR_SUCCESS;
    if (unit->locked) return APR_SUCCESS;
    base_log(unit->store->log, LOG_PORT_ERROR, status, "KW-STORE-004", "no lock for a write");
    return APR_STATUS_IS_TIMEUP(status) || APR_STATUS_IS_EBUSY(status) ? BASE_EBUSY : BASE_EDATABASE;
}

static apr_status_t begin(store_unit_t *unit)
{
    apr_status_t status = lock(unit);

    if (status == APR_SUCCESS) status = store_unit_run(unit, unit->driver->begin, "begin", NULL);
    unit->begun = status == APR_SUCCESS;
    return status;
}

apr_status_t store_open(store_unit_t **unit, const store_t *store, store_mode_t mode, apr_pool_t *pool)
{
    apr_status_t status = borrow(unit, store, mode, pool);

    if (status != APR_SUCCESS || mode == STORE_READ) return status;
    status = begin(*unit);
    if (status == APR_SUCCESS) return status;
    store_close(*unit);
    *unit = NULL;
    return status;
}

/* The database may have rolled back by itself (disk full), or not (a COMMIT that was busy): ask in any case. */
static void roll_back(store_unit_t *unit)
{
    if (unit->begun) run(unit, "ROLLBACK", NULL);
    unit->begun = false;
}

apr_status_t store_commit(store_unit_t *unit)
{
    apr_status_t status = APR_SUCCESS;

    if (unit->mode == STORE_READ) return APR_SUCCESS;
    /* PostgreSQL would call the rollback of a failed unit a successful COMMIT. */
    if (unit->failed || !unit->begun) status = BASE_EDATABASE;
    if (status == APR_SUCCESS) status = store_unit_run(unit, "COMMIT", "commit", NULL);
    if (status == APR_SUCCESS)
        unit->begun = false;
    else
        roll_back(unit);
    return status;
}

void store_close(store_unit_t *unit)
{
    const store_source_t *source;

    if (!unit) return;
    source = &unit->store->source;
    roll_back(unit);
    if (unit->locked) source->unlock(source->context);
    source->release(source->context, &unit->connection);
}

apr_pool_t *store_pool(const store_unit_t *unit)
{
    return unit->pool;
}

/* Under the lock of writers, who would collide with it. */
apr_status_t store_tidy(const store_t *store, apr_pool_t *pool)
{
    store_unit_t *unit;
    apr_status_t status = borrow(&unit, store, STORE_READ, pool);

    if (status == APR_SUCCESS && unit->driver->tidy) {
        status = lock(unit);
        if (status == APR_SUCCESS) status = store_unit_run(unit, unit->driver->tidy, "tidy", NULL);
    }
    store_close(unit);
    return status;
}

/* --- Queries by name --- */

/* The values as apr_dbd binds them: texts themselves, addresses of integers, NULL. False: not what the query takes. */
static bool bind_values(const store_query_text_t *query, const store_value_t *values, int count,
                        const void *bound[STORE_PARAMETERS])
{
    if (count != query->parameters) return false;
    for (int i = 0; i < count; i++) {
        const store_value_t *value = &values[i];
        if (value->type != STORE_IS_NULL && (value->type == STORE_IS_TEXT) != (query->types[i] == 's')) return false;
        bound[i] = value->type == STORE_IS_TEXT      ? (const void *)value->text
                   : value->type == STORE_IS_INTEGER ? (const void *)&value->integer
                                                     : NULL;
    }
    return true;
}

/* One try; results NULL: a change, counted in *changed. */
static int try_query(store_unit_t *unit, store_query_t query, const void **bound, apr_dbd_results_t **results,
                     int *changed)
{
    const store_connection_t *connection = &unit->connection;
    apr_dbd_prepared_t **statement = &unit->prepared->statements[query];

    if (!*statement) {
        /* Without a label pgsql keeps the statement here, not in a server that may forget it when it reconnects. */
        int result = apr_dbd_prepare(connection->driver, connection->pool, connection->handle,
                                     unit->store->queries[query].text, NULL, statement);
        if (result != 0) {
            *statement = NULL;
            return result;
        }
    }
    if (results)
        return apr_dbd_pbselect(connection->driver, unit->pool, connection->handle, results, *statement, 1, bound);
    return apr_dbd_pbquery(connection->driver, unit->pool, connection->handle, changed, *statement, bound);
}

static apr_status_t execute(store_unit_t *unit, store_query_t query, const store_value_t *values, int count,
                            apr_dbd_results_t **results, int *changed)
{
    const store_connection_t *connection = &unit->connection;
    const store_query_text_t *text = &unit->store->queries[query];
    const void *bound[STORE_PARAMETERS] = {NULL};
    const char *message;
    int result;

    if (unit->failed) return BASE_EDATABASE;
    if (!bind_values(text, values, count, bound)) {
        base_log(unit->store->log, LOG_PORT_ERROR, 0, "KW-STORE-005", "%s: values don't fit the query", text->name);
        unit->failed = true;
        return BASE_EDATABASE;
    }
    result = try_query(unit, query, bound, results, changed);
    if (result == 0) return APR_SUCCESS;

    message = apr_dbd_error(connection->driver, connection->handle, result);
    if (message && store_driver_is_stale(unit->driver, message)) {
        unit->prepared->statements[query] = NULL;
        result = try_query(unit, query, bound, results, changed);
    }
    return result == 0 ? APR_SUCCESS : refused(unit, text->name, result, "KW-STORE-006");
}

apr_status_t store_change(store_unit_t *unit, store_query_t query, const store_value_t *values, int count,
                          apr_int64_t *changed)
{
    int rows = 0;
    apr_status_t status = execute(unit, query, values, count, NULL, &rows);

    if (changed) *changed = status == APR_SUCCESS ? rows : 0;
    return status;
}

/* --- Rows --- */

/* The driver's own bytes will do: sqlite3's are in the unit's pool, pgsql's are freed with it, or by asking for a row
 * after the last, which nobody here does. */
static void take_row(const store_unit_t *unit, apr_dbd_row_t *row, const char **cells, int columns)
{
    for (int i = 0; i < columns; i++)
        if (apr_dbd_datum_get(unit->connection.driver, row, i, APR_DBD_TYPE_STRING, &cells[i]) != APR_SUCCESS)
            cells[i] = NULL; /* APR_ENOENT is SQL's NULL */
}

apr_status_t store_select(store_unit_t *unit, store_query_t query, const store_value_t *values, int count,
                          store_rows_t *rows)
{
    const apr_dbd_driver_t *driver = unit->connection.driver;
    apr_dbd_results_t *results = NULL;
    apr_dbd_row_t *row = NULL;
    apr_status_t status = execute(unit, query, values, count, &results, NULL);

    *rows = (store_rows_t){0, 0, NULL};
    if (status != APR_SUCCESS) return status;
    rows->count = apr_dbd_num_tuples(driver, results);
    rows->columns = apr_dbd_num_cols(driver, results);
    rows->cells = apr_pcalloc(unit->pool, sizeof *rows->cells * (apr_size_t)(rows->count * rows->columns));
    for (int i = 0; i < rows->count && apr_dbd_get_row(driver, unit->pool, results, &row, -1) == 0; i++)
        take_row(unit, row, rows->cells + i * rows->columns, rows->columns);
    return APR_SUCCESS;
}

static const char *cell_of(const store_rows_t *rows, int row, int column)
{
    return row < rows->count && column < rows->columns ? rows->cells[row * rows->columns + column] : NULL;
}

const char *store_text(const store_rows_t *rows, int row, int column)
{
    const char *cell = cell_of(rows, row, column);
    return cell ? cell : "";
}

apr_int64_t store_integer(const store_rows_t *rows, int row, int column)
{
    return number_signed(span_of(store_text(rows, row, column)));
}
