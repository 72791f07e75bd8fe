/* SPDX-License-Identifier: Apache-2.0
 *
 * A child's way to the kiosk's card helper: one connection for each request, bounded in time and size. Fills in the
 * port of flow/helper.h. Starting the helper is kiosk.h's.
 */
#ifndef HTTPD_HELPER_H
#define HTTPD_HELPER_H

#include "httpd/config.h"

/* In post_config: the key that signs requests to helpers, where the host believes any authority, and the way to the
 * kiosk's, where it has one (KawasakiKiosk). On failure (no request.key) *error says why. */
apr_status_t helper_open(host_t *host, const server_config_t *config, const char **error, apr_pool_t *pool);

/* The port for this request: the kiosk's where its connection comes from one of the host's kiosks, else the one for
 * pages that ask an extension; NULL where the host has neither. What a proxy says of
 * where a request came from (X-Forwarded-For, mod_remoteip) counts for nothing. */
const struct flow_helper_t *helper_of(const host_t *host, const request_rec *request);

#endif
