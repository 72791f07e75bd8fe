/* SPDX-License-Identifier: Apache-2.0
 *
 * Borrowing connections from mod_dbd, one at a time, for as long as a unit of work lasts. ap_dbd_acquire would keep one
 * until the last byte of the answer is out.
 */
#include "httpd/database.h"

#include "base/error.h"
#include "httpd/shared.h"

#include <mod_dbd.h>

typedef struct {
    server_rec *server;
    APR_OPTIONAL_FN_TYPE(ap_dbd_open) * open;
    APR_OPTIONAL_FN_TYPE(ap_dbd_close) * close;
} database_t;

static apr_status_t acquire(void *context, store_connection_t *connection, apr_pool_t *pool)
{
    const database_t *database = context;
    ap_dbd_t *dbd = database->open(pool, database->server);

    if (!dbd) return BASE_EDATABASE;
    *connection = (store_connection_t){dbd->driver, dbd->handle, dbd->pool, dbd};
    return APR_SUCCESS;
}

static void release(void *context, store_connection_t *connection)
{
    const database_t *database = context;
    database->close(database->server, connection->owner);
}

static apr_status_t lock(void *context)
{
    (void)context;
    return apr_global_mutex_lock(shared_mutex(SHARED_LOCK_WRITE));
}

static void unlock(void *context)
{
    (void)context;
    apr_global_mutex_unlock(shared_mutex(SHARED_LOCK_WRITE));
}

apr_status_t database_source(store_source_t *source, server_rec *server, apr_pool_t *pool)
{
    database_t *database = apr_palloc(pool, sizeof *database);

    *database = (database_t){server, APR_RETRIEVE_OPTIONAL_FN(ap_dbd_open), APR_RETRIEVE_OPTIONAL_FN(ap_dbd_close)};
    if (!database->open || !database->close) return APR_ENOTIMPL;
    *source = (store_source_t){acquire, release, lock, unlock, database};
    return APR_SUCCESS;
}
