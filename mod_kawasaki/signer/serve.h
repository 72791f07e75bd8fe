/* SPDX-License-Identifier: Apache-2.0
 *
 * A kiosk's helper: answers messages on a Unix-domain socket, one after the other. There is one card and one holder, so
 * a second request could do nothing but wait for the first; it waits in the socket's queue, and its sender's deadline
 * decides for how long. A sender that is slow is dropped at a deadline of its own, so that it can't hold up others.
 */
#ifndef SIGNER_SERVE_H
#define SIGNER_SERVE_H

#include "signer/perform.h"

#include <sys/types.h>

typedef struct {
    const char *socket; /* made here, in a directory that is its owner's alone; NULL: inherited as descriptor 3 */
    const uid_t *peers; /* who may connect */
    int peer_count;
} serve_t;

/* Serves until SIGTERM or SIGINT, which end it between two requests. `perform` is complete but for the holder, who was
 * asked by the kiosk's page: its PIN comes with the message. Errors are in perform's log, too. */
apr_status_t serve(const serve_t *serve, const perform_t *perform, apr_pool_t *pool);

#endif
