/* SPDX-License-Identifier: Apache-2.0 */
#include "flow/address.h"

#include "account/postcode.h"
#include "base/number.h"
#include "flow/outcome.h"
#include "flow/step.h"
#include "text/address_split.h"
#include "text/match.h"

/* "address.3" chooses the fourth of a post code's addresses. */
static const span_t choice = SPAN("address.");

/* --- Beside the certificate --- */

static bool has_item(const rules_t *rules, const rules_section_t *section, uint32_t field)
{
    for (uint32_t i = 0; i < section->item_count; i++) {
        const rules_item_t *item = rules_entry(rules, RULES_ITEMS, section->first_item + i);
        if (item->kind == RULES_FIELD && item->index == field) return true;
    }
    return false;
}

/* What the form calls an address: the title of the section where it begins. 住所 of a person, 所在地 of a company. */
static span_t address_word(const flow_request_t *request)
{
    const rules_form_t *form = request->form;

    for (uint32_t s = 0; s < form->section_count; s++) {
        const rules_section_t *section = rules_entry(request->rules, RULES_SECTIONS, form->first_section + s);
        if (has_item(request->rules, section, form->first_field + form->address[MATCH_PREFECTURE]))
            return rules_say(request->rules, &section->title);
    }
    return SPAN("");
}

static void compare(const flow_request_t *request, const span_t *values, match_result_t *result)
{
    const rules_form_t *form = request->form;
    const account_t *account = &request->visit->account;
    match_parts_t parts;

    for (int i = 0; i < MATCH_PARTS; i++) parts.part[i] = values[form->address[i]];
    match_parts(result, &parts, account_field(account, SPAN("address")),
                account_field(account, SPAN("address-substituted")), request->pool);
}

static bool is_refused(const flow_request_t *request, const rules_verdict_t *verdict)
{
    const span_t rule = rules_span(request->rules, request->form->address_rule);

    for (uint32_t i = 0; request->form->address[0] != RULES_NONE && i < verdict->finding_count; i++)
        if (span_equal(verdict->findings[i].rule, rule)) return true;
    return false;
}

void address_put_comparison(const flow_request_t *request, page_map_t *view, const rules_verdict_t *verdict)
{
    match_result_t result;
    page_map_t *map;
    page_list_t *rows;

    if (!is_refused(request, verdict)) return;
    compare(request, verdict->values, &result);
    map = page_put_map(view, VIEW_comparison);
    page_put_text(map, VIEW_word, address_word(request));
    page_put_flag(map, VIEW_substituted, result.substituted);
    rows = page_put_list(map, VIEW_rows);
    for (int i = 0; i < MATCH_PARTS; i++) {
        const rules_field_t *field = rules_field(request->rules, request->form, request->form->address[i]);
        const match_piece_t *piece = &result.piece[i];
        page_map_t *row = page_list_add(rows);
        page_put_text(row, VIEW_label, rules_say(request->rules, &field->label));
        page_put_text(row, VIEW_typed, piece->typed);
        page_put_text(row, VIEW_certificate, piece->certificate);
        page_put_flag(row, VIEW_different, piece->verdict == MATCH_DIFFERENT);
        page_put_flag(row, VIEW_notation, piece->verdict == MATCH_NOTATION);
    }
}

/* --- Filling in --- */

static bool is_choice(span_t action)
{
    return action.size > choice.size && memcmp(action.at, choice.at, choice.size) == 0;
}

bool address_is_asked(const flow_request_t *request)
{
    if (request->form->address[0] == RULES_NONE) return false;
    if (span_is(request->action, "take-over")) return true;
    return request->form->post_code != RULES_NONE &&
           (span_is(request->action, "post-code") || is_choice(request->action));
}

/* The certificate's parts; a prefecture that it leaves out stays as it was typed. */
static apr_status_t take_over(const flow_request_t *request, flow_outcome_t *outcome, span_t *values)
{
    const record_pair_t label = {SPAN("label"), address_word(request)};
    match_parts_t parts;
    apr_status_t status;

    address_split(&parts, account_field(&request->visit->account, SPAN("address")), request->pool);
    for (int i = 0; i < MATCH_PARTS; i++)
        if (parts.part[i].size || i > MATCH_PREFECTURE) values[request->form->address[i]] = parts.part[i];
    status = step_form(request, outcome, FLOW_PAGE, values, NULL, STEP_NO_MESSAGE);
    if (status != APR_SUCCESS) return status;
    page_put_text(outcome->view, VIEW_message,
                  rules_fill(rules_message(request->rules, RULES_MESSAGE_ADDRESS_TAKEN), &label, 1, request->pool));
    return APR_SUCCESS;
}

static apr_status_t find_addresses(const flow_request_t *request, span_t code, postcode_address_t **addresses,
                                   int *count)
{
    store_unit_t *unit;
    postcode_address_t *found;
    apr_status_t status = store_open(&unit, request->ports->store, STORE_READ, request->pool);

    *count = 0;
    if (status == APR_SUCCESS) status = postcode_find(unit, code, &found, count);
    *addresses = apr_palloc(request->pool, ((apr_size_t)*count + 1) * sizeof **addresses);
    for (int i = 0; status == APR_SUCCESS && i < *count; i++)
        (*addresses)[i] =
            (postcode_address_t){span_copy(request->pool, found[i].prefecture), span_copy(request->pool, found[i].city),
                                 span_copy(request->pool, found[i].town)};
    store_close(unit);
    return status;
}

static void put_addresses(const flow_request_t *request, page_map_t *view, const postcode_address_t *addresses,
                          int count)
{
    page_list_t *list = count ? page_put_list(page_put_map(view, VIEW_addresses), VIEW_items) : NULL;

    for (int i = 0; i < count; i++) {
        page_map_t *entry = page_list_add(list);
        page_put_text(entry, VIEW_code, span_of(apr_psprintf(request->pool, "%s%d", choice.at, i)));
        page_put_text(entry, VIEW_prefecture, addresses[i].prefecture);
        page_put_text(entry, VIEW_municipality, addresses[i].city);
        page_put_text(entry, VIEW_town, addresses[i].town);
    }
}

static void fill_in(const flow_request_t *request, const postcode_address_t *address, span_t *values)
{
    values[request->form->address[MATCH_PREFECTURE]] = address->prefecture;
    values[request->form->address[MATCH_CITY]] = address->city;
    values[request->form->address[MATCH_TOWN]] = address->town;
}

/* Which of the addresses was chosen; -1: none, or one that there is not. */
static int chosen(const flow_request_t *request, int count)
{
    const span_t action = request->action;
    apr_int64_t index;

    if (!is_choice(action)) return count == 1 ? 0 : -1;
    if (!number_read((span_t){action.at + choice.size, action.size - choice.size}, &index)) return -1;
    return index < count ? (int)index : -1;
}

static span_t told(const flow_request_t *request, bool filled, int count)
{
    return rules_message(request->rules, filled       ? RULES_MESSAGE_POST_CODE_FILLED
                                         : count == 0 ? RULES_MESSAGE_POST_CODE_NONE
                                                      : RULES_MESSAGE_POST_CODE_SEVERAL);
}

/* Said as what else is wrong: in the summary and at the field. */
static apr_status_t refuse_code(const flow_request_t *request, flow_outcome_t *outcome, const span_t *values)
{
    rules_verdict_t *verdict = apr_pcalloc(request->pool, sizeof *verdict);

    verdict->findings[verdict->finding_count++] =
        (rules_finding_t){request->form->post_code, SPAN("post-code/none"), told(request, false, 0)};
    return step_form(request, outcome, FLOW_INVALID, values, verdict, STEP_NO_MESSAGE);
}

static apr_status_t fill_from_code(const flow_request_t *request, flow_outcome_t *outcome, span_t *values)
{
    postcode_address_t *addresses;
    int count, index;
    apr_status_t status = find_addresses(request, values[request->form->post_code], &addresses, &count);

    if (status != APR_SUCCESS) return status;
    if (count == 0) return refuse_code(request, outcome, values);
    index = chosen(request, count);
    if (index >= 0) fill_in(request, &addresses[index], values);
    status = step_form(request, outcome, FLOW_PAGE, values, NULL, STEP_NO_MESSAGE);
    if (status != APR_SUCCESS) return status;
    page_put_text(outcome->view, VIEW_told, told(request, index >= 0, count));
    if (index < 0) put_addresses(request, outcome->view, addresses, count);
    return APR_SUCCESS;
}

apr_status_t address_fill(const flow_request_t *request, flow_outcome_t *outcome)
{
    span_t *values = apr_palloc(request->pool, RULES_FIELDS_MAX * sizeof *values);

    memcpy(values, request->typed, request->form->field_count * sizeof *values);
    return span_is(request->action, "take-over") ? take_over(request, outcome, values)
                                                 : fill_from_code(request, outcome, values);
}

/* For the page's script: the addresses alone, and what is to be told of them. */
apr_status_t flow_post_code(const flow_request_t *request, flow_outcome_t *outcome)
{
    page_map_t *view = flow_view(request, rules_message(request->rules, RULES_MESSAGE_POST_CODE_SEVERAL));
    postcode_address_t *addresses;
    int count;
    apr_status_t status = find_addresses(request, request->argument, &addresses, &count);

    if (status != APR_SUCCESS) return status;
    page_put_text(view, VIEW_told, told(request, count == 1, count));
    put_addresses(request, view, addresses, count);
    return outcome_page(outcome, FLOW_PAGE, VIEW_PAGE_POST_CODE, view);
}
