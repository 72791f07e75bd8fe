/* SPDX-License-Identifier: Apache-2.0
 *
 * The counter's desk: find an account, look a receipt up. One page with two forms; accounts that were found stand above
 * them, a receipt has a page of its own (counter_receipt.c).
 */
#include "flow/counter.h"
#include "flow/identifier.h"
#include "flow/outcome.h"
#include "text/text.h"

/* --- The page --- */

/* What one of the two forms holds. */
typedef struct {
    const span_t *typed;
    const rules_verdict_t *verdict; /* or NULL */
} filled_t;

static void put_form(const flow_request_t *request, page_map_t *view, page_key_t key, span_t name, filled_t filled)
{
    const rules_form_t *form = rules_form(request->rules, name);
    const uint32_t count = filled.verdict ? filled.verdict->finding_count : 0;
    form_values_t blank;
    page_map_t *map;

    if (!form) return;
    blank = counter_blank(request, form);
    map = page_put_map(view, key);
    page_put_text(map, VIEW_title, rules_say(request->rules, &form->title));
    form_view_fields(request, map, form, filled.typed ? filled.typed : blank.at,
                     filled.verdict ? filled.verdict->findings : NULL, count, false);
    if (count > 0) page_put_flag(view, VIEW_failed, true);
}

static page_map_t *desk_view(const flow_request_t *request, filled_t search, filled_t receipt)
{
    page_map_t *view = counter_view(request, SPAN(""));

    put_form(request, view, VIEW_search, SPAN("counter.search"), search);
    put_form(request, view, VIEW_by_receipt, SPAN("counter.receipt"), receipt);
    return view;
}

static apr_status_t show(flow_outcome_t *outcome, page_map_t *view, const rules_verdict_t *verdict)
{
    const bool refused = verdict && verdict->finding_count > 0;

    if (refused) outcome->rule = verdict->findings[0].rule;
    return outcome_page(outcome, refused ? FLOW_INVALID : FLOW_PAGE, VIEW_PAGE_COUNTER, view);
}

apr_status_t flow_counter_show(const flow_request_t *request, flow_outcome_t *outcome)
{
    return show(outcome, desk_view(request, (filled_t){0}, (filled_t){0}), NULL);
}

/* --- Finding accounts --- */

typedef struct {
    account_t *accounts;
    int count;
    bool more; /* there are others that were not looked at */
} found_t;

/* What was asked for, by how few accounts it tends to leave. field: empty for the number. */
typedef struct {
    const char *parameter;
    span_t field;
    bool prefix;
    span_t value;
} criterion_t;

#define CRITERIA 3

static void read_criteria(const flow_request_t *request, const rules_verdict_t *verdict, criterion_t *criteria)
{
    const criterion_t known[CRITERIA] = {{"number", SPAN(""), false, SPAN("")},
                                         {"kana", SPAN("kana"), true, SPAN("")},
                                         {"birth-date", SPAN("birth-date"), false, SPAN("")}};

    for (int i = 0; i < CRITERIA; i++) {
        const uint32_t index = rules_field_index(request->rules, request->form, span_of(known[i].parameter));
        criteria[i] = known[i];
        if (index != RULES_NONE) criteria[i].value = verdict->values[index];
        if (known[i].field.size == 0) criteria[i].value = identifier_read(criteria[i].value, request->pool);
    }
}

static bool fits(const account_t *account, const criterion_t *criterion)
{
    span_t value = criterion->field.size ? account_field(account, criterion->field) : account->identifier;

    if (criterion->prefix && value.size > criterion->value.size) value.size = criterion->value.size;
    return criterion->value.size == 0 || span_equal(value, criterion->value);
}

static void keep_fitting(found_t *found, const criterion_t *criteria)
{
    int kept = 0;

    for (int i = 0; i < found->count; i++) {
        bool all = true;
        for (int j = 0; j < CRITERIA; j++) all = all && fits(&found->accounts[i], &criteria[j]);
        if (all) found->accounts[kept++] = found->accounts[i];
    }
    found->count = kept;
}

/* Searches by one criterion after the other until one leaves few enough; the others then sift. */
static apr_status_t find(const flow_request_t *request, store_unit_t *unit, const criterion_t *criteria, found_t *found)
{
    const span_t city = rules_span(request->rules, rules_city(request->rules)->id);
    apr_status_t status = APR_SUCCESS;

    *found = (found_t){.more = true};
    for (int i = 0; status == APR_SUCCESS && found->more && i < CRITERIA; i++) {
        const account_search_t search = {city, criteria[i].field, criteria[i].value, criteria[i].prefix};
        if (search.value.size == 0) continue;
        status = account_search(unit, &search, &found->accounts, &found->count, &found->more, request->pool);
    }
    if (status == APR_SUCCESS) keep_fitting(found, criteria);
    return status;
}

/* Cards have the city, accounts by certificate the prefecture and the municipality. */
static span_t address_of(const account_t *account, apr_pool_t *pool)
{
    return span_of(apr_pstrcat(pool, span_text(pool, account_field(account, SPAN("prefecture"))),
                               span_text(pool, account_field(account, SPAN("city"))),
                               span_text(pool, account_field(account, SPAN("municipality"))),
                               span_text(pool, account_field(account, SPAN("town"))), NULL));
}

static void put_accounts(const flow_request_t *request, page_map_t *view, const found_t *found)
{
    page_map_t *results = page_put_map(view, VIEW_results);
    page_list_t *list = page_put_list(results, VIEW_accounts);

    page_put_text(results, VIEW_count, span_of(apr_psprintf(request->pool, "%d", found->count)));
    page_put_flag(results, VIEW_more, found->more);
    for (int i = 0; i < found->count; i++) {
        const account_t *account = &found->accounts[i];
        const rules_kind_t *kind = rules_kind(request->rules, account->kind);
        page_map_t *map = page_list_add(list);
        span_t birth_date = account_field(account, SPAN("birth-date"));
        text_date_japanese(request->pool, birth_date, &birth_date);
        page_put_text(map, VIEW_account, span_of(apr_psprintf(request->pool, "%" APR_INT64_T_FMT, account->id)));
        page_put_text(map, VIEW_number, account->identifier);
        page_put_text(map, VIEW_kind_word, kind ? rules_say(request->rules, &kind->word) : account->kind);
        page_put_text(map, VIEW_name, account_field(account, SPAN("name")));
        page_put_text(map, VIEW_kana, account_field(account, SPAN("kana")));
        page_put_text(map, VIEW_birth_date, birth_date);
        page_put_text(map, VIEW_address, address_of(account, request->pool));
        page_put_flag(map, VIEW_frozen, account->frozen);
    }
}

/* That somebody searched is recorded; what for would be personal data. */
static apr_status_t search(const flow_request_t *request, const criterion_t *criteria, found_t *found)
{
    const audit_entry_t entry = counter_entry(request, 0, AUDIT_SEARCH);
    store_unit_t *unit;
    apr_status_t status = store_open(&unit, request->ports->store, STORE_WRITE, request->pool);

    if (status != APR_SUCCESS) return status;
    status = find(request, unit, criteria, found);
    if (status == APR_SUCCESS) status = audit_write(unit, &entry);
    if (status == APR_SUCCESS) status = store_commit(unit);
    store_close(unit);
    return status;
}

apr_status_t flow_counter_search(const flow_request_t *request, flow_outcome_t *outcome)
{
    rules_verdict_t *verdict = apr_palloc(request->pool, sizeof *verdict);
    const filled_t filled = {request->typed, verdict};
    criterion_t criteria[CRITERIA];
    page_map_t *view;
    found_t found;
    apr_status_t status;

    rules_eval(request->rules, request->form, request->typed, NULL, verdict, request->ports->log, request->pool);
    view = desk_view(request, filled, (filled_t){0});
    if (verdict->finding_count > 0) return show(outcome, view, verdict);
    read_criteria(request, verdict, criteria);
    status = search(request, criteria, &found);
    if (status != APR_SUCCESS) return status;
    put_accounts(request, view, &found);
    return show(outcome, view, NULL);
}

/* --- Receipts --- */

/* The number as the receipt's own page has it. A miss is recorded here, a hit by that page. */
static apr_status_t look_up(const flow_request_t *request, span_t typed, const char **receipt)
{
    const audit_entry_t entry = counter_entry(request, 0, AUDIT_RECEIPT);
    limit_entry_t lock;
    store_unit_t *unit;
    bool found;
    apr_status_t status = store_open(&unit, request->ports->store, STORE_WRITE, request->pool);

    if (status != APR_SUCCESS) return status;
    status = counter_find_receipt(request, unit, typed, &lock, &found);
    *receipt = found ? lock.receipt : NULL;
    if (status == APR_SUCCESS && !found) status = audit_write(unit, &entry);
    if (status == APR_SUCCESS) status = store_commit(unit);
    store_close(unit);
    return status;
}

apr_status_t flow_counter_receipt(const flow_request_t *request, flow_outcome_t *outcome)
{
    const uint32_t field = rules_field_index(request->rules, request->form, SPAN("receipt"));
    rules_verdict_t *verdict = apr_palloc(request->pool, sizeof *verdict);
    const filled_t filled = {request->typed, verdict};
    const char *receipt = NULL;
    apr_status_t status;

    if (field == RULES_NONE) return outcome_only(outcome, FLOW_MISSING);
    rules_eval(request->rules, request->form, request->typed, NULL, verdict, request->ports->log, request->pool);
    if (verdict->finding_count == 0) {
        status = look_up(request, verdict->values[field], &receipt);
        if (status != APR_SUCCESS) return status;
        if (receipt) return outcome_redirect(outcome, counter_receipt_path(request, receipt));
        verdict->findings[verdict->finding_count++] = (rules_finding_t){
            field, SPAN("counter/receipt"), rules_message(request->rules, RULES_MESSAGE_COUNTER_NO_RECEIPT)};
    }
    return show(outcome, desk_view(request, (filled_t){0}, filled), verdict);
}
