/* SPDX-License-Identifier: Apache-2.0
 *
 * What the confirm pages of all forms share, signed or not. For flow/ alone.
 */
#ifndef FLOW_CONFIRM_H
#define FLOW_CONFIRM_H

#include "flow/step.h"

/* The confirm page of the visit's draft, or the way back to where it can be made. */
apr_status_t confirm_show(const flow_request_t *request, flow_outcome_t *outcome, flow_result_t result,
                          rules_message_t message, pin_try_t *tried);

/* The same of what the draft holds now, after another tab wrote it. */
apr_status_t confirm_other_tab(const flow_request_t *request, flow_outcome_t *outcome);

/* Did the rules change since the page was made? Then judge again, and show again what will be stored. */
bool confirm_has_other_rules(const flow_request_t *request, const step_token_t *token);
apr_status_t confirm_judge_again(const flow_request_t *request, flow_outcome_t *outcome);

/* Where the receipt is shown. */
const char *confirm_complete_path(const flow_request_t *request, const char *receipt);

#endif
