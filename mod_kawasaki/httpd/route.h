/* SPDX-License-Identifier: Apache-2.0
 *
 * Which path leads to which step, and the way a request takes through the house.
 */
#ifndef HTTPD_ROUTE_H
#define HTTPD_ROUTE_H

#include "flow/flow.h"

#include <httpd.h>

/* Whose session opens a route that has an entry. */
typedef enum {
    ROUTE_REGISTERED, /* who is logged in */
    ROUTE_APPLICANTS, /* whose registration is under way */
    ROUTE_BOTH
} route_whom_t;

typedef struct {
    const char *path;    /* exact, or a prefix when it ends in "/" + "*" */
    flow_step_t *show;   /* GET, HEAD; NULL: 405 */
    flow_step_t *submit; /* POST; NULL: 405 */
    flow_step_t *late;   /* POST after the session timed out; NULL: to the log-in, what was sent is dropped */
    const char *form;    /* name of the form, or NULL */
    bool quiet;          /* nobody's doing, but a script's: the session doesn't last longer for it */
    bool clerk;          /* for clerks whom httpd has authenticated (Require) */
    const char *proof;   /* name of the PIN's form, of a step that signs, or NULL */
    const char *entry;   /* behind a session of the form's kind: where those without are sent; NULL: open to all */
    route_whom_t whom;   /* with an entry */
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
