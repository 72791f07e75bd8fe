/* SPDX-License-Identifier: Apache-2.0
 *
 * The PIN at a kiosk: what a page says of the card in the reader, the form for the PIN, and the one way a PIN goes to
 * the card, behind the limits of the rule file. Elsewhere than at a kiosk no page asks for a PIN; then there is only
 * the request by which the page itself finds out what is there. For flow/ alone.
 */
#ifndef FLOW_PIN_H
#define FLOW_PIN_H

#include "flow/form.h"
#include "flow/helper.h"

/* What the card is needed for on this page. */
typedef struct {
    const rules_form_t *form; /* its fields: pin (to log in), signing-pin (to sign), last-try */
    const span_t *typed;      /* of that form, or NULL */
    request_source_t source;
    bool log_in, sign;
} pin_need_t;

/* How it went so far. All zero: nobody has tried yet. */
typedef struct {
    const answer_t *answer;        /* the card's, where it was asked */
    request_operation_t operation; /* for which of the two */
    rules_verdict_t *verdict;      /* what is wrong; NULL: nothing */
    const char *receipt;           /* of a lock, or NULL */
    bool locked;
} pin_try_t;

/* Into the view (or a map in it): kiosk, card, missing, form with its sections and errors, or what the page asks. An
 * error is the database's. */
apr_status_t pin_put(const flow_request_t *request, page_map_t *view, const pin_need_t *need, pin_try_t *tried);

/* Is what was typed fit to be shown to a card? False: tried->verdict says why not. At a kiosk only. */
bool pin_accept(const flow_request_t *request, const pin_need_t *need, pin_try_t *tried);

/* Shows the PIN to the card for this prepared task. The answer stands in the task; where it is not WIRE_OK, or the
 * server's own count forbids it, tried says what a page needs to know. An error is the database's. */
apr_status_t pin_ask(const flow_request_t *request, const pin_need_t *need, helper_task_t *task, pin_try_t *tried);

/* What is wrong in the summary alone: the form isn't shown. */
void pin_put_refusals(const flow_request_t *request, page_map_t *view, const pin_need_t *need,
                      rules_verdict_t *verdict);

/* Is it one of the limits that count by a card or a file, of which nobody knows whose it is? Then *flag says which on a
 * page: authentication, signing or file. */
bool pin_limit_flag(span_t limit, page_key_t *flag);

/* A refusal that no PIN is to blame for, as the finding of the page. */
void pin_refuse(const flow_request_t *request, pin_try_t *tried, span_t rule, span_t sentence);

#endif
