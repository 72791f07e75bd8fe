/* SPDX-License-Identifier: Apache-2.0
 *
 * Keys in the key directory: NAME.key, one key a line, `ID BASE64URL-of-32-bytes`, the first line is the one in use.
 * Read by the parent before it drops its privileges; children keep them in memory only.
 */
#ifndef HTTPD_KEYS_H
#define HTTPD_KEYS_H

#include "base/span.h"

#include <apr_errno.h>

#define KEY_SIZE 32

/* The key in use of DIRECTORY/NAME.key, in the pool. On failure *error says what and where. A file that others can read
 * is refused. */
apr_status_t keys_read(span_t *key, const char *directory, const char *name, const char **error, apr_pool_t *pool);

#endif
