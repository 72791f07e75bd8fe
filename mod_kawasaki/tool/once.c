/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/once.h"

#include "account/password.h"
#include "base/secret.h"
#include "text/text.h"

#include <errno.h>
#include <unistd.h>

/* One byte at a time: what follows the line is somebody else's, and no buffer keeps a copy. */
static int read_line(once_t *once, int descriptor)
{
    apr_size_t used = 0;
    ssize_t got;
    char byte;

    while ((got = read(descriptor, &byte, 1)) == 1 && byte != '\n') {
        if (used + 1 == sizeof once->text) {
            tool_complain("--password-fd: longer than %d bytes", (int)sizeof once->text - 1);
            return TOOL_REFUSED;
        }
        once->text[used++] = byte;
    }
    if (got < 0) {
        tool_complain("--password-fd %d: %s", descriptor, strerror(errno));
        return TOOL_ENVIRONMENT;
    }
    once->text[used] = '\0';
    if (used > 0 && strlen(once->text) == used && text_is_clean(span_of(once->text))) return TOOL_OK;
    tool_complain("--password-fd: one line of text is needed");
    return TOOL_REFUSED;
}

int once_make(once_t *once, const tool_options_t *options, apr_pool_t *pool)
{
    int code = TOOL_OK;

    memset(once, 0, sizeof *once);
    if (options->password_fd >= 0)
        code = read_line(once, options->password_fd);
    else if (password_one_time(once->text) != APR_SUCCESS)
        code = TOOL_ENVIRONMENT;
    once->made = options->password_fd < 0;
    if (code == TOOL_OK) code = tool_failed(password_hash(span_of(once->text), &once->hash, pool));
    if (code != TOOL_OK) once_forget(once);
    return code;
}

void once_forget(once_t *once)
{
    secret_wipe(once->text, sizeof once->text);
}

apr_time_t once_expires_at(const tool_options_t *options, apr_time_t now)
{
    return now + apr_time_from_sec((apr_int64_t)options->days * 24 * 3600);
}
