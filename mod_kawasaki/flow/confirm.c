/* SPDX-License-Identifier: Apache-2.0
 *
 * Changing what is registered, steps 内容確認 and 入力完了: show what was accepted, commit it once, show the receipt.
 * The step before: edit.c. Forms that are signed: sign.c.
 */
#include "flow/confirm.h"
#include "account/audit.h"
#include "base/error.h"
#include "flow/holder.h"
#include "flow/outcome.h"
#include "text/text.h"

typedef struct {
    const char *receipt;
    const char *cookie; /* of the session that replaces all others after a change of password, or NULL */
} committed_t;

static apr_status_t values_of(const flow_request_t *request, const draft_t *draft, form_values_t *values)
{
    return form_values_of_draft(request->rules, request->form, draft->fields, values, request->pool);
}

bool confirm_has_other_rules(const flow_request_t *request, const step_token_t *token)
{
    return !step_token_is_ruled(request, token) && request->visit->draft.step == DRAFT_ACCEPTED;
}

const char *confirm_complete_path(const flow_request_t *request, const char *receipt)
{
    return step_path(request, apr_pstrcat(request->pool, "/complete/", receipt, NULL));
}

static apr_status_t write_audit(const flow_request_t *request, store_unit_t *unit, audit_act_t act, const char *receipt)
{
    const account_t *account = &request->visit->account;
    const audit_entry_t entry = {.at = request->now,
                                 .city = account->city,
                                 .by = AUDIT_BY_RESIDENT,
                                 .account = account->id,
                                 .act = act,
                                 .note = span_of(receipt)};

    return audit_write(unit, &entry);
}

/* Account, receipt, audit entries, draft and, with a new password, sessions: all or nothing, in the unit.
 * BASE_ECONFLICT when the account moved on. */
static apr_status_t write_all(const flow_request_t *request, store_unit_t *unit, draft_t *draft,
                              const form_values_t *values, committed_t *committed)
{
    const bool password = draft->password.size > 0;
    record_pair_t *pairs;
    apr_size_t count = form_pairs_of_values(request->rules, request->form, values->at, &pairs, request->pool);
    apr_status_t status =
        account_change(unit, draft->account, draft->base, pairs, count,
                       password ? span_text(request->pool, draft->password) : NULL, request->now, request->pool);

    if (status == APR_SUCCESS)
        status = receipt_issue(unit, draft->account, draft->form, request->now, &committed->receipt, request->pool);
    if (status == APR_SUCCESS) status = write_audit(request, unit, AUDIT_CHANGE, committed->receipt);
    if (status == APR_SUCCESS && password)
        status = write_audit(request, unit, AUDIT_PASSWORD_CHANGE, committed->receipt);
    if (status == APR_SUCCESS && password) status = session_end_account(unit, draft->account);
    if (status == APR_SUCCESS && password)
        status = visit_begin(unit, request->visit, request->rules, &request->visit->account, SPAN(""), request->now,
                             &committed->cookie, request->pool);
    if (status != APR_SUCCESS) return status;
    draft->step = DRAFT_DONE;
    draft->fields = draft->password = SPAN("");
    draft->receipt = span_of(committed->receipt);
    return draft_write(unit, draft, request->now);
}

typedef struct {
    step_state_t state; /* STEP_READY: it was committed, unless */
    bool changed;       /* the account moved on */
} commit_result_t;

/* The draft as it is in the database now decides: the same press twice meets its own receipt. */
static apr_status_t commit(const flow_request_t *request, const step_token_t *token, committed_t *committed,
                           commit_result_t *result)
{
    const span_t form = rules_span(request->rules, request->form->name);
    form_values_t values;
    store_unit_t *unit;
    draft_t draft;
    apr_status_t status = store_open(&unit, request->ports->store, STORE_WRITE, request->pool);

    if (status != APR_SUCCESS) return status;
    status = draft_read(unit, request->visit->account.id, form, &draft, request->pool);
    *result = (commit_result_t){status == APR_SUCCESS ? step_state(&draft, token) : STEP_WRONG, false};
    if (status == APR_SUCCESS && result->state == STEP_REPEATED)
        committed->receipt = span_text(request->pool, draft.receipt);
    if (status == APR_SUCCESS && result->state == STEP_READY) {
        status = values_of(request, &draft, &values);
        if (status == APR_SUCCESS) status = write_all(request, unit, &draft, &values, committed);
        if (status == APR_SUCCESS) status = store_commit(unit);
        result->changed = status == BASE_ECONFLICT;
        if (result->changed) status = APR_SUCCESS;
    }
    store_close(unit);
    session_epoch_bump_account(request->ports->cache, request->visit->account.id);
    return status;
}

apr_status_t confirm_judge_again(const flow_request_t *request, flow_outcome_t *outcome)
{
    rules_verdict_t *verdict = apr_palloc(request->pool, sizeof *verdict);
    span_t facts[RULES_FACT_COUNT];
    form_values_t values;
    apr_status_t status = values_of(request, &request->visit->draft, &values);

    if (status != APR_SUCCESS) return status;
    form_facts(&request->visit->account, facts);
    rules_eval(request->rules, request->form, values.at, facts, verdict, request->ports->log, request->pool);
    if (verdict->finding_count > 0)
        return step_form(request, outcome, FLOW_INVALID, values.at, verdict, RULES_MESSAGE_RULES_CHANGED);
    return step_confirm(request, outcome, FLOW_CONFLICT, values.at, RULES_MESSAGE_RULES_CHANGED, NULL);
}

apr_status_t confirm_show(const flow_request_t *request, flow_outcome_t *outcome, flow_result_t result,
                          rules_message_t message, pin_try_t *tried)
{
    form_values_t values;
    apr_status_t status;

    if (request->visit->draft.step != DRAFT_ACCEPTED) return outcome_only(outcome, FLOW_WRONG_STEP);
    /* The account moved on: the input page says so, and takes it from there. */
    if (request->visit->draft.base != request->visit->account.version)
        return outcome_redirect(outcome, step_path(request, ""));
    status = values_of(request, &request->visit->draft, &values);
    return status == APR_SUCCESS ? step_confirm(request, outcome, result, values.at, message, tried) : status;
}

apr_status_t confirm_other_tab(const flow_request_t *request, flow_outcome_t *outcome)
{
    visit_t visit;
    flow_request_t again;
    apr_status_t status = step_refresh(request, &visit, &again);

    if (status != APR_SUCCESS) return status;
    outcome->rule = SPAN("version");
    return confirm_show(&again, outcome, FLOW_CONFLICT, RULES_MESSAGE_OTHER_TAB, NULL);
}

/* Nothing would be written but a receipt. */
static bool is_idle(const flow_request_t *request, const step_token_t *token)
{
    form_values_t values;

    return step_state(&request->visit->draft, token) == STEP_READY &&
           values_of(request, &request->visit->draft, &values) == APR_SUCCESS && step_is_unchanged(request, values.at);
}

static apr_status_t register_draft(const flow_request_t *request, const step_token_t *token, flow_outcome_t *outcome)
{
    committed_t committed = {NULL, NULL};
    commit_result_t result;
    apr_status_t status;

    if (confirm_has_other_rules(request, token)) return confirm_judge_again(request, outcome);
    if (is_idle(request, token)) return confirm_show(request, outcome, FLOW_INVALID, STEP_NO_MESSAGE, NULL);
    status = commit(request, token, &committed, &result);
    if (status != APR_SUCCESS) return status;
    if (result.state == STEP_WRONG) return outcome_only(outcome, FLOW_WRONG_STEP);
    if (result.state == STEP_OTHER_TAB) return confirm_other_tab(request, outcome);
    if (result.changed) return outcome_redirect(outcome, step_path(request, ""));
    if (result.state == STEP_READY) outcome->begin_session = committed.cookie;
    return outcome_redirect(outcome, confirm_complete_path(request, committed.receipt));
}

apr_status_t flow_confirm_show(const flow_request_t *request, flow_outcome_t *outcome)
{
    return confirm_show(request, outcome, FLOW_PAGE, STEP_NO_MESSAGE, NULL);
}

apr_status_t flow_confirm_submit(const flow_request_t *request, flow_outcome_t *outcome)
{
    step_token_t token;

    if (!step_token_parse(request->draft, &token)) return outcome_only(outcome, FLOW_BAD_REQUEST);
    if (span_is(request->action, "back")) return outcome_redirect(outcome, step_path(request, ""));
    if (span_is(request->action, "commit")) return register_draft(request, &token, outcome);
    return outcome_only(outcome, FLOW_BAD_REQUEST);
}

/* What was done, and what it is good for. */
static void put_end(const flow_request_t *request, page_map_t *view)
{
    const bool registration = step_is_registration(request);
    const rules_kind_t *kind = holder_kind(request);
    rules_message_t next = RULES_MESSAGE_NEXT_CHANGED;

    if (registration)
        next = kind && holder_source(request, kind) == REQUEST_FILE ? RULES_MESSAGE_NEXT_FILE : RULES_MESSAGE_NEXT_CARD;
    page_put_text(
        view, VIEW_say,
        rules_message(request->rules, registration ? RULES_MESSAGE_DONE_REGISTERED : RULES_MESSAGE_DONE_CHANGED));
    page_put_text(view, VIEW_next, rules_message(request->rules, next));
}

apr_status_t flow_complete_show(const flow_request_t *request, flow_outcome_t *outcome)
{
    const span_t form = rules_span(request->rules, request->form->name);
    page_map_t *view;
    store_unit_t *unit;
    apr_time_t at;
    bool found;
    apr_status_t status = store_open(&unit, request->ports->store, STORE_READ, request->pool);

    if (status != APR_SUCCESS) return status;
    status = receipt_read(unit, request->visit->account.id, form, request->argument, &at, &found, request->pool);
    store_close(unit);
    if (status != APR_SUCCESS) return status;
    if (!found) return outcome_only(outcome, FLOW_MISSING);
    view = flow_view(request, rules_say(request->rules, &request->form->done));
    page_put_flag(page_put_map(view, VIEW_steps), VIEW_step_done, true);
    put_end(request, view);
    page_put_text(view, VIEW_receipt, request->argument);
    page_put_text(view, VIEW_issued_at, text_time_japanese(request->pool, at));
    page_put_flag(view, VIEW_sign, request->proof != NULL);
    return outcome_page(outcome, FLOW_PAGE, VIEW_PAGE_COMPLETE, view);
}
