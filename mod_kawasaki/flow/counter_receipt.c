/* SPDX-License-Identifier: Apache-2.0
 *
 * One receipt at the counter: what was refused, until when, what to do. The lock of a card or a file, of which the
 * server doesn't know whose it is, ends here; that of an account ends on the account's page.
 */
#include "flow/counter.h"
#include "flow/ledger.h"
#include "flow/outcome.h"
#include "flow/pin.h"

const char *counter_receipt_path(const flow_request_t *request, const char *receipt)
{
    return apr_pstrcat(request->pool, "/counter/receipt/", receipt, NULL);
}

apr_status_t counter_find_receipt(const flow_request_t *request, store_unit_t *unit, span_t receipt,
                                  limit_entry_t *lock, bool *found)
{
    const span_t city = rules_span(request->rules, rules_city(request->rules)->id);
    apr_status_t status = limit_by_receipt(request->ports->limits, unit, receipt, lock, found, request->pool);

    *found = status == APR_SUCCESS && *found && span_is(city, lock->city);
    return status;
}

static bool ends_here(const limit_entry_t *lock)
{
    page_key_t flag;
    return pin_limit_flag(span_of(lock->limit), &flag);
}

/* --- The page --- */

typedef struct {
    limit_entry_t lock;
    audit_entry_t *entries; /* the newest of no account: this clerk's are among them */
    int entry_count;
} slip_t;

static audit_entry_t entry_of(const flow_request_t *request, const limit_entry_t *lock, audit_act_t act)
{
    audit_entry_t entry = counter_entry(request, 0, act);

    entry.rule = span_of(lock->rule);
    entry.note = span_of(lock->receipt);
    return entry;
}

/* Has this clerk done it with this receipt, not longer ago than that? */
static bool has_done(const flow_request_t *request, const slip_t *slip, audit_act_t act, apr_interval_time_t age)
{
    const apr_size_t size = strlen(slip->lock.receipt);

    for (int i = 0; i < slip->entry_count; i++) {
        const audit_entry_t *entry = &slip->entries[i];
        if (entry->act == act && entry->by == AUDIT_BY_CLERK && span_equal(entry->actor, request->clerk) &&
            entry->note.size >= size && memcmp(entry->note.at, slip->lock.receipt, size) == 0)
            return request->now - entry->at < age;
    }
    return false;
}

/* That somebody looks is recorded, once a visit. */
static apr_status_t read_slip(const flow_request_t *request, slip_t *slip, bool *found)
{
    audit_entry_t entry;
    store_unit_t *unit;
    apr_status_t status = store_open(&unit, request->ports->store, STORE_WRITE, request->pool);

    if (status != APR_SUCCESS) return status;
    status = counter_find_receipt(request, unit, request->argument, &slip->lock, found);
    if (status == APR_SUCCESS && *found) {
        entry = entry_of(request, &slip->lock, AUDIT_RECEIPT);
        status = audit_of_account(unit, 0, LEDGER_ENTRIES, &slip->entries, &slip->entry_count);
        if (status == APR_SUCCESS && !has_done(request, slip, AUDIT_RECEIPT, COUNTER_VISIT_TIME))
            status = audit_write(unit, &entry);
        if (status == APR_SUCCESS) status = store_commit(unit);
    }
    store_close(unit);
    return status;
}

static void put_act(const flow_request_t *request, page_map_t *view, const rules_verdict_t *verdict)
{
    const form_values_t blank = counter_blank(request, request->form);

    form_view_fields(request, page_put_map(view, VIEW_act), request->form, request->typed ? request->typed : blank.at,
                     verdict ? verdict->findings : NULL, verdict ? verdict->finding_count : 0, false);
}

static apr_status_t show(const flow_request_t *request, flow_outcome_t *outcome, const rules_verdict_t *verdict)
{
    slip_t slip = {0};
    page_map_t *view;
    bool found;
    apr_status_t status = read_slip(request, &slip, &found);

    if (status != APR_SUCCESS) return status;
    if (!found) return outcome_only(outcome, FLOW_MISSING);
    view = counter_view(request, SPAN(""));
    page_put_text(view, VIEW_receipt, span_of(slip.lock.receipt));
    counter_put_lock(request, page_put_map(view, VIEW_lock), &slip.lock);
    if (ends_here(&slip.lock) && slip.lock.until > request->now) put_act(request, view, verdict);
    page_put_flag(view, VIEW_failed, verdict != NULL);
    if (!verdict && has_done(request, &slip, AUDIT_UNLOCK, COUNTER_ACT_TIME))
        outcome_message(request, view, RULES_MESSAGE_AUDIT_UNLOCK);
    return outcome_page(outcome, verdict ? FLOW_INVALID : FLOW_PAGE, VIEW_PAGE_COUNTER_RECEIPT, view);
}

apr_status_t flow_counter_lock(const flow_request_t *request, flow_outcome_t *outcome)
{
    return show(request, outcome, NULL);
}

/* --- The act --- */

/* Each lock has a receipt of its own, so the receipt is the version, too. Where it is locked no more, nothing is done:
 * the page then says how it stands. */
static apr_status_t unlock(const flow_request_t *request, span_t reason, const char **receipt)
{
    limit_entry_t lock;
    audit_entry_t entry;
    store_unit_t *unit;
    bool found;
    apr_status_t status = store_open(&unit, request->ports->store, STORE_WRITE, request->pool);

    if (status != APR_SUCCESS) return status;
    status = counter_find_receipt(request, unit, request->argument, &lock, &found);
    found = found && ends_here(&lock);
    *receipt = found ? lock.receipt : NULL;
    if (status == APR_SUCCESS && found && lock.until > request->now) {
        entry = entry_of(request, &lock, AUDIT_UNLOCK);
        entry.note = span_of(apr_pstrcat(request->pool, lock.receipt, " ", span_text(request->pool, reason), NULL));
        status = audit_write(unit, &entry);
        if (status == APR_SUCCESS) status = limit_clear(request->ports->limits, unit, lock.id, request->now);
        if (status == APR_SUCCESS) status = store_commit(unit);
    }
    store_close(unit);
    return status;
}

apr_status_t flow_counter_unlock(const flow_request_t *request, flow_outcome_t *outcome)
{
    rules_verdict_t *verdict = apr_palloc(request->pool, sizeof *verdict);
    const char *receipt;
    span_t document;
    apr_status_t status;

    if (!span_is(request->action, "unlock")) return outcome_only(outcome, FLOW_BAD_REQUEST);
    rules_eval(request->rules, request->form, request->typed, NULL, verdict, request->ports->log, request->pool);
    document = counter_document(request, verdict);
    if (verdict->finding_count > 0) {
        outcome->rule = verdict->findings[0].rule;
        return show(request, outcome, verdict);
    }
    status = unlock(request, counter_reason(request, verdict, document), &receipt);
    if (status != APR_SUCCESS) return status;
    if (!receipt) return outcome_only(outcome, FLOW_MISSING);
    return outcome_redirect(outcome, counter_receipt_path(request, receipt));
}
