/* SPDX-License-Identifier: Apache-2.0
 *
 * What the steps of a form share: the token that ties a page to the state it was made from, and the pages themselves.
 * For flow/ alone.
 */
#ifndef FLOW_STEP_H
#define FLOW_STEP_H

#include "flow/form.h"

/* The hidden field `draft`: which versions, and which rules, a page was made from. Not a secret and not trusted: it is
 * compared. */
typedef struct {
    apr_int64_t draft, account; /* row versions */
    uint64_t rules;             /* hash of the rule image */
} step_token_t;

/* False unless text is a token as step pages carry it. */
bool step_token_parse(span_t text, step_token_t *token);

#define STEP_NO_MESSAGE RULES_MESSAGE_COUNT

/* The path of the form's pages: "/card/edit" for card.edit, and what follows it. */
const char *step_path(const flow_request_t *request, const char *rest);

/* The form's purpose, as log-ins know it: "card-edit" for card.edit. */
const char *step_purpose(const flow_request_t *request);

/* The input page. verdict may be NULL: nothing is wrong. */
apr_status_t step_form(const flow_request_t *request, flow_outcome_t *outcome, flow_result_t result,
                       const span_t *values, const rules_verdict_t *verdict, rules_message_t message);

/* The confirm page of what the visit's draft holds. */
apr_status_t step_confirm(const flow_request_t *request, flow_outcome_t *outcome, flow_result_t result,
                          const span_t *values, rules_message_t message);

#endif
