/* SPDX-License-Identifier: Apache-2.0
 *
 * The door: the one place where a secret is compared, and the gate before it. Whatever asks for a secret (log-in,
 * password change, later linking, deletion) comes through here; test/check/doors sees to it. Reserve, look, settle:
 * docs/limits.md. For flow/ alone.
 */
#ifndef FLOW_DOOR_H
#define FLOW_DOOR_H

#include "account/audit.h"
#include "flow/flow.h"

typedef struct {
    door_result_t result;
    const rules_limit_t *limit;
    account_t account; /* door_knock: DOOR_OPEN, DOOR_FROZEN */
    limit_subject_t subject;
    limit_permit_t permit;
} door_t;

/* Knocks: reserves (committed) before anything is compared, holds no connection while comparing, counts a wrong secret.
 * Errors are the database's: then nothing was compared, or the try is left to become a failure. */
apr_status_t door_knock(door_t *door, const flow_request_t *request, audit_act_t refused, span_t kind,
                        span_t identifier, span_t secret);

/* The gate alone, for a secret that a card or file compares itself: DOOR_OPEN reserved a try under the limit of this
 * name, to be settled, failed or forgotten. Only the kiosk's helper compares so: addresses aren't counted. */
apr_status_t door_reserve(door_t *door, const flow_request_t *request, const char *limit, span_t identifier);

/* The secret was wrong. */
apr_status_t door_fail(door_t *door, const flow_request_t *request);

/* It was never looked at. */
apr_status_t door_forget(const door_t *door, const flow_request_t *request);

/* In the unit of the effect: the try was the owner's. */
apr_status_t door_settle(door_t *door, const flow_request_t *request, store_unit_t *unit);

/* What is said when it didn't open, as a finding beside field (RULES_NONE: in the summary alone). The receipt stands in
 * the view. */
rules_finding_t door_finding(const door_t *door, const flow_request_t *request, uint32_t field, rules_message_t wrong);

#endif
