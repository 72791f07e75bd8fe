/* SPDX-License-Identifier: Apache-2.0
 *
 * Compiling: the edges of the text (lines, columns, encodings, braces), files that include files, two declarations of a
 * name, and the same bytes for the same rules. What each mistake is called: test/cases/bad-rules.
 */
#include "test_rules_fixture.h"

#define FORM(fields)                                                                                                   \
    "form card.edit ja \"試験\" { for card; source \"test\"; section one ja \"一\" {\n" fields "\n} }\n"

static void compiles_the_city(void **state)
{
    rules_compiled_t compiled;
    rules_t *rules;
    const char *why;
    assert_int_equal(rules_compile(&compiled, "rules/kawasaki.rules", *state), APR_SUCCESS);
    assert_int_equal(compiled.mistakes->nelts, 0);
    assert_int_equal(compiled.files->nelts, 8);
    assert_string_equal(APR_ARRAY_IDX(compiled.files, 1, const char *), "rules/messages-ja.rules");
    assert_string_equal(APR_ARRAY_IDX(compiled.files, 2, const char *), "rules/counter.rules");
    assert_string_equal(APR_ARRAY_IDX(compiled.files, 7, const char *), "rules/common-passwords.txt");

    assert_int_equal(rules_open(&rules, compiled.image, &why, *state), APR_SUCCESS);
    assert_span(rules_span(rules, rules_city(rules)->id), "kawasaki");
    assert_int_equal(rules_city(rules)->idle, 1800);
    assert_int_equal(rules_city(rules)->draft, 3 * 86400);
    const rules_form_t *form = rules_form(rules, SPAN("card.edit"));
    assert_non_null(form);
    assert_null(rules_form(rules, SPAN("card.edit2")));
    assert_null(rules_form(rules, SPAN("card.edi")));
    assert_int_equal(form->kind, 0);
    assert_span(rules_span(rules, form->source), "000 2.3.1");
    assert_int_equal(rules_field_index(rules, form, SPAN("kana")), 0);
    assert_int_equal(rules_field_index(rules, form, SPAN("kan")), RULES_NONE);
    assert_int_equal(rules_form(rules, SPAN("card.login"))->kind, RULES_NONE);
    assert_int_equal(rules_kind(rules, SPAN("card"))->level, 2);
    assert_span(rules_message(rules, RULES_MESSAGE_LOGGED_OUT), "ログアウトしました。");
}

static void marks_and_words_of_fields(void **state)
{
    rules_t *rules = fixture_open(FORM("field a ja \"あ\" { text any; required; length 2..9 }\n"
                                       "field b ja \"い\" { text any; equals a }\n"
                                       "field c ja \"う\" { checkbox ja \"はい\"; required }\n"
                                       "field d ja \"え\" { text any; required when c = yes }\n"),
                                  *state);
    const rules_form_t *form = rules_form(rules, SPAN("card.edit"));
    assert_int_equal(rules_field(rules, form, 0)->flags, RULES_REQUIRED);
    assert_int_equal(rules_field(rules, form, 0)->max, 9);
    assert_int_equal(rules_field(rules, form, 1)->flags, RULES_NOT_STORED);
    assert_int_equal(rules_field(rules, form, 1)->max, 255);
    assert_int_equal(rules_field(rules, form, 3)->flags, RULES_REQUIRED_WHEN);
    const rules_check_t *check = rules_entry(rules, RULES_CHECKS, rules_field(rules, form, 2)->first_check);
    assert_span(rules_span(rules, check->rule), "card.edit/c/required");
    assert_span(rules_say(rules, &check->say), "うを選んでください。");
    check = rules_entry(rules, RULES_CHECKS, rules_field(rules, form, 3)->first_check);
    assert_span(rules_span(rules, check->rule), "card.edit/d/required-when");
}

static void same_rules_same_bytes(void **state)
{
    rules_compiled_t one, other;
    apr_pool_t *pool;
    assert_int_equal(apr_pool_create(&pool, *state), APR_SUCCESS);
    assert_int_equal(rules_compile(&one, "rules/kawasaki.rules", *state), APR_SUCCESS);
    assert_int_equal(rules_compile(&other, "rules/../rules/kawasaki.rules", pool), APR_SUCCESS);
    assert_int_equal(one.image.size, other.image.size);
    assert_memory_equal(one.image.at, other.image.at, one.image.size);
    assert_int_equal((uintptr_t)one.image.at & 7, 0);
}

static void order_of_declarations_is_nothing(void **state)
{
    rules_compiled_t one, other;
    const char *a = "kind a { word ja \"A\"; level 1; source \"test\" }\n";
    const char *b = "kind b { word ja \"B\"; level 1; source \"test\" }\n";
    const char *form = FORM("field a ja \"あ\" { text any }");
    assert_int_equal(fixture_compile(&one, apr_pstrcat(*state, a, b, form, NULL), *state), APR_SUCCESS);
    assert_int_equal(fixture_compile(&other, apr_pstrcat(*state, form, b, a, NULL), *state), APR_SUCCESS);
    assert_int_equal(one.image.size, other.image.size);
    assert_memory_equal(one.image.at, other.image.at, one.image.size);
}

/* A byte order mark, CRLF, tabs, no newline at the end: all as if they were not. */
static void files_from_other_systems(void **state)
{
    rules_compiled_t compiled;
    char *root;
    assert_int_equal(apr_filepath_get(&root, 0, *state), APR_SUCCESS);
    const char *text =
        apr_pstrcat(*state, "\xef\xbb\xbfinclude \"", root,
                    "/" BASE_RULES "\"\r\n\tkind id {\r\n\tword ja \"ID\"\r\n\tlevel 1\r\n\tsource \"x\"}", NULL);
    assert_int_equal(fixture_compile_bytes(&compiled, span_of(text), *state), APR_SUCCESS);
}

static void columns_count_characters(void **state)
{
    rules_compiled_t compiled;
    assert_int_equal(fixture_compile(&compiled, "kind id { word ja \"漢字かな\"; levle 1; source \"x\" }", *state),
                     BASE_EMALFORMED);
    assert_int_equal(compiled.mistakes->nelts, 1);
    assert_string_equal(fixture_mistake(&compiled, 0, *state), "2:27: unknown word 'levle' (did you mean 'level'?)");
    assert_int_equal(compiled.image.size, 0);
}

static void long_facts_go_on(void **state)
{
    fixture_open(
        FORM("field a ja\n  \"あ\"\n{\n  text any\n  required when b =\n    yes and\n    (\n not c = yes )\n}\n"
             "field b ja \"い\" { checkbox ja \"はい\" }\n"
             "field c ja \"う\" { checkbox ja\n\"はい\" }\nall-or-none a,\n\n  # and\n  b"),
        *state);
}

static void escapes_in_strings(void **state)
{
    rules_t *rules = fixture_open(FORM("field a ja \"a\\\"b\\\\c\" { text any }"), *state);
    assert_span(rules_say(rules, &rules_field(rules, rules_form(rules, SPAN("card.edit")), 0)->label), "a\"b\\c");
}

static void replace_takes_the_place(void **state)
{
    rules_t *rules = fixture_open("replace kind card { word ja \"別\"; level 3; source \"x\" }\n"
                                  "replace messages { source \"x\"; say saved ja \"保存。\" }\n",
                                  *state);
    assert_int_equal(rules_count(rules, RULES_KINDS), 1);
    assert_int_equal(rules_kind(rules, SPAN("card"))->level, 3);
    assert_span(rules_message(rules, RULES_MESSAGE_SAVED), "保存。");
    assert_span(rules_message(rules, RULES_MESSAGE_LOGGED_OUT), "ログアウトしました。");
}

static void notices_are_in_japans_time(void **state)
{
    rules_t *rules =
        fixture_open("notice a { from 1970-01-01 09:00; until 2028-02-29 23:59; say ja \"あ\"; source \"x\" }", *state);
    const rules_notice_t *notice = rules_entry(rules, RULES_NOTICES, 0);
    assert_int_equal(notice->from, 0);
    assert_int_equal(notice->until, 1835449140);
}

static void a_file_is_read_once(void **state)
{
    rules_compiled_t compiled;
    char *root;
    assert_int_equal(apr_filepath_get(&root, 0, *state), APR_SUCCESS);
    const char *again = apr_pstrcat(*state, "include \"", root, "/test/../" BASE_RULES "\"\n", NULL);
    assert_int_equal(fixture_compile(&compiled, again, *state), APR_SUCCESS);
}

static void what_is_no_file(void **state)
{
    rules_compiled_t compiled;
    assert_int_equal(rules_compile(&compiled, "rules", *state), BASE_EMALFORMED);
    assert_int_equal(compiled.mistakes->nelts, 1);
    assert_int_equal(rules_compile(&compiled, "rules/none.rules", *state), BASE_EMALFORMED);
    assert_int_equal(compiled.files->nelts, 1);
    char *large = apr_palloc(*state, 1024 * 1024 + 1);
    memset(large, '\n', 1024 * 1024 + 1);
    assert_int_equal(fixture_compile_bytes(&compiled, (span_t){large, 1024 * 1024 + 1}, *state), BASE_EMALFORMED);
    assert_non_null(strstr(fixture_mistake(&compiled, 0, *state), "1:1: can't read"));
}

/* Every beginning of a rule file, and the file with every single byte gone wrong: never a crash, and never an image
 * that can't be opened. The sanitizers watch. */
static void no_text_breaks_the_compiler(void **state)
{
    static const char text[] =
        "kind a { word ja \"A\"; level 1; source \"t\", \"u\" }\n"
        "limit password { count account 3 in 1 hour lock 1 hour, until counter\n count address 9 in 1 day lock 1 day\n"
        "say locked ja \"{until}\"; say locked-counter ja \"c\"\n say busy ja \"b\"; source \"t\" }\n"
        "lockout re-registration { lasts 2 days; binds person; say ja \"{until}\"; source \"t\" }\n"
        "certificate registry ja \"法\" { open to log-in, sign\n revocation by list; fresh for 2 days\n"
        "when unknown accept; source \"t\" }\n"
        "kind k { word ja \"K\"; level 3; signs with registry; logs in with registry; source \"t\" }\n"
        "choices p { empty ja \"e\"; option \"県\"; source \"t\" }\n"
        "terms { version \"1\"; heading ja \"h\"; say ja \"t\"; source \"t\" }\n"
        "refuse delete r { while received, examined; say ja \"{count}\"; source \"t\" }\n"
        "retain evidence { for 3653 days after delete; source \"t\" }\n"
        "form jpki.edit ja \"x\" { like card.edit; for k; source \"t\"\nsection p ja \"p\" {\n"
        "field z ja \"z\" { text post-code }\nfield p ja \"p\" { select p; preset \"県\" }\n"
        "field q ja \"q\" { text any }\nfield r ja \"r\" { text any }\nfield t ja \"t\" { text any }\n"
        "address p, q, r, t, f\n say address ja \"d\"; post-code z } }\n"
        "form card.edit ja \"x\" { for a; source \"t\"\nsection s ja \"s\" {\n note ja \"n\"\n"
        "show account.name ja \"名\" as date\nfield f ja \"f\" {\n text any; pattern \"[a-z]+\"\n"
        "required when g = yes and (not account.kind != a)\n say min ja \"{label}{min}\"\n"
        "length 2..3 }\nfield g ja \"g\" { checkbox ja \"はい\" }\nall-or-none f, g } }\n";
    static const char bytes[] = "\"{}\\ \n\x80,;=(#0a.";
    rules_compiled_t compiled;
    rules_t *rules;
    const char *why;
    assert_int_equal(fixture_compile(&compiled, text, *state), APR_SUCCESS);
    for (apr_size_t i = 0; i < sizeof text - 1; i += test_step()) {
        apr_pool_t *pool;
        assert_int_equal(apr_pool_create(&pool, *state), APR_SUCCESS);
        char *wrong = apr_pstrmemdup(pool, text, sizeof text - 1);
        wrong[i] = bytes[i % (sizeof bytes - 1)];
        if (fixture_compile(&compiled, wrong, pool) == APR_SUCCESS) {
            assert_int_equal(rules_open(&rules, compiled.image, &why, pool), APR_SUCCESS);
        } else {
            assert_true(compiled.mistakes->nelts > 0);
        }
        assert_true(fixture_compile(&compiled, apr_pstrmemdup(pool, text, i), pool) == APR_SUCCESS ||
                    compiled.mistakes->nelts > 0);
        apr_pool_destroy(pool);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(compiles_the_city),
        cmocka_unit_test(marks_and_words_of_fields),
        cmocka_unit_test(same_rules_same_bytes),
        cmocka_unit_test(order_of_declarations_is_nothing),
        cmocka_unit_test(files_from_other_systems),
        cmocka_unit_test(columns_count_characters),
        cmocka_unit_test(long_facts_go_on),
        cmocka_unit_test(escapes_in_strings),
        cmocka_unit_test(replace_takes_the_place),
        cmocka_unit_test(notices_are_in_japans_time),
        cmocka_unit_test(a_file_is_read_once),
        cmocka_unit_test(what_is_no_file),
        cmocka_unit_test(no_text_breaks_the_compiler),
    };
    return cmocka_run_group_tests_name("rules: compile", tests, test_pool_make, test_pool_drop);
}
