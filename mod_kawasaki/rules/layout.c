/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/layout.h"

#include <apr_siphash.h>
#include <stddef.h>

static const uint32_t entry_sizes[RULES_TABLES] = {
    [RULES_CITY] = sizeof(rules_city_t),        [RULES_KINDS] = sizeof(rules_kind_t),
    [RULES_NOTICES] = sizeof(rules_notice_t),   [RULES_MESSAGES] = sizeof(rules_text_t),
    [RULES_CHOICES] = sizeof(rules_choices_t),  [RULES_OPTIONS] = sizeof(rules_option_t),
    [RULES_LIMITS] = sizeof(rules_limit_t),     [RULES_COUNTS] = sizeof(rules_count_t),
    [RULES_LOCKOUTS] = sizeof(rules_lockout_t), [RULES_CERTIFICATES] = sizeof(rules_certificate_t),
    [RULES_TERMS] = sizeof(rules_terms_t),      [RULES_ARTICLES] = sizeof(rules_article_t),
    [RULES_REFUSALS] = sizeof(rules_refusal_t), [RULES_RETENTIONS] = sizeof(rules_retention_t),
    [RULES_FORMS] = sizeof(rules_form_t),       [RULES_SECTIONS] = sizeof(rules_section_t),
    [RULES_ITEMS] = sizeof(rules_item_t),       [RULES_FIELDS] = sizeof(rules_field_t),
    [RULES_CHECKS] = sizeof(rules_check_t),     [RULES_CODE] = sizeof(rules_word_t),
    [RULES_PATTERNS] = sizeof(rules_pattern_t), [RULES_LISTS] = sizeof(rules_list_t),
    [RULES_ENTRIES] = sizeof(rules_ref_t),      [RULES_STRINGS] = 1};

/* Padding would put bytes into the image that nobody wrote. */
_Static_assert(sizeof(rules_header_t) == 24 + RULES_TABLES * 8, "no padding in the header");
_Static_assert(sizeof(rules_notice_t) == 32, "no padding in a notice");
_Static_assert(sizeof(rules_field_t) % 4 == 0 && sizeof(rules_form_t) % 4 == 0, "4-byte fields");

uint32_t rules_entry_size(rules_table_t table)
{
    return entry_sizes[table];
}

uint32_t rules_layout_place(rules_extent_t tables[RULES_TABLES])
{
    uint64_t size = sizeof(rules_header_t);
    for (int i = 0; i < RULES_TABLES; i++) {
        size = (size + 7) & ~(uint64_t)7;
        tables[i].offset = (uint32_t)size;
        size += (uint64_t)tables[i].count * entry_sizes[i];
        if (size > RULES_IMAGE_MAX) return 0;
    }
    return (uint32_t)size;
}

uint64_t rules_layout_hash(span_t image)
{
    /* Fixed and public: the hash finds accidents, not enemies. */
    static const unsigned char key[APR_SIPHASH_KSIZE] = "mod_kawasaki.kwr";
    apr_size_t behind = offsetof(rules_header_t, hash) + sizeof(uint64_t);
    return apr_siphash24(image.at + behind, image.size - behind, key);
}
