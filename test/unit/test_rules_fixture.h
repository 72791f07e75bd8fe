/* SPDX-License-Identifier: Apache-2.0
 *
 * For the tests of the rules: compiling rules that stand in the test itself. Run from the project's root.
 */
#ifndef TEST_RULES_FIXTURE_H
#define TEST_RULES_FIXTURE_H

#include "base/error.h"
#include "rules/rules.h"
#include "test.h"

#include <apr_file_io.h>

/* A city, its session, the kind `card` and all messages: what a test is not about. */
#define BASE_RULES "test/cases/bad-rules/with/base.rules"

/* Compiles these bytes as a file of their own. */
static inline apr_status_t fixture_compile_bytes(rules_compiled_t *compiled, span_t bytes, apr_pool_t *pool)
{
    const char *folder;
    apr_file_t *file;
    assert_int_equal(apr_temp_dir_get(&folder, pool), APR_SUCCESS);
    char *path = apr_pstrcat(pool, folder, "/kawasaki-rules-XXXXXX", NULL);
    apr_int32_t flags = APR_FOPEN_CREATE | APR_FOPEN_EXCL | APR_FOPEN_READ | APR_FOPEN_WRITE;
    assert_int_equal(apr_file_mktemp(&file, path, flags, pool), APR_SUCCESS);
    assert_int_equal(apr_file_write_full(file, bytes.at, bytes.size, NULL), APR_SUCCESS);
    apr_file_close(file);
    apr_status_t status = rules_compile(compiled, path, pool);
    apr_file_remove(path, pool);
    return status;
}

/* Compiles the rules, with BASE_RULES included in front, in one line. */
static inline apr_status_t fixture_compile(rules_compiled_t *compiled, const char *rules, apr_pool_t *pool)
{
    char *root;
    assert_int_equal(apr_filepath_get(&root, 0, pool), APR_SUCCESS);
    const char *text = apr_pstrcat(pool, "include \"", root, "/" BASE_RULES "\"\n", rules, NULL);
    return fixture_compile_bytes(compiled, span_of(text), pool);
}

/* Compiles and opens rules that have no mistake. */
static inline rules_t *fixture_open(const char *text, apr_pool_t *pool)
{
    rules_compiled_t compiled;
    rules_t *rules = NULL;
    const char *why = "";
    apr_status_t status = fixture_compile(&compiled, text, pool);
    for (int i = 0; status != APR_SUCCESS && i < compiled.mistakes->nelts; i++) {
        print_message("%s\n", rules_mistake_text(&APR_ARRAY_IDX(compiled.mistakes, i, rules_mistake_t), pool));
    }
    assert_int_equal(status, APR_SUCCESS);
    assert_int_equal(rules_open(&rules, compiled.image, &why, pool), APR_SUCCESS);
    return rules;
}

/* The city's own. */
static inline rules_t *fixture_open_city(apr_pool_t *pool)
{
    rules_compiled_t compiled;
    rules_t *rules;
    const char *why;
    assert_int_equal(rules_compile(&compiled, "rules/kawasaki.rules", pool), APR_SUCCESS);
    assert_int_equal(rules_open(&rules, compiled.image, &why, pool), APR_SUCCESS);
    return rules;
}

/* "2:5: text" of mistake i. */
static inline const char *fixture_mistake(const rules_compiled_t *compiled, int i, apr_pool_t *pool)
{
    assert_true(i < compiled->mistakes->nelts);
    const rules_mistake_t *mistake = &APR_ARRAY_IDX(compiled->mistakes, i, rules_mistake_t);
    return apr_psprintf(pool, "%d:%d: %s", mistake->line, mistake->column, mistake->text);
}

static inline void assert_span(span_t span, const char *text)
{
    if (span.size == strlen(text) && memcmp(span.at, text, span.size) == 0) return;
    print_error("\"%.*s\" is not \"%s\"\n", (int)span.size, span.at, text);
    fail();
}

#endif
