/* SPDX-License-Identifier: Apache-2.0
 *
 * What requests leave behind for the operator: counts in shared memory, a city's own. Counting is all that is done here
 * (some atomic additions a request); how the counts are shown is figures.c's. Nothing in them tells one person from
 * another.
 */
#ifndef HTTPD_METRICS_H
#define HTTPD_METRICS_H

#include "base/histogram.h"
#include "base/tally.h"
#include "flow/flow.h"

#include <httpd.h>

#define METRICS_STATUS_MIN 100
#define METRICS_STATUS_MAX 599

typedef enum { METRICS_PAGE, METRICS_SUBMIT, METRICS_STEPS } metrics_step_t; /* GET and HEAD; POST */

/* All zeroes at first. */
typedef struct {
    _Alignas(64) histogram_t took[METRICS_STEPS];
    _Alignas(64) _Atomic uint64_t attempts[DOOR_RESULTS]; /* by how the door answered; nobody knocked: not used */
    _Atomic uint64_t sessions_begun, sessions_ended;
    _Atomic uint64_t full_warned; /* refusals of the table of locks when its last warning was written */
    _Alignas(64) _Atomic uint64_t answers[METRICS_STATUS_MAX - METRICS_STATUS_MIN + 1];
    _Alignas(64) tally_t refusals; /* by rule */
} metrics_t;

/* What a step came to. */
void metrics_count_outcome(metrics_t *metrics, const flow_outcome_t *outcome);

/* A request that the module answered, at the moment when the answer is handed on: from its first line until now, so
 * without what a slow line needs to carry the answer. */
void metrics_count_time(metrics_t *metrics, const request_rec *request);

/* In register_hooks: answers are counted by status where httpd logs them, since then the status is final. What httpd
 * refuses by itself counts where ErrorDocument leads it to the module. */
void metrics_register(void);

#endif
