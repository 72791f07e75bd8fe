/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/many.h"

/* Cuts off the first code; empty when there is no more. */
static span_t next_code(span_t *rest)
{
    while (rest->size && *rest->at == ' ') *rest = (span_t){rest->at + 1, rest->size - 1};
    const char *space = rest->size ? memchr(rest->at, ' ', rest->size) : NULL;
    span_t code = {rest->at, space ? (apr_size_t)(space - rest->at) : rest->size};
    *rest = (span_t){rest->at + code.size, rest->size - code.size};
    return code;
}

bool rules_many_has(span_t value, span_t code)
{
    for (span_t next = next_code(&value); next.size; next = next_code(&value)) {
        if (span_equal(next, code)) return true;
    }
    return false;
}

uint32_t rules_many_find(const rules_t *rules, const rules_choices_t *choices, span_t code)
{
    for (uint32_t i = 0; i < choices->option_count; i++) {
        if (span_equal(rules_span(rules, rules_option(rules, choices, i)->code), code)) return i;
    }
    return RULES_NONE;
}

static span_t join(const rules_t *rules, const rules_choices_t *choices, const bool *ticked, apr_size_t size,
                   apr_pool_t *pool)
{
    char *joined = apr_palloc(pool, size + 1), *at = joined;
    for (uint32_t i = 0; i < choices->option_count; i++) {
        if (!ticked[i]) continue;
        span_t code = rules_span(rules, rules_option(rules, choices, i)->code);
        if (at != joined) *at++ = ' ';
        memcpy(at, code.at, code.size);
        at += code.size;
    }
    *at = '\0';
    return (span_t){joined, (apr_size_t)(at - joined)};
}

bool rules_many_order(const rules_t *rules, const rules_choices_t *choices, span_t typed, span_t *out, apr_pool_t *pool)
{
    bool ticked[RULES_OPTIONS_MAX] = {false};
    bool in_order = true;
    uint32_t last = 0, count = 0;
    apr_size_t size = 0;
    span_t rest = typed;
    *out = typed;
    for (span_t code = next_code(&rest); code.size; code = next_code(&rest)) {
        uint32_t option = rules_many_find(rules, choices, code);
        if (option == RULES_NONE || ticked[option]) return false;
        ticked[option] = true;
        if (count && option < last) in_order = false;
        last = option;
        size += code.size + (count ? 1 : 0);
        count++;
    }
    /* As long as the joined codes: one space between, none around. */
    if (!in_order || size != typed.size) *out = join(rules, choices, ticked, size, pool);
    return true;
}
