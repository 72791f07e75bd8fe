/* SPDX-License-Identifier: Apache-2.0
 *
 * Log lines of the rooms below, written the way httpd writes its own. What they say is the rooms' business.
 */
#include "httpd/log.h"
#include "base/error.h"

#include <http_config.h>

#include <http_log.h>
#include <stdbool.h>

APLOG_USE_MODULE(kawasaki);

static void write_line(const log_port_t *port, log_level_t level, apr_status_t status, const char *tag,
                       const char *line)
{
    static const int levels[] = {[LOG_PORT_ERROR] = APLOG_ERR,
                                 [LOG_PORT_WARNING] = APLOG_WARNING,
                                 [LOG_PORT_NOTICE] = APLOG_NOTICE,
                                 [LOG_PORT_INFO] = APLOG_INFO,
                                 [LOG_PORT_DEBUG] = APLOG_DEBUG};
    server_rec *server = port->context;
    bool ours = status >= BASE_EMALFORMED && status <= BASE_EBUSY;
    if (!ours) {
        ap_log_error(APLOG_MARK, levels[level], status, server, "%s: %s", tag, line);
        return;
    }
    /* APR knows no sentence for our statuses. */
    char sentence[64];
    base_error_text(status, sentence, sizeof sentence);
    ap_log_error(APLOG_MARK, levels[level], 0, server, "%s: %s (%s)", tag, line, sentence);
}

void log_port_of_server(log_port_t *port, server_rec *server)
{
    *port = (log_port_t){write_line, server};
}
