/* SPDX-License-Identifier: Apache-2.0
 *
 * Evaluating: every check at its edges, what is reported where several fail, secrets, and what no browser sends.
 */
#include "test_rules_fixture.h"

#include <stdio.h>

static const char rules_text[] =
    "choices colour { option red ja \"赤\"; option blue ja \"青\"; option green ja \"緑\"; source \"x\" }\n"
    "secret pin { text password; length 4..6; not in \"LIST\"; source \"x\" }\n"
    "form card.edit ja \"試験\" { for card; source \"x\"; section one ja \"一\" {\n"
    "field name ja \"名\" { text any; required; length 2..4 }\n"
    "field code ja \"番\" { text any; pattern \"[0-9]+|あ(い)?\" }\n"
    "field slow ja \"遅\" { text any; pattern \"(a|aa)+(a|aa)+(a|aa)+b\" }\n"
    "field tick ja \"印\" { checkbox ja \"はい\" }\n"
    "field pick ja \"選\" { select colour }\n"
    "field some ja \"多\" { many colour }\n"
    "field when ja \"時\" { text any; required when (tick = yes and pick != red) or some = blue and not account.town = "
    "\"本町\"; say required when ja \"今は{label}も。\" }\n"
    "field mail ja \"宛\" { text email }\n"
    "field mail-again ja \"宛二\" { text email; equals mail }\n"
    "field now ja \"今の\" { secret }\n"
    "field next ja \"次の\" { secret pin; differs now }\n"
    "field next-again ja \"次の二\" { secret; equals next }\n"
    "all-or-none now, next, next-again\n"
    "} }\n";

typedef struct {
    apr_pool_t *pool;
    rules_t *rules;
    const rules_form_t *form;
    span_t typed[RULES_FIELDS_MAX];
    span_t facts[RULES_FACT_COUNT];
    rules_verdict_t verdict;
    int logged;
    char line[200];
    log_port_t log;
} city_t;

static city_t city;

static void keep_line(const log_port_t *port, log_level_t level, apr_status_t status, const char *tag, const char *line)
{
    city_t *owner = port->context;
    (void)level;
    (void)status;
    owner->logged++;
    snprintf(owner->line, sizeof owner->line, "%s %s", tag, line);
}

/* The list's path must be absolute: the rules stand in a temporary file. */
static const char *with_list(apr_pool_t *pool)
{
    char *root;
    assert_int_equal(apr_filepath_get(&root, 0, pool), APR_SUCCESS);
    const char *place = strstr(rules_text, "LIST");
    return apr_pstrcat(pool, apr_pstrmemdup(pool, rules_text, (apr_size_t)(place - rules_text)), root,
                       "/rules/common-passwords.txt", place + 4, NULL);
}

static int begin(void **state)
{
    if (test_pool_make(state)) return -1;
    city.pool = *state;
    city.rules = fixture_open(with_list(city.pool), city.pool);
    city.form = rules_form(city.rules, SPAN("card.edit"));
    city.log = (log_port_t){keep_line, &city};
    return 0;
}

/* Before each test: everything empty but the one required field. */
static int clear(void **state)
{
    (void)state;
    memset(city.typed, 0, sizeof city.typed);
    memset(city.facts, 0, sizeof city.facts);
    city.logged = 0;
    city.typed[0] = SPAN("川崎");
    return 0;
}

static uint32_t index_of(const char *field)
{
    uint32_t index = rules_field_index(city.rules, city.form, span_of(field));
    assert_int_not_equal(index, RULES_NONE);
    return index;
}

static void type_bytes(const char *field, span_t value)
{
    city.typed[index_of(field)] = value;
}

static void type(const char *field, const char *value)
{
    type_bytes(field, span_of(value));
}

static void evaluate(void)
{
    rules_eval(city.rules, city.form, city.typed, city.facts, &city.verdict, &city.log, city.pool);
}

/* All that is found, as "name/required code/pattern". */
static void assert_found(const char *rules)
{
    const char *found = "";
    evaluate();
    for (uint32_t i = 0; i < city.verdict.finding_count; i++) {
        const rules_finding_t *finding = &city.verdict.findings[i];
        const char *rule = span_text(city.pool, finding->rule) + strlen("card.edit/");
        found = apr_pstrcat(city.pool, found, i ? " " : "", rule, NULL);
        span_t name = rules_span(city.rules, rules_field(city.rules, city.form, finding->field)->name);
        assert_memory_equal(rule, name.at, name.size);
    }
    assert_string_equal(found, rules);
}

static void assert_value(const char *field, const char *value)
{
    assert_span(city.verdict.values[index_of(field)], value);
}

/* --- One field by itself ----------------------------------------------------------------------------------------- */

static void required(void **state)
{
    (void)state;
    assert_found("");
    type("name", "");
    assert_found("name/required");
    assert_span(city.verdict.findings[0].message, "名を入力してください。");
    type("name", " 　 ");
    assert_found("name/required");
}

static void lengths_count_characters(void **state)
{
    (void)state;
    type("name", "川");
    assert_found("name/min");
    assert_span(city.verdict.findings[0].message, "名は2文字以上で入力してください。");
    type("name", "川崎太郎");
    assert_found("");
    type("name", "川崎太郎君");
    assert_found("name/max");
    type("name", "がぎぐげ");
    assert_found("");
    type("name", "abcde");
    assert_found("name/max");
}

static void values_are_normalised(void **state)
{
    (void)state;
    type("name", " 川崎 ");
    type("mail", "ｔａｒｏ＠ｅｘａｍｐｌｅ．ｊｐ");
    type("mail-again", "taro@example.jp");
    assert_found("");
    assert_value("name", "川崎");
    assert_value("mail", "taro@example.jp");
}

static void unchanged_values_are_not_copied(void **state)
{
    (void)state;
    type("some", "red green");
    type("mail", "taro@example.jp");
    type("mail-again", "taro@example.jp");
    evaluate();
    assert_ptr_equal(city.verdict.values[0].at, city.typed[0].at);
    assert_ptr_equal(city.verdict.values[index_of("some")].at, city.typed[index_of("some")].at);
    assert_ptr_equal(city.verdict.values[index_of("mail")].at, city.typed[index_of("mail")].at);
}

static void patterns_match_the_whole(void **state)
{
    (void)state;
    type("code", "123");
    assert_found("");
    type("code", "あ");
    assert_found("");
    type("code", "あい");
    assert_found("");
    type("code", "123あ");
    assert_found("code/pattern");
    type("code", "x123");
    assert_found("code/pattern");
    type_bytes("code", SPAN("123\n"));
    assert_found("code/text");
}

static void a_pattern_without_end_is_refused(void **state)
{
    (void)state;
    type("slow", "aaab");
    assert_found("");
    assert_int_equal(city.logged, 0);
    type("slow", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaabb");
    assert_found("slow/pattern");
    assert_int_equal(city.logged, 1);
    assert_string_equal(city.line, "KW-EVAL-001 card.edit/slow/pattern: the pattern took too many steps; refused");
}

static void choices(void **state)
{
    (void)state;
    type("tick", "yes");
    type("pick", "red");
    assert_found("");
    type("tick", "on");
    type("pick", "yellow");
    assert_found("tick/choice pick/choice");
    type("tick", "yes ");
    type("pick", "re");
    assert_found("tick/choice pick/choice");
}

static void many(void **state)
{
    (void)state;
    type("some", "green red");
    assert_found("");
    assert_value("some", "red green");
    type("some", "  green   blue ");
    type("when", "x");
    assert_found("");
    assert_value("some", "blue green");
    type("some", "red red");
    assert_found("some/choice");
    assert_value("some", "red red");
    type("some", "red yellow");
    assert_found("some/choice");
    type("some", "   ");
    assert_found("");
    assert_value("some", "");
    assert_true(rules_many_has(SPAN("red green"), SPAN("green")));
    assert_false(rules_many_has(SPAN("red green"), SPAN("gree")));
    assert_false(rules_many_has(SPAN(""), SPAN("green")));
}

static void what_is_no_text(void **state)
{
    static const span_t bytes[] = {SPAN("\x80"),         SPAN("a\xc0\x80"),        SPAN("a\0b"),
                                   SPAN("\xed\xa0\x80"), SPAN("\xf4\x90\x80\x80"), SPAN("a\tb"),
                                   SPAN("\xe3\x81"),     SPAN("a\x1b[0m"),         SPAN("\xef\xbf\xbf")};
    (void)state;
    for (apr_size_t i = 0; i < sizeof bytes / sizeof bytes[0]; i++) {
        for (uint32_t field = 0; field < city.form->field_count; field++) city.typed[field] = bytes[i];
        evaluate();
        for (uint32_t field = 0; field < city.form->field_count; field++) {
            assert_true(span_equal(city.verdict.values[field], bytes[i]));
        }
        /* All but those that repeat another, which is wrong already and says so: they are clean by themselves or not.
         */
        assert_int_equal(city.verdict.finding_count, city.form->field_count);
        assert_span(city.verdict.findings[0].rule, "card.edit/name/text");
    }
}

/* --- Conditions -------------------------------------------------------------------------------------------------- */

static void required_when(void **state)
{
    static const struct {
        const char *tick, *pick, *some, *town;
        bool required;
    } rows[] = {
        {"", "", "", "", false},         {"yes", "", "", "", true},         {"yes", "red", "", "", false},
        {"yes", "blue", "", "", true},   {"", "blue", "", "", false},       {"", "", "blue", "", true},
        {"", "", "green", "", false},    {"", "", "green blue", "", true},  {"", "", "blue", "本町", false},
        {"", "", "blue", "本町1", true}, {"yes", "", "blue", "本町", true}, {"yes", "red", "blue", "", true},
    };
    (void)state;
    for (apr_size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        type("tick", rows[i].tick);
        type("pick", rows[i].pick);
        type("some", rows[i].some);
        city.facts[RULES_FACT_ACCOUNT_TOWN] = span_of(rows[i].town);
        type("when", "");
        assert_found(rows[i].required ? "when/required-when" : "");
        if (rows[i].required) assert_span(city.verdict.findings[0].message, "今は時も。");
        type("when", "x");
        assert_found("");
    }
}

static void without_facts(void **state)
{
    (void)state;
    type("some", "blue");
    rules_eval(city.rules, city.form, city.typed, NULL, &city.verdict, NULL, city.pool);
    assert_int_equal(city.verdict.finding_count, 1);
}

/* --- Fields beside each other ------------------------------------------------------------------------------------ */

static void equals(void **state)
{
    (void)state;
    type("mail", "taro@example.jp");
    assert_found("mail-again/equals");
    assert_span(city.verdict.findings[0].message, "宛二が「宛」と違っています。同じ内容を入力してください。");
    type("mail", "");
    type("mail-again", "taro@example.jp");
    assert_found("mail-again/equals");
    type("mail", "hanako@example.jp");
    assert_found("mail-again/equals");
    /* While the first is wrong itself, that is enough. */
    type("mail", "hanako@");
    assert_found("mail/text");
}

static void all_or_none(void **state)
{
    (void)state;
    type("next", "s3cret");
    assert_found("now/all-or-none next-again/all-or-none");
    assert_span(city.verdict.findings[0].message,
                "今のを入力してください。変更するときは、今の、次の、次の二のすべてが必要です。");
    type("next-again", "s3cret");
    assert_found("now/all-or-none");
    type("now", "0ldone");
    assert_found("");
    type("next", "");
    type("next-again", "");
    assert_found("next/all-or-none next-again/all-or-none");
}

static void secrets(void **state)
{
    (void)state;
    type("now", "old secret, 全角も");
    type("next", "abc");
    type("next-again", "abc");
    assert_found("next/min");
    type("next", "abcdefg");
    assert_found("next/max");
    type("next", "ab-cd");
    assert_found("next/text");
    type("next", "qWeRtY");
    type("next-again", "qWeRtY");
    assert_found("next/not-in");
    type("next", "s3cret");
    type("next-again", "s3creT");
    assert_found("next-again/equals");
    type("now", "s3cret");
    type("next-again", "s3cret");
    assert_found("next/differs");
    type("now", "S3cret");
    assert_found("");
}

/* Blanks in a secret count, and its value is the place it was typed in: nowhere else. */
static void secrets_are_not_touched(void **state)
{
    char *long_one = apr_palloc(*state, 257);
    (void)state;
    memset(long_one, 'x', 257);
    type("now", "  ");
    type("next", "s3cret");
    type("next-again", "s3cret");
    assert_found("");
    for (uint32_t i = index_of("now"); i <= index_of("next-again"); i++) {
        assert_ptr_equal(city.verdict.values[i].at, city.typed[i].at);
        assert_int_equal(city.verdict.values[i].size, city.typed[i].size);
    }
    type_bytes("now", (span_t){long_one, 256});
    assert_found("");
    type_bytes("now", (span_t){long_one, 257});
    assert_found("now/text");
    type("next", "ｓ３ｃｒｅｔ");
    type("next-again", "ｓ３ｃｒｅｔ");
    type("now", "x");
    assert_found("next/text");
    assert_ptr_equal(city.verdict.values[index_of("next")].at, city.typed[index_of("next")].at);
}

static void all_fields_report(void **state)
{
    (void)state;
    type("name", "");
    type("code", "x");
    type("tick", "x");
    type("pick", "x");
    type("some", "x");
    type("mail", "x");
    type("mail-again", "y");
    type("next", "x");
    assert_found("name/required code/pattern tick/choice pick/choice some/choice mail/text mail-again/text "
                 "now/all-or-none next/min next-again/all-or-none");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, clear)
    const struct CMUnitTest tests[] = {
        TEST(required),
        TEST(lengths_count_characters),
        TEST(values_are_normalised),
        TEST(unchanged_values_are_not_copied),
        TEST(patterns_match_the_whole),
        TEST(a_pattern_without_end_is_refused),
        TEST(choices),
        TEST(many),
        TEST(what_is_no_text),
        TEST(required_when),
        TEST(without_facts),
        TEST(equals),
        TEST(all_or_none),
        TEST(secrets),
        TEST(secrets_are_not_touched),
        TEST(all_fields_report),
    };
    return cmocka_run_group_tests_name("rules: eval", tests, begin, test_pool_drop);
}
