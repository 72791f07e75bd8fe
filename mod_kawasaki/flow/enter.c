/* SPDX-License-Identifier: Apache-2.0
 *
 * Logging in with a certificate: the card (or file) signs a token over a challenge, and whoever's certificate it is
 * comes in. A kiosk's session lives as long as the card stays in its reader.
 */
#include "account/audit.h"
#include "flow/holder.h"
#include "flow/login.h"
#include "flow/outcome.h"
#include "flow/terms.h"

typedef struct {
    ceremony_t ceremony;
    const rules_kind_t *kind;
    bool waits;               /* the account was deleted not long ago */
    const char *registration; /* where to go who is not registered yet, or NULL */
} enter_t;

static bool prepare(const flow_request_t *request, enter_t *enter)
{
    const char *kind = span_text(request->pool, holder_kind_of(request));
    ceremony_t *ceremony = &enter->ceremony;

    *enter = (enter_t){.kind = holder_kind(request)};
    if (!enter->kind || !request->ports->helper || !flow_purpose_path(request->purpose)) return false;
    ceremony->need = (pin_need_t){request->form, request->typed, holder_source(request, enter->kind), true, false};
    ceremony->tasks[0] = (helper_task_t){.operation = REQUEST_AUTH,
                                         .source = ceremony->need.source,
                                         .purpose = rules_span(request->rules, request->form->name)};
    ceremony->count = 1;
    ceremony->title = rules_say(request->rules, &request->form->title);
    ceremony->action = apr_pstrcat(request->pool, "/login/", kind, NULL);
    ceremony->back = apr_pstrcat(request->pool, "/login/", kind, request->purpose.size ? "?purpose=" : "",
                                 span_text(request->pool, request->purpose), NULL);
    return true;
}

static apr_status_t show(const flow_request_t *request, flow_outcome_t *outcome, enter_t *enter)
{
    page_map_t *view = flow_view(request, enter->ceremony.title);
    const rules_verdict_t *wrong = enter->ceremony.tried.verdict;
    apr_status_t status;

    page_put_text(view, VIEW_action, span_of(enter->ceremony.action));
    page_put_text(view, VIEW_purpose, request->purpose);
    page_put_flag(view, VIEW_locked, enter->waits);
    if (enter->registration) page_put_text(view, VIEW_other_door, span_of(enter->registration));
    if (wrong)
        outcome->rule = wrong->findings[0].rule;
    else
        login_message(request, view);
    status = pin_put(request, view, &enter->ceremony.need, &enter->ceremony.tried);
    if (status != APR_SUCCESS) return status;
    return outcome_page(outcome, wrong ? FLOW_INVALID : FLOW_PAGE, VIEW_PAGE_CARD_START, view);
}

static apr_status_t refuse(const flow_request_t *request, flow_outcome_t *outcome, enter_t *enter, const char *rule,
                           rules_message_t message)
{
    pin_refuse(request, &enter->ceremony.tried, span_of(rule), rules_message(request->rules, message));
    enter->ceremony.tried.locked = true;
    return show(request, outcome, enter);
}

static apr_status_t write_session(const flow_request_t *request, store_unit_t *unit, const enter_t *enter,
                                  const account_t *account, flow_outcome_t *outcome)
{
    const audit_entry_t entry = {
        .at = request->now, .city = account->city, .by = AUDIT_BY_RESIDENT, .account = account->id, .act = AUDIT_LOGIN};
    apr_status_t status =
        visit_begin(unit, request->visit, request->rules, account, ceremony_insertion(request, &enter->ceremony),
                    request->now, &outcome->begin_session, request->pool);

    if (status == APR_SUCCESS) status = audit_write(unit, &entry);
    return status == APR_SUCCESS ? store_commit(unit) : status;
}

/* Who has just deleted the account is told from when to register; others are led there. */
static apr_status_t refuse_stranger(const flow_request_t *request, flow_outcome_t *outcome, enter_t *enter,
                                    apr_time_t until)
{
    enter->waits = until != 0;
    if (enter->waits) {
        holder_refuse_locked_out(request, &enter->ceremony.tried, until);
        return show(request, outcome, enter);
    }
    enter->registration = terms_path(request);
    return refuse(request, outcome, enter, "certificate/unregistered", RULES_MESSAGE_CERT_UNREGISTERED);
}

static apr_status_t come_in(const flow_request_t *request, flow_outcome_t *outcome, enter_t *enter)
{
    const cert_t *cert = enter->ceremony.tasks[0].cert;
    apr_time_t until = 0;
    account_t account;
    store_unit_t *unit;
    bool found;
    apr_status_t status = store_open(&unit, request->ports->store, STORE_WRITE, request->pool);

    if (status == APR_SUCCESS) status = holder_find(request, unit, cert, &account, &found);
    found = status == APR_SUCCESS && found && !account.applicant; /* who is one yet, is nobody here */
    if (status == APR_SUCCESS && found && !account.frozen)
        status = write_session(request, unit, enter, &account, outcome);
    if (status == APR_SUCCESS && !found) status = holder_locked_out(request, unit, cert, &until);
    store_close(unit);
    if (status != APR_SUCCESS) return status;
    if (!found) return refuse_stranger(request, outcome, enter, until);
    if (account.frozen) {
        outcome->door = DOOR_FROZEN;
        return refuse(request, outcome, enter, "door/frozen", RULES_MESSAGE_FROZEN);
    }
    if (request->visit->state != SESSION_NONE)
        session_epoch_bump_session(request->ports->cache, request->visit->session.hash);
    outcome->door = DOOR_OPEN;
    return outcome_redirect(outcome, flow_purpose_path(request->purpose));
}

static apr_status_t judge(const flow_request_t *request, flow_outcome_t *outcome, enter_t *enter)
{
    const helper_task_t *task = &enter->ceremony.tasks[0];
    certificate_verdict_t verdict;

    if (task->proved == CERT_OK && !holder_is(request, task->cert, enter->kind->logs_in_with)) {
        bool company = task->cert->kind == CERT_REGISTRY;
        rules_message_t message = task->cert->kind == CERT_JPKI_SIGNING ? RULES_MESSAGE_CERT_WRONG_PURPOSE
                                  : company                             ? RULES_MESSAGE_CERT_OF_COMPANY
                                                                        : RULES_MESSAGE_CERT_OF_PERSON;
        return refuse(request, outcome, enter, "certificate/door", message);
    }
    if (ceremony_judge(request, &enter->ceremony, task, RULES_DOOR_LOG_IN, &verdict))
        return come_in(request, outcome, enter);
    enter->ceremony.tried.locked = true;
    return show(request, outcome, enter);
}

apr_status_t flow_enter_show(const flow_request_t *request, flow_outcome_t *outcome)
{
    enter_t enter;

    if (!prepare(request, &enter)) return outcome_only(outcome, FLOW_MISSING);
    if (login_is_done(request)) return outcome_redirect(outcome, flow_purpose_path(request->purpose));
    return show(request, outcome, &enter);
}

apr_status_t flow_enter_submit(const flow_request_t *request, flow_outcome_t *outcome)
{
    ceremony_result_t result;
    enter_t enter;
    apr_status_t status;

    if (!prepare(request, &enter)) return outcome_only(outcome, FLOW_MISSING);
    if (span_is(request->action, "no")) return outcome_redirect(outcome, "/login");
    if (!span_is(request->action, "yes") && !ceremony_is_answered(request))
        return outcome_only(outcome, FLOW_BAD_REQUEST);
    status = ceremony_run(request, &enter.ceremony, outcome, &result);
    if (status != APR_SUCCESS) return status;
    switch (result) {
    case CEREMONY_ASKED: return APR_SUCCESS;
    case CEREMONY_REFUSED: return show(request, outcome, &enter);
    case CEREMONY_DONE: break;
    }
    return judge(request, outcome, &enter);
}

/* --- While the card stays --- */

/* Is that card still there? A helper that is busy is at work with it, in another tab; one that says nothing is taken
 * for gone: a session must not outlive the card because nobody looks. */
static apr_status_t is_there(const flow_request_t *request, const session_t *session, bool *there)
{
    answer_t answer;
    apr_status_t status;

    *there = false;
    if (!helper_is_kiosk(request)) return APR_SUCCESS;
    status = helper_info(request, REQUEST_CARD, &answer);
    *there = answer.code == WIRE_BUSY || (answer.has_info && span_equal(answer.info.insertion, session->insertion));
    return status;
}

apr_status_t flow_watch_card(const flow_request_t *request, visit_t *visit, bool ends)
{
    bool there = true;
    apr_status_t status = APR_SUCCESS;

    if (visit->state != SESSION_LIVE || visit->session.insertion.size == 0) return APR_SUCCESS;
    status = is_there(request, &visit->session, &there);
    if (status != APR_SUCCESS || there) return status;
    if (ends) status = visit_end(visit, request->ports, SPAN("card-gone"), request->now, request->pool);
    visit->state = SESSION_TIMED_OUT;
    visit->card_gone = true;
    return status;
}

/* 204 while it is there; who asks when it is not has been told by flow_watch_card. */
apr_status_t flow_session_card(const flow_request_t *request, flow_outcome_t *outcome)
{
    const visit_t *visit = request->visit;
    const bool lives = visit->state == SESSION_LIVE && visit->session.insertion.size > 0;

    return outcome_only(outcome, lives ? FLOW_DONE : FLOW_MISSING);
}
