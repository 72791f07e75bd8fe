/* SPDX-License-Identifier: Apache-2.0
 *
 * Tokens and pages of a form's steps. Not here: what a step decides (edit.c, confirm.c).
 */
#include "flow/step.h"

#include "base/number.h"
#include "flow/address.h"
#include "flow/holder.h"
#include "flow/outcome.h"
#include "flow/terms.h"

/* What stands before the next dot, or all that is left. */
static span_t cut(span_t *text)
{
    const char *dot = text->size ? memchr(text->at, '.', text->size) : NULL;
    const span_t piece = {text->at, dot ? (apr_size_t)(dot - text->at) : text->size};
    const apr_size_t used = piece.size + (dot ? 1 : 0);

    *text = (span_t){text->at + used, text->size - used};
    return piece;
}

bool step_token_parse(span_t text, step_token_t *token)
{
    return number_read(cut(&text), &token->draft) && number_read(cut(&text), &token->account) &&
           number_read(text, &token->rules);
}

static apr_int64_t rules_mark(const flow_request_t *request)
{
    return (apr_int64_t)(rules_header(request->rules)->hash >> 1);
}

bool step_token_is_ruled(const flow_request_t *request, const step_token_t *token)
{
    return token->rules == rules_mark(request);
}

span_t step_token(const flow_request_t *request)
{
    return span_of(apr_psprintf(request->pool, "%" APR_INT64_T_FMT ".%" APR_INT64_T_FMT ".%" APR_INT64_T_FMT,
                                request->visit->draft.version, request->visit->account.version, rules_mark(request)));
}

/* The form's name with another sign between its parts. */
static char *name_with(const flow_request_t *request, char between)
{
    char *name = span_text(request->pool, rules_span(request->rules, request->form->name));
    for (char *c = name; *c; c++)
        if (*c == '.') *c = between;
    return name;
}

const char *step_path(const flow_request_t *request, const char *rest)
{
    return apr_pstrcat(request->pool, "/", name_with(request, '/'), rest, NULL);
}

const char *step_sibling(const flow_request_t *request, const char *rest)
{
    return apr_pstrcat(request->pool, "/", span_text(request->pool, holder_kind_of(request)), rest, NULL);
}

bool step_has_waiting(const flow_request_t *request)
{
    record_pair_t *waiting;
    apr_size_t count;

    return form_waiting(request->visit->draft.fields, &waiting, &count, request->pool) == APR_SUCCESS && count > 0;
}

bool step_is_registration(const flow_request_t *request)
{
    const char *name = name_with(request, '.');
    const char *dot = strrchr(name, '.');

    return dot && strcmp(dot, ".register") == 0;
}

bool step_is_unchanged(const flow_request_t *request, const span_t *values)
{
    const account_t *account = &request->visit->account;

    return !account->applicant && request->visit->draft.password.size == 0 && !step_has_waiting(request) &&
           !form_differs(request->rules, request->form, account, values);
}

const char *step_way_in(const flow_request_t *request)
{
    if (step_is_registration(request)) return terms_path(request);
    return apr_pstrcat(request->pool, "/login?purpose=", name_with(request, '-'), NULL);
}

step_state_t step_state(const draft_t *draft, const step_token_t *token)
{
    if (draft->step == DRAFT_DONE && draft->version == token->draft + 1) return STEP_REPEATED;
    if (draft->step != DRAFT_ACCEPTED) return STEP_WRONG;
    return draft->version == token->draft ? STEP_READY : STEP_OTHER_TAB;
}

/* What both pages have: title, marked step, token, banner. */
static page_map_t *step_view(const flow_request_t *request, const rules_text_t *title, page_key_t step,
                             const char *action, rules_message_t message)
{
    page_map_t *view = flow_view(request, rules_say(request->rules, title));
    page_put_flag(page_put_map(view, VIEW_steps), step, true);
    page_put_text(view, VIEW_action, span_of(step_path(request, action)));
    page_put_text(view, VIEW_back, span_of(step_path(request, "")));
    page_put_text(view, VIEW_draft, step_token(request));
    if (message != STEP_NO_MESSAGE) outcome_message(request, view, message);
    return view;
}

apr_status_t step_refresh(const flow_request_t *request, visit_t *visit, flow_request_t *again)
{
    *visit = *request->visit;
    *again = *request;
    again->visit = visit;
    return visit_refresh(visit, request->ports, rules_span(request->rules, request->form->name), request->pool);
}

apr_status_t step_form(const flow_request_t *request, flow_outcome_t *outcome, flow_result_t result,
                       const span_t *values, const rules_verdict_t *verdict, rules_message_t message)
{
    const draft_t *draft = &request->visit->draft;
    bool pending = draft->password.size > 0 && (draft->step == DRAFT_TYPED || draft->step == DRAFT_ACCEPTED);
    page_map_t *view = step_view(request, &request->form->title, VIEW_step_input, "", message);

    form_view_fields(request, view, request->form, values, verdict ? verdict->findings : NULL,
                     verdict ? verdict->finding_count : 0, pending);
    if (verdict) address_put_comparison(request, view, verdict);
    page_put_flag(view, VIEW_registration, step_is_registration(request));
    page_put_flag(view, VIEW_deletable, request->proof && !step_is_registration(request));
    if (verdict && verdict->finding_count) outcome->rule = verdict->findings[0].rule;
    return outcome_page(outcome, result, VIEW_PAGE_FORM, view);
}

pin_need_t step_need(const flow_request_t *request)
{
    const rules_kind_t *kind = holder_kind(request);

    return (pin_need_t){.form = request->proof,
                        .typed = request->proof_typed,
                        .source = kind ? holder_source(request, kind) : REQUEST_CARD,
                        .sign = true};
}

apr_status_t step_put_sign(const flow_request_t *request, page_map_t *view, pin_try_t *tried)
{
    const pin_need_t need = step_need(request);
    page_map_t *map = page_put_map(view, VIEW_sign);

    if (tried->verdict) page_put_flag(view, VIEW_failed, true);
    return pin_put(request, map, &need, tried);
}

apr_status_t step_confirm(const flow_request_t *request, flow_outcome_t *outcome, flow_result_t result,
                          const span_t *values, rules_message_t message, pin_try_t *tried)
{
    page_map_t *view = step_view(request, &request->form->confirm, VIEW_step_confirm, "/confirm", message);
    bool pending = request->visit->draft.password.size > 0;
    const bool unchanged = step_is_unchanged(request, values);
    pin_try_t untried = {0};
    apr_status_t status = APR_SUCCESS;

    form_view_rows(request, view, request->form, values, pending);
    page_put_flag(view, VIEW_registration, step_is_registration(request));
    page_put_flag(view, VIEW_unchanged, unchanged);
    if (unchanged && message == STEP_NO_MESSAGE) outcome_message(request, view, RULES_MESSAGE_NOTHING_CHANGED);
    if (request->proof) status = step_put_sign(request, view, tried ? tried : &untried);
    if (tried && tried->verdict) outcome->rule = tried->verdict->findings[0].rule;
    return status == APR_SUCCESS ? outcome_page(outcome, result, VIEW_PAGE_CONFIRM, view) : status;
}

page_map_t *flow_error_view(const flow_request_t *request, rules_message_t message)
{
    const rules_form_t *form = request->form;
    bool under_way = form && form->kind != RULES_NONE && request->visit->state == SESSION_LIVE;
    page_map_t *view = flow_view(request, SPAN(""));

    page_put_flag(view, VIEW_failed, true);
    outcome_message(request, view, message);
    page_put_text(view, VIEW_way_out, under_way ? span_of(step_path(request, "")) : SPAN("/"));
    if (under_way) page_put_text(view, VIEW_way_out_word, rules_say(request->rules, &form->title));
    return view;
}
