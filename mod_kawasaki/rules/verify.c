/* SPDX-License-Identifier: Apache-2.0
 *
 * The layout, the strings and every table but those of verify_declared.c and verify_check.c. What is owned (options,
 * sections, items, fields, checks) must stand in the order of its owners without a gap: so nothing is shared, and
 * nothing left.
 */
#include "rules/verify.h"

#include "rules/fact.h"
#include "rules/layout.h"
#include "rules/verify_declared.h"
#include "text/text.h"

const void *rules_verified(const verified_t *image, rules_table_t table, uint32_t index)
{
    return image->bytes.at + image->header->tables[table].offset + (apr_size_t)index * rules_entry_size(table);
}

uint32_t rules_verified_count(const verified_t *image, rules_table_t table)
{
    return image->header->tables[table].count;
}

span_t rules_verified_span(const verified_t *image, rules_ref_t ref)
{
    return (span_t){(const char *)rules_verified(image, RULES_STRINGS, ref.at), ref.size};
}

/* --- Strings ----------------------------------------------------------------------------------------------------- */

static bool is_string(const verified_t *image, rules_ref_t ref)
{
    if (ref.size == 0) return ref.at == 0;
    uint32_t count = rules_verified_count(image, RULES_STRINGS);
    return ref.at < count && ref.size <= count - ref.at && text_is_clean(rules_verified_span(image, ref));
}

/* Every reference stands in a table; where, is said here once for all tables. */
static const struct {
    rules_table_t table;
    apr_size_t offset;
} references[] = {
    {RULES_CITY, offsetof(rules_city_t, id)},
    {RULES_CITY, offsetof(rules_city_t, name)},
    {RULES_CITY, offsetof(rules_city_t, service)},
    {RULES_CITY, offsetof(rules_city_t, contact)},
    {RULES_KINDS, offsetof(rules_kind_t, name)},
    {RULES_KINDS, offsetof(rules_kind_t, word)},
    {RULES_KINDS, offsetof(rules_kind_t, signs_with)},
    {RULES_KINDS, offsetof(rules_kind_t, logs_in_with)},
    {RULES_NOTICES, offsetof(rules_notice_t, name)},
    {RULES_NOTICES, offsetof(rules_notice_t, say)},
    {RULES_MESSAGES, 0},
    {RULES_CHOICES, offsetof(rules_choices_t, name)},
    {RULES_CHOICES, offsetof(rules_choices_t, empty)},
    {RULES_OPTIONS, offsetof(rules_option_t, code)},
    {RULES_OPTIONS, offsetof(rules_option_t, word)},
    {RULES_OPTIONS, offsetof(rules_option_t, heading)},
    {RULES_LIMITS, offsetof(rules_limit_t, name)},
    {RULES_LIMITS, offsetof(rules_limit_t, locked)},
    {RULES_LIMITS, offsetof(rules_limit_t, locked_counter)},
    {RULES_LIMITS, offsetof(rules_limit_t, busy)},
    {RULES_LIMITS, offsetof(rules_limit_t, source)},
    {RULES_COUNTS, offsetof(rules_count_t, rule)},
    {RULES_LOCKOUTS, offsetof(rules_lockout_t, name)},
    {RULES_LOCKOUTS, offsetof(rules_lockout_t, say)},
    {RULES_LOCKOUTS, offsetof(rules_lockout_t, source)},
    {RULES_CERTIFICATES, offsetof(rules_certificate_t, name)},
    {RULES_CERTIFICATES, offsetof(rules_certificate_t, label)},
    {RULES_CERTIFICATES, offsetof(rules_certificate_t, source)},
    {RULES_TERMS, offsetof(rules_terms_t, version)},
    {RULES_TERMS, offsetof(rules_terms_t, source)},
    {RULES_ARTICLES, offsetof(rules_article_t, heading)},
    {RULES_ARTICLES, offsetof(rules_article_t, text)},
    {RULES_REFUSALS, offsetof(rules_refusal_t, name)},
    {RULES_REFUSALS, offsetof(rules_refusal_t, say)},
    {RULES_REFUSALS, offsetof(rules_refusal_t, rule)},
    {RULES_REFUSALS, offsetof(rules_refusal_t, source)},
    {RULES_RETENTIONS, offsetof(rules_retention_t, name)},
    {RULES_RETENTIONS, offsetof(rules_retention_t, source)},
    {RULES_FORMS, offsetof(rules_form_t, name)},
    {RULES_FORMS, offsetof(rules_form_t, title)},
    {RULES_FORMS, offsetof(rules_form_t, confirm)},
    {RULES_FORMS, offsetof(rules_form_t, done)},
    {RULES_FORMS, offsetof(rules_form_t, address_rule)},
    {RULES_FORMS, offsetof(rules_form_t, address_say)},
    {RULES_FORMS, offsetof(rules_form_t, source)},
    {RULES_SECTIONS, offsetof(rules_section_t, name)},
    {RULES_SECTIONS, offsetof(rules_section_t, title)},
    {RULES_SECTIONS, offsetof(rules_section_t, note)},
    {RULES_ITEMS, offsetof(rules_item_t, label)},
    {RULES_FIELDS, offsetof(rules_field_t, name)},
    {RULES_FIELDS, offsetof(rules_field_t, label)},
    {RULES_FIELDS, offsetof(rules_field_t, hint)},
    {RULES_FIELDS, offsetof(rules_field_t, option)},
    {RULES_FIELDS, offsetof(rules_field_t, unticked)},
    {RULES_FIELDS, offsetof(rules_field_t, example)},
    {RULES_FIELDS, offsetof(rules_field_t, autocomplete)},
    {RULES_FIELDS, offsetof(rules_field_t, preset)},
    {RULES_FIELDS, offsetof(rules_field_t, type)},
    {RULES_CHECKS, offsetof(rules_check_t, rule)},
    {RULES_CHECKS, offsetof(rules_check_t, say)},
    {RULES_PATTERNS, 0},
    {RULES_LISTS, offsetof(rules_list_t, name)},
    {RULES_ENTRIES, 0},
};

static const char *verify_strings(const verified_t *image)
{
    for (apr_size_t i = 0; i < sizeof references / sizeof references[0]; i++) {
        for (uint32_t j = 0; j < rules_verified_count(image, references[i].table); j++) {
            const char *entry = rules_verified(image, references[i].table, j);
            rules_ref_t ref;
            memcpy(&ref, entry + references[i].offset, sizeof ref);
            if (!is_string(image, ref)) return "a string is outside of the strings, or not clean UTF-8";
        }
    }
    return NULL;
}

/* Looked up by name: so names are sorted, and no two are the same. All such entries begin with their name. */
static const char *verify_names(const verified_t *image)
{
    static const rules_table_t tables[] = {RULES_KINDS,    RULES_NOTICES,    RULES_CHOICES,
                                           RULES_LIMITS,   RULES_LOCKOUTS,   RULES_CERTIFICATES,
                                           RULES_REFUSALS, RULES_RETENTIONS, RULES_FORMS};
    for (apr_size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        for (uint32_t j = 0; j < rules_verified_count(image, tables[i]); j++) {
            const rules_ref_t *name = rules_verified(image, tables[i], j);
            if (name->size == 0) return "an entry without a name";
            if (j == 0) continue;
            const rules_ref_t *before = rules_verified(image, tables[i], j - 1);
            if (rules_span_order(rules_verified_span(image, *before), rules_verified_span(image, *name)) >= 0) {
                return "names are not sorted";
            }
        }
    }
    return NULL;
}

/* --- Tables ------------------------------------------------------------------------------------------------------ */

/* Does the next owner's part begin where the last one's ended? Moves the end on. */
static bool follows(uint32_t *end, uint32_t first, uint32_t count, uint32_t total)
{
    if (first != *end || count > total - first) return false;
    *end += count;
    return true;
}

static const char *verify_choices(const verified_t *image)
{
    uint32_t end = 0, total = rules_verified_count(image, RULES_OPTIONS);
    for (uint32_t i = 0; i < rules_verified_count(image, RULES_CHOICES); i++) {
        const rules_choices_t *choices = rules_verified(image, RULES_CHOICES, i);
        if (!follows(&end, choices->first_option, choices->option_count, total)) return "options out of place";
        if (choices->option_count < 1 || choices->option_count > RULES_OPTIONS_MAX) return "too few or many options";
        for (uint32_t j = 0; j < choices->option_count; j++) {
            const rules_option_t *option = rules_verified(image, RULES_OPTIONS, choices->first_option + j);
            span_t code = rules_verified_span(image, option->code);
            if (code.size == 0 || memchr(code.at, ' ', code.size)) return "a code that is no word";
        }
    }
    return end == total ? NULL : "options without choices";
}

/* Each lock at least as long as the one before, and none behind `until counter`; the rest of the places empty. */
static bool are_locks(const rules_count_t *count)
{
    uint32_t before = 1;
    if (count->lock_count < 1 || count->lock_count > RULES_LOCKS_MAX) return false;
    for (uint32_t i = 0; i < RULES_LOCKS_MAX; i++) {
        uint32_t lock = count->locks[i];
        if (i >= count->lock_count) {
            if (lock != 0) return false;
            continue;
        }
        if (lock < before || before == RULES_LOCK_COUNTER) return false;
        before = lock;
    }
    return true;
}

/* Rows are kept under the rule's name: "password/1" for the limit's first count. */
static bool is_rule_of(const verified_t *image, const rules_limit_t *limit, uint32_t index, rules_ref_t rule)
{
    span_t name = rules_verified_span(image, limit->name), whole = rules_verified_span(image, rule);
    return whole.size == name.size + 2 && memcmp(whole.at, name.at, name.size) == 0 && whole.at[name.size] == '/' &&
           whole.at[name.size + 1] == (char)('1' + index);
}

static const char *verify_limits(const verified_t *image)
{
    uint32_t end = 0, total = rules_verified_count(image, RULES_COUNTS);
    for (uint32_t i = 0; i < rules_verified_count(image, RULES_LIMITS); i++) {
        const rules_limit_t *limit = rules_verified(image, RULES_LIMITS, i);
        if (!follows(&end, limit->first_count, limit->count_count, total)) return "counts out of place";
        if (limit->count_count < 1 || limit->count_count > RULES_COUNTS_MAX) return "too few or many counts";
        for (uint32_t j = 0; j < limit->count_count; j++) {
            const rules_count_t *count = rules_verified(image, RULES_COUNTS, limit->first_count + j);
            if (!is_rule_of(image, limit, j, count->rule)) return "a count of another name";
            if (count->per > RULES_PER_ADDRESS || (count->per == RULES_PER_ADDRESS && count->window == 0)) {
                return "a count of nothing";
            }
            if (count->threshold < 1 || count->threshold > RULES_TRIES_MAX) return "a threshold out of range";
            if (!are_locks(count)) return "locks that do not grow";
        }
    }
    return end == total ? NULL : "counts without a limit";
}

static const char *verify_lists(const verified_t *image)
{
    uint32_t total = rules_verified_count(image, RULES_ENTRIES);
    for (uint32_t i = 0; i < rules_verified_count(image, RULES_LISTS); i++) {
        const rules_list_t *list = rules_verified(image, RULES_LISTS, i);
        if (list->first_entry > total || list->entry_count > total - list->first_entry) return "a list out of place";
        for (uint32_t j = 1; j < list->entry_count; j++) {
            const rules_ref_t *entry = rules_verified(image, RULES_ENTRIES, list->first_entry + j);
            if (rules_span_order(rules_verified_span(image, entry[-1]), rules_verified_span(image, *entry)) >= 0) {
                return "a list is not sorted";
            }
        }
    }
    return NULL;
}

/* The items of a form's sections: its fields, each once and in order, and facts between them. */
static const char *verify_sections(const verified_t *image, const rules_form_t *form, uint32_t *items_end)
{
    uint32_t total = rules_verified_count(image, RULES_ITEMS), field = form->first_field;
    for (uint32_t i = 0; i < form->section_count; i++) {
        const rules_section_t *section = rules_verified(image, RULES_SECTIONS, form->first_section + i);
        if (!follows(items_end, section->first_item, section->item_count, total)) return "items out of place";
        for (uint32_t j = 0; j < section->item_count; j++) {
            const rules_item_t *item = rules_verified(image, RULES_ITEMS, section->first_item + j);
            bool right = item->kind == RULES_FIELD ? item->index == field++ : item->index < RULES_FACT_COUNT;
            if (item->kind > RULES_FIELD || item->format > RULES_AS_DATE || !right) return "an item is wrong";
        }
    }
    return field == form->first_field + form->field_count ? NULL : "a field that is in no section";
}

static const char *verify_fields(const verified_t *image, const rules_form_t *form, uint32_t *checks_end)
{
    uint32_t total = rules_verified_count(image, RULES_CHECKS);
    for (uint32_t i = 0; i < form->field_count; i++) {
        const rules_field_t *field = rules_verified(image, RULES_FIELDS, form->first_field + i);
        if (!follows(checks_end, field->first_check, field->check_count, total)) return "checks out of place";
        for (uint32_t j = 0; j < i; j++) {
            const rules_field_t *other = rules_verified(image, RULES_FIELDS, form->first_field + j);
            if (span_equal(rules_verified_span(image, field->name), rules_verified_span(image, other->name))) {
                return "two fields of one name";
            }
        }
        const char *why = rules_verify_field(image, form, field);
        if (why) return why;
    }
    return NULL;
}

static const char *verify_forms(const verified_t *image)
{
    uint32_t sections = 0, fields = 0, items = 0, checks = 0;
    for (uint32_t i = 0; i < rules_verified_count(image, RULES_FORMS); i++) {
        const rules_form_t *form = rules_verified(image, RULES_FORMS, i);
        if (form->kind != RULES_NONE && form->kind >= rules_verified_count(image, RULES_KINDS)) {
            return "a form for no kind";
        }
        if (!follows(&sections, form->first_section, form->section_count,
                     rules_verified_count(image, RULES_SECTIONS)) ||
            !follows(&fields, form->first_field, form->field_count, rules_verified_count(image, RULES_FIELDS)) ||
            form->field_count > RULES_FIELDS_MAX) {
            return "sections or fields out of place";
        }
        const char *why = verify_sections(image, form, &items);
        if (!why) why = verify_fields(image, form, &checks);
        if (!why) why = rules_verify_address(image, form);
        if (why) return why;
    }
    bool all = sections == rules_verified_count(image, RULES_SECTIONS) &&
               fields == rules_verified_count(image, RULES_FIELDS) &&
               items == rules_verified_count(image, RULES_ITEMS) && checks == rules_verified_count(image, RULES_CHECKS);
    return all ? NULL : "sections, items, fields or checks without a form";
}

/* --- The header -------------------------------------------------------------------------------------------------- */

static const char *verify_layout(span_t image)
{
    const rules_header_t *header = (const rules_header_t *)(const void *)image.at;
    rules_extent_t tables[RULES_TABLES];
    if (image.size < sizeof *header || ((uintptr_t)image.at & 7)) return "too short, or not aligned";
    if (memcmp(header->magic, RULES_MAGIC, sizeof header->magic) != 0) return "no rule image";
    if (header->layout != RULES_LAYOUT) return "the image of another version";
    if (header->size != image.size) return "cut off, or too long";
    memcpy(tables, header->tables, sizeof tables);
    if (rules_layout_place(tables) != header->size || memcmp(tables, header->tables, sizeof tables) != 0) {
        return "tables out of place";
    }
    return rules_layout_hash(image) == header->hash ? NULL : "the hash is another";
}

const char *rules_verify(span_t image)
{
    static const char *(*const parts[])(const verified_t *) = {
        verify_strings, verify_names, verify_choices, verify_limits, rules_verify_declared, verify_lists, verify_forms};
    const char *why = verify_layout(image);
    if (why) return why;
    verified_t verified = {image, (const rules_header_t *)(const void *)image.at};
    if (rules_verified_count(&verified, RULES_CITY) != 1) return "not one city";
    if (rules_verified_count(&verified, RULES_MESSAGES) != RULES_MESSAGE_COUNT) return "not all messages";
    for (apr_size_t i = 0; i < sizeof parts / sizeof parts[0] && !why; i++) why = parts[i](&verified);
    return why;
}
