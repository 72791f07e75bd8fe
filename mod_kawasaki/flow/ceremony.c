/* SPDX-License-Identifier: Apache-2.0 */
#include "flow/ceremony.h"

#include "flow/outcome.h"

bool ceremony_is_answered(const flow_request_t *request)
{
    return !helper_is_kiosk(request) && span_is(request->action, "signed");
}

static void refuse_replay(const flow_request_t *request, ceremony_t *ceremony, const helper_task_t *task)
{
    ceremony->tried.answer = &task->answer;
    pin_refuse(request, &ceremony->tried, SPAN("card/REPLAY"),
               helper_sentence(request, &task->answer, task->operation, task->source));
}

/* One task after the other, each with its PIN; the first that fails is the last. */
static apr_status_t run_at_kiosk(const flow_request_t *request, ceremony_t *ceremony)
{
    apr_status_t status = APR_SUCCESS;

    if (!pin_accept(request, &ceremony->need, &ceremony->tried)) return APR_SUCCESS;
    for (int i = 0; status == APR_SUCCESS && !ceremony->tried.verdict && i < ceremony->count; i++) {
        helper_task_t *task = &ceremony->tasks[i];
        status = helper_prepare(request, task);
        if (status == APR_SUCCESS) status = pin_ask(request, &ceremony->need, task, &ceremony->tried);
        if (status == APR_SUCCESS && !ceremony->tried.verdict) status = helper_settle(request, task);
        if (status == APR_SUCCESS && task->answer.code == WIRE_REPLAY) refuse_replay(request, ceremony, task);
    }
    return status;
}

/* The page that asks the extension. */
static apr_status_t show_work(const flow_request_t *request, ceremony_t *ceremony, flow_outcome_t *outcome)
{
    page_map_t *view = flow_view(request, ceremony->title);
    page_list_t *requests = page_put_list(view, VIEW_requests);

    for (int i = 0; i < ceremony->count; i++) {
        apr_status_t status = helper_prepare(request, &ceremony->tasks[i]);
        page_map_t *entry = page_list_add(requests);
        if (status != APR_SUCCESS) return status;
        page_put_text(entry, VIEW_name, ceremony->tasks[i].operation == REQUEST_AUTH ? SPAN("token") : SPAN("answer"));
        page_put_text(entry, VIEW_info_request, ceremony->tasks[i].jws);
    }
    page_put_text(view, VIEW_action, span_of(ceremony->action));
    page_put_text(view, VIEW_back, span_of(ceremony->back));
    page_put_text(view, VIEW_draft, request->draft);
    page_put_text(view, VIEW_purpose, request->purpose);
    page_put_text(view, VIEW_consent, request->consent);
    page_put_flag(view, VIEW_file, ceremony->need.source == REQUEST_FILE);
    return outcome_page(outcome, FLOW_PAGE, VIEW_PAGE_CARD_WORK, view);
}

/* How a card that we didn't ask has answered. */
static void hear(const flow_request_t *request, ceremony_t *ceremony, helper_task_t *task)
{
    helper_hear(request, task, task->operation == REQUEST_AUTH ? request->token : request->answer);
    if (task->answer.code == WIRE_OK) return;
    ceremony->tried.answer = &task->answer;
    ceremony->tried.operation = task->operation;
    pin_refuse(request, &ceremony->tried,
               span_of(apr_pstrcat(request->pool, "card/", wire_code_name(task->answer.code), NULL)),
               helper_sentence(request, &task->answer, task->operation, task->source));
}

static apr_status_t take_answers(const flow_request_t *request, ceremony_t *ceremony)
{
    apr_status_t status = APR_SUCCESS;

    for (int i = 0; status == APR_SUCCESS && !ceremony->tried.verdict && i < ceremony->count; i++) {
        helper_task_t *task = &ceremony->tasks[i];
        hear(request, ceremony, task);
        if (!ceremony->tried.verdict) status = helper_settle(request, task);
        if (status == APR_SUCCESS && task->answer.code == WIRE_REPLAY) refuse_replay(request, ceremony, task);
    }
    return status;
}

apr_status_t ceremony_run(const flow_request_t *request, ceremony_t *ceremony, flow_outcome_t *outcome,
                          ceremony_result_t *result)
{
    const bool kiosk = helper_is_kiosk(request), answered = ceremony_is_answered(request);
    apr_status_t status;

    *result = CEREMONY_ASKED;
    if (!kiosk && !answered) return show_work(request, ceremony, outcome);
    status = kiosk ? run_at_kiosk(request, ceremony) : take_answers(request, ceremony);
    *result = ceremony->tried.verdict ? CEREMONY_REFUSED : CEREMONY_DONE;
    return status;
}

span_t ceremony_insertion(const flow_request_t *request, const ceremony_t *ceremony)
{
    return helper_is_kiosk(request) ? ceremony->tasks[0].answer.insertion : SPAN("");
}

bool ceremony_judge(const flow_request_t *request, ceremony_t *ceremony, const helper_task_t *task, rules_door_t door,
                    certificate_verdict_t *verdict)
{
    *verdict = (certificate_verdict_t){.code = task->proved, .rule = SPAN("certificate.signature")};
    if (task->proved == CERT_OK) certificate_judge(request, task->cert, door, verdict);
    if (verdict->code == CERT_OK) return true;
    pin_refuse(request, &ceremony->tried, verdict->rule, certificate_sentence(request, verdict));
    return false;
}
