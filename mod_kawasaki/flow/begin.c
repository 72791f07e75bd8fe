/* SPDX-License-Identifier: Apache-2.0
 *
 * Beginning a registration by certificate: what must be ready, then the proof: the card signs that a registration
 * begins, and (where that is another certificate) a log-in. Whoever holds both becomes an applicant, with what the
 * certificate says of him; the form comes next (edit.c). Whose signing certificate is registered already, and whose
 * card has a new one to log in with, is let in with it instead.
 */
#include "account/audit.h"
#include "base/error.h"
#include "flow/identifier.h"
#include "flow/outcome.h"
#include "flow/statement.h"
#include "flow/step.h"
#include "flow/terms.h"
#include "store/event.h"

typedef struct {
    ceremony_t ceremony;
    const rules_kind_t *kind;
    terms_consent_t consent;
    manifest_t statement;
    bool one;           /* certificate for both */
    const cert_t *cert; /* that says who it is */
    certificate_verdict_t signing, log_in;
    bool waits;                            /* its certificate was deleted not long ago */
    const char *registered;                /* where to go who is registered already, or NULL */
    const char *other_door;                /* where the other kind of certificate belongs, or NULL */
    apr_int64_t stale[1 + CEREMONY_TASKS]; /* accounts that others' sessions may be of: renewed, removed */
    int stale_count;
    bool renewed; /* nothing begins: a registered account has a new certificate to log in with */
} begin_t;

static const char *purpose(const flow_request_t *request, const char *what)
{
    return apr_pstrcat(request->pool, span_text(request->pool, holder_kind_of(request)), ".", what, NULL);
}

static void plan(const flow_request_t *request, begin_t *begin)
{
    ceremony_t *ceremony = &begin->ceremony;
    const request_source_t source = holder_source(request, begin->kind);

    begin->one = holder_has_one(request, begin->kind);
    ceremony->need = (pin_need_t){request->form, request->typed, source, true, !begin->one};
    ceremony->title = rules_say(request->rules, &request->form->title);
    ceremony->action = step_sibling(request, "/register/start");
    ceremony->back =
        apr_pstrcat(request->pool, ceremony->action, "?consent=", span_text(request->pool, request->consent), NULL);
    ceremony->tasks[ceremony->count++] = (helper_task_t){
        .operation = REQUEST_AUTH, .source = source, .purpose = span_of(purpose(request, "begin.log-in"))};
    if (!begin->one)
        ceremony->tasks[ceremony->count++] = (helper_task_t){.operation = REQUEST_SIGN,
                                                             .source = source,
                                                             .purpose = span_of(purpose(request, "begin")),
                                                             .form = &begin->statement};
}

static apr_status_t show(const flow_request_t *request, flow_outcome_t *outcome, begin_t *begin)
{
    page_map_t *view = flow_view(request, begin->ceremony.title);
    const rules_verdict_t *wrong = begin->ceremony.tried.verdict;
    apr_status_t status;

    page_put_text(view, VIEW_action, span_of(begin->ceremony.action));
    page_put_text(view, VIEW_consent, request->consent);
    page_put_flag(view, VIEW_registration, true);
    page_put_flag(view, VIEW_locked, begin->waits);
    if (begin->registered) page_put_text(view, VIEW_registered, span_of(begin->registered));
    if (begin->other_door) page_put_text(view, VIEW_other_door, span_of(begin->other_door));
    if (wrong)
        outcome->rule = wrong->findings[0].rule;
    else
        terms_message(request, view);
    status = pin_put(request, view, &begin->ceremony.need, &begin->ceremony.tried);
    if (status != APR_SUCCESS) return status;
    return outcome_page(outcome, wrong ? FLOW_INVALID : FLOW_PAGE, VIEW_PAGE_CARD_START, view);
}

/* --- Who may begin --- */

static void refuse(const flow_request_t *request, begin_t *begin, const char *rule, rules_message_t message)
{
    pin_refuse(request, &begin->ceremony.tried, span_of(rule), rules_message(request->rules, message));
    begin->ceremony.tried.locked = true; /* no PIN changes it: the form isn't shown again */
}

/* A company at the individuals' door, and the reverse. */
static bool is_at_its_door(const flow_request_t *request, begin_t *begin, const cert_t *cert)
{
    const bool company = cert->kind == CERT_REGISTRY;

    if (company == (begin->ceremony.need.source == REQUEST_FILE)) return true;
    refuse(request, begin, "certificate/door", company ? RULES_MESSAGE_CERT_OF_COMPANY : RULES_MESSAGE_CERT_OF_PERSON);
    begin->other_door = company ? "/corporate/register/terms" : "/jpki/register/terms";
    return false;
}

/* Who has moved has a dead signing certificate, and one for log-in that lives on. */
static bool has_moved(const certificate_verdict_t *signing)
{
    return signing->code == CERT_REVOKED && signing->status.reason &&
           strcmp(signing->status.reason, "affiliationChanged") == 0;
}

static bool judge_one(const flow_request_t *request, begin_t *begin, int task, rules_ref_t name, rules_door_t door,
                      certificate_verdict_t *verdict)
{
    const helper_task_t *done = &begin->ceremony.tasks[task];

    if (done->proved == CERT_OK && !is_at_its_door(request, begin, done->cert)) return false;
    if (done->proved == CERT_OK && !holder_is(request, done->cert, name)) {
        refuse(request, begin, "certificate/purpose", RULES_MESSAGE_CERT_WRONG_PURPOSE);
        return false;
    }
    if (ceremony_judge(request, &begin->ceremony, done, door, verdict)) return true;
    begin->ceremony.tried.locked = true;
    return false;
}

static bool judge(const flow_request_t *request, begin_t *begin)
{
    begin->cert = begin->ceremony.tasks[begin->ceremony.count - 1].cert;
    if (!judge_one(request, begin, 0, begin->kind->logs_in_with, RULES_DOOR_LOG_IN, &begin->log_in)) return false;
    if (begin->one || judge_one(request, begin, 1, begin->kind->signs_with, RULES_DOOR_SIGN, &begin->signing))
        return true;
    if (has_moved(&begin->signing)) refuse(request, begin, "certificate/moved", RULES_MESSAGE_CERT_MOVED);
    return false;
}

static void refuse_registered(const flow_request_t *request, begin_t *begin)
{
    refuse(request, begin, "certificate/registered", RULES_MESSAGE_CERT_REGISTERED);
    begin->registered = step_sibling(request, "/edit");
}

static bool is_refused(const begin_t *begin)
{
    return begin->ceremony.tried.verdict != NULL;
}

static void refuse_until(const flow_request_t *request, begin_t *begin, apr_time_t until)
{
    if (!until) return;
    begin->waits = true;
    holder_refuse_locked_out(request, &begin->ceremony.tried, until);
}

/* The one that waits longest decides. */
static apr_status_t check_lockout(const flow_request_t *request, store_unit_t *unit, begin_t *begin)
{
    apr_time_t until = 0, one;
    apr_status_t status = APR_SUCCESS;

    for (int i = 0; status == APR_SUCCESS && i < begin->ceremony.count; i++) {
        status = holder_locked_out(request, unit, begin->ceremony.tasks[i].cert, &one);
        if (one > until) until = one;
    }
    if (status == APR_SUCCESS) refuse_until(request, begin, until);
    return status;
}

/* --- The applicant --- */

static apr_size_t fields_of(const flow_request_t *request, const begin_t *begin, record_pair_t *fields)
{
    apr_size_t count = holder_fields(begin->cert, fields, request->pool);

    fields[count++] = (record_pair_t){SPAN("terms-version"), begin->consent.version};
    fields[count++] = (record_pair_t){SPAN("terms-at"), begin->consent.at};
    return count;
}

/* Whose certificate is it? An applicant's that is not `own` is a registration that its holder began with other
 * certificates and never ended: it goes. */
static apr_status_t find_holder(const flow_request_t *request, store_unit_t *unit, begin_t *begin, const cert_t *cert,
                                apr_int64_t own, account_t *account, bool *found)
{
    apr_status_t status = holder_find(request, unit, cert, account, found);

    if (status != APR_SUCCESS || !*found || !own || account->id == own || !account->applicant) return status;
    *found = false;
    begin->stale[begin->stale_count++] = account->id;
    return account_remove(unit, account->id, account->version);
}

static apr_status_t insert(const flow_request_t *request, store_unit_t *unit, begin_t *begin, account_t *account)
{
    record_pair_t fields[HOLDER_FIELDS + 2];
    apr_status_t status;

    *account = (account_t){.city = rules_span(request->rules, rules_city(request->rules)->id),
                           .kind = rules_span(request->rules, begin->kind->name),
                           .fields = fields,
                           .field_count = fields_of(request, begin, fields),
                           .applicant = true};
    status = identifier_make(&account->identifier, account->kind, request->pool);
    if (status == APR_SUCCESS) status = account_insert(unit, account, NULL, request->now, request->pool);
    account->fields = NULL;
    account->field_count = 0;
    return status;
}

static apr_status_t renew(const flow_request_t *request, store_unit_t *unit, begin_t *begin, const account_t *account)
{
    record_pair_t fields[HOLDER_FIELDS + 2];
    apr_size_t count = fields_of(request, begin, fields);

    begin->stale[begin->stale_count++] = account->id;
    return account_change(unit, account->id, account->version, fields, count, NULL, request->now, request->pool);
}

static apr_status_t write_events(store_unit_t *unit, const begin_t *begin, apr_time_t now)
{
    apr_status_t status = APR_SUCCESS;

    for (int i = 0; status == APR_SUCCESS && i < begin->stale_count; i++)
        status = event_write_account(unit, begin->stale[i], now);
    return status;
}

/* --- A new certificate to log in with --- */

static apr_status_t write_audit(const flow_request_t *request, store_unit_t *unit, const account_t *account,
                                audit_act_t act)
{
    const audit_entry_t entry = {
        .at = request->now, .city = account->city, .by = AUDIT_BY_RESIDENT, .account = account->id, .act = act};

    return audit_write(unit, &entry);
}

/* May it replace the registered account's? Where not, a refusal. Only the new one is asked whether it has to wait:
 * nobody registers. */
static apr_status_t check_renewal(const flow_request_t *request, store_unit_t *unit, begin_t *begin,
                                  const account_t *account)
{
    const cert_t *cert = begin->ceremony.tasks[0].cert;
    account_t owner;
    apr_time_t until = 0;
    bool found = true;
    apr_status_t status = APR_SUCCESS;

    if (!begin->one && !account->frozen && span_equal(account->kind, rules_span(request->rules, begin->kind->name)))
        status = find_holder(request, unit, begin, cert, account->id, &owner, &found);
    if (status == APR_SUCCESS && found) refuse_registered(request, begin);
    if (status == APR_SUCCESS && !found) status = holder_locked_out(request, unit, cert, &until);
    if (status == APR_SUCCESS) refuse_until(request, begin, until);
    return status;
}

/* Its holder has signed with the account's other certificate and is logged in; whoever came in with the former one is
 * out. */
static apr_status_t renew_log_in(const flow_request_t *request, store_unit_t *unit, begin_t *begin,
                                 const account_t *account, flow_outcome_t *outcome)
{
    const binding_t binding = holder_binding(begin->ceremony.tasks[0].cert, account);
    apr_status_t status = check_renewal(request, unit, begin, account);

    if (status != APR_SUCCESS || is_refused(begin)) return status;
    begin->renewed = true;
    begin->stale[begin->stale_count++] = account->id;
    status = binding_put(unit, &binding, request->now);
    if (status == APR_SUCCESS) status = session_end_account(unit, account->id);
    if (status == APR_SUCCESS)
        status =
            visit_begin(unit, request->visit, request->rules, account, ceremony_insertion(request, &begin->ceremony),
                        request->now, &outcome->begin_session, request->pool);
    if (status == APR_SUCCESS) status = write_audit(request, unit, account, AUDIT_LOGIN);
    if (status == APR_SUCCESS) status = write_audit(request, unit, account, AUDIT_CERTIFICATE);
    return status == APR_SUCCESS ? write_events(unit, begin, request->now) : status;
}

/* --- All of it, in one unit --- */

/* Account, bindings and session, or, where one of the certificates is a registered account's or has to wait, a refusal:
 * then nothing is committed. */
static apr_status_t write_all(const flow_request_t *request, store_unit_t *unit, begin_t *begin,
                              flow_outcome_t *outcome)
{
    const ceremony_t *ceremony = &begin->ceremony;
    account_t account, other;
    bool found, others;
    apr_status_t status = find_holder(request, unit, begin, begin->cert, 0, &account, &found);

    begin->stale_count = 0;
    begin->renewed = false;
    if (status == APR_SUCCESS && found && !account.applicant)
        return renew_log_in(request, unit, begin, &account, outcome);
    if (status == APR_SUCCESS) status = check_lockout(request, unit, begin);
    if (status != APR_SUCCESS || is_refused(begin)) return status;
    status = found ? renew(request, unit, begin, &account) : insert(request, unit, begin, &account);
    for (int i = 0; status == APR_SUCCESS && !is_refused(begin) && i < ceremony->count; i++) {
        const binding_t binding = holder_binding(ceremony->tasks[i].cert, &account);
        status = find_holder(request, unit, begin, ceremony->tasks[i].cert, account.id, &other, &found);
        others = status == APR_SUCCESS && found && other.id != account.id;
        if (others) refuse_registered(request, begin);
        if (status == APR_SUCCESS && !others) status = binding_put(unit, &binding, request->now);
    }
    if (status != APR_SUCCESS || is_refused(begin)) return status;
    status = visit_begin(unit, request->visit, request->rules, &account, ceremony_insertion(request, ceremony),
                         request->now, &outcome->begin_session, request->pool);
    return status == APR_SUCCESS ? write_events(unit, begin, request->now) : status;
}

static apr_status_t enter(const flow_request_t *request, begin_t *begin, flow_outcome_t *outcome)
{
    store_unit_t *unit;
    apr_status_t status = store_open(&unit, request->ports->store, STORE_WRITE, request->pool);

    if (status == APR_SUCCESS) status = write_all(request, unit, begin, outcome);
    if (status == APR_SUCCESS && !is_refused(begin)) status = store_commit(unit);
    store_close(unit);
    if (status != APR_SUCCESS || is_refused(begin)) outcome->begin_session = NULL;
    for (int i = 0; i < begin->stale_count; i++) session_epoch_bump_account(request->ports->cache, begin->stale[i]);
    if (request->visit->state != SESSION_NONE)
        session_epoch_bump_session(request->ports->cache, request->visit->session.hash);
    return status;
}

/* --- The steps --- */

/* Consent first; a form without one comes from somebody who has skipped it, or reads it for longer than a day. */
static bool prepare(const flow_request_t *request, begin_t *begin)
{
    *begin = (begin_t){.kind = holder_kind(request)};
    if (!begin->kind || !request->ports->helper) return false;
    plan(request, begin);
    return true;
}

apr_status_t flow_begin_show(const flow_request_t *request, flow_outcome_t *outcome)
{
    begin_t begin;

    if (!prepare(request, &begin)) return outcome_only(outcome, FLOW_MISSING);
    if (!terms_agreed(request, &begin.consent)) return outcome_redirect(outcome, terms_path(request));
    return show(request, outcome, &begin);
}

static apr_status_t conclude(const flow_request_t *request, begin_t *begin, flow_outcome_t *outcome)
{
    apr_status_t status;

    if (!judge(request, begin)) return show(request, outcome, begin);
    status = enter(request, begin, outcome);
    if (status == BASE_ECONFLICT) status = enter(request, begin, outcome); /* another tab was first */
    if (status != APR_SUCCESS) return status;
    if (is_refused(begin)) return show(request, outcome, begin);
    if (begin->renewed) outcome->door = DOOR_OPEN;
    return outcome_redirect(outcome, step_sibling(request, begin->renewed ? "/edit/renewed" : "/register"));
}

apr_status_t flow_begin_submit(const flow_request_t *request, flow_outcome_t *outcome)
{
    ceremony_result_t result;
    begin_t begin;
    apr_status_t status;

    if (!prepare(request, &begin)) return outcome_only(outcome, FLOW_MISSING);
    if (span_is(request->action, "no")) return outcome_redirect(outcome, "/registration");
    if (!span_is(request->action, "yes") && !ceremony_is_answered(request))
        return outcome_only(outcome, FLOW_BAD_REQUEST);
    if (!terms_agreed(request, &begin.consent)) return outcome_redirect(outcome, terms_path(request));
    status = begin.one ? APR_SUCCESS
                       : statement_of_sentence(request, span_of(purpose(request, "begin")), RULES_MESSAGE_BEGIN_LABEL,
                                               RULES_MESSAGE_BEGIN_STATEMENT, &begin.statement);
    if (status == APR_SUCCESS) status = ceremony_run(request, &begin.ceremony, outcome, &result);
    if (status != APR_SUCCESS) return status;
    switch (result) {
    case CEREMONY_ASKED: return APR_SUCCESS;
    case CEREMONY_REFUSED: return show(request, outcome, &begin);
    case CEREMONY_DONE: break;
    }
    return conclude(request, &begin, outcome);
}
