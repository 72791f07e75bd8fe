/* SPDX-License-Identifier: Apache-2.0
 *
 * What the counter's pages share: the clerk's name on them and in the audit log, locks in words, the identity document,
 * and one-time passwords. For flow/ alone.
 */
#ifndef FLOW_COUNTER_H
#define FLOW_COUNTER_H

#include "account/audit.h"
#include "flow/form.h"

#define COUNTER_VISIT_TIME apr_time_from_sec(300) /* who looks again within it looks on, and is not recorded anew */
#define COUNTER_ACT_TIME   apr_time_from_sec(10)  /* between an act and the page that says it was done */

/* A page of the desk, with the clerk's name. */
page_map_t *counter_view(const flow_request_t *request, span_t title);

/* The form with nothing filled in. */
form_values_t counter_blank(const flow_request_t *request, const rules_form_t *form);

/* An entry by this clerk, now. account 0: none. */
audit_entry_t counter_entry(const flow_request_t *request, apr_int64_t account, audit_act_t act);

/* A lock as a resident is told of it, and as a clerk needs it: rule, receipt, since when, whether it is over; of
 * a card or a file, which. */
void counter_put_lock(const flow_request_t *request, page_map_t *map, const limit_entry_t *entry);

/* The word of the identity document chosen in the form's field `document`; its option `none` is no document. Where
 * there is none, a finding says so. */
span_t counter_document(const flow_request_t *request, rules_verdict_t *verdict);

/* What the clerk wrote into the form's field `reason`, with the document where one was checked. */
span_t counter_reason(const flow_request_t *request, const rules_verdict_t *verdict, span_t document);

/* --- Receipts (counter_receipt.c) --- */

/* Where the receipt's page is. */
const char *counter_receipt_path(const flow_request_t *request, const char *receipt);

/* The lock, or the refused try, of this receipt as it was typed, if it is this city's. */
apr_status_t counter_find_receipt(const flow_request_t *request, store_unit_t *unit, span_t receipt,
                                  limit_entry_t *lock, bool *found);

/* --- One-time passwords (counter_password.c) --- */

typedef struct {
    span_t text; /* shown once; wiped with the request's pool */
    const char *hash;
    apr_time_t expires_at;
} counter_password_t;

/* A new password that lasts as long as the rule `lockout one-time-password` says; *ruled false when there is no such
 * rule: then none may be given. Slow: call it with no connection in hand. */
apr_status_t counter_password_make(const flow_request_t *request, counter_password_t *password, bool *ruled);

/* The only page that ever shows it. */
apr_status_t counter_password_page(const flow_request_t *request, flow_outcome_t *outcome, const account_t *account,
                                   const counter_password_t *password);

#endif
