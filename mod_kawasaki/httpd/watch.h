/* SPDX-License-Identifier: Apache-2.0
 *
 * What a child does beside its requests: it looks for changed rules, and one child of all keeps house.
 */
#ifndef HTTPD_WATCH_H
#define HTTPD_WATCH_H

#include "httpd/config.h"

/* Each is done in one child of all. A turn that lasts too long may meet the next one, so each must be such that it can
 * be done twice. */
typedef struct {
    void (*follow)(host_t *host);     /* twice a second: what other hosts and the tool changed */
    void (*keep_house)(host_t *host); /* once a minute */
} watch_jobs_t;

/* In check_config: is mod_watchdog loaded? */
bool watch_is_possible(void);

/* In post_config, with hosts (of host_t *): before mod_watchdog's own, which runs last. In every child publish_poll for
 * each host twice a second, and in a thread of its own the jobs: a database that hangs doesn't keep rules from
 * changing. APR_ENOTIMPL when mod_watchdog isn't loaded; errors are logged. */
apr_status_t watch_register(server_rec *main_server, apr_array_header_t *hosts, const watch_jobs_t *jobs,
                            apr_pool_t *pconf);

/* In child_init, for each host: before the child's end destroys anything, it waits for the jobs that run, and none
 * begins any more. */
void watch_child_init(const host_t *host, apr_pool_t *pchild);

#endif
