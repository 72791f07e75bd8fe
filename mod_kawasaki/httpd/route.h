/* SPDX-License-Identifier: Apache-2.0
 *
 * Which path leads to which step, and the way a request takes through the house.
 */
#ifndef HTTPD_ROUTE_H
#define HTTPD_ROUTE_H

#include "flow/flow.h"

#include <httpd.h>

typedef struct {
    const char *path;    /* exact, or a prefix when it ends in "/" + "*" */
    flow_step_t *show;   /* GET, HEAD; NULL: 405 */
    flow_step_t *submit; /* POST; NULL: 405 */
    flow_step_t *late;   /* POST after the session timed out; NULL: to the log-in, what was sent is dropped */
    const char *form;    /* name of the form, or NULL */
    bool clerk;          /* for clerks whom httpd has authenticated (Require) */
    const char *purpose; /* behind a log-in of the form's kind: where the log-in leads back to; NULL: open to all */
} route_t;

/* The route of this path; NULL when there is none. *argument is the path's last part. */
const route_t *route_find(const char *path, span_t *argument);

/* A map_to_storage hook: our paths are no files, so httpd need not look for them, six times over, in DocumentRoot.
 * <Location> sections hold for them, <Directory> sections don't. */
int route_map_to_storage(request_rec *request);

/* Is it for the content handler "kawasaki"? Known once httpd came to the handlers; before that, no. */
bool route_is_ours(const request_rec *request);

/* The content handler "kawasaki". */
int route_handler(request_rec *request);

#endif
