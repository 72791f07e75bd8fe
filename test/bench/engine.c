/* SPDX-License-Identifier: Apache-2.0
 *
 * engine RULES TYPED NORMALISED: what one evaluation of form card.edit costs, beside the same normalisers and PCRE2
 * matches called directly. Prints "eval" and "direct" with their medians in microseconds of processor time, and writes
 * the values as normalised to NORMALISED for ajv.mjs. Not a test: that the verdict is right is only looked at so far
 * that both sides do the same work.
 */
#include "measure.h"
#include "rules/rules.h"
#include "text/text.h"

#include <apr_general.h>
#include <stdio.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#define ROUNDS      101
#define EVALUATIONS 500 /* a round */

/* A field as somebody would write it by hand who knows this one form. */
typedef struct {
    const text_type_t *type;
    bool required;
    apr_size_t min, max; /* characters; max 0: no limit */
    pcre2_code *pattern; /* or NULL */
} direct_field_t;

typedef struct {
    const rules_t *rules;
    const rules_form_t *form;
    span_t typed[RULES_FIELDS_MAX];
    direct_field_t direct[RULES_FIELDS_MAX];
    pcre2_match_data *match;
    apr_pool_t *pool; /* cleared after each evaluation, as a request's would be */
} bench_t;

_Noreturn static void fail(const char *what)
{
    fprintf(stderr, "engine: %s\n", what);
    exit(1);
}

static void open_rules(bench_t *bench, const char *path, apr_pool_t *pool)
{
    rules_compiled_t compiled;
    rules_t *rules;
    const char *why;
    if (rules_compile(&compiled, path, pool) != APR_SUCCESS) fail("the rules have mistakes: kawasaki rules check");
    if (rules_open(&rules, compiled.image, &why, pool) != APR_SUCCESS) fail(why);
    bench->rules = rules;
    bench->form = rules_form(rules, SPAN("card.edit"));
    if (!bench->form) fail("there is no form card.edit");
}

/* Lines name=value; each field of the form has one. */
static void read_typed(bench_t *bench, const char *path, apr_pool_t *pool)
{
    char line[1024];
    uint32_t count = 0;
    FILE *file = fopen(path, "r");
    if (!file) fail("what is typed can't be read");
    while (fgets(line, sizeof line, file)) {
        char *value = strchr(line, '=');
        if (!value) fail("a line without =");
        *value++ = '\0';
        value[strcspn(value, "\n")] = '\0';
        uint32_t index = rules_field_index(bench->rules, bench->form, span_of(line));
        if (index == RULES_NONE) fail("a value for no field");
        bench->typed[index] = span_copy(pool, span_of(value));
        count++;
    }
    fclose(file);
    if (count != bench->form->field_count) fail("not every field has a value");
}

static pcre2_code *compile_pattern(span_t source)
{
    int error;
    PCRE2_SIZE offset;
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)source.at, source.size,
                                     PCRE2_UTF | PCRE2_UCP | PCRE2_ANCHORED | PCRE2_ENDANCHORED, &error, &offset, NULL);
    if (!code || pcre2_jit_compile(code, PCRE2_JIT_COMPLETE) != 0) fail("a pattern that PCRE2 does not compile");
    return code;
}

static void unroll(bench_t *bench)
{
    for (uint32_t i = 0; i < bench->form->field_count; i++) {
        const rules_field_t *field = rules_field(bench->rules, bench->form, i);
        direct_field_t *direct = &bench->direct[i];
        direct->type = text_type_find(rules_span(bench->rules, field->type));
        if (!direct->type) fail("a field that is not text");
        for (uint32_t j = 0; j < field->check_count; j++) {
            const rules_check_t *check = rules_entry(bench->rules, RULES_CHECKS, field->first_check + j);
            const rules_pattern_t *pattern;
            switch (check->kind) {
            case RULES_CHECK_TEXT: break;
            case RULES_CHECK_REQUIRED: direct->required = true; break;
            case RULES_CHECK_MIN: direct->min = check->a; break;
            case RULES_CHECK_MAX: direct->max = check->a; break;
            case RULES_CHECK_PATTERN:
                pattern = rules_entry(bench->rules, RULES_PATTERNS, check->a);
                direct->pattern = compile_pattern(rules_span(bench->rules, pattern->source));
                break;
            default: fail("a check that is not called directly");
            }
        }
    }
    bench->match = pcre2_match_data_create(1, NULL);
}

static bool passes(const bench_t *bench, const direct_field_t *field, span_t typed)
{
    span_t value;
    if (field->type->accept(bench->pool, typed, &value) != TEXT_OK) return false;
    if (value.size == 0) return !field->required;
    if (field->min && text_length(value) < field->min) return false;
    if (field->max && value.size > field->max && text_length(value) > field->max) return false;
    return !field->pattern || pcre2_match(field->pattern, (PCRE2_SPTR)value.at, value.size, 0, PCRE2_NO_UTF_CHECK,
                                          bench->match, NULL) >= 0;
}

static uint32_t eval(bench_t *bench)
{
    rules_verdict_t verdict;
    rules_eval(bench->rules, bench->form, bench->typed, NULL, &verdict, NULL, bench->pool);
    return verdict.finding_count;
}

static uint32_t direct(bench_t *bench)
{
    uint32_t refused = 0;
    for (uint32_t i = 0; i < bench->form->field_count; i++)
        refused += !passes(bench, &bench->direct[i], bench->typed[i]);
    return refused;
}

/* Microseconds of one evaluation. */
static double measure(bench_t *bench, uint32_t (*evaluate)(bench_t *bench))
{
    double begin = measure_spent_us();
    for (int i = 0; i < EVALUATIONS; i++) {
        if (evaluate(bench) != 1) fail("not exactly one rule refuses");
        apr_pool_clear(bench->pool);
    }
    return (measure_spent_us() - begin) / EVALUATIONS;
}

static void write_normalised(bench_t *bench, const char *path)
{
    rules_verdict_t verdict;
    FILE *file = fopen(path, "w");
    if (!file) fail("the normalised values can't be written");
    rules_eval(bench->rules, bench->form, bench->typed, NULL, &verdict, NULL, bench->pool);
    for (uint32_t i = 0; i < bench->form->field_count; i++) {
        span_t name = rules_span(bench->rules, rules_field(bench->rules, bench->form, i)->name);
        fprintf(file, "%.*s=%.*s\n", (int)name.size, name.at, (int)verdict.values[i].size, verdict.values[i].at);
    }
    if (fclose(file) != 0) fail("the normalised values can't be written");
}

int main(int argc, char **argv)
{
    bench_t bench = {0};
    apr_pool_t *pool;
    double evals[ROUNDS], directs[ROUNDS];

    if (argc != 4) fail("usage: engine RULES TYPED NORMALISED");
    if (apr_initialize() != APR_SUCCESS || apr_pool_create(&pool, NULL) != APR_SUCCESS ||
        apr_pool_create(&bench.pool, NULL) != APR_SUCCESS)
        fail("APR does not start");
    open_rules(&bench, argv[1], pool);
    read_typed(&bench, argv[2], pool);
    unroll(&bench);
    write_normalised(&bench, argv[3]);
    for (int i = 0; i < ROUNDS; i++) {
        evals[i] = measure(&bench, eval);
        directs[i] = measure(&bench, direct);
    }
    printf("eval\t%.3f\ndirect\t%.3f\n", measure_median(evals, ROUNDS), measure_median(directs, ROUNDS));
    return 0;
}
