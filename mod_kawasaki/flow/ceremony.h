/* SPDX-License-Identifier: Apache-2.0
 *
 * What a card does for one page: one task or two, in one press of a button. At a kiosk the server asks the helper with
 * the PINs that were typed; elsewhere the press leads to a page that asks the browser's extension and comes back with
 * the answers. Steps that need a card are written once, for both ways. For flow/ alone.
 */
#ifndef FLOW_CEREMONY_H
#define FLOW_CEREMONY_H

#include "flow/certificate.h"
#include "flow/pin.h"

#define CEREMONY_TASKS 2

typedef struct {
    pin_need_t need;
    helper_task_t tasks[CEREMONY_TASKS]; /* REQUEST_AUTH before REQUEST_SIGN */
    int count;
    pin_try_t tried;
    span_t title;       /* of the page that works, */
    const char *action; /* where it sends the answers, */
    const char *back;   /* and where [キャンセル] leads */
} ceremony_t;

typedef enum {
    CEREMONY_DONE,   /* every task is answered and settled: look at what is proved */
    CEREMONY_ASKED,  /* the outcome is the page that works: come back with its answers */
    CEREMONY_REFUSED /* tried says why: show the page again */
} ceremony_result_t;

/* Has the page come back with answers? Then the tasks' forms aren't looked at: those that were signed count. */
bool ceremony_is_answered(const flow_request_t *request);

/* An error is infrastructure's. */
apr_status_t ceremony_run(const flow_request_t *request, ceremony_t *ceremony, flow_outcome_t *outcome,
                          ceremony_result_t *result);

/* The card that a session which begins now lives by: the kiosk's, which can be watched; else empty. */
span_t ceremony_insertion(const flow_request_t *request, const ceremony_t *ceremony);

/* Is this task's certificate one that the rules let through this door? Where not, tried says why. */
bool ceremony_judge(const flow_request_t *request, ceremony_t *ceremony, const helper_task_t *task, rules_door_t door,
                    certificate_verdict_t *verdict);

#endif
