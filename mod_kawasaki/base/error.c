/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"

#include <apr_strings.h>

const char *base_error_text(apr_status_t status, char *buffer, apr_size_t size)
{
    static const char *const texts[] = {"malformed input",
                                        "input over its limit",
                                        "version conflict",
                                        "stored bytes fail their check",
                                        "wrong schema version",
                                        "database error",
                                        "busy"};
    if (status >= BASE_EMALFORMED && status <= BASE_EBUSY) {
        apr_cpystrn(buffer, texts[status - BASE_EMALFORMED], size);
        return buffer;
    }
    return apr_strerror(status, buffer, size);
}
