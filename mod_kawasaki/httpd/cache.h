/* SPDX-License-Identifier: Apache-2.0
 *
 * The session cache on ap_socache: which provider, its lock, and the port that session/ sees. One instance for all
 * hosts of the server: keys are hashes of random ids.
 */
#ifndef HTTPD_CACHE_H
#define HTTPD_CACHE_H

#include "session/cache.h"

#include <httpd.h>

/* In pre_config: registers the mutex type, forgets the last configuration's provider. */
apr_status_t cache_register(apr_pool_t *pconf);

/* KawasakiSessionCache: an error sentence, or NULL. Of two such lines the later counts. */
const char *cache_configure(const char *setting, apr_pool_t *temporary, apr_pool_t *pool);

/* In check_config: shmcb where none was configured. An error sentence, or NULL. The pool is pconf. */
const char *cache_settle(apr_pool_t *pool);

/* In post_config, after cache_settle: starts the provider; then the port works in children. */
apr_status_t cache_start(server_rec *server, apr_pool_t *pconf, session_cache_port_t *port);

/* In child_init. */
void cache_child_init(server_rec *server, apr_pool_t *pchild);

#endif
