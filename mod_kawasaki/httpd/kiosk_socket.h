/* SPDX-License-Identifier: Apache-2.0
 *
 * The socket that httpd's children and the card helper meet at. The parent listens, once for the server's life, and
 * hands it to each helper: one that is started anew takes over the queue, and nobody ever finds the path missing.
 */
#ifndef HTTPD_KIOSK_SOCKET_H
#define HTTPD_KIOSK_SOCKET_H

#include <httpd.h>

#include <sys/types.h>

/* Its path, below DefaultRuntimeDir; NULL when that makes a name that no socket can have. */
const char *kiosk_socket_path(apr_pool_t *pool);

/* The directory that it stands in, and nothing else. */
const char *kiosk_socket_directory(apr_pool_t *pool);

/* Whom children run as. */
uid_t kiosk_socket_owner(void);

/* In post_config: listens there, or finds the socket of an earlier generation again. Only `owner` can come to it.
 * EADDRINUSE: another server listens there. The descriptor is the server's, for its life. */
apr_status_t kiosk_socket_open(int *listener, const char *path, apr_pool_t *pool);

/* In child_init: a child has no use for the listening end. */
void kiosk_socket_child_init(void);

#endif
