/* SPDX-License-Identifier: Apache-2.0
 *
 * Consent to the terms of use, as the steps of a registration carry it. For flow/ alone.
 */
#ifndef FLOW_TERMS_H
#define FLOW_TERMS_H

#include "flow/holder.h"

typedef struct {
    span_t version; /* empty: the rules have no terms */
    span_t at;      /* 2026-11-22T09:24:34Z */
} terms_consent_t;

/* Has the request consent to the terms as they are now, given within the last day? Without terms: yes. */
bool terms_agreed(const flow_request_t *request, terms_consent_t *consent);

/* Did the visitor, an applicant, agree to other terms than those of now? */
bool terms_are_new(const flow_request_t *request);

/* Why one is here again: the session of a registration that was under way timed out. */
void terms_message(const flow_request_t *request, page_map_t *view);

/* The terms' page of the form's kind of account: "/jpki/register/terms". */
const char *terms_path(const flow_request_t *request);

#endif
