/* SPDX-License-Identifier: Apache-2.0
 *
 * A section of mod_status' page: which rules are in force, whether a changed file was refused, and the figures.
 */
#ifndef HTTPD_STATUS_H
#define HTTPD_STATUS_H

#include <apr_pools.h>

/* In register_hooks. Without mod_status nothing ever asks. */
void status_register(apr_pool_t *pool);

#endif
