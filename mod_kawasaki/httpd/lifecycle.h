/* SPDX-License-Identifier: Apache-2.0
 *
 * The hooks of httpd's life cycle: what is made when, by whom, and for how long.
 */
#ifndef HTTPD_LIFECYCLE_H
#define HTTPD_LIFECYCLE_H

#include <httpd.h>

int lifecycle_pre_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp);
int lifecycle_check_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp, server_rec *main);
int lifecycle_post_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp, server_rec *main);
void lifecycle_child_init(apr_pool_t *pchild, server_rec *main);

#endif
