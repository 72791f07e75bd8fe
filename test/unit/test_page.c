/* SPDX-License-Identifier: Apache-2.0
 *
 * page/: positions of errors, look-up, escaping, bounds and the sink. What the Mustache specification itself tests is
 * in mustache_spec.c. The last test prints how long a typical page takes.
 */
#include "base/error.h"
#include "page/page.h"
#include "test.h"

#include <apr_file_io.h>
#include <apr_tables.h>
#include <apr_time.h>
#include <stdlib.h>

enum { TITLE, NAME, PERSON, ROWS, CLOSED, NAME_COUNT };
static const char *const names[NAME_COUNT] = {"title", "name", "person", "rows", "closed"};

typedef struct {
    char *bytes;
    apr_size_t used;
    apr_size_t room;
    apr_size_t lasting; /* bytes written as lasting */
    int writes;
    int fail_at; /* the write that fails, from 1; 0: none */
} output_t;

static apr_pool_t *pool;

static int make_pool(void **state)
{
    pool = test_pool(state);
    return 0;
}

static apr_status_t collect(void *context, const char *at, apr_size_t size, bool lasting)
{
    output_t *output = context;
    if (++output->writes == output->fail_at) return APR_EPIPE;
    assert_true(size > 0 && output->used + size <= output->room);
    memcpy(output->bytes + output->used, at, size);
    output->used += size;
    if (lasting) output->lasting += size;
    return APR_SUCCESS;
}

static output_t output_of(apr_size_t room)
{
    return (output_t){.bytes = apr_palloc(pool, room), .room = room};
}

static page_set_t *compiled(const char *const *template_names, const span_t *sources, apr_size_t count)
{
    const char *error = NULL;
    page_set_t *set = NULL;
    apr_status_t status = page_set_compile(&set, template_names, sources, count, names, NAME_COUNT, &error, pool);
    if (status != APR_SUCCESS) fail_msg("%s", error);
    return set;
}

static page_set_t *compiled_one(const char *source)
{
    const char *const template_names[] = {"t"};
    span_t sources[] = {span_of(source)};
    return compiled(template_names, sources, 1);
}

static void check_render(const page_set_t *set, const page_map_t *view, const char *expected)
{
    output_t output = output_of(4096);
    page_sink_t sink = {collect, &output};
    assert_int_equal(page_render(set, 0, view, &sink, pool), APR_SUCCESS);
    assert_string_equal(apr_pstrmemdup(pool, output.bytes, output.used), expected);
}

static void check_error_of(const char *const *template_names, const span_t *sources, apr_size_t count,
                           const char *expected)
{
    const char *error = "compiled without an error";
    page_set_t *set = NULL;
    apr_status_t status = page_set_compile(&set, template_names, sources, count, names, NAME_COUNT, &error, pool);
    assert_string_equal(error, expected);
    assert_int_equal(status, BASE_EMALFORMED);
    assert_null(set);
}

static void check_error(const char *source, const char *expected)
{
    const char *const template_names[] = {"t"};
    span_t sources[] = {span_of(source)};
    check_error_of(template_names, sources, 1, expected);
}

static void errors_tell_their_place(void **state)
{
    (void)state;
    check_error("a\n  {{titel}}", "t:2:3: unknown name 'titel'");
    check_error("氏名 {{titel}}", "t:1:4: unknown name 'titel'");
    check_error("{{person.nam}}", "t:1:1: unknown name 'person.nam'");
    check_error("{{person.}}", "t:1:1: unknown name 'person.'");
    check_error("{{.name}}", "t:1:1: unknown name '.name'");
    check_error("{{#rows}}\n{{#person}}{{/person}}\n", "t:1:1: section 'rows' is never closed");
    check_error("{{#rows}}\n {{/person}}", "t:2:2: section 'rows' must be closed before 'person'");
    check_error("\n{{/rows}}", "t:2:1: no section is open to close 'rows'");
    check_error("x {{>footer}}", "t:1:3: unknown partial 'footer'");
    check_error("x\n\n{{title", "t:3:1: a tag without its end");
    check_error("{{title\n{{name}}", "t:1:1: a tag without its end");
    check_error("{{{title}}", "t:1:1: a tag without its end");
    check_error("{{", "t:1:1: a tag without its end");
    check_error("{{! never ends }", "t:1:1: a tag without its end");
    check_error("{{ }}", "t:1:1: a tag without a name");
    check_error("{{#}}", "t:1:1: a tag without a name");
    check_error("{{=<% %>=}}", "t:1:1: set-delimiter tags are not offered");
    check_error("{{name.name.name.name.name.name.name.name.name}}",
                "t:1:1: too many parts in the name 'name.name.name.name.name.name.name.name.name'");
}

static void errors_in_partials_name_their_own_file(void **state)
{
    const char *const template_names[] = {"page", "head"};
    span_t broken[] = {SPAN("<p>\n{{>head}}\n</p>"), SPAN("ok\n{{oops}}")};
    span_t open[] = {SPAN("{{#rows}}{{>head}}{{/rows}}"), SPAN("{{/rows}}")};
    span_t indented[] = {SPAN(" {{>page}}\n"), SPAN("")};

    (void)state;
    check_error_of(template_names, broken, 2, "head:2:1: unknown name 'oops'");
    check_error_of(template_names, open, 2, "head:1:1: no section is open to close 'rows'");
    check_error_of(template_names, indented, 2, "page:1:2: a partial that contains itself can't be indented: 'page'");
}

static void sections_may_nest_to_a_bound(void **state)
{
    char *source = "{{title}}";
    page_map_t *view = page_map(pool);

    (void)state;
    page_put_text(view, TITLE, SPAN("deep"));
    for (int i = 0; i < 31; i++) source = apr_pstrcat(pool, "{{#title}}", source, "{{/title}}", NULL);
    check_render(compiled_one(source), view, "deep");
    check_error(apr_pstrcat(pool, "{{#title}}", source, "{{/title}}", NULL), "t:1:311: sections nested too deep");
}

static void escapes_what_html_needs(void **state)
{
    const page_set_t *set = compiled_one("{{title}}|{{{title}}}|{{&title}}");
    const page_set_t *one = compiled_one("{{title}}");
    page_map_t *view = page_map(pool);

    (void)state;
    page_put_text(view, TITLE, SPAN("&<a 'b'=\"住所\">"));
    check_render(set, view, "&amp;&lt;a &#39;b&#39;=&quot;住所&quot;&gt;|&<a 'b'=\"住所\">|&<a 'b'=\"住所\">");
    page_put_text(view, TITLE, SPAN("<"));
    check_render(one, view, "&lt;");
    page_put_text(view, TITLE, SPAN("{{name}}"));
    check_render(one, view, "{{name}}");
    page_put_text(view, TITLE, (span_t){NULL, 0});
    check_render(one, view, "");
}

static bool is_special(int byte)
{
    return byte && strchr("&<>\"'", byte);
}

/* Every byte at every place of texts around the size of a machine word. */
static void escapes_wherever_the_byte_stands(void **state)
{
    const page_set_t *set = compiled_one("{{title}}");
    output_t output = output_of(64);
    page_sink_t sink = {collect, &output};
    char text[26];

    (void)state;
    for (apr_size_t size = 1; size < sizeof text; size++) {
        page_map_t *view = page_map(pool);
        page_put_text(view, TITLE, (span_t){text, size});
        for (apr_size_t at = 0; at < size; at++) {
            for (int byte = 0; byte < 256; byte++) {
                bool special = is_special(byte);
                memset(text, byte ^ 0x80, sizeof text);
                if (is_special(byte ^ 0x80)) memset(text, 'x', sizeof text);
                text[at] = (char)byte;
                output.used = 0;
                assert_int_equal(page_render(set, 0, view, &sink, pool), APR_SUCCESS);
                assert_int_equal(output.used > size, special);
                if (!special) assert_memory_equal(output.bytes, text, size);
            }
        }
    }
}

/* More keys than a map has slots, put twice: each finds its own later text. */
static void keys_do_not_meet(void **state)
{
    enum { KEYS = 200 };
    const char *keys[KEYS];
    const char *const template_names[] = {"t"};
    const char *source = "";
    const char *expected = "";
    const char *error = NULL;
    page_set_t *set;
    page_map_t *view = page_map(pool);
    span_t template;

    (void)state;
    for (int i = 0; i < KEYS; i++) {
        keys[i] = apr_psprintf(pool, "k%d", i);
        source = apr_psprintf(pool, "%s{{k%d}} ", source, i);
        if (i % 3 == 0) page_put_text(view, (page_key_t)i, SPAN("earlier"));
        if (i % 3 < 2) page_put_text(view, (page_key_t)i, span_of(keys[i]));
        expected = apr_pstrcat(pool, expected, i % 3 < 2 ? keys[i] : "", " ", NULL);
    }
    template = span_of(source);
    assert_int_equal(page_set_compile(&set, template_names, &template, 1, keys, KEYS, &error, pool), APR_SUCCESS);
    check_render(set, view, expected);
}

static void looks_up_from_the_inside_out(void **state)
{
    const page_set_t *set = compiled_one("{{#person}}{{name}},{{title}};{{/person}}{{name}}{{closed}}");
    page_map_t *view = page_map(pool);
    page_map_t *person;

    (void)state;
    page_put_text(view, NAME, SPAN("outer"));
    page_put_text(view, TITLE, SPAN("first"));
    page_put_text(view, TITLE, SPAN("later"));
    page_put_flag(view, CLOSED, true);
    person = page_put_map(view, PERSON);
    page_put_text(person, NAME, SPAN("inner"));
    check_render(set, view, "inner,later;outer");
    check_render(set, person, "inner");
}

static void dotted_names_stay_in_what_they_found(void **state)
{
    const page_set_t *set = compiled_one("[{{person.name}}][{{title.name}}][{{person.person.name}}][{{rows.name}}]"
                                         "{{#person.title}}yes{{/person.title}}{{^person.title}}no{{/person.title}}");
    page_map_t *view = page_map(pool);
    page_map_t *person = page_put_map(view, PERSON);

    (void)state;
    page_put_text(view, TITLE, SPAN("text"));
    page_put_text(person, NAME, SPAN("花子"));
    page_list_add(page_put_list(view, ROWS));
    check_render(set, view, "[花子][][][]no");
}

static void sections_follow_truth(void **state)
{
    const page_set_t *set =
        compiled_one("{{#title}}T{{.}}{{/title}}{{^title}}t{{/title}}{{#closed}}C{{/closed}}{{^closed}}"
                     "c{{/closed}}{{#person}}P{{/person}}{{^person}}p{{/person}}{{#rows}}[{{.}}"
                     "{{name}}]{{/rows}}{{^rows}}r{{/rows}}");
    page_map_t *view = page_map(pool);
    page_list_t *rows;

    (void)state;
    check_render(set, view, "tcpr");
    page_put_text(view, TITLE, SPAN(""));
    page_put_flag(view, CLOSED, false);
    page_put_list(view, ROWS);
    check_render(set, view, "tcpr");
    page_put_text(view, TITLE, SPAN("1<2"));
    page_put_flag(view, CLOSED, true);
    page_put_map(view, PERSON);
    rows = page_put_list(view, ROWS);
    for (int i = 0; i < 20; i++) page_list_add_text(rows, SPAN("x"));
    page_put_text(page_list_add(rows), NAME, SPAN("y"));
    check_render(set, view, "T1&lt;2CP[x][x][x][x][x][x][x][x][x][x][x][x][x][x][x][x][x][x][x][x][y]");
}

/* A chain of rows inside rows, `depth` of them, each with a name. */
static page_map_t *chain(int depth)
{
    page_map_t *view = page_map(pool);
    page_map_t *inner = view;
    for (int i = 0; i < depth; i++) {
        page_put_text(inner, NAME, SPAN("."));
        inner = page_list_add(page_put_list(inner, ROWS));
    }
    page_put_list(inner, ROWS);
    return view;
}

static void recursion_is_bounded(void **state)
{
    const page_set_t *tree = compiled_one("{{name}}{{#rows}}{{>t}}{{/rows}}");
    const page_set_t *endless = compiled_one("x{{>t}}");
    output_t output = output_of(4096);
    page_sink_t sink = {collect, &output};

    (void)state;
    check_render(tree, chain(15), "................"); /* the last has no name: its row's counts */
    assert_int_equal(page_render(tree, 0, chain(16), &sink, pool), APR_EGENERAL);
    assert_int_equal(page_render(endless, 0, page_map(pool), &sink, pool), APR_EGENERAL);
}

static void partials_are_put_in_place(void **state)
{
    const char *const template_names[] = {"page", "head", "list"};
    span_t sources[] = {SPAN("<html>\n{{> head }}\n  {{>list}}\n</html>\n"), SPAN("<head>\n"),
                        SPAN("<ul>\n  {{#rows}}\n  {{>head}}\n  {{title}}\n  {{/rows}}\n\n</ul>\n")};
    const page_set_t *set = compiled(template_names, sources, 3);
    output_t output = output_of(256);
    page_sink_t sink = {collect, &output};
    page_map_t *view = page_map(pool);

    (void)state;
    assert_int_equal(page_render(set, 0, view, &sink, pool), APR_SUCCESS);
    assert_int_equal(output.writes, 2); /* before and after the section: texts were merged */
    page_put_text(view, TITLE, SPAN("1\n2"));
    page_list_add(page_put_list(view, ROWS));
    check_render(set, view, "<html>\n<head>\n  <ul>\n    <head>\n    1\n2\n  \n  </ul>\n</html>\n");
}

static void text_is_lasting_and_values_are_not(void **state)
{
    const page_set_t *set = compiled_one("<b>{{title}}</b>{{{title}}}");
    output_t output = output_of(64);
    page_sink_t sink = {collect, &output};
    page_map_t *view = page_map(pool);

    (void)state;
    page_put_text(view, TITLE, SPAN("a&b"));
    assert_int_equal(page_render(set, 0, view, &sink, pool), APR_SUCCESS);
    assert_int_equal(output.used, 7 + 7 + 3);
    assert_int_equal(output.lasting, 7);
}

static void sink_errors_end_rendering(void **state)
{
    const page_set_t *set = compiled_one("1{{title}}2{{#rows}}3{{{title}}}{{/rows}}4");
    page_map_t *view = page_map(pool);
    page_list_t *rows = page_put_list(view, ROWS);
    int writes = 12;

    (void)state;
    page_put_text(view, TITLE, SPAN("a&b"));
    page_list_add(rows);
    page_list_add(rows);
    for (int n = 1; n <= writes; n++) {
        output_t output = output_of(64);
        page_sink_t sink = {collect, &output};
        output.fail_at = n;
        assert_int_equal(page_render(set, 0, view, &sink, pool), n <= 10 ? APR_EPIPE : APR_SUCCESS);
        assert_int_equal(output.writes, n <= 10 ? n : 10);
    }
}

static void big_texts_pass_whole(void **state)
{
    const apr_size_t size = 3u << 20;
    char *big = apr_palloc(pool, size + 1);
    output_t output = output_of(2 * size + 16);
    page_sink_t sink = {collect, &output};
    page_map_t *view = page_map(pool);

    (void)state;
    memset(big, 'x', size);
    big[size] = '\0';
    page_put_text(view, TITLE, (span_t){big, size});
    assert_int_equal(page_render(compiled_one(apr_pstrcat(pool, big, "{{title}}", NULL)), 0, view, &sink, pool),
                     APR_SUCCESS);
    assert_int_equal(output.used, 2 * size);
    assert_int_equal(output.writes, 2);
}

static void sets_may_be_empty(void **state)
{
    const page_set_t *none = compiled(NULL, NULL, 0);
    const page_set_t *empty = compiled_one("");
    output_t output = output_of(1);
    page_sink_t sink = {collect, &output};

    (void)state;
    assert_int_equal(page_find(none, SPAN("t")), -1);
    assert_int_equal(page_find(empty, SPAN("T")), -1);
    assert_int_equal(page_find(empty, SPAN("t")), 0);
    assert_int_equal(page_render(none, 0, page_map(pool), &sink, pool), APR_EINVAL);
    assert_int_equal(page_render(empty, -1, page_map(pool), &sink, pool), APR_EINVAL);
    assert_int_equal(page_render(empty, 0, page_map(pool), &sink, pool), APR_SUCCESS);
    assert_int_equal(output.writes, 0);
}

static void write_file(const char *path, const char *text)
{
    apr_file_t *file;
    apr_int32_t flags = APR_FOPEN_WRITE | APR_FOPEN_CREATE | APR_FOPEN_TRUNCATE;
    assert_int_equal(apr_file_open(&file, path, flags, APR_FPROT_OS_DEFAULT, pool), APR_SUCCESS);
    assert_int_equal(apr_file_write_full(file, text, strlen(text), NULL), APR_SUCCESS);
    apr_file_close(file);
}

static void directories_are_loaded(void **state)
{
    const char *temporary;
    char *directory;
    const char *page;
    const char *error = NULL;
    page_set_t *set;

    (void)state;
    assert_int_equal(apr_temp_dir_get(&temporary, pool), APR_SUCCESS);
    directory = apr_pstrcat(pool, temporary, "/page-XXXXXX", NULL);
    assert_non_null(mkdtemp(directory));
    page = apr_pstrcat(pool, directory, "/page.mustache", NULL);
    write_file(page, "{{>head}}{{title}}");
    write_file(apr_pstrcat(pool, directory, "/head.mustache", NULL), "<h1>");
    write_file(apr_pstrcat(pool, directory, "/.page.mustache", NULL), "{{");
    write_file(apr_pstrcat(pool, directory, "/notes.txt", NULL), "{{");
    assert_int_equal(page_set_load(&set, directory, names, NAME_COUNT, &error, pool), APR_SUCCESS);
    assert_int_equal(page_find(set, SPAN("head")), 0);
    assert_int_equal(page_find(set, SPAN("page")), 1);
    assert_int_equal(page_find(set, SPAN("notes")), -1);

    write_file(page, "\n{{titel}}");
    assert_int_equal(page_set_load(&set, directory, names, NAME_COUNT, &error, pool), BASE_EMALFORMED);
    assert_string_equal(error, apr_pstrcat(pool, page, ":2:1: unknown name 'titel'", NULL));
    assert_true(APR_STATUS_IS_ENOENT(page_set_load(&set, "no/such/place", names, NAME_COUNT, &error, pool)));
    assert_memory_equal(error, "no/such/place: ", 15);

    apr_file_remove(page, pool);
    for (int i = 0; i < 3; i++) {
        const char *const rest[] = {"/head.mustache", "/.page.mustache", "/notes.txt"};
        apr_file_remove(apr_pstrcat(pool, directory, rest[i], NULL), pool);
    }
    assert_int_equal(apr_dir_remove(directory, pool), APR_SUCCESS);
}

/* A sink without collect's checks. */
static apr_status_t copy(void *context, const char *at, apr_size_t size, bool lasting)
{
    output_t *output = context;
    (void)lasting;
    memcpy(output->bytes + output->used, at, size);
    output->used += size;
    return APR_SUCCESS;
}

/* Of `rounds` renderings, in nanoseconds each. */
static apr_time_t time_of(const page_set_t *set, const page_map_t *view, page_sink_t *sink, int rounds)
{
    output_t *output = sink->context;
    apr_pool_t *scratch;
    apr_time_t started;
    apr_time_t spent;

    assert_int_equal(apr_pool_create(&scratch, pool), APR_SUCCESS);
    started = apr_time_now();
    for (int i = 0; i < rounds; i++) {
        output->used = 0;
        assert_int_equal(page_render(set, 0, view, sink, scratch), APR_SUCCESS);
        apr_pool_clear(scratch);
    }
    spent = apr_time_now() - started;
    apr_pool_destroy(scratch);
    return spent * 1000 / rounds;
}

/* 30 fields with 10 values each, some escaped, some found only in the view around: about 12 kB. */
static void typical_page_takes_microseconds(void **state)
{
    enum { FIELDS, ID, LABEL, HINT, EXAMPLE, VALUE, ERROR, MODE, CITY, KEY_COUNT };
    static const char *const keys[] = {"fields", "id", "label", "hint", "example", "value", "error", "mode", "city"};
    const char *const template_names[] = {"form"};
    const span_t source = SPAN("{{#fields}}\n<div class=\"field field-required\">\n  <label class=\"field-label\" "
                               "for=\"{{id}}\">{{label}}</label>\n"
                               "{{#hint}}\n  <p class=\"field-hint\" id=\"{{id}}-hint\">{{hint}}</p>\n{{/hint}}\n"
                               "{{#error}}\n  <p class=\"field-error\">{{error}}</p>\n{{/error}}\n"
                               "  <input class=\"field-input\" type=\"text\" id=\"{{id}}\" name=\"{{id}}\" "
                               "inputmode=\"{{mode}}\" value=\"{{value}}\">\n"
                               "  <p class=\"field-example\">{{city}}：{{example}}</p>\n</div>\n{{/fields}}\n");
    const char *error = NULL;
    page_set_t *set;
    page_map_t *view = page_map(pool);
    page_list_t *fields = page_put_list(view, FIELDS);
    output_t output = output_of(1 << 15);
    page_sink_t sink = {copy, &output};
    apr_time_t best = APR_INT64_MAX;

    (void)state;
    assert_int_equal(page_set_compile(&set, template_names, &source, 1, keys, KEY_COUNT, &error, pool), APR_SUCCESS);
    page_put_text(view, CITY, SPAN("川崎市"));
    for (int i = 0; i < 30; i++) {
        page_map_t *field = page_list_add(fields);
        page_put_text(field, ID, SPAN("address-town"));
        page_put_text(field, LABEL, SPAN("住所（町名・丁目）"));
        page_put_text(field, HINT, SPAN("スペースを入れないでください。"));
        page_put_text(field, MODE, SPAN("text"));
        page_put_text(field, VALUE, SPAN("木月住吉町2-31 & <B>"));
        page_put_text(field, EXAMPLE, SPAN("旭町1-3"));
    }
    /* The best of many: other work on the machine only ever adds. */
    for (int i = 0; i < 100; i++) {
        apr_time_t spent = time_of(set, view, &sink, 100);
        if (spent < best) best = spent;
    }
    print_message("%lu bytes with 300 values: %ld ns\n", (unsigned long)output.used, (long)best);
    assert_in_range(output.used, 11000, 13000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(errors_tell_their_place, make_pool, test_pool_drop),
        cmocka_unit_test_setup_teardown(errors_in_partials_name_their_own_file, make_pool, test_pool_drop),
        cmocka_unit_test_setup_teardown(sections_may_nest_to_a_bound, make_pool, test_pool_drop),
        cmocka_unit_test_setup_teardown(escapes_what_html_needs, make_pool, test_pool_drop),
        cmocka_unit_test_setup_teardown(escapes_wherever_the_byte_stands, make_pool, test_pool_drop),
        cmocka_unit_test_setup_teardown(keys_do_not_meet, make_pool, test_pool_drop),
        cmocka_unit_test_setup_teardown(looks_up_from_the_inside_out, make_pool, test_pool_drop),
        cmocka_unit_test_setup_teardown(dotted_names_stay_in_what_they_found, make_pool, test_pool_drop),
        cmocka_unit_test_setup_teardown(sections_follow_truth, make_pool, test_pool_drop),
        cmocka_unit_test_setup_teardown(recursion_is_bounded, make_pool, test_pool_drop),
        cmocka_unit_test_setup_teardown(partials_are_put_in_place, make_pool, test_pool_drop),
        cmocka_unit_test_setup_teardown(text_is_lasting_and_values_are_not, make_pool, test_pool_drop),
        cmocka_unit_test_setup_teardown(sink_errors_end_rendering, make_pool, test_pool_drop),
        cmocka_unit_test_setup_teardown(big_texts_pass_whole, make_pool, test_pool_drop),
        cmocka_unit_test_setup_teardown(sets_may_be_empty, make_pool, test_pool_drop),
        cmocka_unit_test_setup_teardown(directories_are_loaded, make_pool, test_pool_drop),
        cmocka_unit_test_setup_teardown(typical_page_takes_microseconds, make_pool, test_pool_drop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
