/* SPDX-License-Identifier: Apache-2.0
 *
 * flow/statement: what is signed of a form, line by line; that what is read of the signed bytes is what was put in; and
 * that nothing else is read.
 */
#include "base/error.h"
#include "flow/statement.h"
#include "kiosk.h"
#include "test.h"

/* Every control, and options both with codes and with words alone. */
static const char rules_text[] = "choices part { option \"北部\"; option \"南部\"; option \"東部\"; source \"x\" }\n"
                                 "secret word { text any; length 1..9; source \"x\" }\n"
                                 "replace form jpki.edit ja \"すべて\" { for jpki; source \"x\"\n"
                                 "section one ja \"一\" { show account.name ja \"氏名\"\n"
                                 "field text ja \"文字\" { text any; length 1..100 }\n"
                                 "field prefecture ja \"県\" { select prefecture }\n"
                                 "show account.address ja \"住所\"\n"
                                 "field mail ja \"メール\" { select wish }\n"
                                 "field tick ja \"同意\" { checkbox ja \"同意します\" } }\n"
                                 "section two ja \"二\" { field services ja \"サービス\" { many service }\n"
                                 "field parts ja \"地区\" { many part }\n"
                                 "field again ja \"もう一度\" { text any; equals text; say equals ja \"違います\" }\n"
                                 "field word ja \"合言葉\" { secret word } } }\n"
                                 "replace form jpki.delete ja \"別\" { like jpki.edit; for jpki; source \"x\" }\n";

static kiosk_t kiosk;
static rules_t *other_rules;
static account_t account;
static record_pair_t fields[8];
static form_values_t values, got;
static manifest_line_t lines[MANIFEST_LINES_MAX];
static manifest_t manifest;

static int make(void **state)
{
    *state = &kiosk;
    if (!kiosk_make(&kiosk, rules_text)) return -1;
    other_rules = kiosk_rules(&kiosk, KIOSK_CITY_RULES, "");
    return 0;
}

static void put(const char *name, span_t value)
{
    const flow_request_t request = kiosk_request(&kiosk, "jpki.edit", "");
    const uint32_t index = rules_field_index(kiosk.rules, request.form, span_of(name));

    assert_int_not_equal(index, RULES_NONE);
    values.at[index] = value;
}

/* Before each test: an account, and a form filled in. */
static int set_up(void **state)
{
    (void)state;
    kiosk_reset(&kiosk);
    fields[0] = (record_pair_t){SPAN("address"), SPAN("神奈川県川崎市川崎区宮本町１番地")};
    fields[1] = (record_pair_t){SPAN("name"), SPAN("川崎　太郎")};
    account = (account_t){.id = 1,
                          .city = SPAN("kawasaki"),
                          .kind = SPAN("jpki"),
                          .identifier = SPAN("JP-7KQ4M2RD"),
                          .fields = fields,
                          .field_count = 2};
    for (uint32_t i = 0; i < RULES_FIELDS_MAX; i++) values.at[i] = SPAN("");
    put("text", SPAN("ひとこと"));
    put("prefecture", SPAN("神奈川県"));
    put("mail", SPAN("no"));
    put("tick", SPAN("yes"));
    put("services", SPAN("application juminhyo koseki"));
    put("parts", SPAN("北部 東部"));
    put("again", SPAN("ひとこと"));
    put("word", SPAN("secret"));
    return 0;
}

/* --- Making --- */

/* The manifest into `lines`, where a test may change it. */
static void make_statement(void)
{
    const flow_request_t request = kiosk_request(&kiosk, "jpki.edit", "");

    assert_int_equal(statement_make(&request, &account, values.at, &manifest), APR_SUCCESS);
    memcpy(lines, manifest.lines, (apr_size_t)manifest.count * sizeof *lines);
    manifest.lines = lines;
    manifest.origin = SPAN(KIOSK_ORIGIN);
    manifest.nonce = SPAN("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
    manifest.at = apr_time_from_sec(1795273200);
}

static apr_status_t read_as(const char *form, const rules_t *rules)
{
    flow_request_t request = kiosk_request(&kiosk, NULL, "");
    span_t bytes;

    request.rules = rules;
    request.form = rules_form(rules, span_of(form));
    memset(&got, 0xA5, sizeof got);
    assert_int_equal(manifest_encode(&bytes, &manifest, kiosk.pool), APR_SUCCESS);
    return statement_read(&request, &account, bytes, &got);
}

static apr_status_t read_back(void)
{
    return read_as("jpki.edit", kiosk.rules);
}

static span_t answer(const char *name)
{
    return got.at[rules_field_index(kiosk.rules, rules_form(kiosk.rules, SPAN("jpki.edit")), span_of(name))];
}

static void assert_line(int at, const char *name, const char *label, const char *value)
{
    assert_true(at < manifest.count);
    assert_string_equal(span_text(kiosk.pool, lines[at].name), name);
    assert_string_equal(span_text(kiosk.pool, lines[at].label), label);
    assert_string_equal(span_text(kiosk.pool, lines[at].value), value);
}

static void the_lines_are_those_of_the_page(void **state)
{
    (void)state;
    make_statement();
    assert_true(span_is(manifest.flow, "jpki.edit") && span_is(manifest.city, "kawasaki"));
    assert_true(span_is(manifest.account, "JP-7KQ4M2RD"));
    assert_int_equal(manifest.rules.size, 64);
    assert_line(0, "account.name", "氏名", "川崎　太郎");
    assert_line(1, "text", "文字", "ひとこと");
    assert_line(2, "prefecture", "県", "神奈川県");
    assert_line(3, "account.address", "住所", "神奈川県川崎市川崎区宮本町１番地");
    assert_line(4, "mail.no", "メール", "希望しない");
    assert_line(5, "tick.yes", "同意", "同意します");
    assert_line(6, "services.application", "サービス", "電子申請");
    assert_line(7, "services.juminhyo", "サービス", "住民票の写し");
    assert_line(8, "services.koseki", "サービス", "戸籍(全部・個人)事項証明書");
    assert_line(9, "parts", "地区", "北部");
    assert_line(10, "parts", "地区", "東部");
    assert_int_equal(manifest.count, 11); /* no repetition, no secret */
}

static void what_was_left_empty_has_its_line(void **state)
{
    static const char *const names[] = {"text", "prefecture", "mail", "tick", "services", "parts"};

    (void)state;
    for (apr_size_t i = 0; i < sizeof names / sizeof *names; i++) put(names[i], SPAN(""));
    make_statement();
    assert_int_equal(manifest.count, 8);
    assert_line(1, "text", "文字", "");
    assert_line(4, "mail", "メール", "");
    assert_line(5, "tick", "同意", "");
    assert_line(6, "services", "サービス", "");
    assert_int_equal(read_back(), APR_SUCCESS);
    for (apr_size_t i = 0; i < sizeof names / sizeof *names; i++) assert_int_equal(answer(names[i]).size, 0);
}

/* Only who registers signs the terms. */
static void the_terms_come_first(void **state)
{
    (void)state;
    account.applicant = true;
    fields[account.field_count++] = (record_pair_t){SPAN("terms-at"), SPAN("2026-11-22T09:24:34Z")};
    fields[account.field_count++] = (record_pair_t){SPAN("terms-version"), SPAN("2")};
    make_statement();
    assert_int_equal(manifest.count, 12);
    assert_true(span_is(lines[0].name, "account.terms") && span_is(lines[0].value, "2 2026-11-22T09:24:34Z"));
    assert_line(1, "account.name", "氏名", "川崎　太郎");
    assert_int_equal(read_back(), APR_SUCCESS);
    account.applicant = false;
    make_statement();
    assert_int_equal(manifest.count, 11);
}

static void a_sentence_is_a_statement(void **state)
{
    const flow_request_t request = kiosk_request(&kiosk, "jpki.edit", "");

    (void)state;
    assert_int_equal(statement_of_sentence(&request, SPAN("jpki.begin"), RULES_MESSAGE_CERT_OTHER,
                                           RULES_MESSAGE_CERT_OTHER_NAME, &manifest),
                     APR_SUCCESS);
    assert_int_equal(manifest.count, 1);
    assert_true(span_is(manifest.lines[0].name, "statement") && span_is(manifest.flow, "jpki.begin"));
    assert_int_equal(manifest.account.size, 0);
}

/* --- Reading --- */

static void assert_same_values(void)
{
    static const char *const names[] = {"text", "prefecture", "mail", "tick", "services", "parts"};
    const rules_form_t *form = rules_form(kiosk.rules, SPAN("jpki.edit"));

    for (apr_size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const span_t was = values.at[rules_field_index(kiosk.rules, form, span_of(names[i]))];
        if (!span_equal(answer(names[i]), was))
            fail_msg("%s: \"%s\" became \"%s\"", names[i], span_text(kiosk.pool, was),
                     span_text(kiosk.pool, answer(names[i])));
    }
    assert_int_equal(answer("again").size + answer("word").size, 0);
}

static void what_is_read_is_what_was_put_in(void **state)
{
    (void)state;
    make_statement();
    assert_int_equal(read_back(), APR_SUCCESS);
    assert_same_values();
}

static uint32_t next(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 16;
}

/* Characters that a manifest must escape, of all lengths in UTF-8, and some that look like its own signs. */
static span_t any_text(uint32_t *seed)
{
    static const char *const pieces[] = {"a", "\t", "\n", "\\", "\\n", "\r", ".", "あ", "é", "😀", "𠮟", " ", "yes"};
    char *text = apr_pstrdup(kiosk.pool, "");

    for (uint32_t size = next(seed) % 12; size > 0; size--)
        text = apr_pstrcat(kiosk.pool, text, pieces[next(seed) % (sizeof pieces / sizeof *pieces)], NULL);
    return span_of(text);
}

/* Some of them, in the order of the options. */
static span_t any_of(const char *const *codes, uint32_t count, uint32_t *seed)
{
    char *text = apr_pstrdup(kiosk.pool, "");

    for (uint32_t i = 0; i < count; i++)
        if (next(seed) % 2) text = apr_pstrcat(kiosk.pool, text, *text ? " " : "", codes[i], NULL);
    return span_of(text);
}

static void values_of_all_kinds_come_back(void **state)
{
    static const char *const services[] = {"application", "juminhyo", "juminhyo-kisai", "inkan",
                                           "kazei",       "koseki",   "fuhyo"};
    static const char *const parts[] = {"北部", "南部", "東部"};
    static const char *const mails[] = {"", "yes", "no"}, *const ticks[] = {"", "yes"},
                             *const prefectures[] = {"", "北海道", "神奈川県", "沖縄県"};
    uint32_t seed = 20261122;

    (void)state;
    for (int i = 0; i < 500; i++) {
        put("text", any_text(&seed));
        put("prefecture", span_of(prefectures[next(&seed) % 4]));
        put("mail", span_of(mails[next(&seed) % 3]));
        put("tick", span_of(ticks[next(&seed) % 2]));
        put("services", any_of(services, 7, &seed));
        put("parts", any_of(parts, 3, &seed));
        make_statement();
        assert_int_equal(read_back(), APR_SUCCESS);
        assert_same_values();
    }
}

/* --- What is no statement of ours --- */

static void another_statement_is_none_of_ours(void **state)
{
    (void)state;
    make_statement();
    assert_int_equal(read_as("jpki.delete", kiosk.rules), BASE_EMALFORMED);
    assert_int_equal(read_as("jpki.register", kiosk.rules), BASE_EMALFORMED);
    assert_int_equal(read_as("jpki.edit", other_rules), BASE_EMALFORMED);
    account.identifier = SPAN("JP-7KQ4M2RX");
    assert_int_equal(read_back(), BASE_EMALFORMED);
    account.identifier = SPAN("");
    assert_int_equal(read_back(), BASE_EMALFORMED);
    account.identifier = SPAN("JP-7KQ4M2RD");
    assert_int_equal(read_back(), APR_SUCCESS);
    manifest.city = SPAN("yokohama");
    assert_int_equal(read_back(), BASE_EMALFORMED);
    make_statement();
    manifest.rules = SPAN("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
    assert_int_equal(read_back(), BASE_EMALFORMED);
    make_statement();
    manifest.flow = SPAN("jpki.delete");
    assert_int_equal(read_back(), BASE_EMALFORMED);
}

static void remove_line(int at)
{
    memmove(lines + at, lines + at + 1, (apr_size_t)(manifest.count - at - 1) * sizeof *lines);
    manifest.count--;
}

static void insert_line(int at, manifest_line_t line)
{
    memmove(lines + at + 1, lines + at, (apr_size_t)(manifest.count - at) * sizeof *lines);
    lines[at] = line;
    manifest.count++;
}

static void assert_refused(const char *what, int at)
{
    if (read_back() != BASE_EMALFORMED) fail_msg("%s, line %d: it was read", what, at);
}

static void a_line_less_is_refused(void **state)
{
    (void)state;
    for (int at = 0; at < 6; at++) { /* with a service less it is another statement, not a wrong one */
        make_statement();
        remove_line(at);
        assert_refused("a line less", at);
    }
    make_statement();
    while (manifest.count > 9) remove_line(9);
    assert_refused("no line of a field", 9);
}

static void a_line_twice_is_refused(void **state)
{
    (void)state;
    for (int at = 0; at < 11; at++) {
        make_statement();
        insert_line(at, lines[at]);
        assert_refused("a line twice", at);
    }
}

static void lines_in_another_order_are_refused(void **state)
{
    (void)state;
    for (int at = 0; at < 10; at++) {
        make_statement();
        const manifest_line_t line = lines[at];
        remove_line(at);
        insert_line(at + 1, line);
        assert_refused("another order", at);
    }
}

static void lines_that_the_form_does_not_have_are_refused(void **state)
{
    static const manifest_line_t more[] = {{SPAN("unknown"), SPAN("文字"), SPAN("x")},
                                           {SPAN("again"), SPAN("もう一度"), SPAN("ひとこと")},
                                           {SPAN("word"), SPAN("合言葉"), SPAN("secret")},
                                           {SPAN("account.kana"), SPAN("カナ"), SPAN("カワサキ")},
                                           {SPAN("account.terms"), SPAN("規約"), SPAN("2 2026-11-22T09:24:34Z")},
                                           {SPAN("services.unknown"), SPAN("サービス"), SPAN("?")},
                                           {SPAN("services"), SPAN("サービス"), SPAN("")},
                                           {SPAN("statement"), SPAN("x"), SPAN("y")}};

    (void)state;
    for (apr_size_t i = 0; i < sizeof more / sizeof *more; i++) {
        for (int at = 0; at <= 11; at++) {
            make_statement();
            insert_line(at, more[i]);
            assert_refused(more[i].name.at, at);
        }
    }
}

static void options_that_there_are_not_are_refused(void **state)
{
    (void)state;
    make_statement();
    lines[2].value = SPAN("江戸");
    assert_refused("a word that is no option", 2);
    make_statement();
    lines[4].name = SPAN("mail.perhaps");
    assert_refused("a code that is no option", 4);
    make_statement();
    lines[6].name = SPAN("services.everything");
    assert_refused("a code that is no option", 6);
    make_statement();
    lines[1].name = SPAN("text.code");
    assert_refused("a code of a text", 1);
}

/* The label and the word are what was read by who signed. */
static void other_words_are_refused(void **state)
{
    (void)state;
    for (int at = 0; at < 11; at++) {
        make_statement();
        lines[at].label = SPAN("別のラベル");
        assert_refused("another label", at);
    }
    make_statement();
    lines[4].value = SPAN("希望する");
    assert_refused("no, with the word of yes", 4);
    make_statement();
    lines[0].value = SPAN("川崎　次郎");
    assert_refused("another's name", 0);
}

static void bytes_that_are_no_manifest_are_refused(void **state)
{
    const flow_request_t request = kiosk_request(&kiosk, "jpki.edit", "");
    span_t bytes;

    (void)state;
    put("parts", SPAN("東部")); /* one line: without it no field of this form has been answered */
    make_statement();
    assert_int_equal(manifest_encode(&bytes, &manifest, kiosk.pool), APR_SUCCESS);
    assert_int_equal(statement_read(&request, &account, SPAN(""), &got), BASE_EMALFORMED);
    for (apr_size_t size = 0; size < bytes.size; size++)
        if (statement_read(&request, &account, (span_t){bytes.at, size}, &got) != BASE_EMALFORMED)
            fail_msg("the first %d bytes were read", (int)size);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(the_lines_are_those_of_the_page, set_up),
        cmocka_unit_test_setup(what_was_left_empty_has_its_line, set_up),
        cmocka_unit_test_setup(the_terms_come_first, set_up),
        cmocka_unit_test_setup(a_sentence_is_a_statement, set_up),
        cmocka_unit_test_setup(what_is_read_is_what_was_put_in, set_up),
        cmocka_unit_test_setup(values_of_all_kinds_come_back, set_up),
        cmocka_unit_test_setup(another_statement_is_none_of_ours, set_up),
        cmocka_unit_test_setup(a_line_less_is_refused, set_up),
        cmocka_unit_test_setup(a_line_twice_is_refused, set_up),
        cmocka_unit_test_setup(lines_in_another_order_are_refused, set_up),
        cmocka_unit_test_setup(lines_that_the_form_does_not_have_are_refused, set_up),
        cmocka_unit_test_setup(options_that_there_are_not_are_refused, set_up),
        cmocka_unit_test_setup(other_words_are_refused, set_up),
        cmocka_unit_test_setup(bytes_that_are_no_manifest_are_refused, set_up),
    };
    return cmocka_run_group_tests_name("flow: statement", tests, make, kiosk_tear_down);
}
