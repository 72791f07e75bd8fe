/* SPDX-License-Identifier: Apache-2.0
 *
 * What every page shows, and the pages that have no form. Not here: forms (form_view.c), steps (login.c, edit.c,
 * confirm.c).
 */
#include "flow/view.h"

#include "flow/holder.h"
#include "flow/login.h"
#include "flow/outcome.h"
#include "text/text.h"

#define WARNED apr_time_from_sec(600)
#define DAY    86400u

#define VIEW_KEY_NAME(name)              #name,
#define VIEW_PAGE_NAME(identifier, name) name,

const char *const view_key_names[VIEW_KEY_COUNT] = {VIEW_KEYS(VIEW_KEY_NAME)};
const char *const view_page_names[VIEW_PAGE_COUNT] = {VIEW_PAGES(VIEW_PAGE_NAME)};

static span_t number_text(apr_pool_t *pool, apr_int64_t number)
{
    return span_of(apr_psprintf(pool, "%" APR_INT64_T_FMT, number));
}

/* "10時05分" in Japan (UTC+9, no summer time). */
static span_t clock_text(apr_pool_t *pool, apr_time_t at)
{
    apr_int64_t minutes = (apr_time_sec(at) + 9 * 3600) / 60;
    return span_of(apr_psprintf(pool, "%d時%02d分", (int)(minutes / 60 % 24), (int)(minutes % 60)));
}

static void put_notices(const flow_request_t *request, page_map_t *view)
{
    const apr_int64_t now = apr_time_sec(request->now);
    page_list_t *list = NULL;

    for (uint32_t i = 0; i < rules_count(request->rules, RULES_NOTICES); i++) {
        const rules_notice_t *notice = rules_entry(request->rules, RULES_NOTICES, i);
        if (now < notice->from || now >= notice->until) continue;
        if (!list) list = page_put_list(view, VIEW_notices);
        page_put_text(page_list_add(list), VIEW_say, rules_say(request->rules, &notice->say));
    }
}

/* Whoever has just logged in is told of wrong tries since last time; later pages don't repeat it. */
static void put_warning(const flow_request_t *request, page_map_t *view)
{
    const visit_t *visit = request->visit;
    record_pair_t values[2] = {{SPAN("count"), SPAN("")}, {SPAN("last"), SPAN("")}};

    if (visit->refusals == 0 || request->now - visit->session.created_at > WARNED) return;
    values[0].value = number_text(request->pool, visit->refusals);
    values[1].value = text_time_japanese(request->pool, visit->refused_at);
    page_put_text(view, VIEW_warning,
                  rules_fill(rules_message(request->rules, RULES_MESSAGE_OTHERS_FAILED), values, 2, request->pool));
}

/* Where the kind's own data can be changed, by the title of that form; of an applicant, where they are filled in. */
static void put_edit(const flow_request_t *request, page_map_t *visitor)
{
    const char *kind = span_text(request->pool, request->visit->session.kind);
    const char *act = request->visit->account.applicant ? "register" : "edit";
    const rules_form_t *form = rules_form(request->rules, span_of(apr_pstrcat(request->pool, kind, ".", act, NULL)));

    if (!form) return;
    page_put_text(visitor, VIEW_edit, span_of(apr_pstrcat(request->pool, "/", kind, "/", act, NULL)));
    page_put_text(visitor, VIEW_edit_title, rules_say(request->rules, &form->title));
}

/* What one of this kind logs in with: a password, a file, or (neither flag) a card. */
static void put_kind(const flow_request_t *request, page_map_t *visitor, const rules_kind_t *kind)
{
    const bool certificate = kind->logs_in_with.size > 0;

    page_put_text(visitor, VIEW_kind_word, rules_say(request->rules, &kind->word));
    page_put_flag(visitor, VIEW_has_password, !certificate);
    page_put_flag(visitor, VIEW_file, certificate && holder_source(request, kind) == REQUEST_FILE);
}

static void put_visitor(const flow_request_t *request, page_map_t *view)
{
    const visit_t *visit = request->visit;
    const rules_city_t *city = rules_city(request->rules);
    const rules_kind_t *kind;
    page_map_t *visitor;

    if (visit->state != SESSION_LIVE) return;
    put_warning(request, view);
    kind = rules_kind(request->rules, visit->session.kind);
    visitor = page_put_map(view, VIEW_logged_in);
    page_put_text(visitor, VIEW_user, account_field(&visit->account, SPAN("name")));
    page_put_flag(visitor, VIEW_applicant, visit->account.applicant);
    page_put_flag(visitor, VIEW_by_card, visit->session.insertion.size > 0);
    put_edit(request, visitor);
    if (kind) put_kind(request, visitor, kind);
    page_put_text(visitor, VIEW_ends_at, clock_text(request->pool, visit->ends_at));
    page_put_text(visitor, VIEW_idle_seconds, number_text(request->pool, apr_time_sec(visit->ends_at - request->now)));
    page_put_text(visitor, VIEW_extended_seconds, number_text(request->pool, city->idle));
    page_put_text(visitor, VIEW_warn_seconds, number_text(request->pool, city->warn));
}

page_map_t *flow_view(const flow_request_t *request, span_t title)
{
    const rules_city_t *city = rules_city(request->rules);
    page_map_t *view = page_map(request->pool);

    page_put_text(view, VIEW_city, rules_say(request->rules, &city->name));
    page_put_text(view, VIEW_service, rules_say(request->rules, &city->service));
    page_put_text(view, VIEW_contact, rules_say(request->rules, &city->contact));
    page_put_text(view, VIEW_title, title);
    page_put_text(view, VIEW_csrf, request->csrf);
    put_notices(request, view);
    put_visitor(request, view);
    return view;
}

apr_status_t outcome_page(flow_outcome_t *outcome, flow_result_t result, view_page_t page, page_map_t *view)
{
    outcome->result = result;
    outcome->page = page;
    outcome->view = view;
    return APR_SUCCESS;
}

apr_status_t outcome_redirect(flow_outcome_t *outcome, const char *location)
{
    outcome->result = FLOW_REDIRECT;
    outcome->location = location;
    return APR_SUCCESS;
}

apr_status_t outcome_only(flow_outcome_t *outcome, flow_result_t result)
{
    outcome->result = result;
    return APR_SUCCESS;
}

void outcome_message(const flow_request_t *request, page_map_t *view, rules_message_t message)
{
    page_put_text(view, VIEW_message, rules_message(request->rules, message));
}

apr_status_t flow_top(const flow_request_t *request, flow_outcome_t *outcome)
{
    page_map_t *view = flow_view(request, SPAN(""));
    page_put_flag(view, VIEW_kiosk, helper_is_kiosk(request));
    login_put_ways(request, view);
    return outcome_page(outcome, FLOW_PAGE, VIEW_PAGE_TOP, view);
}

apr_status_t flow_registration(const flow_request_t *request, flow_outcome_t *outcome)
{
    const rules_lockout_t *lockout = holder_lockout(request);
    page_map_t *view = flow_view(request, SPAN(""));

    login_put_ways(request, view);
    page_put_flag(view, VIEW_applicant, request->visit->state == SESSION_LIVE && request->visit->account.applicant);
    if (lockout)
        page_put_text(view, VIEW_until,
                      span_of(apr_psprintf(request->pool, "%u日間", (lockout->lasts + DAY - 1) / DAY)));
    return outcome_page(outcome, FLOW_PAGE, VIEW_PAGE_REGISTRATION, view);
}

/* Does a card lie in this kiosk's reader? */
static apr_status_t put_card_left(const flow_request_t *request, page_map_t *view)
{
    answer_t answer;
    apr_status_t status;

    page_put_flag(view, VIEW_kiosk, helper_is_kiosk(request));
    if (!helper_is_kiosk(request)) return APR_SUCCESS;
    status = helper_info(request, REQUEST_CARD, &answer);
    page_put_flag(view, VIEW_card, answer.has_info && answer.info.insertion.size > 0);
    return status;
}

apr_status_t flow_logged_out(const flow_request_t *request, flow_outcome_t *outcome)
{
    const bool applicant = span_is(request->argument, "applicant");
    page_map_t *view = flow_view(request, SPAN(""));
    apr_status_t status;

    page_put_flag(view, VIEW_applicant, applicant);
    outcome_message(request, view,
                    applicant                            ? RULES_MESSAGE_APPLICANT_LEFT
                    : span_is(request->argument, "card") ? RULES_MESSAGE_CARD_GONE
                                                         : RULES_MESSAGE_LOGGED_OUT);
    status = put_card_left(request, view);
    if (status != APR_SUCCESS) return status;
    return outcome_page(outcome, FLOW_PAGE, VIEW_PAGE_LOGGED_OUT, view);
}
