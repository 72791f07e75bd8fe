/* SPDX-License-Identifier: Apache-2.0
 *
 * Logging in with number and password, out, and staying in; where a log-in leads. By certificate: enter.c. Unknown
 * number and wrong password take the same way, the same time and the same words: door.c sees to it.
 */
#include "flow/login.h"
#include "base/error.h"
#include "flow/door.h"
#include "flow/form.h"
#include "flow/holder.h"
#include "flow/outcome.h"

static const struct {
    const char *purpose, *path;
    const char *kind; /* whose log-in serves it; NULL: any */
} purposes[] = {{"card-edit", "/card/edit", "card"},
                {"jpki-edit", "/jpki/edit", "jpki"},
                {"corporate-edit", "/corporate/edit", "corporate"},
                {"ledger", "/account/ledger", NULL},
                {"", "/", NULL}};
#define PURPOSES (sizeof purposes / sizeof *purposes)

static apr_size_t find_purpose(span_t purpose)
{
    apr_size_t i = 0;

    while (i < PURPOSES && !span_is(purpose, purposes[i].purpose)) i++;
    return i;
}

const char *flow_purpose_path(span_t purpose)
{
    const apr_size_t i = find_purpose(purpose);

    return i < PURPOSES ? purposes[i].path : NULL;
}

/* Would the log-in of this kind serve the purpose? */
static bool serves(span_t purpose, span_t kind)
{
    const apr_size_t i = find_purpose(purpose);

    return i < PURPOSES && (!purposes[i].kind || span_is(kind, purposes[i].kind));
}

bool login_is_done(const flow_request_t *request)
{
    return visit_is_registered(request->visit) && request->purpose.size &&
           serves(request->purpose, request->visit->account.kind);
}

void login_message(const flow_request_t *request, page_map_t *view)
{
    if (request->visit->state == SESSION_TIMED_OUT)
        outcome_message(request, view, RULES_MESSAGE_SESSION_ENDED);
    else if (request->purpose.size)
        outcome_message(request, view, RULES_MESSAGE_LOGIN_NEEDED);
}

void login_put_ways(const flow_request_t *request, page_map_t *view)
{
    static const struct {
        page_key_t key;
        const char *kind, *form;
    } ways[] = {{VIEW_card_way, "card", "card.login"},
                {VIEW_jpki_way, "jpki", "jpki.login"},
                {VIEW_corporate_way, "corporate", "corporate.login"}};

    for (apr_size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        page_put_flag(view, ways[i].key,
                      rules_form(request->rules, span_of(ways[i].form)) &&
                          serves(request->purpose, span_of(ways[i].kind)) && (i == 0 || request->ports->helper));
}

static page_map_t *login_view(const flow_request_t *request, const span_t *typed, const rules_finding_t *findings,
                              uint32_t count)
{
    page_map_t *view = flow_view(request, rules_say(request->rules, &request->form->title));
    page_put_text(
        view, VIEW_action,
        span_of(apr_pstrcat(request->pool, "/login/", span_text(request->pool, holder_kind_of(request)), NULL)));
    page_put_text(view, VIEW_purpose, request->purpose);
    login_put_ways(request, view);
    form_view_fields(request, view, request->form, typed, findings, count, false);
    return view;
}

/* A session, the settled try and the audit line, or none of them. */
static apr_status_t enter(const flow_request_t *request, door_t *door, flow_outcome_t *outcome)
{
    const visit_t *old = request->visit;
    const audit_entry_t entry = {.at = request->now,
                                 .city = door->subject.city,
                                 .by = AUDIT_BY_RESIDENT,
                                 .account = door->account.id,
                                 .act = AUDIT_LOGIN};
    store_unit_t *unit;
    apr_status_t status = store_open(&unit, request->ports->store, STORE_WRITE, request->pool);

    if (status != APR_SUCCESS) return status;
    status = door_settle(door, request, unit);
    if (status == APR_SUCCESS)
        status = visit_begin(unit, old, request->rules, &door->account, SPAN(""), request->now, &outcome->begin_session,
                             request->pool);
    if (status == APR_SUCCESS) status = audit_write(unit, &entry);
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
    if (login_is_done(request)) return outcome_redirect(outcome, path);
    view = login_view(request, empty, NULL, 0);
    login_message(request, view);
    return outcome_page(outcome, FLOW_PAGE, VIEW_PAGE_LOGIN, view);
}

static apr_status_t refuse(const flow_request_t *request, flow_outcome_t *outcome, flow_result_t result,
                           const rules_verdict_t *verdict, const char *receipt)
{
    page_map_t *view = login_view(request, request->typed, verdict->findings, verdict->finding_count);

    if (receipt) page_put_text(view, VIEW_refusal, span_of(receipt));
    outcome->rule = verdict->findings[0].rule;
    return outcome_page(outcome, result, VIEW_PAGE_LOGIN, view);
}

apr_status_t flow_login_submit(const flow_request_t *request, flow_outcome_t *outcome)
{
    const rules_form_t *form = request->form;
    const uint32_t number = rules_field_index(request->rules, form, SPAN("number"));
    const uint32_t password = rules_field_index(request->rules, form, SPAN("password"));
    const char *path = flow_purpose_path(request->purpose);
    rules_verdict_t *verdict = apr_palloc(request->pool, sizeof *verdict);
    door_t door;
    apr_status_t status;

    if (!path || number == RULES_NONE || password == RULES_NONE) return outcome_only(outcome, FLOW_BAD_REQUEST);
    rules_eval(request->rules, form, request->typed, NULL, verdict, request->ports->log, request->pool);
    if (verdict->finding_count > 0) return refuse(request, outcome, FLOW_INVALID, verdict, NULL);
    status = door_knock(&door, request, AUDIT_LOGIN_REFUSED, holder_kind_of(request), verdict->values[number],
                        verdict->values[password]);
    if (status != APR_SUCCESS) return status;
    outcome->door = door.result;
    if (door.result == DOOR_OPEN) {
        status = enter(request, &door, outcome);
        return status == APR_SUCCESS ? outcome_redirect(outcome, path) : status;
    }
    verdict->findings[verdict->finding_count++] = door_finding(&door, request, number, RULES_MESSAGE_LOGIN_REFUSED);
    return refuse(request, outcome, door.permit.state == LIMIT_OPEN ? FLOW_INVALID : FLOW_LOCKED, verdict,
                  door.permit.receipt);
}

/* An applicant who leaves was never here. */
static apr_status_t forget_applicant(const flow_request_t *request)
{
    const account_t *account = &request->visit->account;
    store_unit_t *unit;
    apr_status_t status = store_open(&unit, request->ports->store, STORE_WRITE, request->pool);

    if (status == APR_SUCCESS) status = account_remove(unit, account->id, account->version);
    if (status == APR_SUCCESS) status = store_commit(unit);
    store_close(unit);
    session_epoch_bump_account(request->ports->cache, account->id);
    return status == BASE_ECONFLICT ? APR_SUCCESS : status; /* it moved on: the registration was completed elsewhere */
}

apr_status_t flow_logout(const flow_request_t *request, flow_outcome_t *outcome)
{
    const visit_t *visit = request->visit;
    const bool applicant = visit->state != SESSION_NONE && visit->account.applicant;
    apr_status_t status = APR_SUCCESS;

    if (visit->state != SESSION_NONE) status = visit_end(visit, request->ports, SPAN(""), request->now, request->pool);
    if (status == APR_SUCCESS && applicant) status = forget_applicant(request);
    if (status != APR_SUCCESS) return status;
    outcome->end_session = true;
    return outcome_redirect(outcome, applicant ? "/logged-out/applicant" : "/logged-out");
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
