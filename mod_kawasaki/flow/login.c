/* SPDX-License-Identifier: Apache-2.0
 *
 * Logging in with number and password, out, and staying in. Unknown number and wrong password take the same way, the
 * same time and the same words. The secret is looked at in one place, prove(): the gate for attempts belongs there.
 */
#include "account/password.h"
#include "base/error.h"
#include "flow/form.h"
#include "flow/outcome.h"

static const struct {
    const char *purpose, *path;
} purposes[] = {{"card-edit", "/card/edit"}, {"", "/"}};

const char *flow_purpose_path(span_t purpose)
{
    for (apr_size_t i = 0; i < sizeof purposes / sizeof *purposes; i++)
        if (span_is(purpose, purposes[i].purpose)) return purposes[i].path;
    return NULL;
}

/* The kind that a log-in form is for stands in its name: "card" of "card.login". */
static span_t kind_of(const flow_request_t *request)
{
    const span_t name = rules_span(request->rules, request->form->name);
    const char *dot = memchr(name.at, '.', name.size);
    return (span_t){name.at, dot ? (apr_size_t)(dot - name.at) : name.size};
}

static page_map_t *login_view(const flow_request_t *request, const span_t *typed, const rules_finding_t *findings,
                              uint32_t count)
{
    page_map_t *view = flow_view(request, rules_say(request->rules, &request->form->title));
    page_put_text(view, VIEW_action,
                  span_of(apr_pstrcat(request->pool, "/login/", span_text(request->pool, kind_of(request)), NULL)));
    page_put_text(view, VIEW_purpose, request->purpose);
    form_view_fields(request, view, request->form, typed, findings, count, false);
    return view;
}

/* The account of this number and password. No connection is held while the secret is compared: that takes some 25 ms.
 */
static apr_status_t prove(const flow_request_t *request, span_t identifier, span_t secret, account_t *account,
                          bool *proved)
{
    const span_t city = rules_span(request->rules, rules_city(request->rules)->id);
    const char *password = NULL;
    bool found = false;
    store_unit_t *unit;
    apr_status_t status = store_open(&unit, request->ports->store, STORE_READ, request->pool);

    if (status != APR_SUCCESS) return status;
    status = account_find(unit, city, kind_of(request), identifier, account, &password, &found, request->pool);
    store_close(unit);
    if (status != APR_SUCCESS) return status;
    *proved = password_matches(secret, found ? password : NULL) && found;
    return APR_SUCCESS;
}

static apr_status_t enter(const flow_request_t *request, const account_t *account, flow_outcome_t *outcome)
{
    const visit_t *old = request->visit;
    store_unit_t *unit;
    apr_status_t status = store_open(&unit, request->ports->store, STORE_WRITE, request->pool);

    if (status != APR_SUCCESS) return status;
    status = visit_begin(unit, old, request->rules, account, request->now, &outcome->begin_session, request->pool);
    if (status == APR_SUCCESS) status = store_commit(unit);
    store_close(unit);
    if (status == APR_SUCCESS && old->state != SESSION_NONE)
        session_epoch_bump_session(request->ports->cache, old->session.hash);
    return status;
}

apr_status_t flow_login_show(const flow_request_t *request, flow_outcome_t *outcome)
{
    static const span_t empty[RULES_FIELDS_MAX];
    const char *path = flow_purpose_path(request->purpose);
    page_map_t *view;

    if (!path) return outcome_only(outcome, FLOW_BAD_REQUEST);
    /* Sent here with an old cookie, arrived with the new one. */
    if (request->visit->state == SESSION_LIVE && request->purpose.size) return outcome_redirect(outcome, path);
    view = login_view(request, empty, NULL, 0);
    if (request->visit->state == SESSION_TIMED_OUT)
        outcome_message(request, view, RULES_MESSAGE_SESSION_ENDED);
    else if (request->purpose.size)
        outcome_message(request, view, RULES_MESSAGE_LOGIN_NEEDED);
    return outcome_page(outcome, FLOW_PAGE, VIEW_PAGE_LOGIN, view);
}

apr_status_t flow_login_submit(const flow_request_t *request, flow_outcome_t *outcome)
{
    const rules_form_t *form = request->form;
    const uint32_t number = rules_field_index(request->rules, form, SPAN("number"));
    const uint32_t password = rules_field_index(request->rules, form, SPAN("password"));
    const char *path = flow_purpose_path(request->purpose);
    rules_verdict_t *verdict = apr_palloc(request->pool, sizeof *verdict);
    account_t account;
    bool proved = false;
    apr_status_t status;

    if (!path || number == RULES_NONE || password == RULES_NONE) return outcome_only(outcome, FLOW_BAD_REQUEST);
    rules_eval(request->rules, form, request->typed, NULL, verdict, request->ports->log, request->pool);
    if (verdict->finding_count == 0) {
        status = prove(request, verdict->values[number], verdict->values[password], &account, &proved);
        if (status != APR_SUCCESS) return status;
        if (!proved)
            verdict->findings[verdict->finding_count++] = (rules_finding_t){
                number, SPAN("card.login/prove"), rules_message(request->rules, RULES_MESSAGE_LOGIN_REFUSED)};
    }
    if (verdict->finding_count > 0) {
        outcome->rule = verdict->findings[0].rule;
        return outcome_page(outcome, FLOW_INVALID, VIEW_PAGE_LOGIN,
                            login_view(request, request->typed, verdict->findings, verdict->finding_count));
    }
    status = enter(request, &account, outcome);
    return status == APR_SUCCESS ? outcome_redirect(outcome, path) : status;
}

apr_status_t flow_logout(const flow_request_t *request, flow_outcome_t *outcome)
{
    apr_status_t status = APR_SUCCESS;
    if (request->visit->state != SESSION_NONE) status = visit_end(request->visit, request->ports, request->pool);
    if (status != APR_SUCCESS) return status;
    outcome->end_session = true;
    return outcome_redirect(outcome, "/logged-out");
}

/* The request itself has touched the session, where it was due; a session younger than that is not longer for it, so
 * touch it now. */
apr_status_t flow_extend(const flow_request_t *request, flow_outcome_t *outcome)
{
    session_t session = request->visit->session;
    store_unit_t *unit;
    apr_status_t status;

    if (request->visit->state != SESSION_LIVE) return outcome_only(outcome, FLOW_MISSING);
    status = store_open(&unit, request->ports->store, STORE_WRITE, request->pool);
    if (status != APR_SUCCESS) return status;
    status = session_touch(unit, &session, request->now);
    if (status == APR_SUCCESS) status = store_commit(unit);
    store_close(unit);
    session_epoch_bump_session(request->ports->cache, session.hash);
    return status == APR_SUCCESS ? outcome_only(outcome, FLOW_DONE) : status;
}
