/* SPDX-License-Identifier: Apache-2.0
 *
 * Audit entries in words, for the resident's ledger and the counter's history. For flow/ alone.
 */
#ifndef FLOW_LEDGER_H
#define FLOW_LEDGER_H

#include "account/audit.h"
#include "flow/flow.h"

#define LEDGER_ENTRIES 50 /* on a page */

/* Puts the list `entries`: when, who and what, in the rule file's words. For a clerk also the colleague's name, rule
 * and note, which are no business of the page that a resident sees. */
void ledger_put(const flow_request_t *request, page_map_t *view, const audit_entry_t *entries, int count, bool clerk);

/* The sentence of what was done. */
rules_message_t ledger_sentence(const audit_entry_t *entry);

#endif
