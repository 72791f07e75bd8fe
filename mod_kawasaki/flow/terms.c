/* SPDX-License-Identifier: Apache-2.0
 *
 * The terms of use (ご利用規約): read before a registration, and agreed to or not. The consent (which version, when)
 * travels with the next page and is stored with the registration; here nothing is written.
 */
#include "flow/terms.h"

#include "base/number.h"
#include "flow/outcome.h"
#include "flow/step.h"

#define CONSENT_LIFE apr_time_from_sec(24 * 3600)

static void put_articles(const flow_request_t *request, page_map_t *view, const rules_terms_t *terms)
{
    page_list_t *list = page_put_list(view, VIEW_sections), *paragraphs = NULL;

    for (uint32_t i = 0; i < terms->article_count; i++) {
        const rules_article_t *article = rules_article(request->rules, terms, i);
        if (!paragraphs || article->heading.ja.size) {
            page_map_t *map = page_list_add(list);
            page_put_text(map, VIEW_heading, rules_say(request->rules, &article->heading));
            page_put_text(map, VIEW_id, span_of(apr_psprintf(request->pool, "terms-%u", i + 1)));
            paragraphs = page_put_list(map, VIEW_items);
        }
        page_put_text(page_list_add(paragraphs), VIEW_say, rules_say(request->rules, &article->text));
    }
}

const char *terms_path(const flow_request_t *request)
{
    return step_sibling(request, "/register/terms");
}

static const char *start_path(const flow_request_t *request, const char *consent)
{
    return apr_pstrcat(request->pool, step_sibling(request, "/register/start"), *consent ? "?consent=" : "", consent,
                       NULL);
}

void terms_message(const flow_request_t *request, page_map_t *view)
{
    if (request->visit->state == SESSION_TIMED_OUT && request->visit->account.applicant)
        outcome_message(request, view, RULES_MESSAGE_REGISTRATION_PAUSED);
}

apr_status_t flow_terms_show(const flow_request_t *request, flow_outcome_t *outcome)
{
    const rules_terms_t *terms = rules_terms(request->rules);
    page_map_t *view;

    if (!terms) return outcome_redirect(outcome, start_path(request, ""));
    view = flow_view(request, rules_message(request->rules, RULES_MESSAGE_TERMS));
    page_put_text(view, VIEW_action, span_of(terms_path(request)));
    page_put_text(view, VIEW_heading, rules_say(request->rules, &request->form->title));
    if (terms_are_new(request)) outcome_message(request, view, RULES_MESSAGE_TERMS_CHANGED);
    put_articles(request, view, terms);
    terms_message(request, view);
    return outcome_page(outcome, FLOW_PAGE, VIEW_PAGE_TERMS, view);
}

/* "VERSION.SECONDS": whoever forges it agrees all the same. */
apr_status_t flow_terms_submit(const flow_request_t *request, flow_outcome_t *outcome)
{
    const rules_terms_t *terms = rules_terms(request->rules);

    if (span_is(request->action, "disagree")) return outcome_redirect(outcome, "/registration");
    if (!terms || !span_is(request->action, "agree")) return outcome_only(outcome, FLOW_BAD_REQUEST);
    return outcome_redirect(
        outcome, start_path(request, apr_psprintf(request->pool, "%s.%" APR_INT64_T_FMT,
                                                  span_text(request->pool, rules_span(request->rules, terms->version)),
                                                  (apr_int64_t)apr_time_sec(request->now))));
}

bool terms_agreed(const flow_request_t *request, terms_consent_t *consent)
{
    const rules_terms_t *terms = rules_terms(request->rules);
    const span_t version = terms ? rules_span(request->rules, terms->version) : SPAN("");
    const span_t given = request->consent;
    apr_int64_t seconds;

    *consent = (terms_consent_t){SPAN(""), SPAN("")};
    if (!terms) return true;
    if (given.size <= version.size + 1 || memcmp(given.at, version.at, version.size) != 0 ||
        given.at[version.size] != '.' ||
        !number_read((span_t){given.at + version.size + 1, given.size - version.size - 1}, &seconds))
        return false;
    if (seconds > apr_time_sec(request->now) || seconds < apr_time_sec(request->now - CONSENT_LIFE)) return false;
    consent->version = version;
    consent->at = manifest_time(apr_time_from_sec(seconds), request->pool);
    return true;
}

bool terms_are_new(const flow_request_t *request)
{
    const rules_terms_t *terms = rules_terms(request->rules);
    const visit_t *visit = request->visit;

    return visit->state == SESSION_LIVE && visit->account.applicant && terms &&
           !span_equal(account_field(&visit->account, SPAN("terms-version")),
                       rules_span(request->rules, terms->version));
}
