/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/account_command.h"

#include "account/import.h"
#include "base/error.h"
#include "tool/tool.h"

#include <stdio.h>

static void show_mistakes(const import_t *import, const char *path)
{
    for (int i = 0; i < import->mistakes->nelts; i++) {
        const import_mistake_t *mistake = &APR_ARRAY_IDX(import->mistakes, i, import_mistake_t);
        fprintf(stderr, "%s:%d: %s\n", path, mistake->line, mistake->text);
    }
}

static int import_file(const store_t *store, const tool_options_t *options, apr_pool_t *pool)
{
    const char *path = options->files[0];
    import_t import;
    span_t text;
    apr_status_t status;
    int code = tool_read_file(&text, path, pool);

    if (code != TOOL_OK) return code;
    status = import_read(&import, text, span_of(options->city), pool);
    if (status == APR_SUCCESS && import.mistakes->nelts == 0)
        status = import_write(&import, store, apr_time_now(), pool);
    show_mistakes(&import, path);
    if (import.mistakes->nelts) {
        tool_complain("%s: nothing was imported", path);
        return TOOL_REFUSED;
    }
    if (status != APR_SUCCESS) {
        char reason[120];
        tool_complain("%s: nothing was imported: %s", path, base_error_text(status, reason, sizeof reason));
        return TOOL_ENVIRONMENT;
    }
    printf("%s: %d accounts\n", path, import.cards->nelts);
    return TOOL_OK;
}

int account_command(int argc, const char *const *argv, apr_pool_t *pool)
{
    tool_options_t options;
    store_t *store;
    int code;

    if (argc == 0 || strcmp(argv[0], "import") != 0) return TOOL_USAGE;
    code = tool_options(&options, argc, argv, pool);
    if (code == TOOL_OK && options.file_count != 1) code = TOOL_USAGE;
    if (code == TOOL_OK) code = tool_open_store(&store, &options, false, pool);
    if (code == TOOL_OK && store_check_schema(store, NULL, pool) != APR_SUCCESS) code = TOOL_ENVIRONMENT;
    return code == TOOL_OK ? import_file(store, &options, pool) : code;
}
