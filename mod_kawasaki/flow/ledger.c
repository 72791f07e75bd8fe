/* SPDX-License-Identifier: Apache-2.0
 *
 * The resident's ledger: everything that was done with the account, newest first. Not for what is recorded: that is
 * account/audit.h's.
 */
#include "flow/ledger.h"

#include "flow/outcome.h"
#include "text/text.h"

#define LEDGER_SENTENCE(identifier, word) RULES_MESSAGE_AUDIT_##identifier,
static const rules_message_t sentences[AUDIT_ACT_COUNT] = {AUDIT_ACTS(LEDGER_SENTENCE)};

/* Whoever failed to log in need not have been the resident. */
static rules_message_t who_of(const audit_entry_t *entry)
{
    switch (entry->by) {
    case AUDIT_BY_CLERK: return RULES_MESSAGE_AUDIT_BY_CLERK;
    case AUDIT_BY_TOOL: return RULES_MESSAGE_AUDIT_BY_TOOL;
    case AUDIT_BY_SERVICE: return RULES_MESSAGE_AUDIT_BY_SERVICE;
    case AUDIT_BY_RESIDENT: break;
    }
    return entry->act == AUDIT_LOGIN_REFUSED || entry->act == AUDIT_LOCK ? RULES_MESSAGE_AUDIT_BY_SOMEBODY
                                                                         : RULES_MESSAGE_AUDIT_BY_RESIDENT;
}

rules_message_t ledger_sentence(const audit_entry_t *entry)
{
    return sentences[entry->act];
}

/* With which a note on a registration or change begins: whoever never saw that page finds it here. */
static span_t receipt_of(const audit_entry_t *entry)
{
    const span_t note = entry->note;
    const char *end = note.size ? memchr(note.at, ' ', note.size) : NULL;

    if (entry->by != AUDIT_BY_RESIDENT || (entry->act != AUDIT_REGISTER && entry->act != AUDIT_CHANGE)) return SPAN("");
    return (span_t){note.at, end ? (apr_size_t)(end - note.at) : note.size};
}

void ledger_put(const flow_request_t *request, page_map_t *view, const audit_entry_t *entries, int count, bool clerk)
{
    page_list_t *list = page_put_list(view, VIEW_entries);

    for (int i = 0; i < count; i++) {
        page_map_t *map = page_list_add(list);
        page_put_text(map, VIEW_at, text_time_japanese(request->pool, entries[i].at));
        page_put_text(map, VIEW_who, rules_message(request->rules, who_of(&entries[i])));
        page_put_text(map, VIEW_what, rules_message(request->rules, ledger_sentence(&entries[i])));
        page_put_text(map, VIEW_receipt, clerk ? SPAN("") : receipt_of(&entries[i]));
        if (!clerk) continue;
        page_put_text(map, VIEW_actor, entries[i].actor);
        page_put_text(map, VIEW_rule, entries[i].rule);
        page_put_text(map, VIEW_note, entries[i].note);
    }
}

/* Then there is no password that could be changed. */
static bool has_certificates(const flow_request_t *request)
{
    const rules_kind_t *kind = rules_kind(request->rules, request->visit->account.kind);

    return kind && kind->logs_in_with.size > 0;
}

apr_status_t flow_ledger(const flow_request_t *request, flow_outcome_t *outcome)
{
    audit_entry_t *entries;
    page_map_t *view;
    store_unit_t *unit;
    int count;
    apr_status_t status = store_open(&unit, request->ports->store, STORE_READ, request->pool);

    if (status != APR_SUCCESS) return status;
    status = audit_of_account(unit, request->visit->account.id, LEDGER_ENTRIES, &entries, &count);
    store_close(unit);
    if (status != APR_SUCCESS) return status;
    view = flow_view(request, SPAN(""));
    page_put_flag(view, VIEW_has_password, !has_certificates(request));
    ledger_put(request, view, entries, count, false);
    return outcome_page(outcome, FLOW_PAGE, VIEW_PAGE_LEDGER, view);
}
