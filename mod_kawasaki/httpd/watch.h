/* SPDX-License-Identifier: Apache-2.0
 *
 * What a child does beside its requests: it looks for changed rules, and one child of all keeps house.
 */
#ifndef HTTPD_WATCH_H
#define HTTPD_WATCH_H

#include "httpd/config.h"

/* In post_config, with hosts (of host_t *): before mod_watchdog's own, which runs last. In every child publish_poll for
 * each host twice a second, and about once a minute, in one child of all, housekeeping for each host. Both run in
 * threads of their own: a database that hangs doesn't keep rules from changing. A turn that lasts over a minute may
 * meet the next one, so housekeeping must be such that it can be done twice. APR_ENOTIMPL when mod_watchdog isn't
 * loaded; errors are logged. */
apr_status_t watch_register(server_rec *main_server, apr_array_header_t *hosts, void (*housekeeping)(host_t *host),
                            apr_pool_t *pconf);

#endif
