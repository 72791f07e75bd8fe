/* SPDX-License-Identifier: Apache-2.0
 *
 * What the steps of a form share: the token that ties a page to the state it was made from, and the pages themselves.
 * For flow/ alone.
 */
#ifndef FLOW_STEP_H
#define FLOW_STEP_H

#include "flow/pin.h"

/* The hidden field `draft`: which versions, and which rules, a page was made from. Not a secret and not trusted: it is
 * compared. */
typedef struct {
    apr_int64_t draft, account; /* row versions */
    apr_int64_t rules;          /* mark of the rule image */
} step_token_t;

/* False unless text is a token as step pages carry it. */
bool step_token_parse(span_t text, step_token_t *token);

/* Was the page made from the rules that this request goes by? */
bool step_token_is_ruled(const flow_request_t *request, const step_token_t *token);

/* What pressing the confirm page's button meets: the draft as it is now, beside the page's token. */
typedef enum {
    STEP_READY,
    STEP_REPEATED,  /* committed already by this very press: its receipt stands in the draft */
    STEP_WRONG,     /* nothing was accepted */
    STEP_OTHER_TAB, /* the draft moved on */
} step_state_t;
step_state_t step_state(const draft_t *draft, const step_token_t *token);

/* The token of the page that comes. */
span_t step_token(const flow_request_t *request);

#define STEP_NO_MESSAGE RULES_MESSAGE_COUNT

/* The path of the form's pages: "/card/edit" for card.edit, and what follows it. */
const char *step_path(const flow_request_t *request, const char *rest);

/* Another page of the form's kind: "/jpki/delete" for jpki.edit. */
const char *step_sibling(const flow_request_t *request, const char *rest);

/* Is the request's form one with which somebody registers? */
bool step_is_registration(const flow_request_t *request);

/* Does a new certificate wait in the draft? */
bool step_has_waiting(const flow_request_t *request);

/* Where somebody without a session is sent: to the log-in for this form, or to where its registration begins. */
const char *step_way_in(const flow_request_t *request);

/* Would these answers change nothing? A new password and a new certificate that wait are changes, and so is all that an
 * applicant says. */
bool step_is_unchanged(const flow_request_t *request, const span_t *values);

/* The same request with account and draft as they are in the database now, after somebody else's write was met. */
apr_status_t step_refresh(const flow_request_t *request, visit_t *visit, flow_request_t *again);

/* The input page. verdict may be NULL: nothing is wrong. */
apr_status_t step_form(const flow_request_t *request, flow_outcome_t *outcome, flow_result_t result,
                       const span_t *values, const rules_verdict_t *verdict, rules_message_t message);

/* The confirm page of what the visit's draft holds. tried: how signing it went, for forms that are signed; NULL:
 * nobody has tried. */
apr_status_t step_confirm(const flow_request_t *request, flow_outcome_t *outcome, flow_result_t result,
                          const span_t *values, rules_message_t message, pin_try_t *tried);

/* What the request's form needs the card for, where it is signed. */
pin_need_t step_need(const flow_request_t *request);

/* The part of a page that is about signing, in the view's map `sign`: the PIN's form, or what an extension is for. */
apr_status_t step_put_sign(const flow_request_t *request, page_map_t *view, pin_try_t *tried);

#endif
