/* SPDX-License-Identifier: Apache-2.0
 *
 * The logging port: rooms say what happened, whoever runs them decides where it goes (httpd's error log, the
 * tool's standard error, a test's memory). A line never holds a name, number, address, password or PIN.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <apr_errno.h>

typedef enum { LOG_PORT_ERROR, LOG_PORT_WARNING, LOG_PORT_NOTICE, LOG_PORT_INFO, LOG_PORT_DEBUG } log_level_t;

typedef struct log_port_t log_port_t;
struct log_port_t {
    /* tag: the stable name of the message, e.g. "KW-STORE-003"; line: one line, without its end. */
    void (*write)(const log_port_t *port, log_level_t level, apr_status_t status, const char *tag, const char *line);
    void *context;
};

/* Formats and writes one line; port NULL is silence. status 0: no system error to name. Lines are cut at 1 kB and
 * control bytes are shown as \xNN, so that no value can start a line of its own. */
void base_log(const log_port_t *port, log_level_t level, apr_status_t status, const char *tag, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

#endif
