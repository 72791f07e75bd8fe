/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/tool.h"

#include "base/error.h"

#include <apr_file_io.h>
#include <apr_getopt.h>
#include <stdarg.h>
#include <stdio.h>

#define FILE_MAX_BYTES (64 * 1024 * 1024)

void tool_complain(const char *format, ...)
{
    va_list arguments;

    fputs("kawasaki: ", stderr);
    va_start(arguments, format);
    vfprintf(stderr, format, arguments);
    va_end(arguments);
    fputc('\n', stderr);
}

static void write_log(const log_port_t *port, log_level_t level, apr_status_t status, const char *tag, const char *line)
{
    char reason[120];
    (void)port;
    if (level > LOG_PORT_WARNING) return;
    if (status == APR_SUCCESS)
        tool_complain("%s: %s", tag, line);
    else
        tool_complain("%s: %s: %s", tag, line, base_error_text(status, reason, sizeof reason));
}

static const log_port_t log_port = {write_log, NULL};

int tool_options(tool_options_t *options, int argc, const char *const *argv, apr_pool_t *pool)
{
    static const apr_getopt_option_t known[] = {{"database", 'd', 1, "FILE"}, {"driver", 'r', 1, "NAME"},
                                                {"params", 'p', 1, "STRING"}, {"sql", 's', 1, "DIR"},
                                                {"city", 'c', 1, "NAME"},     {NULL, 0, 0, NULL}};
    apr_getopt_t *parser;
    const char *value;
    int option;
    apr_status_t status = apr_getopt_init(&parser, pool, argc, argv);

    *options = (tool_options_t){.city = "kawasaki"};
    if (status != APR_SUCCESS) return TOOL_USAGE;
    parser->interleave = 1;
    while ((status = apr_getopt_long(parser, known, &option, &value)) == APR_SUCCESS) {
        switch (option) {
        case 'd': options->database = value; break;
        case 'r': options->driver = value; break;
        case 'p': options->params = value; break;
        case 's': options->sql = value; break;
        default: options->city = value; break;
        }
    }
    if (status != APR_EOF) return TOOL_USAGE; /* apr_getopt_long has said why */
    options->files = parser->argv + parser->ind;
    options->file_count = argc - parser->ind;
    return TOOL_OK;
}

static int check_options(const tool_options_t *options, bool missing_ok, apr_pool_t *pool)
{
    apr_finfo_t info;

    if (!options->sql || !options->database == !(options->driver && options->params)) {
        tool_complain("--sql DIR and either --database FILE or --driver NAME --params STRING are needed");
        return TOOL_USAGE;
    }
    if (options->database && !missing_ok && apr_stat(&info, options->database, APR_FINFO_TYPE, pool) != APR_SUCCESS) {
        tool_complain("%s: there is no such file; kawasaki db migrate makes it", options->database);
        return TOOL_ENVIRONMENT;
    }
    return TOOL_OK;
}

int tool_open_store(store_t **store, const tool_options_t *options, bool missing_ok, apr_pool_t *pool)
{
    store_source_t source;
    const char *error;
    const char *driver = options->database ? "sqlite3" : options->driver;
    const char *params = options->database ? options->database : options->params;
    int code = check_options(options, missing_ok, pool);

    if (code != TOOL_OK) return code;
    if (store_source_single(&source, driver, params, &error, pool) != APR_SUCCESS ||
        store_create(store, options->sql, &source, &log_port, &error, pool) != APR_SUCCESS) {
        tool_complain("%s", error);
        return TOOL_ENVIRONMENT;
    }
    return TOOL_OK;
}

int tool_read_file(span_t *text, const char *path, apr_pool_t *pool)
{
    apr_file_t *file;
    apr_finfo_t info;
    char reason[120], *bytes;
    apr_status_t status = apr_file_open(&file, path, APR_FOPEN_READ, APR_FPROT_OS_DEFAULT, pool);

    if (status == APR_SUCCESS) status = apr_file_info_get(&info, APR_FINFO_SIZE, file);
    if (status == APR_SUCCESS && info.size > FILE_MAX_BYTES) status = BASE_ETOOBIG;
    if (status == APR_SUCCESS) {
        bytes = apr_pcalloc(pool, (apr_size_t)info.size + 1);
        *text = (span_t){bytes, (apr_size_t)info.size};
        if (info.size) status = apr_file_read_full(file, bytes, (apr_size_t)info.size, NULL);
        apr_file_close(file);
    }
    if (status == APR_SUCCESS) return TOOL_OK;
    tool_complain("%s: %s", path, base_error_text(status, reason, sizeof reason));
    return TOOL_ENVIRONMENT;
}
