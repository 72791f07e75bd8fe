/* SPDX-License-Identifier: Apache-2.0
 *
 * Accounts by certificate as compiled: kinds, terms, refusals, retentions, lockouts, choices in quotes; and what
 * Kawasaki's own forms ask for. What mistakes are called: test/cases/bad-rules.
 */
#include "test_rules_fixture.h"

static void assert_kind(const rules_t *rules, const char *name, const char *signs_with, const char *logs_in_with)
{
    const rules_kind_t *kind = rules_kind(rules, span_of(name));
    assert_non_null(kind);
    assert_span(rules_span(rules, kind->signs_with), signs_with);
    assert_span(rules_span(rules, kind->logs_in_with), logs_in_with);
}

static void kinds_name_their_certificates(void **state)
{
    rules_t *rules = fixture_open_city(*state);
    assert_kind(rules, "jpki", "jpki-signing", "jpki-authentication");
    assert_kind(rules, "corporate", "registry", "registry");
    assert_kind(rules, "card", "", "");
    assert_int_equal(rules_kind(rules, SPAN("jpki"))->level, 3);
}

static void terms_keep_their_order(void **state)
{
    rules_t *rules = fixture_open("terms { say ja \"前\"; heading ja \"一\"; say ja \"甲\"; say ja \"乙\"\n"
                                  "heading ja \"二\"; say ja \"丙\"; version \"v 1\"; source \"x\" }\n",
                                  *state);
    static const char *const expected[][2] = {{"", "前"}, {"一", "甲"}, {"", "乙"}, {"二", "丙"}};
    const rules_terms_t *terms = rules_terms(rules);
    assert_non_null(terms);
    assert_span(rules_span(rules, terms->version), "v 1");
    assert_span(rules_span(rules, terms->source), "x");
    assert_int_equal(terms->article_count, 4);
    for (uint32_t i = 0; i < 4; i++) {
        const rules_article_t *article = rules_article(rules, terms, i);
        assert_span(rules_say(rules, &article->heading), expected[i][0]);
        assert_span(rules_say(rules, &article->text), expected[i][1]);
    }
}

static void what_is_not_said_is_not_there(void **state)
{
    rules_t *rules = fixture_open("lockout re-registration { lasts 1 day; say ja \"{until}\"; source \"x\" }", *state);
    assert_null(rules_terms(rules));
    assert_null(rules_retention(rules, SPAN("evidence")));
    assert_int_equal(rules_count(rules, RULES_REFUSALS), 0);
    assert_int_equal(rules_lockout(rules, SPAN("re-registration"))->binds, RULES_BINDS_CERTIFICATE);
    assert_kind(rules, "card", "", "");
}

static void a_city_replaces_the_terms(void **state)
{
    rules_t *rules = fixture_open("terms { version \"1\"; say ja \"甲\"; say ja \"乙\"; source \"x\" }\n"
                                  "replace terms { version \"2\"; say ja \"丙\"; source \"x\" }\n",
                                  *state);
    assert_int_equal(rules_count(rules, RULES_TERMS), 1);
    assert_int_equal(rules_count(rules, RULES_ARTICLES), 1);
    assert_span(rules_span(rules, rules_terms(rules)->version), "2");
}

static void refusals_are_a_table(void **state)
{
    rules_t *rules =
        fixture_open("refuse delete z { while examined; say ja \"無\"; source \"x\" }\n"
                     "refuse delete a { while examination, received; say ja \"{count}件\"; source \"y\", \"z\" }\n",
                     *state);
    assert_int_equal(rules_count(rules, RULES_REFUSALS), 2);
    const rules_refusal_t *a = rules_entry(rules, RULES_REFUSALS, 0), *z = rules_entry(rules, RULES_REFUSALS, 1);
    assert_int_equal(a->act, RULES_ACT_DELETE);
    assert_int_equal(a->states, RULES_STATE_RECEIVED | RULES_STATE_EXAMINATION);
    assert_int_equal(z->states, RULES_STATE_EXAMINED);
    assert_span(rules_span(rules, a->rule), "refuse-delete/a");
    assert_span(rules_span(rules, a->source), "y, z");
    const record_pair_t count[] = {{SPAN("count"), SPAN("3")}};
    assert_span(rules_fill(rules_say(rules, &a->say), count, 1, *state), "3件");
}

static void durations_reach_a_hundred_years(void **state)
{
    rules_t *rules =
        fixture_open("retain evidence { for 36500 days after delete; source \"x\" }\n"
                     "lockout re-registration { lasts 36500 days; binds person; say ja \"{until}\"; source \"x\" }\n",
                     *state);
    assert_int_equal(rules_retention(rules, SPAN("evidence"))->lasts, 36500u * 86400u);
    assert_int_equal(rules_lockout(rules, SPAN("re-registration"))->lasts, 36500u * 86400u);
    assert_int_equal(rules_lockout(rules, SPAN("re-registration"))->binds, RULES_BINDS_PERSON);
    assert_null(rules_retention(rules, SPAN("evidenc")));
}

static void codes_may_be_any_word(void **state)
{
    rules_t *rules =
        fixture_open("choices p { empty ja \"選択\"; option \"京都府\"; option b ja \"別\"; source \"x\" }\n"
                     "form card.edit ja \"一\" { source \"x\"; section s ja \"一\" {\n"
                     "field p ja \"県\" { select p; required; preset \"京都府\" } } }\n",
                     *state);
    const rules_choices_t *choices = rules_entry(rules, RULES_CHOICES, 0);
    const rules_option_t *option = rules_option(rules, choices, 0);
    const rules_form_t *form = rules_form(rules, SPAN("card.edit"));
    rules_verdict_t verdict;
    assert_int_equal(choices->option_count, 2);
    assert_span(rules_say(rules, &choices->empty), "選択");
    assert_span(rules_span(rules, option->code), "京都府");
    assert_span(rules_say(rules, &option->word), "京都府");
    assert_span(rules_span(rules, rules_field(rules, form, 0)->preset), "京都府");
    const span_t typed[] = {SPAN("京都府"), SPAN("京都"), SPAN("選択"), SPAN("")};
    for (int i = 0; i < 4; i++) {
        rules_eval(rules, form, &typed[i], NULL, &verdict, NULL, *state);
        assert_int_equal(verdict.finding_count, i ? 1 : 0);
    }
}

/* --- Kawasaki ------------------------------------------------------------------------------------------------------
 */

static void the_city_says_how_accounts_end(void **state)
{
    rules_t *rules = fixture_open_city(*state);
    assert_int_equal(rules_retention(rules, SPAN("evidence"))->lasts, 3653u * 86400u);
    assert_int_equal(rules_lockout(rules, SPAN("re-registration"))->binds, RULES_BINDS_CERTIFICATE);
    assert_int_equal(rules_count(rules, RULES_REFUSALS), 1);
    const rules_refusal_t *refusal = rules_entry(rules, RULES_REFUSALS, 0);
    assert_span(rules_span(rules, refusal->rule), "refuse-delete/pending-applications");
    assert_int_equal(refusal->states, RULES_STATE_RECEIVED | RULES_STATE_EXAMINATION);
    assert_true(rules_terms(rules)->article_count >= 8);
}

/* The change has what the registration has: one can't grow a field that the other lacks. */
static void a_change_asks_what_a_registration_asks(void **state)
{
    static const char *const kinds[] = {"jpki", "corporate"};
    rules_t *rules = fixture_open_city(*state);
    for (int i = 0; i < 2; i++) {
        const rules_form_t *first = rules_form(rules, span_of(apr_pstrcat(*state, kinds[i], ".register", NULL)));
        const rules_form_t *edit = rules_form(rules, span_of(apr_pstrcat(*state, kinds[i], ".edit", NULL)));
        assert_int_equal(first->field_count, edit->field_count);
        assert_int_equal(first->kind, edit->kind);
        assert_memory_equal(first->address, edit->address, sizeof first->address);
        assert_int_equal(first->address[0], rules_field_index(rules, first, SPAN("prefecture")));
        assert_int_equal(first->address[4], rules_field_index(rules, first, SPAN("building")));
        assert_int_equal(first->post_code, rules_field_index(rules, first, SPAN("post-code")));
        const rules_field_t *prefecture = rules_field(rules, first, first->address[0]);
        const rules_choices_t *choices = rules_entry(rules, RULES_CHOICES, prefecture->choices);
        assert_int_equal(choices->option_count, 47);
        assert_span(rules_span(rules, prefecture->preset), "神奈川県");
    }
}

static void assert_pin(const rules_t *rules, const rules_form_t *form, const char *pin, const char *rule)
{
    apr_pool_t *pool;
    rules_verdict_t verdict;
    const span_t typed[] = {span_of(pin), SPAN("")};
    assert_int_equal(apr_pool_create(&pool, NULL), APR_SUCCESS);
    rules_eval(rules, form, typed, NULL, &verdict, NULL, pool);
    assert_int_equal(verdict.finding_count, *rule ? 1 : 0);
    if (*rule) assert_span(verdict.findings[0].rule, rule);
    apr_pool_destroy(pool);
}

static void a_signing_pin_has_letters_and_digits(void **state)
{
    rules_t *rules = fixture_open_city(*state);
    const rules_form_t *form = rules_form(rules, SPAN("jpki.sign"));
    assert_int_equal(form->field_count, 2);
    assert_pin(rules, form, "ABC123", "");
    assert_pin(rules, form, "1234567890abcdeF", "");
    assert_pin(rules, form, "12345a", "");
    assert_pin(rules, form, "ABC12", "jpki.sign/signing-pin/min");
    assert_pin(rules, form, "1234567890abcdeFg", "jpki.sign/signing-pin/max");
    assert_pin(rules, form, "123456", "jpki.sign/signing-pin/pattern");
    assert_pin(rules, form, "ABCDEF", "jpki.sign/signing-pin/pattern");
    assert_pin(rules, form, "ABC-123", "jpki.sign/signing-pin/text");
    assert_pin(rules, form, "", "jpki.sign/signing-pin/required");
}

static void a_file_has_any_password(void **state)
{
    rules_t *rules = fixture_open_city(*state);
    const rules_form_t *form = rules_form(rules, SPAN("corporate.login"));
    assert_int_equal(form->field_count, 1);
    assert_pin(rules, form, "a", "");
    assert_pin(rules, form, "ひみつ の言葉!", "");
    assert_pin(rules, form, "", "corporate.login/pin/required");
    assert_pin(rules, form, "12345678901234567890123456789012345678901234567890123456789012345",
               "corporate.login/pin/max");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kinds_name_their_certificates),
        cmocka_unit_test(terms_keep_their_order),
        cmocka_unit_test(what_is_not_said_is_not_there),
        cmocka_unit_test(a_city_replaces_the_terms),
        cmocka_unit_test(refusals_are_a_table),
        cmocka_unit_test(durations_reach_a_hundred_years),
        cmocka_unit_test(codes_may_be_any_word),
        cmocka_unit_test(the_city_says_how_accounts_end),
        cmocka_unit_test(a_change_asks_what_a_registration_asks),
        cmocka_unit_test(a_signing_pin_has_letters_and_digits),
        cmocka_unit_test(a_file_has_any_password),
    };
    return cmocka_run_group_tests_name("rules: terms", tests, test_pool_make, test_pool_drop);
}
