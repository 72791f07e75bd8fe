/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/tool.h"

#include "base/error.h"
#include "base/keyfile.h"

#include <apr_file_io.h>
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

const log_port_t *tool_log(void)
{
    return &log_port;
}

int tool_failed(apr_status_t status)
{
    char reason[120];

    switch (status) {
    case APR_SUCCESS: return TOOL_OK;
    case BASE_EDATABASE: return TOOL_ENVIRONMENT; /* the store has said why */
    case BASE_ECONFLICT: tool_complain("somebody else changed it at the same time: try again"); return TOOL_REFUSED;
    default: tool_complain("%s", base_error_text(status, reason, sizeof reason)); return TOOL_ENVIRONMENT;
    }
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

int tool_open_ready(store_t **store, const tool_options_t *options, apr_pool_t *pool)
{
    const int code = tool_open_store(store, options, false, pool);
    const apr_status_t status = code == TOOL_OK ? store_check_schema(*store, NULL, pool) : APR_SUCCESS;

    if (status == BASE_ESCHEMA) return TOOL_REFUSED; /* the store has said which */
    return status == APR_SUCCESS ? code : tool_failed(status);
}

/* To the end: /dev/stdin may be a pipe, which has no size. */
static apr_status_t slurp(span_t *text, apr_file_t *file, apr_pool_t *pool)
{
    apr_size_t room = 4096, used = 0, got = 0;
    char *bytes = apr_palloc(pool, room);
    apr_status_t status = APR_SUCCESS;

    while (status == APR_SUCCESS && used <= FILE_MAX_BYTES) {
        if (used + 1 == room) {
            char *larger = apr_palloc(pool, room *= 2);
            memcpy(larger, bytes, used);
            bytes = larger;
        }
        status = apr_file_read_full(file, bytes + used, room - used - 1, &got);
        used += got;
    }
    bytes[used] = '\0';
    *text = (span_t){bytes, used};
    if (used > FILE_MAX_BYTES) return BASE_ETOOBIG;
    return APR_STATUS_IS_EOF(status) ? APR_SUCCESS : status;
}

int tool_read_file(span_t *text, const char *path, apr_pool_t *pool)
{
    apr_file_t *file;
    char reason[120];
    apr_status_t status = apr_file_open(&file, path, APR_FOPEN_READ, APR_FPROT_OS_DEFAULT, pool);

    if (status == APR_SUCCESS) status = slurp(text, file, pool);
    if (status == APR_SUCCESS) return TOOL_OK;
    tool_complain("%s: %s", path, base_error_text(status, reason, sizeof reason));
    return TOOL_ENVIRONMENT;
}

int tool_limiter_key(span_t *key, const tool_options_t *options, apr_pool_t *pool)
{
    const char *error;

    if (!options->keys) {
        tool_complain("--keys DIR is needed: locks are known by their keyed hashes only");
        return TOOL_USAGE;
    }
    if (keyfile_read(key, options->keys, "limiter", &error, pool) == APR_SUCCESS) return TOOL_OK;
    tool_complain("%s", error);
    return TOOL_ENVIRONMENT;
}
