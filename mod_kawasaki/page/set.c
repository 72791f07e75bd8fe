/* SPDX-License-Identifier: Apache-2.0
 *
 * The set of templates: reads a directory, has each template compiled, finds them by name.
 */
#include "base/error.h"
#include "page/program.h"

#include <apr_file_info.h>
#include <apr_file_io.h>
#include <apr_tables.h>
#include <stdlib.h>

#define SUFFIX ".mustache"

static apr_status_t compile_all(page_set_t **set, const page_source_t *sources, apr_size_t source_count,
                                const char *const *names, apr_size_t name_count, const char **error, apr_pool_t *pool)
{
    const page_segment_t **programs = apr_palloc(pool, (source_count + 1) * sizeof *programs);
    span_t *template_names = apr_palloc(pool, (source_count + 1) * sizeof *template_names);
    page_set_t *made = apr_palloc(pool, sizeof *made);

    if (name_count > UINT16_MAX || source_count > UINT32_MAX) {
        *error = "too many names or templates";
        return APR_EINVAL;
    }
    for (apr_size_t i = 0; i < source_count; i++) {
        apr_status_t status = page_compile(&programs[i], i, sources, source_count, names, name_count, error, pool);
        if (status != APR_SUCCESS) return status;
        template_names[i] = span_copy(pool, sources[i].name);
    }
    *made = (page_set_t){template_names, programs, source_count};
    *set = made;
    return APR_SUCCESS;
}

static apr_status_t fail_file(const char **error, const char *file, apr_status_t status, apr_pool_t *pool)
{
    char reason[256];
    *error = apr_psprintf(pool, "%s: %s", file, base_error_text(status, reason, sizeof reason));
    return status;
}

static apr_status_t read_file(span_t *bytes, const char *file, apr_pool_t *pool)
{
    apr_finfo_t info;
    apr_file_t *handle;
    apr_status_t status = apr_file_open(&handle, file, APR_FOPEN_READ | APR_FOPEN_BINARY, APR_OS_DEFAULT, pool);
    char *buffer;

    if (status != APR_SUCCESS) return status;
    status = apr_file_info_get(&info, APR_FINFO_SIZE, handle);
    if (status == APR_SUCCESS) {
        buffer = apr_palloc(pool, (apr_size_t)info.size + 1);
        *bytes = (span_t){buffer, (apr_size_t)info.size};
        if (bytes->size) status = apr_file_read_full(handle, buffer, bytes->size, NULL);
    }
    apr_file_close(handle);
    return status;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The templates' file names, sorted: a mistake is reported the same way on every machine. */
static apr_status_t list_files(apr_array_header_t *files, const char *directory, apr_pool_t *pool)
{
    apr_dir_t *handle;
    apr_finfo_t info;
    apr_status_t status = apr_dir_open(&handle, directory, pool);

    if (status != APR_SUCCESS) return status;
    while ((status = apr_dir_read(&info, APR_FINFO_NAME, handle)) == APR_SUCCESS || status == APR_INCOMPLETE) {
        span_t name = span_of(info.name);
        apr_size_t suffix = sizeof SUFFIX - 1;
        /* Editors leave hidden files beside the one they have open. */
        if (name.size <= suffix || name.at[0] == '.' ||
            !span_is((span_t){name.at + name.size - suffix, suffix}, SUFFIX))
            continue;
        APR_ARRAY_PUSH(files, const char *) = span_text(pool, name);
    }
    apr_dir_close(handle);
    qsort(files->elts, (apr_size_t)files->nelts, sizeof(const char *), by_name);
    return APR_STATUS_IS_ENOENT(status) ? APR_SUCCESS : status;
}

static apr_status_t load(page_set_t **set, const char *directory, const char *const *names, apr_size_t count,
                         const char **error, apr_pool_t *pool, apr_pool_t *scratch)
{
    apr_array_header_t *files = apr_array_make(scratch, 64, sizeof(const char *));
    apr_status_t status = list_files(files, directory, scratch);
    page_source_t *sources;

    if (status != APR_SUCCESS) return fail_file(error, directory, status, pool);
    sources = apr_pcalloc(scratch, ((apr_size_t)files->nelts + 1) * sizeof *sources);
    for (int i = 0; i < files->nelts; i++) {
        const char *name = APR_ARRAY_IDX(files, i, const char *);
        span_t stem = {name, strlen(name) - (sizeof SUFFIX - 1)};
        sources[i].name = stem;
        sources[i].file = apr_pstrcat(scratch, directory, "/", name, NULL);
        status = read_file(&sources[i].source, sources[i].file, scratch);
        if (status != APR_SUCCESS) return fail_file(error, sources[i].file, status, pool);
    }
    return compile_all(set, sources, (apr_size_t)files->nelts, names, count, error, pool);
}

apr_status_t page_set_load(page_set_t **set, const char *directory, const char *const *names, apr_size_t count,
                           const char **error, apr_pool_t *pool)
{
    apr_pool_t *scratch;
    apr_status_t status = apr_pool_create(&scratch, pool);

    if (status != APR_SUCCESS) return fail_file(error, directory, status, pool);
    status = load(set, directory, names, count, error, pool, scratch);
    apr_pool_destroy(scratch);
    return status;
}

apr_status_t page_set_compile(page_set_t **set, const char *const *template_names, const span_t *templates,
                              apr_size_t template_count, const char *const *names, apr_size_t count, const char **error,
                              apr_pool_t *pool)
{
    page_source_t *sources = apr_pcalloc(pool, (template_count + 1) * sizeof *sources);
    for (apr_size_t i = 0; i < template_count; i++) {
        sources[i].file = template_names[i];
        sources[i].name = span_of(template_names[i]);
        sources[i].source = templates[i].size ? templates[i] : span_of("");
    }
    return compile_all(set, sources, template_count, names, count, error, pool);
}

int page_find(const page_set_t *set, span_t name)
{
    for (apr_size_t i = 0; i < set->count; i++) {
        if (span_equal(set->names[i], name)) return (int)i;
    }
    return -1;
}
