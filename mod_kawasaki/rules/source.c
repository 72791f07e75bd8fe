/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/source.h"

#include "base/error.h"

#include <apr_file_io.h>

static apr_status_t read_open(source_t *source, apr_file_t *file, apr_pool_t *pool)
{
    apr_finfo_t info;
    apr_status_t status = apr_file_info_get(&info, APR_FINFO_SIZE | APR_FINFO_TYPE | APR_FINFO_IDENT, file);
    if (status != APR_SUCCESS) return status;
    if (info.filetype != APR_REG) return APR_EGENERAL;
    if (info.size > (apr_off_t)RULES_FILE_MAX) return BASE_ETOOBIG;

    apr_size_t size = (apr_size_t)info.size;
    char *at = apr_palloc(pool, size + 1);
    status = apr_file_read_full(file, at, size, &size);
    if (status != APR_SUCCESS && status != APR_EOF) return status;
    at[size] = '\0';
    source->bytes = (span_t){at, size};
    source->device = info.device;
    source->inode = info.inode;
    return APR_SUCCESS;
}

apr_status_t rules_source_read(source_t *source, apr_pool_t *pool)
{
    const span_t mark = SPAN("\xef\xbb\xbf");
    apr_file_t *file;
    /* Non-blocking: a path that names a pipe must not hold up who publishes rules. */
    apr_int32_t flags = APR_FOPEN_READ | APR_FOPEN_NONBLOCK;
    apr_status_t status = apr_file_open(&file, source->name, flags, APR_FPROT_OS_DEFAULT, pool);
    if (status != APR_SUCCESS) return status;
    status = read_open(source, file, pool);
    apr_file_close(file);
    span_t *bytes = &source->bytes;
    if (status == APR_SUCCESS && bytes->size >= mark.size && memcmp(bytes->at, mark.at, mark.size) == 0) {
        *bytes = (span_t){bytes->at + mark.size, bytes->size - mark.size};
    }
    return status;
}

const char *rules_source_path(const source_t *from, const char *name, apr_pool_t *pool)
{
    const char *slash = strrchr(from->name, '/');
    if (name[0] == '/' || !slash) return apr_pstrdup(pool, name);
    return apr_pstrcat(pool, apr_pstrmemdup(pool, from->name, (apr_size_t)(slash + 1 - from->name)), name, NULL);
}
