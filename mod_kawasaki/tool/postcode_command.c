/* SPDX-License-Identifier: Apache-2.0
 *
 * kawasaki post-code import|show: all addresses from Japan Post's file; those of one code, and which file they are
 * from.
 */
#include "account/postcode.h"
#include "account/postcode_file.h"
#include "text/text.h"
#include "tool/command.h"
#include "tool/print.h"
#include "tool/tool.h"

#include <apr_file_info.h>
#include <stdio.h>

#define JAPAN (9 * 3600) /* seconds east of UTC */

/* --- Import --- */

/* The day in Japan on which the file was last changed; unpacking an archive keeps it. */
static const char *day_of_change(const char *path, apr_pool_t *pool)
{
    apr_finfo_t info;
    apr_time_exp_t day;

    if (apr_stat(&info, path, APR_FINFO_MTIME, pool) != APR_SUCCESS) return ""; /* reading it will say why */
    apr_time_exp_tz(&day, info.mtime, JAPAN);
    return apr_psprintf(pool, "%04d-%02d-%02d", day.tm_year + 1900, day.tm_mon + 1, day.tm_mday);
}

/* Of which day the file is; NULL after a complaint. */
static const char *date_of(const tool_options_t *options, apr_pool_t *pool)
{
    span_t date;

    if (!options->dated) return day_of_change(options->arguments[0], pool);
    if (text_type_find(SPAN("date"))->accept(pool, span_of(options->dated), &date) == TEXT_OK && date.size)
        return span_text(pool, date);
    tool_complain("--dated: a day such as 2026-10-30 is needed");
    return NULL;
}

static int refuse(const postcode_file_t *file, const char *path)
{
    for (int i = 0; i < file->mistakes->nelts; i++) {
        const postcode_mistake_t *mistake = &APR_ARRAY_IDX(file->mistakes, i, postcode_mistake_t);
        if (mistake->column)
            fprintf(stderr, "%s:%d:%d: %s\n", path, mistake->line, mistake->column, mistake->reason);
        else
            fprintf(stderr, "%s:%d: %s\n", path, mistake->line, mistake->reason);
    }
    tool_complain("%s: nothing was changed", path);
    return TOOL_REFUSED;
}

static void show_progress(int done, int all)
{
    if (done < all) fprintf(stderr, "%d of %d addresses written\n", done, all);
}

static int replace(const postcode_file_t *file, const store_t *store, const char *dated, apr_pool_t *pool)
{
    store_unit_t *unit;
    apr_status_t status = store_open(&unit, store, STORE_WRITE, pool);

    if (status == APR_SUCCESS) status = postcode_file_write(file, unit, dated, apr_time_now(), show_progress);
    if (status == APR_SUCCESS) status = store_commit(unit);
    store_close(unit);
    return tool_failed(status);
}

int postcode_import_command(const tool_options_t *options, apr_pool_t *pool)
{
    const char *path = options->arguments[0], *dated = date_of(options, pool);
    postcode_file_t file;
    store_t *store;
    span_t text;
    int code = dated ? tool_open_ready(&store, options, pool) : TOOL_USAGE;

    if (code == TOOL_OK) code = tool_read_file(&text, path, pool);
    if (code == TOOL_OK) code = tool_failed(postcode_file_check(&file, text, pool));
    if (code == TOOL_OK && file.mistakes->nelts) code = refuse(&file, path);
    if (code == TOOL_OK) code = replace(&file, store, dated, pool);
    if (code == TOOL_OK) printf("%s: %d addresses of %s\n", path, file.addresses->nelts, dated);
    return code;
}

/* --- Show --- */

static int show_set(store_unit_t *unit, print_t *print)
{
    postcode_set_t set;
    apr_status_t status = postcode_set(unit, &set);

    if (status != APR_SUCCESS) return tool_failed(status);
    if (set.imported_at == 0) {
        tool_complain("there are no post codes yet: kawasaki post-code import reads them");
        return TOOL_REFUSED;
    }
    print->layout = PRINT_BLOCKS;
    print_begin(print);
    print_text(print, "dated", set.dated);
    print_text(print, "sha256", set.digest);
    print_integer(print, "lines", set.lines);
    print_time(print, "imported", set.imported_at);
    print_end(print);
    return TOOL_OK;
}

static int show_code(store_unit_t *unit, const char *code, print_t *print)
{
    postcode_address_t *addresses;
    int count;
    apr_status_t status = postcode_find(unit, span_of(code), &addresses, &count);

    if (status != APR_SUCCESS) return tool_failed(status);
    for (int i = 0; i < count; i++) {
        print_begin(print);
        print_text(print, "prefecture", addresses[i].prefecture);
        print_text(print, "city", addresses[i].city);
        print_text(print, "town", addresses[i].town);
        print_end(print);
    }
    if (count) return TOOL_OK;
    tool_complain("%s: there is no such post code", code);
    return TOOL_REFUSED;
}

int postcode_show_command(const tool_options_t *options, apr_pool_t *pool)
{
    print_t print = {.json = options->json, .layout = PRINT_LINES, .pool = pool};
    store_unit_t *unit;
    store_t *store;
    int code = tool_open_ready(&store, options, pool);

    if (code == TOOL_OK) code = tool_failed(store_open(&unit, store, STORE_READ, pool));
    if (code != TOOL_OK) return code;
    code = options->count ? show_code(unit, options->arguments[0], &print) : show_set(unit, &print);
    store_close(unit);
    return code;
}
