/* SPDX-License-Identifier: Apache-2.0
 *
 * What a host believes of certificates: its authorities, its revocation lists, its responder, from the directives to
 * what flow/certificate.h judges by.
 */
#ifndef HTTPD_CERTIFICATES_H
#define HTTPD_CERTIFICATES_H

#include "httpd/config.h"

/* In check_config and post_config: reads the authorities and finds the rest; *certificates is NULL when none are
 * configured. Lists themselves are read by children, with the rights that those have. On failure *error says what. */
apr_status_t certificates_open(struct flow_certificates_t **certificates, const server_config_t *config,
                               const log_port_t *log, const char **error, apr_pool_t *pool);

#endif
