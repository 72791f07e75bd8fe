/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/origins.h"

#include "base/error.h"
#include "base/secret.h"
#include "wire/shape.h"

#include <apr_file_io.h>

#define LINE_SIZE 512

/* What is wrong with a line, or NULL; an empty one or a comment takes no place. */
static const char *read_line(char *line, request_pin_t *pins, int *count, apr_pool_t *pool)
{
    char *state = NULL, *origin, *key;

    line[strcspn(line, "#")] = '\0';
    origin = apr_strtok(line, " \t\r\n", &state);
    if (!origin) return NULL;
    key = apr_strtok(NULL, " \t\r\n", &state);
    if (!key || apr_strtok(NULL, " \t\r\n", &state)) return "not 'ORIGIN PUBLIC-KEY'";
    if (!shape_is_origin(span_of(origin))) return "the origin is not https://HOST or https://HOST:PORT";
    if (*count == ORIGINS_MAX) return "too many keys";
    if (secret_base64url_decode(span_of(key), pins[*count].key, REQUEST_KEY_SIZE) != APR_SUCCESS)
        return "the key is not 32 bytes in base64url";
    pins[(*count)++].origin = apr_pstrdup(pool, origin);
    return NULL;
}

static apr_status_t read_lines(apr_file_t *file, request_pin_t *pins, int *count, const char *path, const char **error,
                               apr_pool_t *pool)
{
    char line[LINE_SIZE];
    apr_status_t status;

    for (int number = 1; (status = apr_file_gets(line, sizeof line, file)) == APR_SUCCESS; number++) {
        const char *wrong = strlen(line) == sizeof line - 1 ? "too long" : read_line(line, pins, count, pool);
        if (!wrong) continue;
        *error = apr_psprintf(pool, "%s:%d: %s", path, number, wrong);
        return BASE_EMALFORMED;
    }
    if (APR_STATUS_IS_EOF(status)) return APR_SUCCESS;
    *error = apr_psprintf(pool, "%s can't be read", path);
    return status;
}

apr_status_t origins_read(request_pin_t **pins, int *count, const char *path, const char **error, apr_pool_t *pool)
{
    apr_finfo_t info;
    apr_file_t *file;
    apr_status_t status = apr_file_open(&file, path, APR_FOPEN_READ | APR_FOPEN_BUFFERED, APR_OS_DEFAULT, pool);

    *count = 0;
    *pins = apr_pcalloc(pool, ORIGINS_MAX * sizeof **pins);
    *error = apr_psprintf(pool, "%s can't be read", path);
    if (status != APR_SUCCESS) return status;
    status = apr_file_info_get(&info, APR_FINFO_PROT | APR_FINFO_TYPE, file);
    if (status == APR_SUCCESS && info.filetype != APR_REG) {
        *error = apr_psprintf(pool, "%s is no file", path);
        status = BASE_EMALFORMED;
    } else if (status == APR_SUCCESS && info.protection & (APR_FPROT_GWRITE | APR_FPROT_WWRITE)) {
        *error = apr_psprintf(pool, "%s: others than its owner can write it (chmod 644)", path);
        status = BASE_EMALFORMED;
    }
    if (status == APR_SUCCESS) status = read_lines(file, *pins, count, path, error, pool);
    apr_file_close(file);
    return status;
}
