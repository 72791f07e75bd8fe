/* SPDX-License-Identifier: Apache-2.0
 *
 * What the counter's pages share: the clerk's name on them and in the audit log, locks in words, the identity document,
 * and one-time passwords. For flow/ alone.
 */
#ifndef FLOW_COUNTER_H
#define FLOW_COUNTER_H

#include "account/audit.h"
#include "flow/form.h"

/* A page of the desk, with the clerk's name. */
page_map_t *counter_view(const flow_request_t *request, span_t title);

/* The form with nothing filled in. */
form_values_t counter_blank(const flow_request_t *request, const rules_form_t *form);

/* An entry by this clerk, now. account 0: none. */
audit_entry_t counter_entry(const flow_request_t *request, apr_int64_t account, audit_act_t act);

/* A lock as a resident is told of it, and as a clerk needs it: rule, receipt, since when, whether it is over. */
void counter_put_lock(const flow_request_t *request, page_map_t *map, const limit_entry_t *entry);

/* The word of the identity document chosen in the form's field `document`; its option `none` is no document. Where
 * there is none, a finding says so. */
span_t counter_document(const flow_request_t *request, rules_verdict_t *verdict);

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
