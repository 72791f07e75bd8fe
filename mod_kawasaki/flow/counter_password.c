/* SPDX-License-Identifier: Apache-2.0
 *
 * Passwords for one time: made, hashed, and shown on one page to be printed. In clear they are nowhere but there.
 */
#include "account/password.h"
#include "base/secret.h"
#include "flow/counter.h"
#include "flow/outcome.h"
#include "text/text.h"

static apr_status_t wipe(void *text)
{
    secret_wipe(text, PASSWORD_ONE_TIME);
    return APR_SUCCESS;
}

static apr_status_t make_text(span_t *made, apr_pool_t *pool)
{
    char *text = apr_palloc(pool, PASSWORD_ONE_TIME + 1);
    apr_status_t status = password_one_time(text);

    apr_pool_cleanup_register(pool, text, wipe, apr_pool_cleanup_null);
    *made = (span_t){text, PASSWORD_ONE_TIME};
    return status;
}

static const rules_lockout_t *rule_of(const flow_request_t *request)
{
    return rules_lockout(request->rules, SPAN("one-time-password"));
}

apr_status_t counter_password_make(const flow_request_t *request, counter_password_t *password, bool *ruled)
{
    const rules_lockout_t *rule = rule_of(request);
    apr_status_t status;

    *ruled = rule != NULL;
    if (!rule) return APR_SUCCESS;
    status = make_text(&password->text, request->pool);
    if (status != APR_SUCCESS) return status;
    password->expires_at = request->now + apr_time_from_sec(rule->lasts);
    return password_hash(password->text, &password->hash, request->pool);
}

apr_status_t counter_password_page(const flow_request_t *request, flow_outcome_t *outcome, const account_t *account,
                                   const counter_password_t *password)
{
    const record_pair_t until = {SPAN("until"), text_time_japanese(request->pool, password->expires_at)};
    page_map_t *view = counter_view(request, SPAN(""));

    page_put_text(view, VIEW_account, span_of(apr_psprintf(request->pool, "%" APR_INT64_T_FMT, account->id)));
    page_put_text(view, VIEW_number, account->identifier);
    page_put_text(view, VIEW_name, account_field(account, SPAN("name")));
    page_put_text(view, VIEW_one_time, password->text);
    page_put_text(view, VIEW_say,
                  rules_fill(rules_say(request->rules, &rule_of(request)->say), &until, 1, request->pool));
    return outcome_page(outcome, FLOW_PAGE, VIEW_PAGE_COUNTER_PASSWORD, view);
}
