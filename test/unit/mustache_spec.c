/* SPDX-License-Identifier: Apache-2.0
 *
 * Runs the Mustache specification's tests against page/: reads what test/mustache/spec.mjs writes (the form is
 * described there) from standard input and prints TAP. Exits with 1 if a test failed or the plan was not kept, with 2
 * if the input is not in that form. Not for what is this project's own in page/ (test_page.c).
 */
#include "page/page.h"

#include <apr_general.h>
#include <apr_tables.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct {
    const char *at;
    const char *end;
    span_t word;  /* of the current record */
    span_t bytes; /* of the current record */
} reader_t;

typedef struct {
    apr_pool_t *pool;
    span_t title;
    apr_array_header_t *names;          /* const char * */
    apr_array_header_t *template_names; /* const char * */
    apr_array_header_t *sources;        /* span_t */
    page_map_t *view;
    span_t expected;
} test_t;

static void refuse(const char *what)
{
    fprintf(stderr, "mustache_spec: unexpected input: %s\n", what);
    exit(2);
}

/* Goes to the next record; false at the input's end. */
static bool advance(reader_t *reader)
{
    const char *line_end = memchr(reader->at, '\n', (apr_size_t)(reader->end - reader->at));
    const char *space;
    apr_size_t size;

    if (reader->at == reader->end) return false;
    space = line_end ? memchr(reader->at, ' ', (apr_size_t)(line_end - reader->at)) : NULL;
    if (!space) refuse("a record without a length");
    size = strtoul(space + 1, NULL, 10);
    if ((apr_size_t)(reader->end - line_end) < size + 2) refuse("a record is cut off");
    reader->word = (span_t){reader->at, (apr_size_t)(space - reader->at)};
    reader->bytes = (span_t){line_end + 1, size};
    reader->at = line_end + 1 + size + 1;
    return true;
}

static void expect(reader_t *reader, const char *word)
{
    if (!advance(reader) || !span_is(reader->word, word)) refuse(word);
}

static page_key_t key_of(const test_t *test, span_t name)
{
    for (int i = 0; i < test->names->nelts; i++) {
        if (span_is(name, APR_ARRAY_IDX(test->names, i, const char *))) return (page_key_t)i;
    }
    refuse("a key that is no name");
    return 0;
}

static void read_map(reader_t *reader, const test_t *test, page_map_t *map);

static void read_list(reader_t *reader, const test_t *test, page_list_t *list)
{
    while (advance(reader) && !span_is(reader->word, "end")) {
        if (span_is(reader->word, "map")) {
            read_map(reader, test, page_list_add(list));
        } else if (span_is(reader->word, "text")) {
            page_list_add_text(list, reader->bytes);
        } else {
            refuse("neither map nor text in a list");
        }
    }
}

static void read_value(reader_t *reader, const test_t *test, page_map_t *map, page_key_t key)
{
    if (!advance(reader)) refuse("a key without a value");
    if (span_is(reader->word, "text")) {
        page_put_text(map, key, reader->bytes);
    } else if (span_is(reader->word, "flag")) {
        page_put_flag(map, key, span_is(reader->bytes, "1"));
    } else if (span_is(reader->word, "map")) {
        read_map(reader, test, page_put_map(map, key));
    } else if (span_is(reader->word, "list")) {
        read_list(reader, test, page_put_list(map, key));
    } else {
        refuse("no value after a key");
    }
}

/* From behind the record `map` to its end. */
static void read_map(reader_t *reader, const test_t *test, page_map_t *map)
{
    while (advance(reader) && !span_is(reader->word, "end")) {
        if (!span_is(reader->word, "key")) refuse("no key in a map");
        read_value(reader, test, map, key_of(test, reader->bytes));
    }
}

static bool read_test(reader_t *reader, test_t *test)
{
    if (!advance(reader)) return false;
    if (!span_is(reader->word, "test")) refuse("no test where one should begin");
    test->title = reader->bytes;
    test->names = apr_array_make(test->pool, 16, sizeof(const char *));
    test->template_names = apr_array_make(test->pool, 4, sizeof(const char *));
    test->sources = apr_array_make(test->pool, 4, sizeof(span_t));
    test->view = page_map(test->pool);
    while (advance(reader) && !span_is(reader->word, "map")) {
        if (span_is(reader->word, "name")) {
            APR_ARRAY_PUSH(test->names, const char *) = span_text(test->pool, reader->bytes);
        } else if (span_is(reader->word, "template")) {
            APR_ARRAY_PUSH(test->template_names, const char *) = span_text(test->pool, reader->bytes);
            expect(reader, "source");
            APR_ARRAY_PUSH(test->sources, span_t) = reader->bytes;
        } else {
            refuse("neither name, template nor view");
        }
    }
    read_map(reader, test, test->view);
    expect(reader, "expected");
    test->expected = reader->bytes;
    return true;
}

static apr_status_t collect(void *context, const char *at, apr_size_t size, bool lasting)
{
    apr_array_header_t *output = context;
    (void)lasting;
    for (apr_size_t i = 0; i < size; i++) APR_ARRAY_PUSH(output, char) = at[i];
    return APR_SUCCESS;
}

/* NULL, or why the test failed. */
static const char *run_test(const test_t *test)
{
    apr_array_header_t *output = apr_array_make(test->pool, 256, 1);
    page_sink_t sink = {collect, output};
    const char *error = "no reason given";
    page_set_t *set;
    span_t got;

    if (page_set_compile(&set, (const char *const *)test->template_names->elts, (const span_t *)test->sources->elts,
                         (apr_size_t)test->sources->nelts, (const char *const *)test->names->elts,
                         (apr_size_t)test->names->nelts, &error, test->pool) != APR_SUCCESS) {
        return error;
    }
    if (page_render(set, page_find(set, SPAN("the page")), test->view, &sink, test->pool) != APR_SUCCESS) {
        return "not rendered";
    }
    got = (span_t){output->elts, (apr_size_t)output->nelts};
    if (span_equal(got, test->expected)) return NULL;
    return apr_psprintf(test->pool, "expected [%s] but got [%s]", span_text(test->pool, test->expected),
                        span_text(test->pool, got));
}

static void print_comment(const char *text)
{
    printf("# ");
    for (; *text; text++) {
        putchar(*text);
        if (*text == '\n') printf("# ");
    }
    putchar('\n');
}

/* The number of failed tests; a plan that was not kept counts as one. */
static int run_all(reader_t *reader, apr_pool_t *pool)
{
    test_t test = {.pool = pool};
    int failed = 0;
    int count = 0;
    int plan;

    expect(reader, "plan");
    plan = atoi(span_text(pool, reader->bytes));
    printf("1..%d\n", plan);
    while (read_test(reader, &test)) {
        const char *why = run_test(&test);
        printf("%s %d - %.*s\n", why ? "not ok" : "ok", ++count, (int)test.title.size, test.title.at);
        if (why) {
            print_comment(why);
            failed++;
        }
    }
    if (count != plan || plan == 0) failed++;
    print_comment(apr_psprintf(pool, "%d of %d planned tests run, %d failures", count, plan, failed));
    return failed;
}

static span_t read_input(apr_pool_t *pool)
{
    apr_array_header_t *bytes = apr_array_make(pool, 1 << 16, 1);
    int byte;
    while ((byte = getchar()) != EOF) APR_ARRAY_PUSH(bytes, char) = (char)byte;
    return (span_t){bytes->elts, (apr_size_t)bytes->nelts};
}

int main(void)
{
    apr_pool_t *pool;
    reader_t reader = {0};
    span_t input;
    int failed;

    if (apr_initialize() != APR_SUCCESS || apr_pool_create(&pool, NULL) != APR_SUCCESS) return 2;
    input = read_input(pool);
    reader.at = input.at;
    reader.end = input.at + input.size;
    failed = run_all(&reader, pool);
    apr_pool_destroy(pool);
    apr_terminate();
    return failed ? 1 : 0;
}
