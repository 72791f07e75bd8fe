/* SPDX-License-Identifier: Apache-2.0 */
#include "flow/statement.h"

#include "base/error.h"

#define TERMS "account.terms" /* among the facts: no field has a dot in its name */

typedef struct {
    const flow_request_t *request;
    const rules_form_t *form;
    manifest_line_t *lines; /* MANIFEST_LINES_MAX */
    int count;
    bool full;
} statement_t;

static void add(statement_t *statement, span_t name, span_t label, span_t value)
{
    if (statement->count == MANIFEST_LINES_MAX) {
        statement->full = true;
        return;
    }
    statement->lines[statement->count++] = (manifest_line_t){name, label, value};
}

static span_t dotted(apr_pool_t *pool, span_t name, span_t code)
{
    return span_of(apr_pstrcat(pool, span_text(pool, name), ".", span_text(pool, code), NULL));
}

static apr_status_t name_rules(const rules_t *rules, span_t *text, apr_pool_t *pool)
{
    const rules_header_t *header = rules_header(rules);
    const char *digest;
    apr_status_t status = rules_digest(&digest, (span_t){(const char *)header, header->size}, pool);

    *text = span_of(digest);
    return status;
}

/* --- Writing --- */

/* Every chosen option; one whose code is its word stands as any text. */
static void add_options(statement_t *statement, const rules_field_t *field, span_t value)
{
    const rules_t *rules = statement->request->rules;
    const rules_choices_t *choices = rules_entry(rules, RULES_CHOICES, field->choices);
    const span_t name = rules_span(rules, field->name), label = rules_say(rules, &field->label);

    if (value.size == 0) add(statement, name, label, value);
    for (uint32_t i = 0; i < choices->option_count; i++) {
        const rules_option_t *option = rules_option(rules, choices, i);
        const span_t code = rules_span(rules, option->code), word = rules_say(rules, &option->word);
        bool chosen = field->control == RULES_MANY ? rules_many_has(value, code) : span_equal(value, code);
        if (!chosen || code.size == 0) continue;
        if (span_equal(code, word))
            add(statement, name, label, word);
        else
            add(statement, dotted(statement->request->pool, name, code), label, word);
    }
}

static void add_answer(statement_t *statement, const rules_field_t *field, span_t value)
{
    const rules_t *rules = statement->request->rules;
    const span_t name = rules_span(rules, field->name), label = rules_say(rules, &field->label);

    if (field->control == RULES_SELECT || field->control == RULES_MANY)
        add_options(statement, field, value);
    else if (field->control == RULES_CHECKBOX && value.size)
        add(statement, dotted(statement->request->pool, name, value), label, rules_say(rules, &field->option));
    else
        add(statement, name, label, value);
}

static bool is_signed(const rules_field_t *field)
{
    return field->control != RULES_SECRET && !(field->flags & RULES_NOT_STORED);
}

static void add_section(statement_t *statement, const rules_section_t *section, const span_t *values,
                        const span_t *facts)
{
    const rules_t *rules = statement->request->rules;

    for (uint32_t i = 0; i < section->item_count; i++) {
        const rules_item_t *item = rules_entry(rules, RULES_ITEMS, section->first_item + i);
        if (item->kind == RULES_SHOW) {
            add(statement, form_fact_name((rules_fact_t)item->index), rules_say(rules, &item->label),
                facts[item->index]);
        } else {
            const rules_field_t *field = rules_entry(rules, RULES_FIELDS, item->index);
            if (is_signed(field)) add_answer(statement, field, values[item->index - statement->form->first_field]);
        }
    }
}

/* Which terms were agreed to, and when: of who is registering. */
static void add_terms(statement_t *statement, const account_t *account)
{
    const span_t version = account_field(account, SPAN("terms-version"));
    const span_t at = account_field(account, SPAN("terms-at"));

    if (!account->applicant || version.size == 0) return;
    add(statement, SPAN(TERMS), rules_message(statement->request->rules, RULES_MESSAGE_TERMS_AGREED),
        span_of(apr_pstrcat(statement->request->pool, span_text(statement->request->pool, version), " ",
                            span_text(statement->request->pool, at), NULL)));
}

static apr_status_t begin(const flow_request_t *request, statement_t *statement, manifest_t *manifest)
{
    *statement = (statement_t){request, request->form,
                               apr_palloc(request->pool, MANIFEST_LINES_MAX * sizeof *statement->lines), 0, false};
    *manifest = (manifest_t){.city = rules_span(request->rules, rules_city(request->rules)->id),
                             .account = SPAN(""),
                             .lines = statement->lines};
    return name_rules(request->rules, &manifest->rules, request->pool);
}

apr_status_t statement_make(const flow_request_t *request, const account_t *account, const span_t *values,
                            manifest_t *manifest)
{
    const rules_form_t *form = request->form;
    span_t facts[RULES_FACT_COUNT];
    statement_t statement;
    apr_status_t status = begin(request, &statement, manifest);

    manifest->flow = rules_span(request->rules, form->name);
    manifest->account = account->identifier;
    form_facts(account, facts);
    add_terms(&statement, account);
    for (uint32_t i = 0; i < form->section_count; i++)
        add_section(&statement, rules_entry(request->rules, RULES_SECTIONS, form->first_section + i), values, facts);
    manifest->count = statement.count;
    return status == APR_SUCCESS && statement.full ? BASE_ETOOBIG : status;
}

apr_status_t statement_of_sentence(const flow_request_t *request, span_t flow, rules_message_t label,
                                   rules_message_t sentence, manifest_t *manifest)
{
    statement_t statement;
    apr_status_t status = begin(request, &statement, manifest);

    manifest->flow = flow;
    add(&statement, SPAN("statement"), rules_message(request->rules, label), rules_message(request->rules, sentence));
    manifest->count = statement.count;
    return status;
}

/* --- Reading --- */

/* "services.juminhyo": the field's name, and the code behind the dot; without a dot the code is empty. */
static span_t split(span_t name, span_t *code)
{
    const char *dot = memchr(name.at, '.', name.size);

    *code = SPAN("");
    if (!dot) return name;
    *code = (span_t){dot + 1, (apr_size_t)(name.at + name.size - dot - 1)};
    return (span_t){name.at, (apr_size_t)(dot - name.at)};
}

static span_t joined(apr_pool_t *pool, span_t list, span_t code)
{
    if (list.size == 0) return code;
    return span_of(apr_pstrcat(pool, span_text(pool, list), " ", span_text(pool, code), NULL));
}

/* What a line answers. Facts, terms and what is no line of ours answer nothing. */
static void take_line(const flow_request_t *request, const manifest_line_t *line, form_values_t *values)
{
    span_t code;
    const span_t name = split(line->name, &code);
    const uint32_t index = rules_field_index(request->rules, request->form, name);
    const span_t value = code.size ? code : line->value;

    if (index == RULES_NONE) return;
    values->at[index] = rules_field(request->rules, request->form, index)->control == RULES_MANY
                            ? joined(request->pool, values->at[index], value)
                            : value;
}

static bool is_same_line(const manifest_line_t *a, const manifest_line_t *b)
{
    return span_equal(a->name, b->name) && span_equal(a->label, b->label) && span_equal(a->value, b->value);
}

/* All but origin, nonce and time, which the challenge vouches for. */
static bool is_same(const manifest_t *a, const manifest_t *b)
{
    if (!span_equal(a->rules, b->rules) || !span_equal(a->city, b->city) || !span_equal(a->flow, b->flow) ||
        !span_equal(a->account, b->account) || a->count != b->count)
        return false;
    for (int i = 0; i < a->count; i++)
        if (!is_same_line(&a->lines[i], &b->lines[i])) return false;
    return true;
}

/* The same answers must give the same statement again, line by line; another form's, account's or rules' doesn't. */
apr_status_t statement_read(const flow_request_t *request, const account_t *account, span_t bytes,
                            form_values_t *values)
{
    manifest_t manifest, again;
    apr_status_t status = manifest_decode(&manifest, bytes, request->pool);

    if (status != APR_SUCCESS) return status;
    for (uint32_t i = 0; i < request->form->field_count; i++) values->at[i] = SPAN("");
    for (int i = 0; i < manifest.count; i++) take_line(request, &manifest.lines[i], values);
    status = statement_make(request, account, values->at, &again);
    if (status != APR_SUCCESS) return status;
    return is_same(&manifest, &again) ? APR_SUCCESS : BASE_EMALFORMED;
}
