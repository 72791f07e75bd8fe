/* SPDX-License-Identifier: Apache-2.0
 *
 * One-time passwords: made, or read from a descriptor. Never from the command line, which every user of a host can see.
 */
#ifndef TOOL_ONCE_H
#define TOOL_ONCE_H

#include "tool/tool.h"

typedef struct {
    char text[257];   /* wiped by once_forget */
    const char *hash; /* the pool's */
    bool made;        /* to be printed, once */
} once_t;

/* A one-time password (account/password.h), or, with
 * --password-fd, the line that stands there; and its hash. Holds no connection: hashing is slow. The exit code, after a
 * complaint. */
int once_make(once_t *once, const tool_options_t *options, apr_pool_t *pool);

void once_forget(once_t *once);

/* From when on it is worthless. */
apr_time_t once_expires_at(const tool_options_t *options, apr_time_t now);

#endif
