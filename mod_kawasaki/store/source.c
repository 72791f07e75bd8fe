/* SPDX-License-Identifier: Apache-2.0
 *
 * A source of one connection, for programs that do one thing at a time. The server's source stands in httpd/.
 */
#include "base/error.h"
#include "store/driver.h"
#include "store/store.h"

typedef struct {
    store_connection_t connection;
    bool lent;
} single_t;

static apr_status_t acquire(void *context, store_connection_t *connection, apr_pool_t *pool)
{
    single_t *single = context;
    apr_status_t status;

    if (single->lent) return APR_EBUSY;
    status = apr_dbd_check_conn(single->connection.driver, pool, single->connection.handle);
    if (status != APR_SUCCESS && !APR_STATUS_IS_ENOTIMPL(status)) return status;
    single->lent = true;
    *connection = single->connection;
    return APR_SUCCESS;
}

static void release(void *context, store_connection_t *connection)
{
    single_t *single = context;
    (void)connection;
    single->lent = false;
}

static apr_status_t close_connection(void *data)
{
    single_t *single = data;
    return apr_dbd_close(single->connection.driver, single->connection.handle);
}

apr_status_t store_source_single(store_source_t *source, const char *driver, const char *parameters, const char **error,
                                 apr_pool_t *pool)
{
    single_t *single = apr_pcalloc(pool, sizeof *single);
    store_connection_t *connection = &single->connection;
    apr_status_t status = apr_dbd_init(pool);

    if (status == APR_SUCCESS) status = apr_dbd_get_driver(pool, driver, &connection->driver);
    if (status != APR_SUCCESS || !store_driver_find(driver)) {
        *error = apr_psprintf(pool, "no database driver %s", driver);
        return status != APR_SUCCESS ? status : BASE_EDATABASE;
    }
    *error = NULL;
    status = apr_dbd_open_ex(connection->driver, pool, parameters, &connection->handle, error);
    if (status != APR_SUCCESS) {
        if (!*error) *error = "the database can't be opened";
        return status;
    }
    connection->pool = pool;
    apr_pool_cleanup_register(pool, single, close_connection, apr_pool_cleanup_null);
    *source = (store_source_t){.acquire = acquire, .release = release, .context = single};
    return APR_SUCCESS;
}
