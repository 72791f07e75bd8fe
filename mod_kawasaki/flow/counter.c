/* SPDX-License-Identifier: Apache-2.0
 *
 * What the counter's pages share (counter.h). Not for what a clerk does: counter_desk.c finds, counter_account.c and
 * counter_receipt.c act, counter_issue.c issues.
 */
#include "flow/counter.h"

#include "flow/pin.h"
#include "text/text.h"

page_map_t *counter_view(const flow_request_t *request, span_t title)
{
    static const visit_t nobody; /* should the clerk be logged in as a resident too: not here */
    flow_request_t as_clerk = *request;
    page_map_t *view;

    as_clerk.visit = &nobody;
    view = flow_view(&as_clerk, title);
    page_put_text(view, VIEW_clerk, request->clerk);
    return view;
}

form_values_t counter_blank(const flow_request_t *request, const rules_form_t *form)
{
    static const account_t nobody;
    form_values_t values;

    form_values_of_account(request->rules, form, &nobody, &values);
    return values;
}

audit_entry_t counter_entry(const flow_request_t *request, apr_int64_t account, audit_act_t act)
{
    return (audit_entry_t){.at = request->now,
                           .city = rules_span(request->rules, rules_city(request->rules)->id),
                           .by = AUDIT_BY_CLERK,
                           .actor = request->clerk,
                           .account = account,
                           .act = act};
}

/* --- Locks --- */

static bool is_per_address(const rules_t *rules, const rules_limit_t *limit, span_t rule)
{
    for (uint32_t i = 0; i < limit->count_count; i++) {
        const rules_count_t *count = rules_count_of(rules, limit, i);
        if (span_equal(rules_span(rules, count->rule), rule)) return count->per == RULES_PER_ADDRESS;
    }
    return false;
}

static span_t sentence_of(const rules_t *rules, const limit_entry_t *entry, apr_pool_t *pool)
{
    const rules_limit_t *limit = rules_limit(rules, span_of(entry->limit));
    const rules_lockout_t *lockout = rules_lockout(rules, span_of(entry->limit));
    record_pair_t until = {SPAN("until"), SPAN("")};

    if (!limit && !lockout) return SPAN("");
    if (limit && entry->until == LIMIT_FOREVER) return rules_say(rules, &limit->locked_counter);
    until.value = text_time_japanese(pool, entry->until);
    return rules_fill(rules_say(rules, limit ? &limit->locked : &lockout->say), &until, 1, pool);
}

void counter_put_lock(const flow_request_t *request, page_map_t *map, const limit_entry_t *entry)
{
    const rules_limit_t *limit = rules_limit(request->rules, span_of(entry->limit));
    const bool locked = entry->until > request->now;
    page_key_t flag;

    page_put_text(map, VIEW_rule, span_of(entry->rule));
    page_put_text(map, VIEW_receipt, span_of(entry->receipt));
    page_put_text(map, VIEW_since_at, text_time_japanese(request->pool, entry->since_at));
    page_put_flag(map, VIEW_locked, locked);
    page_put_flag(map, VIEW_over, entry->until && !locked);
    page_put_flag(map, VIEW_forever, entry->until == LIMIT_FOREVER);
    page_put_flag(map, VIEW_per_address, limit && is_per_address(request->rules, limit, span_of(entry->rule)));
    page_put_text(map, VIEW_until,
                  locked && entry->until != LIMIT_FOREVER ? text_time_japanese(request->pool, entry->until) : SPAN(""));
    page_put_text(map, VIEW_say, locked ? sentence_of(request->rules, entry, request->pool) : SPAN(""));
    if (pin_limit_flag(span_of(entry->limit), &flag)) {
        page_put_flag(map, VIEW_secret, true);
        page_put_flag(map, flag, true);
    }
}

/* --- The identity document --- */

static span_t word_of(const rules_t *rules, const rules_field_t *field, span_t code)
{
    const rules_choices_t *choices = rules_entry(rules, RULES_CHOICES, field->choices);

    for (uint32_t i = 0; i < choices->option_count; i++) {
        const rules_option_t *option = rules_option(rules, choices, i);
        if (span_equal(rules_span(rules, option->code), code)) return rules_say(rules, &option->word);
    }
    return SPAN("");
}

static bool has_finding(const rules_verdict_t *verdict, uint32_t field)
{
    for (uint32_t i = 0; i < verdict->finding_count; i++)
        if (verdict->findings[i].field == field) return true;
    return false;
}

span_t counter_document(const flow_request_t *request, rules_verdict_t *verdict)
{
    const uint32_t index = rules_field_index(request->rules, request->form, SPAN("document"));
    const rules_field_t *field = index == RULES_NONE ? NULL : rules_field(request->rules, request->form, index);
    span_t code, word = SPAN("");

    if (!field || field->control != RULES_SELECT) return word;
    code = verdict->values[index];
    if (!span_is(code, "none")) word = word_of(request->rules, field, code);
    if (word.size == 0 && !has_finding(verdict, index))
        verdict->findings[verdict->finding_count++] = (rules_finding_t){
            index, SPAN("counter/document"), rules_message(request->rules, RULES_MESSAGE_COUNTER_DOCUMENT)};
    return word;
}

span_t counter_reason(const flow_request_t *request, const rules_verdict_t *verdict, span_t document)
{
    const uint32_t field = rules_field_index(request->rules, request->form, SPAN("reason"));
    const span_t reason = field == RULES_NONE ? SPAN("") : verdict->values[field];

    if (document.size == 0) return reason;
    return span_of(apr_pstrcat(request->pool, span_text(request->pool, reason), "（",
                               span_text(request->pool, document), "）", NULL));
}
