/* SPDX-License-Identifier: Apache-2.0
 *
 * Help with an address on the input page: its parts beside those of the certificate, the certificate's wording taken
 * over, and the addresses of a post code. Nothing is stored by any of it. For flow/ alone.
 */
#ifndef FLOW_ADDRESS_H
#define FLOW_ADDRESS_H

#include "flow/form.h"

/* Where the verdict has found that the address is not the certificate's: both, part by part. */
void address_put_comparison(const flow_request_t *request, page_map_t *view, const rules_verdict_t *verdict);

/* Was one of the buttons pressed that fill in parts of the address? */
bool address_is_asked(const flow_request_t *request);

/* The input page again, with the parts filled in, or with a choice of addresses. */
apr_status_t address_fill(const flow_request_t *request, flow_outcome_t *outcome);

#endif
