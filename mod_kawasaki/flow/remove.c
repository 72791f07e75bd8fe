/* SPDX-License-Identifier: Apache-2.0
 *
 * Deleting an account (利用者情報削除): first what stands in the way, then the confirmation, which is signed. Personal
 * data and all sessions end with it, the certificates are kept out for a while, the evidence stays.
 */
#include "account/application.h"
#include "base/error.h"
#include "flow/outcome.h"
#include "flow/sign.h"
#include "flow/statement.h"
#include "flow/step.h"
#include "store/event.h"
#include "text/text.h"

typedef struct {
    const rules_refusal_t *refusal;
    application_t *applications; /* of which it speaks */
    int count;
} obstacle_t;

typedef struct {
    obstacle_t *at;
    int count;
} obstacles_t;

/* --- What stands in the way --- */

/* All rules that refuse it now. */
static apr_status_t find_obstacles(const flow_request_t *request, store_unit_t *unit, obstacles_t *obstacles)
{
    const uint32_t rules = rules_count(request->rules, RULES_REFUSALS);
    apr_status_t status = APR_SUCCESS;

    *obstacles = (obstacles_t){apr_palloc(request->pool, (rules + 1) * sizeof *obstacles->at), 0};
    for (uint32_t i = 0; status == APR_SUCCESS && i < rules; i++) {
        obstacle_t *obstacle = &obstacles->at[obstacles->count];
        obstacle->refusal = rules_entry(request->rules, RULES_REFUSALS, i);
        if (obstacle->refusal->act != RULES_ACT_DELETE) continue;
        status = application_list(unit, request->visit->account.id, obstacle->refusal->states, &obstacle->applications,
                                  &obstacle->count, request->pool);
        if (obstacle->count > 0) obstacles->count++;
    }
    return status;
}

static apr_status_t ask_obstacles(const flow_request_t *request, obstacles_t *obstacles)
{
    store_unit_t *unit;
    apr_status_t status = store_open(&unit, request->ports->store, STORE_READ, request->pool);

    if (status == APR_SUCCESS) status = find_obstacles(request, unit, obstacles);
    store_close(unit);
    return status;
}

static rules_message_t state_word(application_state_t state)
{
    switch (state) {
    case APPLICATION_RECEIVED: return RULES_MESSAGE_APPLICATION_RECEIVED;
    case APPLICATION_EXAMINATION: return RULES_MESSAGE_APPLICATION_EXAMINATION;
    case APPLICATION_EXAMINED: break;
    }
    return RULES_MESSAGE_APPLICATION_EXAMINED;
}

static void put_applications(const flow_request_t *request, page_map_t *map, const application_t *list, int count)
{
    page_list_t *entries = page_put_list(map, VIEW_applications);

    for (int i = 0; i < count; i++) {
        page_map_t *entry = page_list_add(entries);
        page_put_text(entry, VIEW_word, list[i].title);
        page_put_text(entry, VIEW_number, list[i].number);
        page_put_text(entry, VIEW_at, text_time_japanese(request->pool, list[i].received_at));
        page_put_text(entry, VIEW_status, rules_message(request->rules, state_word(list[i].state)));
    }
}

static void put_obstacles(const flow_request_t *request, page_map_t *view, const obstacles_t *obstacles)
{
    page_list_t *list = obstacles->count ? page_put_list(view, VIEW_obstacles) : NULL;

    for (int i = 0; i < obstacles->count; i++) {
        const obstacle_t *obstacle = &obstacles->at[i];
        page_map_t *map = page_list_add(list);
        const char *number = apr_psprintf(request->pool, "%d", obstacle->count);
        const record_pair_t count = {SPAN("count"), span_of(number)};
        page_put_text(map, VIEW_say,
                      rules_fill(rules_say(request->rules, &obstacle->refusal->say), &count, 1, request->pool));
        put_applications(request, map, obstacle->applications, obstacle->count);
    }
}

/* --- The confirmation --- */

static void put_lockout(const flow_request_t *request, page_map_t *view, apr_time_t deleted_at)
{
    const rules_lockout_t *lockout = holder_lockout(request);

    if (lockout)
        page_put_text(view, VIEW_until,
                      text_time_japanese(request->pool, deleted_at + apr_time_from_sec((apr_time_t)lockout->lasts)));
}

static apr_status_t show(const flow_request_t *request, flow_outcome_t *outcome, flow_result_t result,
                         const obstacles_t *obstacles, rules_message_t message, pin_try_t *tried)
{
    page_map_t *view = flow_view(request, rules_say(request->rules, &request->form->confirm));
    form_values_t values;
    apr_status_t status = APR_SUCCESS;

    form_values_of_account(request->rules, request->form, &request->visit->account, &values);
    form_view_rows(request, view, request->form, values.at, false);
    page_put_flag(page_put_map(view, VIEW_steps), VIEW_step_confirm, true);
    page_put_text(view, VIEW_action, span_of(step_sibling(request, "/delete")));
    page_put_text(view, VIEW_back, span_of(step_sibling(request, "/edit")));
    page_put_text(view, VIEW_draft, step_token(request));
    put_lockout(request, view, request->now);
    put_obstacles(request, view, obstacles);
    if (message != STEP_NO_MESSAGE) outcome_message(request, view, message);
    if (obstacles->count)
        outcome->rule = rules_span(request->rules, obstacles->at[0].refusal->rule);
    else
        status = step_put_sign(request, view, tried);
    if (tried->verdict) outcome->rule = tried->verdict->findings[0].rule;
    return status == APR_SUCCESS ? outcome_page(outcome, result, VIEW_PAGE_DELETE, view) : status;
}

apr_status_t flow_remove_show(const flow_request_t *request, flow_outcome_t *outcome)
{
    pin_try_t untried = {0};
    obstacles_t obstacles;
    apr_status_t status = ask_obstacles(request, &obstacles);

    if (status != APR_SUCCESS) return status;
    return show(request, outcome, FLOW_PAGE, &obstacles, STEP_NO_MESSAGE, &untried);
}

/* --- The deletion --- */

static apr_status_t write_all(const flow_request_t *request, store_unit_t *unit, const sign_t *sign,
                              const char **receipt, apr_time_t now)
{
    const account_t *account = &request->visit->account;
    span_t *identities;
    int count;
    apr_status_t status =
        receipt_issue(unit, account->id, rules_span(request->rules, request->form->name), now, receipt, request->pool);

    if (status == APR_SUCCESS) status = sign_keep(request, unit, sign, AUDIT_DELETE, *receipt, now);
    /* With the evidence of this deletion there, its signer's too, who need not be bound. */
    if (status == APR_SUCCESS) status = holder_certificates(request, unit, account->id, &identities, &count);
    if (status == APR_SUCCESS) status = evidence_end(unit, account->id, now);
    if (status == APR_SUCCESS) status = account_remove(unit, account->id, account->version);
    if (status == APR_SUCCESS) status = holder_lock_out(request, unit, account, identities, count, now);
    return status == APR_SUCCESS ? event_write_account(unit, account->id, now) : status;
}

/* What stands in the way is asked again in the unit, which lets no other in: an application may have come in meanwhile.
 * The time out begins with the commit. */
static apr_status_t store(const flow_request_t *request, const sign_t *sign, obstacles_t *obstacles,
                          const char **receipt, bool *changed)
{
    const account_t *account = &request->visit->account;
    store_unit_t *unit;
    apr_status_t status = store_open(&unit, request->ports->store, STORE_WRITE, request->pool);

    if (status == APR_SUCCESS) status = account_seize(unit, account->id, account->version);
    if (status == APR_SUCCESS) status = find_obstacles(request, unit, obstacles);
    if (status == APR_SUCCESS && obstacles->count == 0) {
        status = write_all(request, unit, sign, receipt, clock_now(request->ports->clock));
        if (status == APR_SUCCESS) status = store_commit(unit);
    }
    store_close(unit);
    session_epoch_bump_account(request->ports->cache, account->id);
    *changed = status == BASE_ECONFLICT;
    return *changed ? APR_SUCCESS : status;
}

static apr_status_t show_changed(const flow_request_t *request, flow_outcome_t *outcome, const obstacles_t *obstacles)
{
    visit_t visit;
    flow_request_t again;
    pin_try_t untried = {0};
    apr_status_t status = step_refresh(request, &visit, &again);

    if (status != APR_SUCCESS) return status;
    outcome->rule = SPAN("version");
    /* Deleted, while the card was at work. Nobody is logged in with it any more. */
    if (visit.state != SESSION_LIVE) return outcome_redirect(outcome, step_sibling(request, "/edit"));
    return show(&again, outcome, FLOW_CONFLICT, obstacles, RULES_MESSAGE_CHANGED_MEANWHILE, &untried);
}

static apr_status_t conclude(const flow_request_t *request, flow_outcome_t *outcome, sign_t *sign,
                             obstacles_t *obstacles)
{
    form_values_t values;
    sign_result_t result;
    const char *receipt;
    bool changed;
    apr_status_t status = sign_judge(request, sign, &result);

    if (status != APR_SUCCESS) return status;
    if (result == SIGN_NEW)
        pin_refuse(request, &sign->ceremony.tried, SPAN("certificate/address"),
                   rules_message(request->rules, RULES_MESSAGE_CERT_OTHER));
    if (result != SIGN_GOOD)
        return show(request, outcome, FLOW_INVALID, obstacles, STEP_NO_MESSAGE, &sign->ceremony.tried);
    status = statement_read(request, &request->visit->account, sign->ceremony.tasks[0].signed_form, &values);
    if (status == BASE_EMALFORMED) return show_changed(request, outcome, obstacles);
    if (status == APR_SUCCESS) status = store(request, sign, obstacles, &receipt, &changed);
    if (status != APR_SUCCESS) return status;
    if (changed) return show_changed(request, outcome, obstacles);
    if (obstacles->count)
        return show(request, outcome, FLOW_CONFLICT, obstacles, STEP_NO_MESSAGE, &sign->ceremony.tried);
    outcome->end_session = true;
    return outcome_redirect(outcome, step_sibling(request, apr_pstrcat(request->pool, "/deleted/", receipt, NULL)));
}

static apr_status_t sign(const flow_request_t *request, flow_outcome_t *outcome, obstacles_t *obstacles)
{
    const char *path = step_sibling(request, "/delete");
    sign_t *signing = apr_palloc(request->pool, sizeof *signing);
    ceremony_result_t result;
    form_values_t values;
    apr_status_t status;

    form_values_of_account(request->rules, request->form, &request->visit->account, &values);
    status = sign_plan(request, values.at, path, path, signing);
    if (status == APR_SUCCESS) status = ceremony_run(request, &signing->ceremony, outcome, &result);
    if (status != APR_SUCCESS) return status;
    switch (result) {
    case CEREMONY_ASKED: return APR_SUCCESS;
    case CEREMONY_REFUSED:
        return show(request, outcome, FLOW_INVALID, obstacles, STEP_NO_MESSAGE, &signing->ceremony.tried);
    case CEREMONY_DONE: break;
    }
    return conclude(request, outcome, signing, obstacles);
}

apr_status_t flow_remove_submit(const flow_request_t *request, flow_outcome_t *outcome)
{
    pin_try_t untried = {0};
    obstacles_t obstacles;
    step_token_t token;
    apr_status_t status;

    if (!request->ports->helper || !request->proof) return outcome_only(outcome, FLOW_MISSING);
    if (!step_token_parse(request->draft, &token)) return outcome_only(outcome, FLOW_BAD_REQUEST);
    if (span_is(request->action, "back")) return outcome_redirect(outcome, step_sibling(request, "/edit"));
    if (!span_is(request->action, "delete") && !ceremony_is_answered(request))
        return outcome_only(outcome, FLOW_BAD_REQUEST);
    status = ask_obstacles(request, &obstacles);
    if (status != APR_SUCCESS) return status;
    if (token.account != request->visit->account.version || !step_token_is_ruled(request, &token))
        return show_changed(request, outcome, &obstacles);
    if (obstacles.count) return show(request, outcome, FLOW_CONFLICT, &obstacles, STEP_NO_MESSAGE, &untried);
    return sign(request, outcome, &obstacles);
}

/* --- Afterwards --- */

apr_status_t flow_removed_show(const flow_request_t *request, flow_outcome_t *outcome)
{
    page_map_t *view;
    store_unit_t *unit;
    apr_time_t at;
    bool found;
    apr_status_t status = store_open(&unit, request->ports->store, STORE_READ, request->pool);

    if (status == APR_SUCCESS)
        status = evidence_receipt(unit, rules_span(request->rules, rules_city(request->rules)->id),
                                  rules_span(request->rules, request->form->name), request->argument, &at, &found);
    store_close(unit);
    if (status != APR_SUCCESS) return status;
    if (!found) return outcome_only(outcome, FLOW_MISSING);
    view = flow_view(request, rules_say(request->rules, &request->form->done));
    page_put_flag(page_put_map(view, VIEW_steps), VIEW_step_done, true);
    page_put_text(view, VIEW_receipt, request->argument);
    page_put_text(view, VIEW_issued_at, text_time_japanese(request->pool, at));
    put_lockout(request, view, at);
    return outcome_page(outcome, FLOW_PAGE, VIEW_PAGE_DELETED, view);
}
