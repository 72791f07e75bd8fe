/* SPDX-License-Identifier: Apache-2.0
 *
 * Directories of one user's own below DefaultRuntimeDir: the card helper's memory, and the socket's.
 */
#ifndef HTTPD_KIOSK_DIRECTORY_H
#define HTTPD_KIOSK_DIRECTORY_H

#include <apr_pools.h>
#include <stdbool.h>
#include <sys/types.h>

/* In check_config: could it be given to `owner`? Makes nothing. If not, *error names the directory and whose it is. */
bool kiosk_directory_check(const char *path, uid_t owner, const char **error, apr_pool_t *pool);

/* A directory of mode 0700 that belongs to `owner`, made where it is missing. One of an earlier owner is handed over
 * with what that owner kept in it, if httpd is root and nobody else can have put it there; else APR_EACCES. */
apr_status_t kiosk_directory_make(const char *path, uid_t owner, apr_pool_t *pool);

#endif
