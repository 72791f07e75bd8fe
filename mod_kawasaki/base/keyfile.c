/* SPDX-License-Identifier: Apache-2.0 */
#include "base/keyfile.h"

#include "base/error.h"
#include "base/secret.h"

#include <apr_file_io.h>

#define LINE_SIZE 256

static apr_status_t refuse(const char **error, const char *path, const char *why, apr_status_t status, apr_pool_t *pool)
{
    char text[128];
    *error = apr_psprintf(pool, "%s: %s%s%s", path, why, status == BASE_EMALFORMED ? "" : ": ",
                          status == BASE_EMALFORMED ? "" : base_error_text(status, text, sizeof text));
    return status;
}

apr_status_t keyfile_read(span_t *key, const char *directory, const char *name, const char **error, apr_pool_t *pool)
{
    const char *path = apr_pstrcat(pool, directory, "/", name, ".key", NULL);
    unsigned char *bytes = apr_palloc(pool, KEYFILE_SIZE);
    char line[LINE_SIZE];
    apr_finfo_t info;
    apr_file_t *file;
    char *space;
    apr_status_t status = apr_file_open(&file, path, APR_FOPEN_READ, APR_OS_DEFAULT, pool);

    if (status != APR_SUCCESS) return refuse(error, path, "the key can't be read", status, pool);
    status = apr_file_info_get(&info, APR_FINFO_PROT, file);
    if (status == APR_SUCCESS &&
        info.protection & (APR_FPROT_GREAD | APR_FPROT_WREAD | APR_FPROT_GWRITE | APR_FPROT_WWRITE)) {
        apr_file_close(file);
        return refuse(error, path, "the key must be readable by its owner alone (chmod 600)", BASE_EMALFORMED, pool);
    }
    status = apr_file_gets(line, sizeof line, file);
    apr_file_close(file);
    if (status != APR_SUCCESS) return refuse(error, path, "the key can't be read", status, pool);
    line[strcspn(line, "\r\n")] = '\0';
    space = strchr(line, ' ');
    status = space ? secret_base64url_decode(span_of(space + 1), bytes, KEYFILE_SIZE) : BASE_EMALFORMED;
    secret_wipe(line, sizeof line);
    if (status != APR_SUCCESS)
        return refuse(error, path, "line 1 is not 'ID BASE64URL' with a key of 32 bytes", BASE_EMALFORMED, pool);
    *key = (span_t){(const char *)bytes, KEYFILE_SIZE};
    return APR_SUCCESS;
}
