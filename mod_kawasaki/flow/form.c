/* SPDX-License-Identifier: Apache-2.0
 *
 * Values of a form: where they come from and where they go. Not here: how they look (form_view.c).
 */
#include "flow/form.h"

#include "base/error.h"

/* The field that this one repeats, or RULES_NONE; as an index in the form. */
static uint32_t repeated_field(const rules_t *rules, const rules_form_t *form, const rules_field_t *field)
{
    for (uint32_t i = 0; i < field->check_count; i++) {
        const rules_check_t *check = rules_entry(rules, RULES_CHECKS, field->first_check + i);
        if (check->kind == RULES_CHECK_EQUALS) return check->a - form->first_field;
    }
    return RULES_NONE;
}

void form_values_of_account(const rules_t *rules, const rules_form_t *form, const account_t *account,
                            form_values_t *values)
{
    for (uint32_t i = 0; i < form->field_count; i++) {
        const rules_field_t *field = rules_field(rules, form, i);
        uint32_t source = field->flags & RULES_NOT_STORED ? repeated_field(rules, form, field) : i;
        values->at[i] = SPAN("");
        if (field->control == RULES_SECRET || source == RULES_NONE) continue;
        values->at[i] = account_field(account, rules_span(rules, rules_field(rules, form, source)->name));
        if (account->applicant && values->at[i].size == 0) values->at[i] = rules_span(rules, field->preset);
    }
}

apr_status_t form_values_of_draft(const rules_t *rules, const rules_form_t *form, span_t fields, form_values_t *values,
                                  apr_pool_t *pool)
{
    record_pair_t *pairs;
    apr_size_t count;

    if (record_decode(pool, fields, &pairs, &count) != APR_SUCCESS) return BASE_ECORRUPT;
    for (uint32_t i = 0; i < form->field_count; i++)
        values->at[i] = record_value(pairs, count, rules_span(rules, rules_field(rules, form, i)->name));
    return APR_SUCCESS;
}

static apr_size_t pairs_without(const rules_t *rules, const rules_form_t *form, const span_t *values, uint32_t flags,
                                record_pair_t **pairs, apr_pool_t *pool)
{
    apr_size_t count = 0;
    *pairs = apr_palloc(pool, form->field_count * sizeof **pairs);
    for (uint32_t i = 0; i < form->field_count; i++) {
        const rules_field_t *field = rules_field(rules, form, i);
        if (field->control == RULES_SECRET || field->flags & flags) continue;
        (*pairs)[count++] = (record_pair_t){rules_span(rules, field->name), values[i]};
    }
    return count;
}

static const span_t waiting_prefix = SPAN("certificate.");

span_t form_draft_of_values(const rules_t *rules, const rules_form_t *form, const span_t *values,
                            const record_pair_t *waiting, apr_size_t waiting_count, apr_pool_t *pool)
{
    record_pair_t *pairs, *all;
    apr_size_t count = pairs_without(rules, form, values, 0, &pairs, pool);

    if (waiting_count == 0) return record_encode(pool, pairs, count);
    all = apr_palloc(pool, (count + waiting_count) * sizeof *all);
    memcpy(all, pairs, count * sizeof *all);
    for (apr_size_t i = 0; i < waiting_count; i++)
        all[count + i] = (record_pair_t){
            span_of(apr_pstrcat(pool, waiting_prefix.at, span_text(pool, waiting[i].name), NULL)), waiting[i].value};
    return record_encode(pool, all, count + waiting_count);
}

apr_status_t form_waiting(span_t draft, record_pair_t **waiting, apr_size_t *count, apr_pool_t *pool)
{
    apr_size_t all, used = 0;
    apr_status_t status;

    *count = 0;
    if (draft.size == 0) return APR_SUCCESS;
    status = record_decode(pool, draft, waiting, &all);
    for (apr_size_t i = 0; status == APR_SUCCESS && i < all; i++) {
        record_pair_t pair = (*waiting)[i];
        if (pair.name.size <= waiting_prefix.size || memcmp(pair.name.at, waiting_prefix.at, waiting_prefix.size) != 0)
            continue;
        pair.name.at += waiting_prefix.size;
        pair.name.size -= waiting_prefix.size;
        (*waiting)[used++] = pair;
    }
    *count = status == APR_SUCCESS ? used : 0;
    return status;
}

apr_size_t form_pairs_of_values(const rules_t *rules, const rules_form_t *form, const span_t *values,
                                record_pair_t **pairs, apr_pool_t *pool)
{
    return pairs_without(rules, form, values, RULES_NOT_STORED, pairs, pool);
}

bool form_differs(const rules_t *rules, const rules_form_t *form, const account_t *account, const span_t *values)
{
    for (uint32_t i = 0; i < form->field_count; i++) {
        const rules_field_t *field = rules_field(rules, form, i);
        if (field->control == RULES_SECRET || field->flags & RULES_NOT_STORED) continue;
        if (!span_equal(values[i], account_field(account, rules_span(rules, field->name)))) return true;
    }
    return false;
}

#define FACT_NAME(identifier, name) SPAN(name),
static const span_t fact_names[RULES_FACT_COUNT] = {RULES_FACTS(FACT_NAME)};
#undef FACT_NAME

span_t form_fact_name(rules_fact_t fact)
{
    return fact_names[fact];
}

void form_facts(const account_t *account, span_t *facts)
{
    static const span_t prefix = SPAN("account.");

    for (int i = 0; i < RULES_FACT_COUNT; i++)
        facts[i] = account_field(account, (span_t){fact_names[i].at + prefix.size, fact_names[i].size - prefix.size});
    facts[RULES_FACT_ACCOUNT_KIND] = account->kind;
    facts[RULES_FACT_ACCOUNT_NUMBER] = account->identifier;
}
