/* SPDX-License-Identifier: Apache-2.0
 *
 * How steps end: the few shapes of an outcome, and the view that all pages begin with. For flow/ alone.
 */
#ifndef FLOW_OUTCOME_H
#define FLOW_OUTCOME_H

#include "flow/flow.h"

/* A page, with the result that says why it is shown. */
apr_status_t outcome_page(flow_outcome_t *outcome, flow_result_t result, view_page_t page, page_map_t *view);

/* 303 to a path of ours. */
apr_status_t outcome_redirect(flow_outcome_t *outcome, const char *location);

/* Nothing but a result. */
apr_status_t outcome_only(flow_outcome_t *outcome, flow_result_t result);

/* The banner sentence of a page. */
void outcome_message(const flow_request_t *request, page_map_t *view, rules_message_t message);

#endif
