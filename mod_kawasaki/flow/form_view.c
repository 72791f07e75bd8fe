/* SPDX-License-Identifier: Apache-2.0
 *
 * How a form looks: fields to fill in, rows to read, and the summary of what is wrong, all from the rule image. Not
 * here: any word of a city, any HTML.
 */
#include "flow/form.h"
#include "flow/helper.h"
#include "text/text.h"

typedef struct {
    const flow_request_t *request;
    const rules_t *rules;
    const rules_form_t *form;
    const span_t *values;
    bool password_pending;
} form_view_t;

static span_t joined(apr_pool_t *pool, span_t a, span_t b)
{
    char *text = apr_palloc(pool, a.size + b.size + 1);
    memcpy(text, a.at, a.size);
    memcpy(text + a.size, b.at, b.size);
    text[a.size + b.size] = '\0';
    return (span_t){text, a.size + b.size};
}

/* What a screen reader reads with the field: those of the texts that are there. What is told of a post code may come
 * while the page is open. */
static span_t described_by(const form_view_t *form_view, const rules_field_t *field, bool wrong, bool is_post_code)
{
    const span_t name = rules_span(form_view->rules, field->name);
    const struct {
        bool there;
        span_t suffix;
    } parts[] = {{wrong, SPAN("-error")},
                 {is_post_code, SPAN("-told")},
                 {field->hint.ja.size > 0, SPAN("-hint")},
                 {field->example.size > 0, SPAN("-example")}};
    span_t ids = SPAN("");

    for (apr_size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (!parts[i].there) continue;
        if (ids.size) ids = joined(form_view->request->pool, ids, SPAN(" "));
        ids = joined(form_view->request->pool, ids, joined(form_view->request->pool, name, parts[i].suffix));
    }
    return ids;
}

/* What the browser may offer. At a kiosk it would be what somebody else has typed. */
static void put_autocomplete(const form_view_t *form_view, page_map_t *map, const rules_field_t *field)
{
    page_put_text(map, VIEW_autocomplete,
                  helper_is_kiosk(form_view->request) ? SPAN("off")
                                                      : rules_span(form_view->rules, field->autocomplete));
}

/* What helps who types. */
static void put_keyboard(const form_view_t *form_view, page_map_t *map, const rules_field_t *field)
{
    const text_type_t *type = text_type_find(rules_span(form_view->rules, field->type));
    page_put_text(map, VIEW_inputmode, span_of(type ? type->input_mode : ""));
    put_autocomplete(form_view, map, field);
}

static void put_input(const form_view_t *form_view, page_map_t *map, const rules_field_t *field)
{
    put_keyboard(form_view, page_put_map(map, VIEW_input), field);
}

static void put_secret(const form_view_t *form_view, page_map_t *map, const rules_field_t *field)
{
    page_map_t *secret = page_put_map(map, VIEW_secret);
    put_keyboard(form_view, secret, field);
    page_put_flag(secret, VIEW_pending, form_view->password_pending);
}

static void put_checkbox(const form_view_t *form_view, page_map_t *map, const rules_field_t *field, span_t value)
{
    page_map_t *box = page_put_map(map, VIEW_checkbox);
    page_put_text(box, VIEW_option, rules_say(form_view->rules, &field->option));
    page_put_flag(box, VIEW_chosen, value.size > 0);
}

static void put_select(const form_view_t *form_view, page_map_t *map, const rules_field_t *field, span_t value)
{
    const rules_choices_t *choices = rules_entry(form_view->rules, RULES_CHOICES, field->choices);
    const span_t unchosen = rules_say(form_view->rules, &choices->empty);
    page_map_t *select = page_put_map(map, VIEW_select);
    page_list_t *options = page_put_list(select, VIEW_options);

    put_autocomplete(form_view, select, field);
    if (unchosen.size) page_put_text(page_list_add(options), VIEW_word, unchosen);
    for (uint32_t i = 0; i < choices->option_count; i++) {
        const rules_option_t *option = rules_option(form_view->rules, choices, i);
        const span_t code = rules_span(form_view->rules, option->code);
        page_map_t *entry = page_list_add(options);
        page_put_text(entry, VIEW_code, code);
        page_put_text(entry, VIEW_word, rules_say(form_view->rules, &option->word));
        page_put_flag(entry, VIEW_chosen, span_equal(code, value));
    }
}

/* Checkboxes by group; each is a parameter of its own, FIELD.CODE. */
static void put_many(const form_view_t *form_view, page_map_t *map, const rules_field_t *field, span_t value)
{
    const rules_choices_t *choices = rules_entry(form_view->rules, RULES_CHOICES, field->choices);
    const span_t prefix = joined(form_view->request->pool, rules_span(form_view->rules, field->name), SPAN("."));
    page_list_t *groups = page_put_list(page_put_map(map, VIEW_many), VIEW_groups);
    page_list_t *options = NULL;

    for (uint32_t i = 0; i < choices->option_count; i++) {
        const rules_option_t *option = rules_option(form_view->rules, choices, i);
        const span_t code = rules_span(form_view->rules, option->code);
        const span_t id = joined(form_view->request->pool, prefix, code);
        page_map_t *entry;
        if (!options || option->heading.ja.size) {
            page_map_t *group = page_list_add(groups);
            page_put_text(group, VIEW_heading, rules_say(form_view->rules, &option->heading));
            options = page_put_list(group, VIEW_options);
        }
        entry = page_list_add(options);
        page_put_text(entry, VIEW_id, id);
        page_put_text(entry, VIEW_name, id);
        page_put_text(entry, VIEW_word, rules_say(form_view->rules, &option->word));
        page_put_flag(entry, VIEW_chosen, rules_many_has(value, code));
    }
}

static void put_field(const form_view_t *form_view, page_map_t *map, uint32_t index, const rules_finding_t *finding)
{
    const rules_t *rules = form_view->rules;
    const rules_field_t *field = rules_field(rules, form_view->form, index);
    const span_t name = rules_span(rules, field->name);
    const span_t value = form_view->values[index];

    page_put_text(map, VIEW_id, name);
    page_put_text(map, VIEW_name, name);
    page_put_text(map, VIEW_label, rules_say(rules, &field->label));
    page_put_text(map, VIEW_hint, rules_say(rules, &field->hint));
    page_put_text(map, VIEW_example, rules_span(rules, field->example));
    page_put_text(map, VIEW_error, finding ? finding->message : SPAN(""));
    page_put_text(map, VIEW_described_by,
                  described_by(form_view, field, finding != NULL, index == form_view->form->post_code));
    page_put_flag(map, VIEW_required, field->flags & RULES_REQUIRED);
    page_put_flag(map, VIEW_conditional, field->flags & RULES_REQUIRED_WHEN);
    if (form_view->form->post_code != RULES_NONE)
        page_put_flag(map, VIEW_post_code, index == form_view->form->post_code);
    page_put_text(map, VIEW_value, field->control == RULES_SECRET ? SPAN("") : value);
    switch ((rules_control_t)field->control) {
    case RULES_INPUT: put_input(form_view, map, field); break;
    case RULES_SECRET: put_secret(form_view, map, field); break;
    case RULES_CHECKBOX: put_checkbox(form_view, map, field, value); break;
    case RULES_SELECT: put_select(form_view, map, field, value); break;
    case RULES_MANY: put_many(form_view, map, field, value); break;
    }
}

static void put_show(const form_view_t *form_view, page_list_t **rows, page_map_t *section, const rules_item_t *item,
                     const span_t *facts)
{
    span_t value = facts[item->index];
    page_map_t *row;

    if (!*rows) {
        *rows = page_put_list(section, VIEW_rows);
        page_put_flag(section, VIEW_show, true);
    }
    if (item->format == RULES_AS_DATE) text_date_japanese(form_view->request->pool, value, &value);
    row = page_list_add(*rows);
    page_put_text(row, VIEW_label, rules_say(form_view->rules, &item->label));
    page_put_text(row, VIEW_value, value);
    page_put_flag(row, VIEW_empty, value.size == 0);
}

static page_map_t *put_section(const form_view_t *form_view, page_list_t *list, const rules_section_t *section)
{
    page_map_t *map = page_list_add(list);
    page_put_text(map, VIEW_id, rules_span(form_view->rules, section->name));
    page_put_text(map, VIEW_title, rules_say(form_view->rules, &section->title));
    page_put_text(map, VIEW_note, rules_say(form_view->rules, &section->note));
    return map;
}

static void put_errors(const form_view_t *form_view, page_map_t *view, const rules_finding_t *findings, uint32_t count)
{
    page_list_t *errors;

    if (count == 0) return;
    errors = page_put_list(view, VIEW_errors);
    page_put_flag(view, VIEW_failed, true);
    page_put_text(view, VIEW_error_count, span_of(apr_psprintf(form_view->request->pool, "%u", count)));
    for (uint32_t i = 0; i < count; i++) {
        page_map_t *error = page_list_add(errors);
        page_put_text(error, VIEW_say, findings[i].message);
        if (findings[i].field == RULES_NONE) {
            page_put_flag(view, VIEW_stopped, true);
            continue;
        }
        const rules_field_t *field = rules_field(form_view->rules, form_view->form, findings[i].field);
        page_put_text(error, VIEW_id, rules_span(form_view->rules, field->name));
        page_put_text(error, VIEW_label, rules_say(form_view->rules, &field->label));
    }
}

static const rules_finding_t *finding_of(const rules_finding_t *findings, uint32_t count, uint32_t field)
{
    for (uint32_t i = 0; i < count; i++)
        if (findings[i].field == field) return &findings[i];
    return NULL;
}

void form_view_fields(const flow_request_t *request, page_map_t *view, const rules_form_t *form, const span_t *values,
                      const rules_finding_t *findings, uint32_t finding_count, bool password_pending)
{
    const form_view_t form_view = {request, request->rules, form, values, password_pending};
    page_list_t *sections = page_put_list(view, VIEW_sections);
    bool marks = false;
    span_t facts[RULES_FACT_COUNT];

    form_facts(&request->visit->account, facts);
    for (uint32_t s = 0; s < form->section_count; s++) {
        const rules_section_t *section = rules_entry(request->rules, RULES_SECTIONS, form->first_section + s);
        page_map_t *map = put_section(&form_view, sections, section);
        page_list_t *rows = NULL, *items = NULL;
        for (uint32_t i = 0; i < section->item_count; i++) {
            const rules_item_t *item = rules_entry(request->rules, RULES_ITEMS, section->first_item + i);
            uint32_t index = item->index - form->first_field;
            if (item->kind == RULES_SHOW) {
                put_show(&form_view, &rows, map, item, facts);
                continue;
            }
            if (!items) items = page_put_list(map, VIEW_items);
            put_field(&form_view, page_put_map(page_list_add(items), VIEW_field), index,
                      finding_of(findings, finding_count, index));
            marks |= rules_field(request->rules, form, index)->flags & (RULES_REQUIRED | RULES_REQUIRED_WHEN);
        }
    }
    page_put_flag(view, VIEW_has_marks, marks);
    put_errors(&form_view, view, findings, finding_count);
}

/* The chosen options' words, one "、" between. */
static span_t words_of(const form_view_t *form_view, const rules_field_t *field, span_t value)
{
    const rules_choices_t *choices = rules_entry(form_view->rules, RULES_CHOICES, field->choices);
    span_t words = SPAN("");

    for (uint32_t i = 0; i < choices->option_count; i++) {
        const rules_option_t *option = rules_option(form_view->rules, choices, i);
        if (!rules_many_has(value, rules_span(form_view->rules, option->code))) continue;
        if (words.size) words = joined(form_view->request->pool, words, SPAN("、"));
        words = joined(form_view->request->pool, words, rules_say(form_view->rules, &option->word));
    }
    return words;
}

/* An answer in words; empty where nothing was answered and the rules have no word for that. */
static span_t answer_of(const form_view_t *form_view, const rules_field_t *field, span_t value)
{
    const rules_t *rules = form_view->rules;

    switch ((rules_control_t)field->control) {
    case RULES_CHECKBOX: return rules_say(rules, value.size ? &field->option : &field->unticked);
    case RULES_MANY: return value.size ? words_of(form_view, field, value) : rules_say(rules, &field->unticked);
    case RULES_SELECT: return words_of(form_view, field, value);
    default: return value;
    }
}

/* One answer to read, marked when it differs from what is registered. */
static void put_answer(const form_view_t *form_view, page_list_t *rows, uint32_t index)
{
    const rules_field_t *field = rules_field(form_view->rules, form_view->form, index);
    const span_t value = form_view->values[index], answer = answer_of(form_view, field, value);
    const span_t registered =
        account_field(&form_view->request->visit->account, rules_span(form_view->rules, field->name));
    bool changed = !span_equal(value, registered);
    page_map_t *row = page_list_add(rows);

    page_put_text(row, VIEW_label, rules_say(form_view->rules, &field->label));
    if (field->control == RULES_SECRET) {
        page_map_t *secret = page_put_map(row, VIEW_secret);
        page_put_flag(secret, VIEW_pending, form_view->password_pending);
        changed = form_view->password_pending;
    } else {
        page_put_text(row, VIEW_value, answer);
        page_put_flag(row, VIEW_empty, answer.size == 0);
    }
    page_put_flag(row, VIEW_changed, changed && !form_view->request->visit->account.applicant);
}

/* Of the secrets only the new password is an answer: the others prove or repeat. */
static bool is_answer(const rules_t *rules, const rules_field_t *field)
{
    if (field->control == RULES_SECRET) return span_is(rules_span(rules, field->name), "new-password");
    return !(field->flags & RULES_NOT_STORED);
}

void form_view_rows(const flow_request_t *request, page_map_t *view, const rules_form_t *form, const span_t *values,
                    bool password_pending)
{
    const form_view_t form_view = {request, request->rules, form, values, password_pending};
    page_list_t *sections = page_put_list(view, VIEW_sections);
    span_t facts[RULES_FACT_COUNT];

    form_facts(&request->visit->account, facts);
    for (uint32_t s = 0; s < form->section_count; s++) {
        const rules_section_t *section = rules_entry(request->rules, RULES_SECTIONS, form->first_section + s);
        page_map_t *map = put_section(&form_view, sections, section);
        page_list_t *rows = NULL;
        for (uint32_t i = 0; i < section->item_count; i++) {
            const rules_item_t *item = rules_entry(request->rules, RULES_ITEMS, section->first_item + i);
            uint32_t index = item->index - form->first_field;
            if (item->kind == RULES_SHOW) {
                put_show(&form_view, &rows, map, item, facts);
                continue;
            }
            if (!is_answer(request->rules, rules_field(request->rules, form, index))) continue;
            if (!rows) rows = page_put_list(map, VIEW_rows);
            page_put_flag(map, VIEW_field, true);
            put_answer(&form_view, rows, index);
        }
    }
}
