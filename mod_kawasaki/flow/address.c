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
static void take_over(const flow_request_t *request, span_t *values)
{
    match_parts_t parts;

    address_split(&parts, account_field(&request->visit->account, SPAN("address")), request->pool);
    for (int i = 0; i < MATCH_PARTS; i++)
        if (parts.part[i].size || i > MATCH_PREFECTURE) values[request->form->address[i]] = parts.part[i];
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

static apr_status_t fill_from_code(const flow_request_t *request, flow_outcome_t *outcome, span_t *values)
{
    postcode_address_t *addresses;
    int count, index;
    apr_status_t status = find_addresses(request, values[request->form->post_code], &addresses, &count);

    if (status != APR_SUCCESS) return status;
    index = chosen(request, count);
    if (index >= 0) fill_in(request, &addresses[index], values);
    status = step_form(request, outcome, FLOW_PAGE, values, NULL,
                       index >= 0   ? RULES_MESSAGE_POST_CODE_FILLED
                       : count == 0 ? RULES_MESSAGE_POST_CODE_NONE
                                    : RULES_MESSAGE_POST_CODE_SEVERAL);
    if (status == APR_SUCCESS && index < 0 && count > 0) put_addresses(request, outcome->view, addresses, count);
    return status;
}

apr_status_t address_fill(const flow_request_t *request, flow_outcome_t *outcome)
{
    span_t *values = apr_palloc(request->pool, RULES_FIELDS_MAX * sizeof *values);

    memcpy(values, request->typed, request->form->field_count * sizeof *values);
    if (!span_is(request->action, "take-over")) return fill_from_code(request, outcome, values);
    take_over(request, values);
    return step_form(request, outcome, FLOW_PAGE, values, NULL, RULES_MESSAGE_ADDRESS_TAKEN);
}

/* For the page's script: the addresses alone. */
apr_status_t flow_post_code(const flow_request_t *request, flow_outcome_t *outcome)
{
    page_map_t *view = flow_view(request, rules_message(request->rules, RULES_MESSAGE_POST_CODE_SEVERAL));
    postcode_address_t *addresses;
    int count;
    apr_status_t status = find_addresses(request, request->argument, &addresses, &count);

    if (status != APR_SUCCESS) return status;
    put_addresses(request, view, addresses, count);
    return outcome_page(outcome, FLOW_PAGE, VIEW_PAGE_POST_CODE, view);
}
