/* SPDX-License-Identifier: Apache-2.0
 *
 * One account at the counter: what is registered, what is locked, what was done; and the four acts. An act is one unit:
 * the change, the end of sessions, the audit entry, the event for the other hosts.
 */
#include "base/error.h"
#include "base/number.h"
#include "flow/counter.h"
#include "flow/ledger.h"
#include "flow/outcome.h"
#include "store/event.h"
#include "text/text.h"

/* --- The page --- */

typedef struct {
    account_t account;
    limit_entry_t *locks;
    int lock_count;
    audit_entry_t *entries;
    int entry_count;
} desk_t;

static bool is_locked(const limit_entry_t *lock, apr_time_t now)
{
    return lock->until > now;
}

static limit_subject_t subject_of(const account_t *account)
{
    return (limit_subject_t){.city = account->city, .kind = account->kind, .identifier = account->identifier};
}

/* The account of this row, if it is this city's. */
static apr_status_t read_account(const flow_request_t *request, store_unit_t *unit, apr_int64_t id, account_t *account,
                                 bool *found)
{
    const span_t city = rules_span(request->rules, rules_city(request->rules)->id);
    apr_status_t status = account_read(unit, id, account, found, request->pool);

    *found = status == APR_SUCCESS && *found && span_equal(account->city, city) && !account->applicant;
    return status;
}

static apr_status_t read_locks(const flow_request_t *request, store_unit_t *unit, const account_t *account,
                               limit_entry_t **locks, int *count)
{
    const limit_subject_t subject = subject_of(account);
    return limit_list(request->ports->limits, unit, &subject, locks, count, request->pool);
}

/* The newest thing done here, if it is this clerk's and not older than that. */
static const audit_entry_t *own_latest(const flow_request_t *request, const desk_t *desk, apr_interval_time_t age)
{
    const audit_entry_t *latest = desk->entries;

    if (desk->entry_count == 0 || latest->by != AUDIT_BY_CLERK || !span_equal(latest->actor, request->clerk))
        return NULL;
    return request->now - latest->at < age ? latest : NULL;
}

/* Everything the page shows; that somebody looks is recorded with it, once a visit. */
static apr_status_t read_desk(const flow_request_t *request, apr_int64_t id, desk_t *desk, bool *found)
{
    const audit_entry_t entry = counter_entry(request, id, AUDIT_VIEW);
    store_unit_t *unit;
    apr_status_t status = store_open(&unit, request->ports->store, STORE_WRITE, request->pool);

    if (status != APR_SUCCESS) return status;
    status = read_account(request, unit, id, &desk->account, found);
    if (status == APR_SUCCESS && *found) {
        status = read_locks(request, unit, &desk->account, &desk->locks, &desk->lock_count);
        if (status == APR_SUCCESS)
            status = audit_of_account(unit, id, LEDGER_ENTRIES, &desk->entries, &desk->entry_count);
        if (status == APR_SUCCESS && !own_latest(request, desk, COUNTER_VISIT_TIME)) status = audit_write(unit, &entry);
        if (status == APR_SUCCESS) status = store_commit(unit);
    }
    store_close(unit);
    return status;
}

/* The form counter.view-KIND, or counter.view for kinds without one. */
static const rules_form_t *view_form(const flow_request_t *request, const account_t *account)
{
    const char *name = apr_pstrcat(request->pool, "counter.view-", span_text(request->pool, account->kind), NULL);
    const rules_form_t *form = rules_form(request->rules, span_of(name));

    return form ? form : rules_form(request->rules, SPAN("counter.view"));
}

/* What is registered, as the rule file lays it out. */
static void put_registered(const flow_request_t *request, page_map_t *view, const account_t *account)
{
    const rules_form_t *form = view_form(request, account);
    const visit_t holder = {.account = *account};
    flow_request_t as_holder = *request;
    form_values_t values;

    if (!form) return;
    as_holder.visit = &holder;
    form_values_of_account(request->rules, form, account, &values);
    form_view_rows(&as_holder, view, form, values.at, false);
}

static void put_locks(const flow_request_t *request, page_map_t *view, const desk_t *desk)
{
    page_list_t *list = NULL;

    for (int i = 0; i < desk->lock_count; i++) {
        if (!is_locked(&desk->locks[i], request->now)) continue;
        if (!list) list = page_put_list(view, VIEW_locks);
        counter_put_lock(request, page_list_add(list), &desk->locks[i]);
    }
    page_put_flag(view, VIEW_locked, list != NULL);
}

static void put_state(const flow_request_t *request, page_map_t *view, const account_t *account)
{
    const rules_kind_t *kind = rules_kind(request->rules, account->kind);

    page_put_text(view, VIEW_account, span_of(apr_psprintf(request->pool, "%" APR_INT64_T_FMT, account->id)));
    page_put_text(view, VIEW_draft, span_of(apr_psprintf(request->pool, "%" APR_INT64_T_FMT, account->version)));
    page_put_text(view, VIEW_number, account->identifier);
    page_put_text(view, VIEW_who, account_field(account, SPAN("name")));
    page_put_text(view, VIEW_kind_word, kind ? rules_say(request->rules, &kind->word) : account->kind);
    page_put_flag(view, VIEW_frozen, account->frozen);
    page_put_flag(view, VIEW_has_password, account->has_password);
    page_put_flag(view, VIEW_must_change, account->must_change);
    if (account->must_change && account->password_expires_at) {
        page_put_text(view, VIEW_until, text_time_japanese(request->pool, account->password_expires_at));
        page_put_flag(view, VIEW_over, request->now >= account->password_expires_at);
    }
}

/* What the clerk has just done: an act ends in this page. */
static void put_done(const flow_request_t *request, page_map_t *view, const desk_t *desk)
{
    const audit_entry_t *latest = own_latest(request, desk, COUNTER_ACT_TIME);

    if (!latest || latest->act == AUDIT_VIEW) return;
    outcome_message(request, view, ledger_sentence(latest));
}

static apr_status_t show(const flow_request_t *request, flow_outcome_t *outcome, apr_int64_t id, flow_result_t result,
                         const rules_verdict_t *verdict)
{
    const form_values_t blank = counter_blank(request, request->form);
    page_map_t *view, *act;
    desk_t desk;
    bool found;
    apr_status_t status = read_desk(request, id, &desk, &found);

    if (status != APR_SUCCESS) return status;
    if (!found) return outcome_only(outcome, FLOW_MISSING);
    view = counter_view(request, SPAN(""));
    put_state(request, view, &desk.account);
    put_registered(request, view, &desk.account);
    put_locks(request, view, &desk);
    ledger_put(request, view, desk.entries, desk.entry_count, true);
    act = page_put_map(view, VIEW_act);
    form_view_fields(request, act, request->form, request->typed ? request->typed : blank.at,
                     verdict ? verdict->findings : NULL, verdict ? verdict->finding_count : 0, false);
    page_put_flag(view, VIEW_failed, result == FLOW_INVALID);
    if (result == FLOW_PAGE) put_done(request, view, &desk);
    if (result == FLOW_CONFLICT) outcome_message(request, view, RULES_MESSAGE_COUNTER_CHANGED);
    return outcome_page(outcome, result, VIEW_PAGE_COUNTER_ACCOUNT, view);
}

apr_status_t flow_counter_account(const flow_request_t *request, flow_outcome_t *outcome)
{
    apr_int64_t id;

    if (!number_read(request->argument, &id)) return outcome_only(outcome, FLOW_MISSING);
    return show(request, outcome, id, FLOW_PAGE, NULL);
}

/* --- The acts --- */

typedef struct {
    apr_int64_t version; /* of the account, as the page knew it */
    account_t account;   /* as it stands */
    span_t note;
    counter_password_t password; /* for a reset */
} act_t;

typedef apr_status_t act_change_t(const flow_request_t *request, store_unit_t *unit, const act_t *act);

static apr_status_t record(const flow_request_t *request, store_unit_t *unit, const act_t *act, audit_act_t what,
                           span_t rule)
{
    audit_entry_t entry = counter_entry(request, act->account.id, what);

    entry.rule = rule;
    entry.note = act->note;
    return audit_write(unit, &entry);
}

/* Needs no version: where nothing is locked any more, nothing is done. */
static apr_status_t unlock(const flow_request_t *request, store_unit_t *unit, const act_t *act)
{
    limit_entry_t *locks;
    int count;
    apr_status_t status = read_locks(request, unit, &act->account, &locks, &count);

    for (int i = 0; status == APR_SUCCESS && i < count; i++) {
        if (!is_locked(&locks[i], request->now)) continue;
        status = limit_clear(request->ports->limits, unit, locks[i].id, request->now);
        if (status == APR_SUCCESS) status = record(request, unit, act, AUDIT_UNLOCK, span_of(locks[i].rule));
    }
    return status;
}

static apr_status_t reset(const flow_request_t *request, store_unit_t *unit, const act_t *act)
{
    apr_status_t status = account_reset_password(unit, act->account.id, act->version, act->password.hash,
                                                 act->password.expires_at, request->now);
    return status == APR_SUCCESS ? record(request, unit, act, AUDIT_RESET, SPAN("")) : status;
}

static apr_status_t freeze(const flow_request_t *request, store_unit_t *unit, const act_t *act)
{
    apr_status_t status = account_freeze(unit, act->account.id, act->version, request->now);
    return status == APR_SUCCESS ? record(request, unit, act, AUDIT_FREEZE, SPAN("")) : status;
}

static apr_status_t release(const flow_request_t *request, store_unit_t *unit, const act_t *act)
{
    apr_status_t status = account_release(unit, act->account.id, act->version, request->now);
    return status == APR_SUCCESS ? record(request, unit, act, AUDIT_RELEASE, SPAN("")) : status;
}

typedef struct {
    const char *action; /* the button's value */
    act_change_t *change;
    bool gives_password; /* the holder's identity must have been checked */
    bool ends_sessions;
} act_kind_t;

static const act_kind_t acts[] = {
    {"unlock", unlock, false, false},
    {"reset", reset, true, true},
    {"freeze", freeze, false, true},
    {"release", release, false, false},
};

static const act_kind_t *act_of(span_t action)
{
    for (apr_size_t i = 0; i < sizeof acts / sizeof *acts; i++)
        if (span_is(action, acts[i].action)) return &acts[i];
    return NULL;
}

/* All or nothing. BASE_ECONFLICT when the account moved on since the page was made. */
static apr_status_t write_act(const flow_request_t *request, const act_kind_t *kind, apr_int64_t id, act_t *act,
                              bool *found)
{
    store_unit_t *unit;
    apr_status_t status = store_open(&unit, request->ports->store, STORE_WRITE, request->pool);

    if (status != APR_SUCCESS) return status;
    status = read_account(request, unit, id, &act->account, found);
    *found = *found && (!kind->gives_password || act->account.has_password);
    if (status == APR_SUCCESS && *found) {
        status = kind->change(request, unit, act);
        if (status == APR_SUCCESS && kind->ends_sessions) status = session_end_account(unit, id);
        if (status == APR_SUCCESS) status = event_write_account(unit, id, request->now);
        if (status == APR_SUCCESS) status = store_commit(unit);
    }
    store_close(unit);
    session_epoch_bump_account(request->ports->cache, id);
    return status;
}

static const char *account_path(const flow_request_t *request, apr_int64_t id)
{
    return apr_psprintf(request->pool, "/counter/account/%" APR_INT64_T_FMT, id);
}

apr_status_t flow_counter_act(const flow_request_t *request, flow_outcome_t *outcome)
{
    const act_kind_t *kind = act_of(request->action);
    rules_verdict_t *verdict = apr_palloc(request->pool, sizeof *verdict);
    span_t document = SPAN("");
    act_t act = {0};
    apr_int64_t id;
    bool found = false, ruled = true;
    apr_status_t status = APR_SUCCESS;

    if (!number_read(request->argument, &id)) return outcome_only(outcome, FLOW_MISSING);
    if (!kind || !number_read(request->draft, &act.version)) return outcome_only(outcome, FLOW_BAD_REQUEST);
    rules_eval(request->rules, request->form, request->typed, NULL, verdict, request->ports->log, request->pool);
    if (kind->gives_password) document = counter_document(request, verdict);
    if (verdict->finding_count > 0) {
        outcome->rule = verdict->findings[0].rule;
        return show(request, outcome, id, FLOW_INVALID, verdict);
    }
    act.note = counter_reason(request, verdict, document);
    if (kind->gives_password) status = counter_password_make(request, &act.password, &ruled);
    if (status != APR_SUCCESS) return status;
    if (!ruled) return outcome_only(outcome, FLOW_MISSING);

    status = write_act(request, kind, id, &act, &found);
    if (status == BASE_ECONFLICT) {
        outcome->rule = SPAN("version");
        return show(request, outcome, id, FLOW_CONFLICT, NULL);
    }
    if (status != APR_SUCCESS) return status;
    if (!found) return outcome_only(outcome, FLOW_MISSING);
    if (kind->gives_password) return counter_password_page(request, outcome, &act.account, &act.password);
    return outcome_redirect(outcome, account_path(request, id));
}
