/* SPDX-License-Identifier: Apache-2.0
 *
 * Opening an image, and finding things in it.
 */
#include "rules/open.h"

#include "base/error.h"
#include "base/secret.h"
#include "rules/layout.h"
#include "rules/verify.h"
#include "rules/verify_check.h"

#include <apr_escape.h>

static const char *compile_patterns(rules_t *rules, apr_pool_t *pool)
{
    uint32_t count = rules_count(rules, RULES_PATTERNS);
    const rules_pattern_t *patterns = RULES_TABLE(rules, RULES_PATTERNS, rules_pattern_t);
    rules->patterns = apr_pcalloc(pool, count * sizeof *rules->patterns);
    for (uint32_t i = 0; i < count; i++) {
        const char *reason;
        apr_size_t offset;
        rules->patterns[i] = rules_pattern_compile(rules_span(rules, patterns[i].source), &reason, &offset, pool);
        if (!rules->patterns[i]) return apr_psprintf(pool, "pattern %u: %s", i, reason);
    }
    return NULL;
}

static void find_types(rules_t *rules, apr_pool_t *pool)
{
    uint32_t count = rules_count(rules, RULES_FIELDS);
    const rules_field_t *fields = RULES_TABLE(rules, RULES_FIELDS, rules_field_t);
    rules->types = apr_pcalloc(pool, count * sizeof *rules->types);
    for (uint32_t i = 0; i < count; i++) {
        if (fields[i].type.size) rules->types[i] = text_type_find(rules_span(rules, fields[i].type));
    }
}

apr_status_t rules_open(rules_t **rules, span_t image, const char **why, apr_pool_t *pool)
{
    *why = rules_verify(image);
    if (*why) return BASE_ECORRUPT;
    rules_t *opened = apr_pcalloc(pool, sizeof *opened);
    opened->image = image.at;
    opened->header = (const rules_header_t *)(const void *)image.at;
    opened->strings = image.at + opened->header->tables[RULES_STRINGS].offset;
    find_types(opened, pool);
    *why = compile_patterns(opened, pool);
    if (*why) return BASE_ECORRUPT;
    *rules = opened;
    return APR_SUCCESS;
}

apr_status_t rules_digest(const char **digest, span_t image, apr_pool_t *pool)
{
    unsigned char bytes[SECRET_DIGEST_SIZE];
    apr_status_t status = secret_digest(image, bytes);

    *digest = status == APR_SUCCESS ? apr_pescape_hex(pool, bytes, sizeof bytes, 0) : "";
    return status;
}

const rules_header_t *rules_header(const rules_t *rules)
{
    return rules->header;
}

const rules_city_t *rules_city(const rules_t *rules)
{
    return RULES_TABLE(rules, RULES_CITY, rules_city_t);
}

const void *rules_entry(const rules_t *rules, rules_table_t table, uint32_t index)
{
    return rules->image + rules->header->tables[table].offset + (apr_size_t)index * rules_entry_size(table);
}

uint32_t rules_count(const rules_t *rules, rules_table_t table)
{
    return rules->header->tables[table].count;
}

span_t rules_span(const rules_t *rules, rules_ref_t ref)
{
    return (span_t){rules->strings + ref.at, ref.size};
}

span_t rules_message(const rules_t *rules, rules_message_t message)
{
    return rules_say(rules, &RULES_TABLE(rules, RULES_MESSAGES, rules_text_t)[message]);
}

/* The entry of this name in a table whose entries begin with it. */
static const void *find(const rules_t *rules, rules_table_t table, span_t name)
{
    uint32_t low = 0, high = rules_count(rules, table);
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const rules_ref_t *entry = rules_entry(rules, table, middle);
        int order = rules_span_order(name, rules_span(rules, *entry));
        if (order == 0) return entry;
        if (order < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return NULL;
}

const rules_form_t *rules_form(const rules_t *rules, span_t name)
{
    return find(rules, RULES_FORMS, name);
}

const rules_kind_t *rules_kind(const rules_t *rules, span_t name)
{
    return find(rules, RULES_KINDS, name);
}

const rules_field_t *rules_field(const rules_t *rules, const rules_form_t *form, uint32_t i)
{
    return &RULES_TABLE(rules, RULES_FIELDS, rules_field_t)[form->first_field + i];
}

uint32_t rules_field_index(const rules_t *rules, const rules_form_t *form, span_t name)
{
    for (uint32_t i = 0; i < form->field_count; i++) {
        if (span_equal(rules_span(rules, rules_field(rules, form, i)->name), name)) return i;
    }
    return RULES_NONE;
}

const rules_option_t *rules_option(const rules_t *rules, const rules_choices_t *choices, uint32_t i)
{
    return &RULES_TABLE(rules, RULES_OPTIONS, rules_option_t)[choices->first_option + i];
}

const rules_limit_t *rules_limit(const rules_t *rules, span_t name)
{
    return find(rules, RULES_LIMITS, name);
}

const rules_lockout_t *rules_lockout(const rules_t *rules, span_t name)
{
    return find(rules, RULES_LOCKOUTS, name);
}

const rules_certificate_t *rules_certificate(const rules_t *rules, span_t name)
{
    return find(rules, RULES_CERTIFICATES, name);
}

const rules_retention_t *rules_retention(const rules_t *rules, span_t name)
{
    return find(rules, RULES_RETENTIONS, name);
}

const rules_terms_t *rules_terms(const rules_t *rules)
{
    return rules_count(rules, RULES_TERMS) ? RULES_TABLE(rules, RULES_TERMS, rules_terms_t) : NULL;
}

const rules_article_t *rules_article(const rules_t *rules, const rules_terms_t *terms, uint32_t i)
{
    return &RULES_TABLE(rules, RULES_ARTICLES, rules_article_t)[terms->first_article + i];
}

const rules_count_t *rules_count_of(const rules_t *rules, const rules_limit_t *limit, uint32_t i)
{
    return &RULES_TABLE(rules, RULES_COUNTS, rules_count_t)[limit->first_count + i];
}
