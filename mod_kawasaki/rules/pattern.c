/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/pattern.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

/* An honest value of 255 characters needs some thousand steps. Depth is counted by the interpreter only. */
#define MATCH_LIMIT 100000
#define DEPTH_LIMIT 10000

struct pattern_t {
    pcre2_code *code;
    pcre2_match_context *limits;
    bool jit;
};

struct matcher_t {
    pcre2_match_data *data;
};

static void *pool_malloc(size_t size, void *pool)
{
    return apr_palloc(pool, size);
}

static void pool_free(void *bytes, void *pool)
{
    (void)bytes;
    (void)pool;
}

/* JIT code stands in memory of its own, which no pool gives back. */
static apr_status_t free_code(void *code)
{
    pcre2_code_free(code);
    return APR_SUCCESS;
}

const pattern_t *rules_pattern_compile(span_t source, const char **reason, apr_size_t *offset, apr_pool_t *pool)
{
    static const uint32_t options =
        PCRE2_UTF | PCRE2_UCP | PCRE2_ANCHORED | PCRE2_ENDANCHORED | PCRE2_NEVER_BACKSLASH_C | PCRE2_DOLLAR_ENDONLY;
    *offset = 0;
    if (source.size > RULES_PATTERN_MAX) {
        *reason = apr_psprintf(pool, "longer than %u bytes", RULES_PATTERN_MAX);
        return NULL;
    }
    pcre2_general_context *memory = pcre2_general_context_create(pool_malloc, pool_free, pool);
    pcre2_compile_context *context = pcre2_compile_context_create(memory);
    int error;
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)source.at, source.size, options, &error, offset, context);
    if (!code) {
        char buffer[200];
        pcre2_get_error_message(error, (PCRE2_UCHAR *)buffer, sizeof buffer);
        *reason = apr_pstrdup(pool, buffer);
        return NULL;
    }
    apr_pool_cleanup_register(pool, code, free_code, apr_pool_cleanup_null);
    /* Where there is no JIT (or no executable memory), the interpreter matches the same. */
    bool jit = pcre2_jit_compile(code, PCRE2_JIT_COMPLETE) == 0;

    pattern_t *pattern = apr_palloc(pool, sizeof *pattern);
    *pattern = (pattern_t){code, pcre2_match_context_create(memory), jit};
    pcre2_set_match_limit(pattern->limits, MATCH_LIMIT);
    pcre2_set_depth_limit(pattern->limits, DEPTH_LIMIT);
    return pattern;
}

matcher_t *rules_matcher(apr_pool_t *pool)
{
    matcher_t *matcher = apr_palloc(pool, sizeof *matcher);
    pcre2_general_context *memory = pcre2_general_context_create(pool_malloc, pool_free, pool);
    matcher->data = pcre2_match_data_create(1, memory);
    return matcher;
}

pattern_result_t rules_pattern_match(const pattern_t *pattern, matcher_t *matcher, span_t text)
{
    /* The text was tested already: nothing that is not clean UTF-8 gets past a field's TEXT check. */
    PCRE2_SPTR at = (PCRE2_SPTR)text.at;
    int result = pattern->jit
                     ? pcre2_jit_match(pattern->code, at, text.size, 0, 0, matcher->data, pattern->limits)
                     : pcre2_match(pattern->code, at, text.size, 0, PCRE2_NO_UTF_CHECK, matcher->data, pattern->limits);
    if (result >= 0) return PATTERN_MATCHES;
    return result == PCRE2_ERROR_NOMATCH ? PATTERN_DIFFERS : PATTERN_LIMIT;
}
