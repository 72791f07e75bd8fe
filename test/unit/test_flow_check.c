/* SPDX-License-Identifier: Apache-2.0
 *
 * flow/helper and flow/check: a helper that answers as it is told, with real keys and tokens, and what becomes of its
 * answers: on the page, and of the challenge.
 */
#include "kiosk.h"
#include "session/challenge.h"
#include "test.h"

#include <stdatomic.h>

static kiosk_t kiosk;

static int make(void **state)
{
    *state = &kiosk;
    return kiosk_make(&kiosk, "") ? 0 : -1;
}

static void show(void)
{
    const flow_request_t request = kiosk_request(&kiosk, "certificate.check", "");
    assert_int_equal(flow_check_show(&request, &kiosk.outcome), APR_SUCCESS);
}

static void submit(const char *action, const char *pin, const char *last_try)
{
    flow_request_t request = kiosk_request(&kiosk, "certificate.check", action);

    request.typed = kiosk_type(&request, request.form, KIOSK_FIELDS("pin", pin, "last-try", last_try));
    assert_int_equal(flow_check_submit(&request, &kiosk.outcome), APR_SUCCESS);
}

static void assert_says(const char *text)
{
    kiosk_says(&kiosk, text);
}

static void assert_silent(const char *text)
{
    kiosk_silent(&kiosk, text);
}

#define PIN_FIELD  "id=\"pin\""
#define LAST_FIELD "id=\"last-try\""

/* --- Looking --- */

static void elsewhere_there_is_only_guidance(void **state)
{
    (void)state;
    kiosk.ports.helper = NULL;
    show();
    assert_int_equal(kiosk.outcome.result, FLOW_PAGE);
    assert_says("専用の端末");
    assert_silent("<form method=\"post\" action=\"/certificate/check\"");
    submit("check", "1234", "");
    assert_int_equal(kiosk.outcome.result, FLOW_WRONG_STEP);
    assert_int_equal(kiosk.helper.infos + kiosk.helper.tasks, 0);
}

static void the_first_page_leads_here_at_the_kiosk_only(void **state)
{
    const flow_request_t request = kiosk_request(&kiosk, "certificate.check", "");

    (void)state;
    assert_int_equal(flow_top(&request, &kiosk.outcome), APR_SUCCESS);
    assert_int_equal(kiosk.outcome.page, VIEW_PAGE_TOP);
    assert_says("<a class=\"button\" href=\"/certificate/check\">");
    kiosk.ports.helper = NULL;
    assert_int_equal(flow_top(&request, &kiosk.outcome), APR_SUCCESS);
    assert_silent("/certificate/check");
    assert_int_equal(kiosk.helper.infos, 0);
}

static void the_card_is_shown_in_words(void **state)
{
    (void)state;
    show();
    assert_int_equal(kiosk.outcome.result, FLOW_PAGE);
    assert_int_equal(kiosk.outcome.page, VIEW_PAGE_CERTIFICATE_CHECK);
    assert_says("&lt;Reader&gt; 00");
    assert_says("<dd>マイナンバーカード</dd>");
    assert_says("<p class=\"remaining\">暗証番号は、あと3回まで");
    assert_says("あと5回まで");
    assert_says(PIN_FIELD);
    assert_says("type=\"password\" inputmode=\"numeric\" autocomplete=\"off\"");
    assert_silent(LAST_FIELD);
    assert_silent("エラー");
    assert_int_equal(kiosk.helper.infos, 1);
    assert_int_equal(kiosk.helper.tasks, 0);
    assert_true(span_is(kiosk.helper.last.origin, KIOSK_ORIGIN));
}

static void the_last_try_is_a_question(void **state)
{
    (void)state;
    kiosk.helper.info.authentication_tries = 1;
    show();
    assert_says("あと1回まで");
    assert_says("あと1回だけです。まちがえるとロックされ");
    assert_silent("カードを読み取りました");
    assert_says(LAST_FIELD);
}

static void a_blocked_pin_is_not_asked_for(void **state)
{
    (void)state;
    kiosk.helper.info.authentication_tries = 0;
    show();
    assert_says("<p class=\"banner banner-bad\" role=\"status\">"
                "利用者証明用電子証明書の暗証番号（数字4けた）のまちがいが続いたため、ロックされています");
    assert_silent(PIN_FIELD);
    kiosk.helper.info.authentication_tries = 3;
    kiosk.helper.info.has_authentication = false;
    show();
    assert_says("このカードには、利用者証明用電子証明書が入っていません");
    assert_silent(PIN_FIELD);
}

static void what_is_missing_is_said(void **state)
{
    (void)state;
    kiosk.helper.info = (answer_info_t){.code = WIRE_NO_CARD, .reader = SPAN("reader")};
    show();
    assert_int_equal(kiosk.outcome.result, FLOW_PAGE);
    assert_says("カードが入っていません");
    assert_says("もう一度確認する");
    assert_silent(PIN_FIELD);
    assert_silent("カードの種類");
    /* Of a card that isn't known nobody can say what it lacks. */
    kiosk.helper.info =
        (answer_info_t){.code = WIRE_UNSUPPORTED_CARD, .reader = SPAN("reader"), .insertion = SPAN("7")};
    show();
    assert_says("このカードは使えません");
    assert_says("<dd>わかりません</dd>");
    assert_silent("入っていません");
    kiosk.helper.gone = true;
    kiosk.helper.code[REQUEST_INFO] = WIRE_NO_SERVICE;
    show();
    assert_says("（PC/SC）が動いていません");
    assert_silent(PIN_FIELD);
}

/* --- Signing --- */

static void the_right_card_is_accepted(void **state)
{
    (void)state;
    submit("check", "1234", "");
    assert_int_equal(kiosk.outcome.result, FLOW_PAGE);
    assert_says("このカードは使えます");
    assert_says("電子証明書を確認できました。");
    assert_says("カードを忘れずに");
    assert_says("<dd>利用者証明用電子証明書</dd>");
    assert_says("23時59分");
    assert_says("<dd>使えます</dd>");
    assert_silent("1234");
    assert_int_equal(kiosk.helper.tasks, 1);
    assert_int_equal(kiosk.helper.last.operation, REQUEST_AUTH);
    assert_true(kiosk.helper.had_pin && !kiosk.helper.had_last_try);
    assert_string_equal(kiosk.helper.pin, "1234");
    assert_int_equal(kiosk.helper.last.nonce.size, CHALLENGE_NONCE);
    assert_int_equal(kiosk_steal(&kiosk, kiosk.database.store, "check"), APR_NOTFOUND);
    assert_string_equal(kiosk.database.log, "");
}

static void what_is_no_pin_never_gets_there(void **state)
{
    static const char *const wrong[] = {"", "123", "12345", "12a4", "１２３４", "12 4"};

    (void)state;
    for (apr_size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        submit("check", wrong[i], "");
        assert_int_equal(kiosk.outcome.result, FLOW_INVALID);
        assert_says("href=\"#pin\"");
        assert_says(PIN_FIELD);
    }
    assert_int_equal(kiosk.helper.tasks, 0);
}

static void a_wrong_pin_says_how_many_are_left(void **state)
{
    (void)state;
    kiosk.helper.code[REQUEST_AUTH] = WIRE_PIN_WRONG;
    kiosk.helper.tries = 2;
    kiosk.helper.info.authentication_tries = 2;
    submit("check", "9999", "");
    assert_int_equal(kiosk.outcome.result, FLOW_INVALID);
    assert_says("あと2回まちがえると");
    assert_says("href=\"#pin\"");
    assert_silent("9999");
    assert_true(span_is(kiosk.outcome.rule, "card/PIN_WRONG"));
    /* The last one locked it: no field is left that a link could lead to. */
    kiosk.helper.tries = kiosk.helper.info.authentication_tries = 0;
    submit("check", "9999", "");
    assert_says("ロックされています");
    assert_silent("href=\"#pin\"");
    assert_silent(PIN_FIELD);
}

static void the_last_try_needs_a_yes(void **state)
{
    (void)state;
    kiosk.helper.code[REQUEST_AUTH] = WIRE_PIN_LOW;
    submit("check", "1234", "");
    assert_int_equal(kiosk.outcome.result, FLOW_INVALID);
    assert_says("href=\"#last-try\"");
    assert_says(LAST_FIELD);
    assert_false(kiosk.helper.had_last_try);
    kiosk.helper.code[REQUEST_AUTH] = WIRE_OK;
    submit("check", "1234", "yes");
    assert_int_equal(kiosk.outcome.result, FLOW_PAGE);
    assert_true(kiosk.helper.had_last_try);
}

static void take_card_out(void)
{
    kiosk.helper.info = (answer_info_t){.code = WIRE_NO_CARD, .reader = SPAN("reader")};
}

static void a_card_taken_out_can_come_back(void **state)
{
    (void)state;
    kiosk.helper.code[REQUEST_AUTH] = WIRE_CARD_REMOVED;
    kiosk.helper.meanwhile = take_card_out;
    submit("check", "1234", "");
    assert_int_equal(kiosk.outcome.result, FLOW_INVALID);
    assert_says("途中でカードが外れました");
    assert_silent("href=\"#pin\"");
    assert_says(PIN_FIELD);
    kiosk_reset(&kiosk);
    submit("check", "1234", "");
    assert_int_equal(kiosk.outcome.result, FLOW_PAGE);
}

static void what_no_pin_can_change_is_not_asked_again(void **state)
{
    static const wire_code_t final[] = {WIRE_CERT_EXPIRED, WIRE_CERT_MISSING, WIRE_ORIGIN_DENIED};

    (void)state;
    for (apr_size_t i = 0; i < sizeof final / sizeof *final; i++) {
        kiosk.helper.code[REQUEST_AUTH] = final[i];
        submit("check", "1234", "");
        assert_int_equal(kiosk.outcome.result, FLOW_INVALID);
        assert_silent(PIN_FIELD);
        assert_silent("href=\"#pin\"");
        assert_says("もう一度確認する");
    }
}

static void leave(void)
{
    kiosk.helper.gone = true;
    kiosk.helper.code[REQUEST_INFO] = WIRE_TIMEOUT;
}

/* People wait for a helper that hangs once, not twice; no PIN goes to one that doesn't say what is there. */
static void a_helper_that_is_gone_is_asked_once(void **state)
{
    (void)state;
    kiosk.helper.code[REQUEST_AUTH] = WIRE_TIMEOUT;
    kiosk.helper.meanwhile = leave;
    submit("check", "1234", "");
    assert_int_equal(kiosk.outcome.result, FLOW_INVALID);
    assert_says("時間がかかりすぎたため");
    assert_says(PIN_FIELD);
    assert_int_equal(kiosk.helper.tasks, 1);
    assert_int_equal(kiosk.helper.infos, 1);
    submit("check", "1234", "");
    assert_int_equal(kiosk.outcome.result, FLOW_INVALID);
    assert_says("時間がかかりすぎたため");
    assert_says(PIN_FIELD);
    assert_int_equal(kiosk.helper.tasks, 1);
    assert_int_equal(kiosk.helper.infos, 2);
}

/* Wrong entries are counted by card or file: one without a name would have as many as it likes. */
static void a_card_without_a_holder_gets_no_pin(void **state)
{
    (void)state;
    kiosk.helper.info.holder = SPAN("");
    submit("check", "1234", "");
    assert_int_equal(kiosk.outcome.result, FLOW_INVALID);
    assert_says("カードを読み取れませんでした");
    assert_int_equal(kiosk.helper.tasks, 0);
}

static void only_our_button_does_something(void **state)
{
    (void)state;
    submit("next", "1234", "");
    assert_int_equal(kiosk.outcome.result, FLOW_BAD_REQUEST);
    submit("", "1234", "");
    assert_int_equal(kiosk.outcome.result, FLOW_BAD_REQUEST);
    assert_int_equal(kiosk.helper.tasks, 0);
}

/* --- Answers that prove nothing --- */

static void assert_refused(const char *sentence)
{
    submit("check", "1234", "");
    assert_int_equal(kiosk.outcome.result, FLOW_INVALID);
    assert_says(sentence);
    assert_silent("使えます</dd>");
}

static void answer_another(void)
{
    kiosk.helper.id = "another";
}

static void answer_nobody(void)
{
    kiosk.helper.id = "";
}

static void fall_silent(void)
{
    kiosk.helper.silent = true;
}

/* To the question what is there, so that no PIN is sent; and with the PIN. */
static void answers_to_other_questions_count_for_nothing(void **state)
{
    void (*const odd[])(void) = {answer_another, answer_nobody, fall_silent};

    (void)state;
    for (int i = 0; i < 6; i++) {
        kiosk_reset(&kiosk);
        if (i < 3)
            odd[i]();
        else
            kiosk.helper.meanwhile = odd[i - 3];
        assert_refused("カードを読み取れませんでした");
        assert_int_equal(kiosk.helper.tasks, i < 3 ? 0 : 1);
        assert_non_null(strstr(kiosk.database.log, "KW-ASK-001"));
    }
}

static void a_signature_over_something_else_is_refused(void **state)
{
    (void)state;
    kiosk.helper.nonce = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    assert_refused("電子署名を確認できませんでした");
    assert_int_equal(kiosk_steal(&kiosk, kiosk.database.store, "check"),
                     APR_NOTFOUND); /* it was taken before anything was looked at */
    kiosk.helper.nonce = NULL;
    kiosk.helper.origin = "https://evil.example";
    assert_refused("電子署名を確認できませんでした");
    kiosk.helper.origin = NULL;
    kiosk.helper.key = "card/sign";
    assert_refused("電子署名を確認できませんでした");
    assert_non_null(strstr(kiosk.database.log, "KW-ASK-002"));
}

static void the_rules_judge_the_certificate(void **state)
{
    (void)state;
    kiosk.helper.key = kiosk.helper.certificate = "card/sign";
    assert_refused("この手続きには使えない種類");
    assert_says("ここでは使えません");
    assert_true(span_is(kiosk.outcome.rule, "certificate.jpki-signing"));
    kiosk.ports.certificates = NULL;
    kiosk.helper.key = kiosk.helper.certificate = "card/auth";
    assert_refused("この電子証明書は、ここでは使えません");
}

static void steal_elsewhere(void)
{
    assert_int_equal(kiosk_steal(&kiosk, kiosk.elsewhere, "check"), APR_SUCCESS);
}

/* It is committed before the helper is asked, and no connection of ours stands in the way of others meanwhile. */
static void a_challenge_that_is_gone_proves_nothing(void **state)
{
    (void)state;
    kiosk.helper.meanwhile = steal_elsewhere;
    assert_refused("別の画面（タブ）で確認が進んだため");
}

static void begin_elsewhere(void)
{
    challenge_t challenge = {.city = SPAN("kawasaki"), .holder = SPAN(KIOSK_BROWSER), .purpose = SPAN("check")};
    store_unit_t *unit;

    assert_int_equal(store_open(&unit, kiosk.elsewhere, STORE_WRITE, kiosk.database.pool), APR_SUCCESS);
    assert_int_equal(challenge_begin(unit, &challenge, clock_now(&kiosk.clock), kiosk.database.pool), APR_SUCCESS);
    database_commit(unit);
}

static void another_tab_goes_first(void **state)
{
    (void)state;
    kiosk.helper.meanwhile = begin_elsewhere;
    assert_refused("別の画面（タブ）で確認が進んだため");
}

static void five_minutes_pass(void)
{
    atomic_fetch_add(&kiosk.clock.offset, CHALLENGE_LIFE);
}

static void an_answer_can_be_too_late(void **state)
{
    (void)state;
    kiosk.helper.meanwhile = five_minutes_pass;
    assert_refused("別の画面（タブ）で確認が進んだため");
}

static void every_code_has_its_sentence(void **state)
{
    const flow_request_t request = kiosk_request(&kiosk, "certificate.check", "");
    const char *sentences[WIRE_CODES] = {""};

    (void)state;
    for (int code = WIRE_OK + 1; code < WIRE_CODES; code++) {
        const answer_t answer = {.code = (wire_code_t)code, .tries = 2};
        sentences[code] =
            span_text(kiosk.database.pool, helper_sentence(&request, &answer, REQUEST_AUTH, REQUEST_CARD));
        assert_true(strlen(sentences[code]) > 0);
        assert_null(strchr(sentences[code], '{'));
        for (int other = 0; other < code; other++) assert_string_not_equal(sentences[code], sentences[other]);
    }
    const answer_t uncounted = {.code = WIRE_PIN_WRONG, .tries = ANSWER_TRIES_UNKNOWN};
    assert_non_null(
        strstr(span_text(kiosk.database.pool, helper_sentence(&request, &uncounted, REQUEST_AUTH, REQUEST_CARD)),
               "パスワード"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(elsewhere_there_is_only_guidance, kiosk_set_up),
        cmocka_unit_test_setup(the_first_page_leads_here_at_the_kiosk_only, kiosk_set_up),
        cmocka_unit_test_setup(the_card_is_shown_in_words, kiosk_set_up),
        cmocka_unit_test_setup(the_last_try_is_a_question, kiosk_set_up),
        cmocka_unit_test_setup(a_blocked_pin_is_not_asked_for, kiosk_set_up),
        cmocka_unit_test_setup(what_is_missing_is_said, kiosk_set_up),
        cmocka_unit_test_setup(the_right_card_is_accepted, kiosk_set_up),
        cmocka_unit_test_setup(what_is_no_pin_never_gets_there, kiosk_set_up),
        cmocka_unit_test_setup(a_wrong_pin_says_how_many_are_left, kiosk_set_up),
        cmocka_unit_test_setup(the_last_try_needs_a_yes, kiosk_set_up),
        cmocka_unit_test_setup(a_card_taken_out_can_come_back, kiosk_set_up),
        cmocka_unit_test_setup(what_no_pin_can_change_is_not_asked_again, kiosk_set_up),
        cmocka_unit_test_setup(a_helper_that_is_gone_is_asked_once, kiosk_set_up),
        cmocka_unit_test_setup(a_card_without_a_holder_gets_no_pin, kiosk_set_up),
        cmocka_unit_test_setup(only_our_button_does_something, kiosk_set_up),
        cmocka_unit_test_setup(answers_to_other_questions_count_for_nothing, kiosk_set_up),
        cmocka_unit_test_setup(a_signature_over_something_else_is_refused, kiosk_set_up),
        cmocka_unit_test_setup(the_rules_judge_the_certificate, kiosk_set_up),
        cmocka_unit_test_setup(a_challenge_that_is_gone_proves_nothing, kiosk_set_up),
        cmocka_unit_test_setup(another_tab_goes_first, kiosk_set_up),
        cmocka_unit_test_setup(an_answer_can_be_too_late, kiosk_set_up),
        cmocka_unit_test_setup(every_code_has_its_sentence, kiosk_set_up),
    };
    return cmocka_run_group_tests_name("flow: check", tests, make, kiosk_tear_down);
}
