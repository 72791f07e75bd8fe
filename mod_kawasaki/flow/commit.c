/* SPDX-License-Identifier: Apache-2.0
 *
 * [登録] of a form that is signed: what is stored is what was signed. The answers come from the signed bytes, which are
 * our own stored ones, never from what the browser sent before; account, receipt, draft, certificate, evidence and
 * audit entry are written together or not at all.
 */
#include "base/error.h"
#include "flow/confirm.h"
#include "flow/outcome.h"
#include "flow/sign.h"
#include "flow/statement.h"
#include "flow/terms.h"
#include "store/event.h"

typedef struct {
    sign_t sign;
    form_values_t values; /* as signed */
    const char *receipt, *cookie;
    step_state_t state;
    bool changed;            /* the account moved on */
    apr_time_t locked_until; /* an applicant whose certificate, or who, has to wait since a deletion; 0: nobody */
} commit_t;

/* The answers, and of a new certificate what it says. */
static apr_size_t pairs_of(const flow_request_t *request, const commit_t *commit, record_pair_t **pairs)
{
    record_pair_t holder[HOLDER_FIELDS], *answers;
    const cert_t *cert = commit->sign.ceremony.tasks[0].cert;
    apr_size_t count = form_pairs_of_values(request->rules, request->form, commit->values.at, &answers, request->pool);
    apr_size_t more = commit->sign.bound ? 0 : holder_fields(cert, holder, request->pool);

    *pairs = apr_palloc(request->pool, (count + more) * sizeof **pairs);
    memcpy(*pairs, answers, count * sizeof **pairs);
    memcpy(*pairs + count, holder, more * sizeof **pairs);
    return count + more;
}

static apr_status_t write_account(const flow_request_t *request, store_unit_t *unit, const draft_t *draft,
                                  const commit_t *commit, apr_time_t now)
{
    const account_t *account = &request->visit->account;
    record_pair_t *pairs;
    apr_size_t count = pairs_of(request, commit, &pairs);

    return account->applicant ? account_register(unit, account->id, draft->base, pairs, count, now, request->pool)
                              : account_change(unit, account->id, draft->base, pairs, count, NULL, now, request->pool);
}

/* Who was an applicant is logged in from now on, here; the sessions of an applicant end. */
static apr_status_t write_session(const flow_request_t *request, store_unit_t *unit, commit_t *commit, apr_time_t now)
{
    account_t account = request->visit->account;
    apr_status_t status;

    if (!account.applicant) return APR_SUCCESS;
    account.applicant = false;
    status = session_end_account(unit, account.id);
    if (status != APR_SUCCESS) return status;
    return visit_begin(unit, request->visit, request->rules, &account, request->visit->session.insertion, now,
                       &commit->cookie, request->pool);
}

/* A new certificate in the place of the account's. */
static apr_status_t write_binding(const flow_request_t *request, store_unit_t *unit, const commit_t *commit,
                                  apr_time_t now)
{
    const account_t *account = &request->visit->account;
    const binding_t binding = holder_binding(commit->sign.ceremony.tasks[0].cert, account);
    const audit_entry_t entry = {.at = now,
                                 .city = account->city,
                                 .by = AUDIT_BY_RESIDENT,
                                 .account = account->id,
                                 .act = AUDIT_CERTIFICATE,
                                 .note = span_of(commit->receipt)};
    apr_status_t status = binding_put(unit, &binding, now);

    return status == APR_SUCCESS ? audit_write(unit, &entry) : status;
}

static apr_status_t write_all(const flow_request_t *request, store_unit_t *unit, draft_t *draft, commit_t *commit)
{
    const apr_time_t now = clock_now(request->ports->clock);
    const account_t *account = &request->visit->account;
    apr_status_t status = write_account(request, unit, draft, commit, now);

    if (status == APR_SUCCESS)
        status = receipt_issue(unit, account->id, draft->form, now, &commit->receipt, request->pool);
    if (status == APR_SUCCESS && !commit->sign.bound) status = write_binding(request, unit, commit, now);
    if (status == APR_SUCCESS)
        status = sign_keep(request, unit, &commit->sign, account->applicant ? AUDIT_REGISTER : AUDIT_CHANGE,
                           commit->receipt, now);
    if (status == APR_SUCCESS) status = write_session(request, unit, commit, now);
    if (status != APR_SUCCESS) return status;
    draft->step = DRAFT_DONE;
    draft->fields = SPAN("");
    draft->receipt = span_of(commit->receipt);
    status = draft_write(unit, draft, now);
    return status == APR_SUCCESS ? event_write_account(unit, account->id, now) : status;
}

/* In one unit: the draft as it is now decides, as for forms without a signature. */
static apr_status_t store(const flow_request_t *request, const step_token_t *token, commit_t *commit)
{
    const span_t form = rules_span(request->rules, request->form->name);
    store_unit_t *unit;
    draft_t draft;
    apr_status_t status = store_open(&unit, request->ports->store, STORE_WRITE, request->pool);

    if (status == APR_SUCCESS) status = draft_read(unit, request->visit->account.id, form, &draft, request->pool);
    if (status == APR_SUCCESS) commit->state = step_state(&draft, token);
    if (status == APR_SUCCESS && commit->state == STEP_REPEATED)
        commit->receipt = span_text(request->pool, draft.receipt);
    /* Also what was deleted while he filled in the form keeps him out. */
    if (status == APR_SUCCESS && commit->state == STEP_READY && request->visit->account.applicant)
        status = holder_locked_out(request, unit, commit->sign.ceremony.tasks[0].cert, &commit->locked_until);
    if (status == APR_SUCCESS && commit->state == STEP_READY && !commit->locked_until) {
        status = write_all(request, unit, &draft, commit);
        if (status == APR_SUCCESS) status = store_commit(unit);
        commit->changed = status == BASE_ECONFLICT;
        if (commit->changed) status = APR_SUCCESS;
    }
    store_close(unit);
    session_epoch_bump_account(request->ports->cache, request->visit->account.id);
    if (request->visit->account.applicant)
        session_epoch_bump_session(request->ports->cache, request->visit->session.hash);
    return status;
}

/* --- A new certificate --- */

/* Its name and birth date are the account's, its address is another: the form comes again, with the new address to be
 * put into parts. Nothing is stored of it but in the draft. */
static apr_status_t wait_for_parts(const flow_request_t *request, const step_token_t *token, commit_t *commit,
                                   flow_outcome_t *outcome)
{
    record_pair_t holder[HOLDER_FIELDS];
    apr_size_t count = holder_fields(commit->sign.ceremony.tasks[0].cert, holder, request->pool);
    store_unit_t *unit;
    draft_t draft;
    form_values_t values;
    apr_status_t status = store_open(&unit, request->ports->store, STORE_WRITE, request->pool);

    if (status == APR_SUCCESS)
        status = draft_read(unit, request->visit->account.id, rules_span(request->rules, request->form->name), &draft,
                            request->pool);
    if (status == APR_SUCCESS) commit->state = step_state(&draft, token);
    if (status == APR_SUCCESS && commit->state == STEP_READY)
        status = form_values_of_draft(request->rules, request->form, draft.fields, &values, request->pool);
    if (status == APR_SUCCESS && commit->state == STEP_READY) {
        draft.step = DRAFT_TYPED;
        draft.fields = form_draft_of_values(request->rules, request->form, values.at, holder, count, request->pool);
        status = draft_write(unit, &draft, request->now);
        if (status == APR_SUCCESS) status = store_commit(unit);
    }
    store_close(unit);
    session_epoch_bump_account(request->ports->cache, request->visit->account.id);
    outcome->rule = SPAN("certificate/address");
    if (status == BASE_ECONFLICT || (status == APR_SUCCESS && commit->state != STEP_READY))
        return confirm_other_tab(request, outcome);
    return status == APR_SUCCESS ? outcome_redirect(outcome, step_path(request, "")) : status;
}

/* --- The step --- */

static apr_status_t conclude(const flow_request_t *request, const step_token_t *token, commit_t *commit,
                             flow_outcome_t *outcome)
{
    sign_result_t result;
    apr_status_t status = sign_judge(request, &commit->sign, &result);

    if (status != APR_SUCCESS) return status;
    if (result == SIGN_REFUSED)
        return confirm_show(request, outcome, FLOW_INVALID, STEP_NO_MESSAGE, &commit->sign.ceremony.tried);
    if (result == SIGN_NEW) return wait_for_parts(request, token, commit, outcome);
    status =
        statement_read(request, &request->visit->account, commit->sign.ceremony.tasks[0].signed_form, &commit->values);
    if (status == BASE_EMALFORMED) return confirm_judge_again(request, outcome);
    if (status == APR_SUCCESS && commit->sign.bound && step_is_unchanged(request, commit->values.at))
        return confirm_show(request, outcome, FLOW_INVALID, STEP_NO_MESSAGE, NULL);
    if (status == APR_SUCCESS) status = store(request, token, commit);
    if (status != APR_SUCCESS) return status;
    /* The draft, or the account, went while the card was at work: there it is told what is left. */
    if (commit->state == STEP_WRONG) return outcome_redirect(outcome, step_path(request, ""));
    if (commit->state == STEP_OTHER_TAB) return confirm_other_tab(request, outcome);
    if (commit->locked_until) {
        holder_refuse_locked_out(request, &commit->sign.ceremony.tried, commit->locked_until);
        return confirm_show(request, outcome, FLOW_INVALID, STEP_NO_MESSAGE, &commit->sign.ceremony.tried);
    }
    if (commit->changed) return outcome_redirect(outcome, step_path(request, ""));
    outcome->begin_session = commit->cookie;
    return outcome_redirect(outcome, confirm_complete_path(request, commit->receipt));
}

/* The same press again. Its receipt isn't in the cache. */
static apr_status_t show_receipt(const flow_request_t *request, flow_outcome_t *outcome)
{
    store_unit_t *unit;
    draft_t draft;
    apr_status_t status = store_open(&unit, request->ports->store, STORE_READ, request->pool);

    if (status == APR_SUCCESS)
        status = draft_read(unit, request->visit->account.id, rules_span(request->rules, request->form->name), &draft,
                            request->pool);
    store_close(unit);
    if (status != APR_SUCCESS) return status;
    return outcome_redirect(outcome, confirm_complete_path(request, span_text(request->pool, draft.receipt)));
}

static apr_status_t sign_draft(const flow_request_t *request, const step_token_t *token, flow_outcome_t *outcome)
{
    const draft_t *draft = &request->visit->draft;
    commit_t *commit = apr_pcalloc(request->pool, sizeof *commit);
    ceremony_result_t result;
    form_values_t values;
    apr_status_t status;

    switch (step_state(draft, token)) {
    case STEP_READY: break;
    case STEP_REPEATED: return show_receipt(request, outcome);
    case STEP_WRONG: return outcome_only(outcome, FLOW_WRONG_STEP);
    case STEP_OTHER_TAB: return confirm_other_tab(request, outcome);
    }
    if (draft->base != request->visit->account.version) return outcome_redirect(outcome, step_path(request, ""));
    status = form_values_of_draft(request->rules, request->form, draft->fields, &values, request->pool);
    if (status == APR_SUCCESS)
        status = sign_plan(request, values.at, step_path(request, "/confirm"), step_path(request, "/confirm"),
                           &commit->sign);
    if (status == APR_SUCCESS) status = ceremony_run(request, &commit->sign.ceremony, outcome, &result);
    if (status != APR_SUCCESS) return status;
    switch (result) {
    case CEREMONY_ASKED: return APR_SUCCESS;
    case CEREMONY_REFUSED:
        return confirm_show(request, outcome, FLOW_INVALID, STEP_NO_MESSAGE, &commit->sign.ceremony.tried);
    case CEREMONY_DONE: break;
    }
    return conclude(request, token, commit, outcome);
}

apr_status_t flow_sign_submit(const flow_request_t *request, flow_outcome_t *outcome)
{
    step_token_t token;

    if (!request->ports->helper || !request->proof) return outcome_only(outcome, FLOW_MISSING);
    if (!step_token_parse(request->draft, &token)) return outcome_only(outcome, FLOW_BAD_REQUEST);
    if (span_is(request->action, "back")) return outcome_redirect(outcome, step_path(request, ""));
    if (!span_is(request->action, "commit") && !ceremony_is_answered(request))
        return outcome_only(outcome, FLOW_BAD_REQUEST);
    if (terms_are_new(request)) return outcome_redirect(outcome, terms_path(request));
    if (confirm_has_other_rules(request, &token)) return confirm_judge_again(request, outcome);
    return sign_draft(request, &token, outcome);
}
