/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"

#include <apr_strings.h>
#include <stdarg.h>

#define LINE_MAX_BYTES 1024

static void escape_controls(const char *from, char *to, apr_size_t size)
{
    static const char digits[] = "0123456789abcdef";
    apr_size_t used = 0;
    for (; *from && used + 5 < size; from++) {
        unsigned char byte = (unsigned char)*from;
        if (byte >= 0x20 && byte != 0x7f) {
            to[used++] = (char)byte;
            continue;
        }
        to[used++] = '\\';
        to[used++] = 'x';
        to[used++] = digits[byte >> 4];
        to[used++] = digits[byte & 15];
    }
    to[used] = '\0';
}

void base_log(const log_port_t *port, log_level_t level, apr_status_t status, const char *tag, const char *format, ...)
{
    char raw[LINE_MAX_BYTES];
    char line[LINE_MAX_BYTES];
    va_list arguments;

    if (!port) return;
    va_start(arguments, format);
    apr_vsnprintf(raw, sizeof raw, format, arguments);
    va_end(arguments);
    escape_controls(raw, line, sizeof line);
    port->write(port, level, status, tag, line);
}
