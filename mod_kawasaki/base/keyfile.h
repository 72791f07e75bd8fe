/* SPDX-License-Identifier: Apache-2.0
 *
 * Keys in the key directory: NAME.key, one key a line, `ID BASE64URL-of-32-bytes`, the first line is the one in use.
 * The server reads them before it drops its privileges, its children keep them in memory only; the tool must be run
 * as the files' owner.
 */
#ifndef BASE_KEYFILE_H
#define BASE_KEYFILE_H

#include "base/span.h"

#include <apr_errno.h>

#define KEYFILE_SIZE 32

/* The key in use of DIRECTORY/NAME.key, in the pool. On failure *error says what and where. A file that others can read
 * is refused. */
apr_status_t keyfile_read(span_t *key, const char *directory, const char *name, const char **error, apr_pool_t *pool);

#endif
