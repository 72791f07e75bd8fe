/* SPDX-License-Identifier: Apache-2.0
 *
 * httpd's side of the logging port: the rooms' lines in the error log.
 */
#ifndef HTTPD_LOG_H
#define HTTPD_LOG_H

#include "base/log.h"

#include <httpd.h>

/* Lines go to this server's error log under LogLevel kawasaki:…, as "TAG: line" and, when there is a status, its
 * sentence. The server must outlive the port. */
void log_port_of_server(log_port_t *port, server_rec *server);

#endif
