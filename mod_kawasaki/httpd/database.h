/* SPDX-License-Identifier: Apache-2.0
 *
 * mod_dbd as a source of connections for store/.
 */
#ifndef HTTPD_DATABASE_H
#define HTTPD_DATABASE_H

#include "store/store.h"

#include <httpd.h>

/* A source for this virtual host, belonging to the pool. APR_ENOTIMPL when mod_dbd isn't loaded. */
apr_status_t database_source(store_source_t *source, server_rec *server, apr_pool_t *pool);

#endif
