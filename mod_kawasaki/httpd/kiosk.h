/* SPDX-License-Identifier: Apache-2.0
 *
 * A kiosk's card helper as a part of this server: started with it, started again when it ends, ended with it.
 * docs/kiosk.md is for operators.
 */
#ifndef HTTPD_KIOSK_H
#define HTTPD_KIOSK_H

#include "httpd/config.h"

/* In check_config: could the helper be started? *error says why not. */
bool kiosk_check(const config_helper_t *helper, const char **error, apr_pool_t *pool);

/* In post_config of a server that is to run: listens and starts the helper, for as long as pconf lives. Errors are
 * logged. */
apr_status_t kiosk_start(const config_helper_t *helper, server_rec *main, apr_pool_t *pconf);

#endif
