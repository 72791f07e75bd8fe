/* SPDX-License-Identifier: Apache-2.0
 *
 * kawasaki db status|migrate: what schema the database is at; bringing it up to this program's.
 */
#include "base/error.h"
#include "tool/command.h"
#include "tool/print.h"
#include "tool/tool.h"

#include <stdio.h>

int db_status_command(const tool_options_t *options, apr_pool_t *pool)
{
    print_t print = {.json = options->json, .layout = PRINT_BLOCKS, .pool = pool};
    apr_int64_t version;
    apr_status_t status;
    store_t *store;
    int code = tool_open_store(&store, options, false, pool);

    if (code != TOOL_OK) return code;
    status = store_check_schema(store, &version, pool);
    if (status != APR_SUCCESS && status != BASE_ESCHEMA) return tool_failed(status);
    print_begin(&print);
    print_integer(&print, "schema", version);
    print_integer(&print, "needed", STORE_SCHEMA);
    print_end(&print);
    return status == APR_SUCCESS ? TOOL_OK : TOOL_REFUSED;
}

int db_migrate_command(const tool_options_t *options, apr_pool_t *pool)
{
    apr_int64_t from, to;
    apr_status_t status;
    store_t *store;
    int code = tool_open_store(&store, options, true, pool);

    if (code != TOOL_OK) return code;
    status = store_migrate(store, options->sql, &from, &to, pool);
    if (status != APR_SUCCESS) return status == BASE_ESCHEMA ? TOOL_REFUSED : TOOL_ENVIRONMENT;
    if (from == to)
        printf("schema %" APR_INT64_T_FMT ", nothing to do\n", to);
    else
        printf("schema %" APR_INT64_T_FMT ", was %" APR_INT64_T_FMT "\n", to, from);
    return TOOL_OK;
}
