/* SPDX-License-Identifier: Apache-2.0
 *
 * The file of pinned keys, installed with the helper: `ORIGIN PUBLIC-KEY` a line (base64url of 32 bytes), # comments.
 * An origin may have several, the present and the next one. Nothing is ever pinned on first use.
 */
#ifndef SIGNER_ORIGINS_H
#define SIGNER_ORIGINS_H

#include "wire/request.h"

#include <apr_errno.h>

#define ORIGINS_MAX 64

/* On failure *error says file, line and what; a file that others than its owner can write is refused. */
apr_status_t origins_read(request_pin_t **pins, int *count, const char *path, const char **error, apr_pool_t *pool);

#endif
