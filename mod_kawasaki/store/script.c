/* SPDX-License-Identifier: Apache-2.0
 *
 * Cuts a file into statements, line by line. Not for the meaning of names: that is store.c's, and migrate.c's.
 */
#include "store/script.h"

#include "base/error.h"
#include "base/span.h"

#include <apr_file_io.h>
#include <apr_lib.h>

#define FILE_MAX_BYTES (1024 * 1024)

static const char name_mark[] = "-- name:";

/* The whole file, NUL-terminated. */
static apr_status_t slurp(char **text, const char *path, apr_pool_t *pool)
{
    apr_file_t *file;
    apr_finfo_t info;
    apr_status_t status = apr_file_open(&file, path, APR_FOPEN_READ, APR_FPROT_OS_DEFAULT, pool);

    if (status != APR_SUCCESS) return status;
    status = apr_file_info_get(&info, APR_FINFO_SIZE, file);
    if (status == APR_SUCCESS && info.size > FILE_MAX_BYTES) status = BASE_ETOOBIG;
    if (status == APR_SUCCESS) {
        *text = apr_pcalloc(pool, (apr_size_t)info.size + 1);
        status = apr_file_read_full(file, *text, (apr_size_t)info.size, NULL);
        if (APR_STATUS_IS_EOF(status)) status = APR_SUCCESS; /* an empty file */
    }
    apr_file_close(file);
    return status;
}

static span_t trimmed(const char *from, const char *to)
{
    while (from < to && apr_isspace(*from)) from++;
    while (from < to && apr_isspace(to[-1])) to--;
    return (span_t){from, (apr_size_t)(to - from)};
}

static bool begins(span_t line, const char *with)
{
    return line.size >= strlen(with) && memcmp(line.at, with, strlen(with)) == 0;
}

/* What is between two statements' ends. */
typedef struct {
    const char *name;
    const char *text; /* NULL: no line of it seen yet */
    int line;
} open_statement_t;

static void take_line(open_statement_t *open, span_t line, int number, apr_array_header_t *done, apr_pool_t *pool)
{
    bool last = line.at[line.size - 1] == ';';
    if (last) line.size--;
    if (!open->text) {
        open->text = span_text(pool, line);
        open->line = number;
    } else {
        open->text = apr_pstrcat(pool, open->text, "\n", span_text(pool, line), NULL);
    }
    if (!last) return;
    APR_ARRAY_PUSH(done, store_statement_t) = (store_statement_t){open->name, open->text, open->line};
    *open = (open_statement_t){"", NULL, 0};
}

apr_status_t store_script_read(apr_array_header_t **statements, const char *path, const char **error, apr_pool_t *pool)
{
    const apr_size_t mark = sizeof name_mark - 1;
    open_statement_t open = {"", NULL, 0};
    char *text = NULL, reason[120];
    int number = 1;
    apr_status_t status = slurp(&text, path, pool);

    if (status != APR_SUCCESS) {
        *error = apr_psprintf(pool, "%s: %s", path, base_error_text(status, reason, sizeof reason));
        return status;
    }
    *statements = apr_array_make(pool, 32, sizeof(store_statement_t));
    for (const char *from = text; *from; number++) {
        const char *end = from + strcspn(from, "\n");
        span_t line = trimmed(from, end);

        if (begins(line, name_mark))
            open.name = span_text(pool, trimmed(line.at + mark, line.at + line.size));
        else if (line.size && !begins(line, "--"))
            take_line(&open, line, number, *statements, pool);
        from = *end ? end + 1 : end;
    }
    if (!open.text) return APR_SUCCESS;
    *error = apr_psprintf(pool, "%s:%d: a statement without its ;", path, open.line);
    return BASE_EMALFORMED;
}
