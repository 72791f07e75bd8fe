/* SPDX-License-Identifier: Apache-2.0
 *
 * The check of a card at the counter's kiosk: what is in the reader, how many tries are left, and, with the PIN,
 * whether the authentication certificate is accepted. Of a company's file likewise. Nothing is stored; the card itself
 * counts wrong PINs.
 */
#include "flow/ceremony.h"
#include "flow/outcome.h"
#include "text/text.h"

/* A company's certificate is a file. */
static bool is_of_file(const flow_request_t *request)
{
    return span_is(request->argument, "file");
}

static page_map_t *check_view(const flow_request_t *request)
{
    page_map_t *view = flow_view(request, rules_say(request->rules, &request->form->title));

    page_put_text(view, VIEW_action,
                  is_of_file(request) ? SPAN("/certificate/check/file") : SPAN("/certificate/check"));
    page_put_flag(view, VIEW_file, is_of_file(request));
    page_put_flag(view, VIEW_kiosk, helper_is_kiosk(request));
    return view;
}

static ceremony_t ceremony_of(const flow_request_t *request)
{
    const request_source_t source = is_of_file(request) ? REQUEST_FILE : REQUEST_CARD;

    return (ceremony_t){.need = {.form = request->form, .typed = request->typed, .source = source, .log_in = true},
                        .tasks = {{.operation = REQUEST_AUTH, .source = source, .purpose = SPAN("check")}},
                        .count = 1};
}

static apr_status_t show(const flow_request_t *request, flow_outcome_t *outcome, ceremony_t *ceremony)
{
    page_map_t *view = check_view(request);
    const rules_verdict_t *wrong = ceremony->tried.verdict;
    apr_status_t status = APR_SUCCESS;

    if (wrong) outcome->rule = wrong->findings[0].rule;
    if (helper_is_kiosk(request)) status = pin_put(request, view, &ceremony->need, &ceremony->tried);
    if (status != APR_SUCCESS) return status;
    return outcome_page(outcome, wrong ? FLOW_INVALID : FLOW_PAGE, VIEW_PAGE_CERTIFICATE_CHECK, view);
}

apr_status_t flow_check_show(const flow_request_t *request, flow_outcome_t *outcome)
{
    ceremony_t ceremony = ceremony_of(request);

    return show(request, outcome, &ceremony);
}

/* The result: which certificate, until when, accepted or not, and why. */
static apr_status_t conclude(const flow_request_t *request, flow_outcome_t *outcome, ceremony_t *ceremony)
{
    const cert_t *cert = ceremony->tasks[0].cert;
    const rules_certificate_t *rule =
        cert ? rules_certificate(request->rules, span_of(cert_kind_name(cert->kind))) : NULL;
    page_map_t *view = check_view(request);
    certificate_verdict_t judged;
    page_map_t *map;
    bool good = ceremony_judge(request, ceremony, &ceremony->tasks[0], RULES_DOOR_LOG_IN, &judged);

    if (!good) {
        pin_put_refusals(request, view, &ceremony->need, ceremony->tried.verdict);
        outcome->rule = judged.rule;
    }
    if (cert) {
        map = page_put_map(view, VIEW_certificate);
        page_put_text(map, VIEW_say, certificate_sentence(request, &judged));
        if (rule) page_put_text(map, VIEW_label, rules_say(request->rules, &rule->label));
        page_put_text(map, VIEW_until, text_time_japanese(request->pool, cert->not_after));
        page_put_flag(map, VIEW_provisional, judged.provisional);
    }
    return outcome_page(outcome, good ? FLOW_PAGE : FLOW_INVALID, VIEW_PAGE_CERTIFICATE_CHECK, view);
}

apr_status_t flow_check_submit(const flow_request_t *request, flow_outcome_t *outcome)
{
    ceremony_t ceremony = ceremony_of(request);
    ceremony_result_t result;
    apr_status_t status;

    if (!span_is(request->action, "check")) return outcome_only(outcome, FLOW_BAD_REQUEST);
    if (!helper_is_kiosk(request)) return outcome_only(outcome, FLOW_WRONG_STEP);
    status = ceremony_run(request, &ceremony, outcome, &result);
    if (status != APR_SUCCESS) return status;
    return result == CEREMONY_DONE ? conclude(request, outcome, &ceremony) : show(request, outcome, &ceremony);
}
