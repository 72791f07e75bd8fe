/* SPDX-License-Identifier: Apache-2.0
 *
 * Issuing a card at the counter: one form, one account, one password for the first log-in.
 */
#include "base/error.h"
#include "flow/counter.h"
#include "flow/outcome.h"

static apr_status_t show(const flow_request_t *request, flow_outcome_t *outcome, const span_t *values,
                         const rules_verdict_t *verdict)
{
    page_map_t *view = counter_view(request, rules_say(request->rules, &request->form->title));
    const uint32_t count = verdict ? verdict->finding_count : 0;

    form_view_fields(request, view, request->form, values, verdict ? verdict->findings : NULL, count, false);
    if (count > 0) outcome->rule = verdict->findings[0].rule;
    return outcome_page(outcome, count > 0 ? FLOW_INVALID : FLOW_PAGE, VIEW_PAGE_COUNTER_ISSUE, view);
}

/* All fields but those that are no data of the holder: the number is the account's own, the document the audit's. */
static void put_fields(const flow_request_t *request, const rules_verdict_t *verdict, account_t *account)
{
    record_pair_t *pairs;
    const apr_size_t count =
        form_pairs_of_values(request->rules, request->form, verdict->values, &pairs, request->pool);

    account->fields = pairs;
    account->field_count = 0;
    for (apr_size_t i = 0; i < count; i++)
        if (!span_is(pairs[i].name, "number") && !span_is(pairs[i].name, "document"))
            pairs[account->field_count++] = pairs[i];
}

static apr_status_t write_account(const flow_request_t *request, account_t *account, const char *hash, span_t document)
{
    audit_entry_t entry;
    store_unit_t *unit;
    apr_status_t status = store_open(&unit, request->ports->store, STORE_WRITE, request->pool);

    if (status != APR_SUCCESS) return status;
    status = account_insert(unit, account, hash, request->now, request->pool);
    if (status == APR_SUCCESS) {
        entry = counter_entry(request, account->id, AUDIT_ISSUE);
        entry.note = document;
        status = audit_write(unit, &entry);
    }
    if (status == APR_SUCCESS) status = store_commit(unit);
    store_close(unit);
    return status;
}

apr_status_t flow_counter_issue_show(const flow_request_t *request, flow_outcome_t *outcome)
{
    const form_values_t blank = counter_blank(request, request->form);
    return show(request, outcome, blank.at, NULL);
}

/* Sent twice, the second meets a number that is taken. */
apr_status_t flow_counter_issue(const flow_request_t *request, flow_outcome_t *outcome)
{
    const uint32_t number = rules_field_index(request->rules, request->form, SPAN("number"));
    rules_verdict_t *verdict = apr_palloc(request->pool, sizeof *verdict);
    counter_password_t password;
    const rules_kind_t *kind;
    account_t account;
    span_t document;
    bool ruled;
    apr_status_t status;

    if (number == RULES_NONE || request->form->kind == RULES_NONE) return outcome_only(outcome, FLOW_MISSING);
    rules_eval(request->rules, request->form, request->typed, NULL, verdict, request->ports->log, request->pool);
    document = counter_document(request, verdict);
    if (verdict->finding_count > 0) return show(request, outcome, request->typed, verdict);

    status = counter_password_make(request, &password, &ruled);
    if (status != APR_SUCCESS) return status;
    if (!ruled) return outcome_only(outcome, FLOW_MISSING);
    kind = rules_entry(request->rules, RULES_KINDS, request->form->kind);
    account = (account_t){.city = rules_span(request->rules, rules_city(request->rules)->id),
                          .kind = rules_span(request->rules, kind->name),
                          .identifier = verdict->values[number],
                          .must_change = true,
                          .password_expires_at = password.expires_at};
    put_fields(request, verdict, &account);
    status = write_account(request, &account, password.hash, document);
    if (status == BASE_ECONFLICT) {
        verdict->findings[verdict->finding_count++] = (rules_finding_t){
            number, SPAN("counter/number"), rules_message(request->rules, RULES_MESSAGE_COUNTER_TAKEN)};
        return show(request, outcome, request->typed, verdict);
    }
    return status == APR_SUCCESS ? counter_password_page(request, outcome, &account, &password) : status;
}
