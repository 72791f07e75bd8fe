/* SPDX-License-Identifier: Apache-2.0
 *
 * The check of a card at the counter's kiosk: what is in the reader, how many tries are left, and, with the PIN,
 * whether the authentication certificate is accepted. Nothing is stored; the card itself counts wrong PINs.
 */
#include "flow/certificate.h"
#include "flow/form.h"
#include "flow/helper.h"
#include "flow/outcome.h"
#include "text/text.h"

#define PATH "/certificate/check"

static page_map_t *check_view(const flow_request_t *request)
{
    page_map_t *view = flow_view(request, rules_say(request->rules, &request->form->title));

    page_put_text(view, VIEW_action, SPAN(PATH));
    page_put_flag(view, VIEW_kiosk, request->ports->helper != NULL);
    return view;
}

/* --- The card --- */

static void put_certificate(const flow_request_t *request, page_map_t *card, page_key_t key, bool there, int tries)
{
    page_map_t *map;

    if (!there) return;
    map = page_put_map(card, key);
    page_put_flag(map, VIEW_blocked, tries == 0);
    if (tries > 0) page_put_text(map, VIEW_tries, span_of(apr_psprintf(request->pool, "%d", tries)));
}

/* In words: the template has them. */
static void put_card(const flow_request_t *request, page_map_t *view, const answer_t *answer)
{
    const answer_info_t *info = &answer->info;
    page_map_t *card;

    if (answer->code != WIRE_OK) page_put_text(view, VIEW_missing, helper_sentence(request, answer));
    if (!answer->has_info || info->insertion.size == 0) return;
    card = page_put_map(view, VIEW_card);
    page_put_text(card, VIEW_reader, info->reader);
    page_put_flag(card, VIEW_my_number_card, span_is(info->card, "my-number-card"));
    page_put_flag(card, VIEW_resident_card, span_is(info->card, "resident-registry-card"));
    put_certificate(request, card, VIEW_signing, info->has_signing, info->signing_tries);
    put_certificate(request, card, VIEW_authentication, info->has_authentication, info->authentication_tries);
}

/* --- The form --- */

/* The last section is for those who have one try left; the others have the form without it. */
static rules_form_t form_for(const flow_request_t *request, bool last_try)
{
    rules_form_t form = *request->form;
    const rules_section_t *last;

    if (last_try || form.section_count == 0) return form;
    last = rules_entry(request->rules, RULES_SECTIONS, form.first_section + form.section_count - 1);
    if (span_is(rules_span(request->rules, last->name), "last-try")) form.section_count--;
    return form;
}

static void put_form(const flow_request_t *request, page_map_t *view, bool last_try, const rules_verdict_t *verdict)
{
    static const span_t empty[RULES_FIELDS_MAX];
    const rules_form_t form = form_for(request, last_try);

    page_put_flag(view, VIEW_form, true);
    form_view_fields(request, view, &form, empty, verdict ? verdict->findings : NULL,
                     verdict ? verdict->finding_count : 0, false);
}

/* Before anything is typed. */
static void put_last_try(const flow_request_t *request, page_map_t *view)
{
    const answer_t low = {.code = WIRE_PIN_LOW};

    page_put_text(view, VIEW_warning, helper_sentence(request, &low));
}

/* --- The page --- */

/* Will the answer stay the same, whatever PIN is typed? */
static bool is_final(const answer_t *tried)
{
    return tried &&
           (tried->code == WIRE_CERT_EXPIRED || tried->code == WIRE_CERT_MISSING || tried->code == WIRE_ORIGIN_DENIED);
}

/* Has the helper itself failed? Asking again would only make people wait again. */
static bool is_gone(const answer_t *tried)
{
    return tried && (tried->code == WIRE_TIMEOUT || tried->code == WIRE_FAILED);
}

/* Is there a PIN to ask for? Who has begun keeps the form, to go on when the card is back. */
static bool can_go_on(const answer_t *now, bool begun)
{
    if (!now->has_info || now->code != WIRE_OK) return begun && now->code != WIRE_PIN_BLOCKED;
    return now->info.has_authentication && now->info.authentication_tries != 0;
}

/* What is wrong can be said beside a field only where the form is shown. */
static void put_refusals(const flow_request_t *request, page_map_t *view, rules_verdict_t *verdict)
{
    rules_form_t form = *request->form;

    form.section_count = 0;
    for (uint32_t i = 0; i < verdict->finding_count; i++) verdict->findings[i].field = RULES_NONE;
    form_view_fields(request, view, &form, NULL, verdict->findings, verdict->finding_count, false);
}

/* tried: how the card answered to the PIN, or NULL; verdict: what is wrong, or NULL. */
static apr_status_t show(const flow_request_t *request, flow_outcome_t *outcome, const answer_t *tried,
                         rules_verdict_t *verdict)
{
    page_map_t *view = check_view(request);
    answer_t now = {.code = WIRE_FAILED, .tries = ANSWER_TRIES_UNKNOWN};
    bool last_try;

    if (request->ports->helper && !is_gone(tried)) {
        apr_status_t status = helper_info(request, &now);
        if (status != APR_SUCCESS) return status;
        put_card(request, view, &now);
    }
    last_try = (now.has_info && now.info.authentication_tries == 1) || (tried && tried->code == WIRE_PIN_LOW);
    if (last_try && !verdict) put_last_try(request, view);
    if (request->ports->helper && can_go_on(&now, verdict != NULL) && !is_final(tried))
        put_form(request, view, last_try, verdict);
    else if (verdict)
        put_refusals(request, view, verdict);
    if (verdict && verdict->finding_count) outcome->rule = verdict->findings[0].rule;
    return outcome_page(outcome, verdict ? FLOW_INVALID : FLOW_PAGE, VIEW_PAGE_CERTIFICATE_CHECK, view);
}

apr_status_t flow_check_show(const flow_request_t *request, flow_outcome_t *outcome)
{
    return show(request, outcome, NULL, NULL);
}

/* --- The check --- */

/* Beside the field where one goes on, as long as there is a form. */
static apr_status_t refuse_card(const flow_request_t *request, flow_outcome_t *outcome, const answer_t *tried,
                                uint32_t pin, uint32_t last_try, rules_verdict_t *verdict)
{
    const char *rule = apr_pstrcat(request->pool, "card/", wire_code_name(tried->code), NULL);
    const uint32_t field = tried->code == WIRE_PIN_LOW ? last_try : pin;

    verdict->findings[0] = (rules_finding_t){field, span_of(rule), helper_sentence(request, tried)};
    verdict->finding_count = 1;
    return show(request, outcome, tried, verdict);
}

/* The result: which certificate, until when, accepted or not, and why. */
static apr_status_t conclude(const flow_request_t *request, flow_outcome_t *outcome, const cert_t *cert,
                             const certificate_verdict_t *judged, rules_verdict_t *verdict)
{
    const rules_certificate_t *rule =
        cert ? rules_certificate(request->rules, span_of(cert_kind_name(cert->kind))) : NULL;
    const span_t sentence = certificate_sentence(request, judged);
    page_map_t *view = check_view(request);
    page_map_t *map;

    if (judged->code != CERT_OK) {
        verdict->findings[0] = (rules_finding_t){RULES_NONE, judged->rule, sentence};
        verdict->finding_count = 1;
        put_refusals(request, view, verdict);
        outcome->rule = judged->rule;
    }
    if (cert) {
        map = page_put_map(view, VIEW_certificate);
        page_put_text(map, VIEW_say, sentence);
        if (rule) page_put_text(map, VIEW_label, rules_say(request->rules, &rule->label));
        page_put_text(map, VIEW_until, text_time_japanese(request->pool, cert->not_after));
        page_put_flag(map, VIEW_provisional, judged->provisional);
    }
    return outcome_page(outcome, judged->code == CERT_OK ? FLOW_PAGE : FLOW_INVALID, VIEW_PAGE_CERTIFICATE_CHECK, view);
}

apr_status_t flow_check_submit(const flow_request_t *request, flow_outcome_t *outcome)
{
    const uint32_t pin = rules_field_index(request->rules, request->form, SPAN("pin"));
    const uint32_t last_try = rules_field_index(request->rules, request->form, SPAN("last-try"));
    rules_verdict_t *verdict = apr_palloc(request->pool, sizeof *verdict);
    certificate_verdict_t judged = {.rule = SPAN("certificate.token")};
    answer_t answer;
    cert_t *cert;
    apr_status_t status;
    bool last;

    if (!span_is(request->action, "check") || pin == RULES_NONE) return outcome_only(outcome, FLOW_BAD_REQUEST);
    if (!request->ports->helper) return outcome_only(outcome, FLOW_WRONG_STEP);
    rules_eval(request->rules, request->form, request->typed, NULL, verdict, request->ports->log, request->pool);
    if (verdict->finding_count > 0) return show(request, outcome, NULL, verdict);
    last = last_try != RULES_NONE && verdict->values[last_try].size > 0;
    status = helper_authenticate(request, SPAN("check"), request->typed[pin], last, &answer, &cert, &judged.code);
    if (status != APR_SUCCESS) return status;
    if (answer.code != WIRE_OK) return refuse_card(request, outcome, &answer, pin, last_try, verdict);
    if (judged.code == CERT_OK) certificate_judge(request, cert, RULES_DOOR_LOG_IN, &judged);
    return conclude(request, outcome, cert, &judged, verdict);
}
