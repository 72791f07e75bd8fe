/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/db_command.h"

#include "base/error.h"
#include "tool/tool.h"

#include <stdio.h>

static int show_status(const store_t *store, apr_pool_t *pool)
{
    apr_int64_t version;
    apr_status_t status = store_check_schema(store, &version, pool);

    if (status != APR_SUCCESS && status != BASE_ESCHEMA) return TOOL_ENVIRONMENT;
    printf("schema %" APR_INT64_T_FMT ", this program needs %d\n", version, STORE_SCHEMA);
    return status == APR_SUCCESS ? TOOL_OK : TOOL_REFUSED;
}

static int migrate(const store_t *store, const char *sql, apr_pool_t *pool)
{
    apr_int64_t from, to;
    apr_status_t status = store_migrate(store, sql, &from, &to, pool);

    if (status != APR_SUCCESS) return status == BASE_ESCHEMA ? TOOL_REFUSED : TOOL_ENVIRONMENT;
    if (from == to)
        printf("schema %" APR_INT64_T_FMT ", nothing to do\n", to);
    else
        printf("schema %" APR_INT64_T_FMT ", was %" APR_INT64_T_FMT "\n", to, from);
    return TOOL_OK;
}

int db_command(int argc, const char *const *argv, apr_pool_t *pool)
{
    bool status = argc > 0 && strcmp(argv[0], "status") == 0;
    bool migration = argc > 0 && strcmp(argv[0], "migrate") == 0;
    tool_options_t options;
    store_t *store;
    int code;

    if (!status && !migration) return TOOL_USAGE;
    code = tool_options(&options, argc, argv, pool);
    if (code == TOOL_OK && options.file_count) code = TOOL_USAGE;
    if (code == TOOL_OK) code = tool_open_store(&store, &options, migration, pool);
    if (code != TOOL_OK) return code;
    return status ? show_status(store, pool) : migrate(store, options.sql, pool);
}
