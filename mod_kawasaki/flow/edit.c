/* SPDX-License-Identifier: Apache-2.0
 *
 * Changing what is registered, step 情報入力: show, accept into the draft, keep, reset, go back. The next steps:
 * confirm.c.
 */
#include "account/password.h"
#include "base/error.h"
#include "flow/address.h"
#include "flow/door.h"
#include "flow/outcome.h"
#include "flow/step.h"
#include "flow/terms.h"

/* What the draft shall become. */
typedef struct {
    draft_step_t step;
    const span_t *values;
    const char *password; /* hash of a new one, or NULL: what waits stays */
    door_t *door;         /* that was opened for it, or NULL */
} keep_t;

/* The draft's fields: what was typed or accepted; what waits in it, stays. */
static span_t fields_of(const flow_request_t *request, const draft_t *former, const keep_t *what)
{
    record_pair_t *waiting;
    apr_size_t count;

    if (what->step == DRAFT_NONE) return SPAN("");
    form_waiting(former->fields, &waiting, &count, request->pool);
    return form_draft_of_values(request->rules, request->form, what->values, waiting, count, request->pool);
}

/* Writes the draft if nobody else did since the page was made; *lost says that somebody did. */
static apr_status_t keep(const flow_request_t *request, const step_token_t *token, const keep_t *what, bool *lost)
{
    const span_t form = rules_span(request->rules, request->form->name);
    store_unit_t *unit;
    draft_t draft;
    apr_status_t status = store_open(&unit, request->ports->store, STORE_WRITE, request->pool);

    if (status != APR_SUCCESS) return status;
    status = draft_read(unit, request->visit->account.id, form, &draft, request->pool);
    *lost = status == APR_SUCCESS && draft.version != token->draft;
    if (status == APR_SUCCESS && !*lost) {
        bool fresh = draft.step != DRAFT_TYPED && draft.step != DRAFT_ACCEPTED;
        draft.account = request->visit->account.id;
        draft.form = form;
        draft.step = what->step;
        draft.base = token->account;
        draft.receipt = SPAN("");
        draft.fields = fields_of(request, &draft, what);
        if (what->password)
            draft.password = span_of(what->password);
        else if (fresh || what->step == DRAFT_NONE)
            draft.password = SPAN("");
        status = draft_write(unit, &draft, request->now);
        if (status == BASE_ECONFLICT) {
            *lost = true;
            status = APR_SUCCESS;
        }
    }
    /* Also where the draft was lost to another tab: the secret was right. */
    if (status == APR_SUCCESS && what->door) status = door_settle(what->door, request, unit);
    if (status == APR_SUCCESS && (!*lost || what->door)) status = store_commit(unit);
    store_close(unit);
    session_epoch_bump_account(request->ports->cache, request->visit->account.id);
    return status;
}

/* Proves the current password and hashes the new one; what stands in the way becomes a finding. No connection is held
 * while hashing. */
static apr_status_t change_password(const flow_request_t *request, rules_verdict_t *verdict, keep_t *what)
{
    const account_t *account = &request->visit->account;
    const uint32_t current = rules_field_index(request->rules, request->form, SPAN("current-password"));
    const uint32_t new = rules_field_index(request->rules, request->form, SPAN("new-password"));
    door_t *door;
    apr_status_t status;

    if (current == RULES_NONE || new == RULES_NONE || verdict->values[new].size == 0) return APR_SUCCESS;
    door = apr_palloc(request->pool, sizeof *door);
    status =
        door_knock(door, request, AUDIT_PASSWORD_REFUSED, account->kind, account->identifier, verdict->values[current]);
    if (status != APR_SUCCESS) return status;
    what->door = door;
    if (door->result != DOOR_OPEN) {
        verdict->findings[verdict->finding_count++] =
            door_finding(door, request, current, RULES_MESSAGE_PASSWORD_WRONG);
        return APR_SUCCESS;
    }
    return password_hash(verdict->values[new], &what->password, request->pool);
}

/* The form again: the current password was not right, or could not be looked at. */
static apr_status_t stay_out(const flow_request_t *request, const rules_verdict_t *verdict, const door_t *door,
                             flow_outcome_t *outcome)
{
    apr_status_t status = step_form(request, outcome, door->permit.state == LIMIT_OPEN ? FLOW_INVALID : FLOW_LOCKED,
                                    request->typed, verdict, STEP_NO_MESSAGE);

    if (status == APR_SUCCESS && door->permit.receipt)
        page_put_text(outcome->view, VIEW_refusal, span_of(door->permit.receipt));
    return status;
}

/* Back to the form with what was typed, and the world as it is now: sending it once more is then meant. */
static apr_status_t conflict(const flow_request_t *request, flow_outcome_t *outcome, rules_message_t message)
{
    visit_t visit;
    flow_request_t again;
    apr_status_t status = step_refresh(request, &visit, &again);

    if (status != APR_SUCCESS) return status;
    outcome->rule = SPAN("version");
    return step_form(&again, outcome, FLOW_CONFLICT, request->typed, NULL, message);
}

/* A password that the counter gave must be replaced by one that only its owner knows. */
static void demand_password(const flow_request_t *request, rules_verdict_t *verdict)
{
    const draft_t *draft = &request->visit->draft;
    const uint32_t new = rules_field_index(request->rules, request->form, SPAN("new-password"));
    const bool waits = draft->step == DRAFT_ACCEPTED && draft->password.size > 0;

    if (!request->visit->account.must_change || waits || new == RULES_NONE || verdict->values[new].size > 0) return;
    if (verdict->finding_count > 0) return; /* one thing after the other */
    verdict->findings[verdict->finding_count++] = (rules_finding_t){
        new, SPAN("door/must-change"), rules_message(request->rules, RULES_MESSAGE_PASSWORD_MUST_CHANGE)};
}

static apr_status_t accept_input(const flow_request_t *request, const step_token_t *token, flow_outcome_t *outcome)
{
    rules_verdict_t *verdict = apr_palloc(request->pool, sizeof *verdict);
    span_t facts[RULES_FACT_COUNT];
    keep_t what = {DRAFT_ACCEPTED, verdict->values, NULL, NULL};
    bool lost;
    apr_status_t status;

    form_facts(&request->visit->account, facts);
    rules_eval(request->rules, request->form, request->typed, facts, verdict, request->ports->log, request->pool);
    demand_password(request, verdict);
    if (verdict->finding_count > 0)
        return step_form(request, outcome, FLOW_INVALID, request->typed, verdict, STEP_NO_MESSAGE);
    if (token->account != request->visit->account.version)
        return conflict(request, outcome, RULES_MESSAGE_CHANGED_MEANWHILE);
    if (token->draft != request->visit->draft.version) return conflict(request, outcome, RULES_MESSAGE_OTHER_TAB);
    status = change_password(request, verdict, &what);
    if (status != APR_SUCCESS) return status;
    if (what.door) outcome->door = what.door->result;
    if (verdict->finding_count > 0) return stay_out(request, verdict, what.door, outcome);
    status = keep(request, token, &what, &lost);
    if (status != APR_SUCCESS) return status;
    return lost ? conflict(request, outcome, RULES_MESSAGE_OTHER_TAB)
                : outcome_redirect(outcome, step_path(request, "/confirm"));
}

/* Keeps what was typed without judging it, then goes on to location. */
static apr_status_t keep_typed(const flow_request_t *request, const step_token_t *token, const char *location,
                               flow_outcome_t *outcome)
{
    const keep_t what = {DRAFT_TYPED, request->typed, NULL, NULL};
    bool lost;
    apr_status_t status = keep(request, token, &what, &lost);

    if (status != APR_SUCCESS) return status;
    return lost ? conflict(request, outcome, RULES_MESSAGE_OTHER_TAB) : outcome_redirect(outcome, location);
}

/* Forgets the draft: the page then shows what is registered. A draft that another tab moved on stays, and is shown. */
static apr_status_t reset(const flow_request_t *request, const step_token_t *token, flow_outcome_t *outcome)
{
    const keep_t nothing = {DRAFT_NONE, NULL, NULL, NULL};
    bool lost;
    apr_status_t status = keep(request, token, &nothing, &lost);

    return status == APR_SUCCESS ? outcome_redirect(outcome, step_path(request, "")) : status;
}

apr_status_t flow_edit_show(const flow_request_t *request, flow_outcome_t *outcome)
{
    const draft_t *draft = &request->visit->draft;
    rules_message_t message = STEP_NO_MESSAGE;
    form_values_t values;
    bool under_way = draft->step == DRAFT_TYPED || draft->step == DRAFT_ACCEPTED;

    /* A draft that an older program wrote, and this one can't read, is no draft. */
    if (!under_way || form_values_of_draft(request->rules, request->form, draft->fields, &values, request->pool))
        form_values_of_account(request->rules, request->form, &request->visit->account, &values);
    if (under_way && draft->base != request->visit->account.version)
        message = request->visit->account.applicant ? RULES_MESSAGE_RESUMED : RULES_MESSAGE_CHANGED_MEANWHILE;
    else if (under_way && draft->password.size)
        message = RULES_MESSAGE_PASSWORD_PENDING;
    else if (request->visit->account.must_change)
        message = RULES_MESSAGE_PASSWORD_MUST_CHANGE;
    else if (under_way && step_has_waiting(request))
        message = RULES_MESSAGE_CERT_NEW;
    else if (span_is(request->argument, "renewed"))
        message = RULES_MESSAGE_CERT_RENEWED;
    else if (draft->step == DRAFT_TYPED && span_is(request->argument, "saved"))
        message = RULES_MESSAGE_SAVED;
    return step_form(request, outcome, FLOW_PAGE, values.at, NULL, message);
}

/* Whatever button it was: nothing is accepted or changed for somebody who is no longer logged in. */
apr_status_t flow_edit_late(const flow_request_t *request, flow_outcome_t *outcome)
{
    const keep_t what = {DRAFT_TYPED, request->typed, NULL, NULL};
    step_token_t token;
    bool lost;
    apr_status_t status = APR_SUCCESS;

    if (step_token_parse(request->draft, &token)) status = keep(request, &token, &what, &lost);
    return status == APR_SUCCESS ? outcome_redirect(outcome, step_way_in(request)) : status;
}

apr_status_t flow_edit_submit(const flow_request_t *request, flow_outcome_t *outcome)
{
    step_token_t token;

    if (!step_token_parse(request->draft, &token)) return outcome_only(outcome, FLOW_BAD_REQUEST);
    if (span_is(request->action, "next") && terms_are_new(request))
        return keep_typed(request, &token, terms_path(request), outcome);
    if (span_is(request->action, "next")) return accept_input(request, &token, outcome);
    if (span_is(request->action, "reset")) return reset(request, &token, outcome);
    if (span_is(request->action, "save")) return keep_typed(request, &token, step_path(request, "/saved"), outcome);
    if (span_is(request->action, "back")) return keep_typed(request, &token, "/registration", outcome);
    if (span_is(request->action, "delete") && request->proof)
        return keep_typed(request, &token, step_sibling(request, "/delete"), outcome);
    if (address_is_asked(request)) return address_fill(request, outcome);
    return outcome_only(outcome, FLOW_BAD_REQUEST);
}
