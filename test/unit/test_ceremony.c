/* SPDX-License-Identifier: Apache-2.0
 *
 * flow/ceremony: one task or two in one press of a button, at a kiosk and through the page's extension; challenges that
 * are used once; answers that are put where they don't belong.
 */
#include "kiosk.h"
#include "session/challenge.h"
#include "test.h"

#include <stdatomic.h>

#define AUTH_PURPOSE "test.begin"
#define SIGN_PURPOSE "test.form"

static kiosk_t kiosk;
static manifest_line_t line = {SPAN("statement"), SPAN("文"), SPAN("ひとこと")};
static manifest_t manifest;
static ceremony_t ceremony;
static ceremony_result_t result;
static flow_request_t request;

static int make(void **state)
{
    *state = &kiosk;
    return kiosk_make(&kiosk, "") ? 0 : -1;
}

/* Before each test: somebody who logs in and signs, both PINs typed. */
static void begin(const char *action)
{
    request = kiosk_request(&kiosk, "jpki.begin", action);
    request.draft = SPAN("1.2.3");
    request.purpose = SPAN("jpki-edit");
    request.consent = SPAN("2.1795273200");
    request.typed = kiosk_type(&request, request.form, KIOSK_FIELDS("pin", "1234", "signing-pin", "ABC123"));
    manifest = (manifest_t){.rules = SPAN("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"),
                            .city = SPAN("kawasaki"),
                            .flow = SPAN("test"),
                            .account = SPAN(""),
                            .lines = &line,
                            .count = 1};
    ceremony = (ceremony_t){.need = {.form = request.form, .typed = request.typed, .log_in = true, .sign = true},
                            .tasks = {{.operation = REQUEST_AUTH, .purpose = SPAN(AUTH_PURPOSE)},
                                      {.operation = REQUEST_SIGN, .purpose = SPAN(SIGN_PURPOSE), .form = &manifest}},
                            .count = 2,
                            .title = SPAN("試験"),
                            .action = "/jpki/register/start",
                            .back = "/registration"};
}

static int set_up(void **state)
{
    (void)state;
    kiosk_reset(&kiosk);
    kiosk_steal(&kiosk, kiosk.database.store, AUTH_PURPOSE);
    kiosk_steal(&kiosk, kiosk.database.store, SIGN_PURPOSE);
    begin("yes");
    return 0;
}

static void run(void)
{
    assert_int_equal(ceremony_run(&request, &ceremony, &kiosk.outcome, &result), APR_SUCCESS);
}

static void assert_refused(const char *rule)
{
    assert_int_equal(result, CEREMONY_REFUSED);
    assert_non_null(ceremony.tried.verdict);
    assert_string_equal(span_text(kiosk.pool, ceremony.tried.verdict->findings[0].rule), rule);
}

/* Neither asked nor is there a challenge for it. */
static void assert_never_prepared(const helper_task_t *task, const char *purpose)
{
    assert_int_equal(task->jws.size + task->nonce.size + task->id.size, 0);
    assert_null(task->cert);
    assert_int_equal(kiosk_steal(&kiosk, kiosk.database.store, purpose), APR_NOTFOUND);
}

/* --- At a kiosk --- */

static void two_tasks_are_done_in_one_press(void **state)
{
    const helper_task_t *log_in = &ceremony.tasks[0], *sign = &ceremony.tasks[1];

    (void)state;
    run();
    assert_int_equal(result, CEREMONY_DONE);
    assert_int_equal(kiosk.helper.tasks, 2);
    assert_int_equal(log_in->proved, CERT_OK);
    assert_int_equal(log_in->cert->kind, CERT_JPKI_AUTHENTICATION);
    assert_int_equal(sign->proved, CERT_OK);
    assert_int_equal(sign->cert->kind, CERT_JPKI_SIGNING);
    assert_string_equal(kiosk.helper.pin, "ABC123"); /* the second's */
    assert_true(span_equal(sign->signed_form, kiosk.helper.last.manifest));
    assert_non_null(strstr(sign->signed_form.at, "ひとこと"));
    assert_int_equal(log_in->signed_form.size, 0);
    assert_false(span_equal(log_in->nonce, sign->nonce));
    assert_int_equal(kiosk_steal(&kiosk, kiosk.database.store, AUTH_PURPOSE), APR_NOTFOUND);
    assert_int_equal(kiosk_steal(&kiosk, kiosk.database.store, SIGN_PURPOSE), APR_NOTFOUND);
}

static void each_pin_goes_to_its_own_task(void **state)
{
    (void)state;
    ceremony.count = 1;
    run();
    assert_int_equal(result, CEREMONY_DONE);
    assert_string_equal(kiosk.helper.pin, "1234");
    begin("yes");
    ceremony.tasks[0] = ceremony.tasks[1];
    ceremony.count = 1;
    run();
    assert_int_equal(result, CEREMONY_DONE);
    assert_string_equal(kiosk.helper.pin, "ABC123");
}

static void the_first_that_fails_is_the_last(void **state)
{
    (void)state;
    kiosk.helper.code[REQUEST_AUTH] = WIRE_PIN_WRONG;
    kiosk.helper.tries = 2;
    run();
    assert_refused("card/PIN_WRONG");
    assert_int_equal(kiosk.helper.tasks, 1);
    assert_never_prepared(&ceremony.tasks[1], SIGN_PURPOSE);
    assert_int_equal(ceremony.tried.operation, REQUEST_AUTH);
}

static void the_second_can_fail_too(void **state)
{
    (void)state;
    kiosk.helper.code[REQUEST_SIGN] = WIRE_PIN_WRONG;
    kiosk.helper.tries = 4;
    run();
    assert_refused("card/PIN_WRONG");
    assert_int_equal(kiosk.helper.tasks, 2);
    assert_int_equal(ceremony.tried.operation, REQUEST_SIGN);
    assert_int_equal(ceremony.tasks[0].proved, CERT_OK);
    assert_null(ceremony.tasks[1].cert);
}

static void what_is_no_pin_begins_nothing(void **state)
{
    (void)state;
    ceremony.need.typed = kiosk_type(&request, request.form, KIOSK_FIELDS("pin", "1234", "signing-pin", "１２３"));
    run();
    assert_int_equal(result, CEREMONY_REFUSED);
    assert_int_equal(kiosk.helper.infos + kiosk.helper.tasks, 0);
    assert_never_prepared(&ceremony.tasks[0], AUTH_PURPOSE);
    assert_never_prepared(&ceremony.tasks[1], SIGN_PURPOSE);
}

static void steal_elsewhere(void)
{
    kiosk.helper.meanwhile = NULL;
    assert_int_equal(kiosk_steal(&kiosk, kiosk.elsewhere, AUTH_PURPOSE), APR_SUCCESS);
}

static void a_challenge_that_is_gone_ends_it(void **state)
{
    (void)state;
    kiosk.helper.meanwhile = steal_elsewhere;
    run();
    assert_refused("card/REPLAY");
    assert_int_equal(kiosk.helper.tasks, 1);
    assert_never_prepared(&ceremony.tasks[1], SIGN_PURPOSE);
}

/* What a page says it was answered is not looked at where the server asks itself. */
static void a_kiosk_believes_no_page(void **state)
{
    (void)state;
    begin("signed");
    request.token = SPAN("{}");
    assert_false(ceremony_is_answered(&request));
    run();
    assert_int_equal(result, CEREMONY_DONE);
    assert_int_equal(kiosk.helper.tasks, 2);
}

/* --- Elsewhere --- */

static void (*ask)(void *context, const message_t *message, span_t pin, answer_t *answer, apr_pool_t *pool);

/* The page's first half: what the extension shall ask. */
static void run_elsewhere(void)
{
    ask = kiosk.port.ask;
    kiosk.port.ask = NULL;
    run();
    assert_int_equal(result, CEREMONY_ASKED);
}

/* What the resident's helper answers to the page. */
static span_t answer_to(span_t jws)
{
    const message_t message = {.request = jws, .origin = SPAN("")};
    answer_t answer;

    ask(&kiosk, &message, SPAN(""), &answer, kiosk.pool);
    return answer_encode(&answer, kiosk.pool);
}

/* The second half. */
static void run_answered(span_t token, span_t answer)
{
    begin("signed");
    request.typed = ceremony.need.typed = NULL; /* no PIN is ever typed on such a page */
    ceremony.tasks[1].form = NULL;
    request.token = token;
    request.answer = answer;
    assert_true(ceremony_is_answered(&request));
    run();
}

static void the_page_lists_what_is_asked(void **state)
{
    (void)state;
    run_elsewhere();
    assert_int_equal(kiosk.outcome.result, FLOW_PAGE);
    assert_int_equal(kiosk.outcome.page, VIEW_PAGE_CARD_WORK);
    assert_int_equal(kiosk.helper.infos + kiosk.helper.tasks, 0);
    assert_int_equal(ceremony.tasks[0].answer.token.size, 0);
    const char *log_in = apr_psprintf(kiosk.pool, "name=\"token\" value=\"\" data-request=\"%s\"",
                                      span_text(kiosk.pool, ceremony.tasks[0].jws));
    const char *sign = apr_psprintf(kiosk.pool, "name=\"answer\" value=\"\" data-request=\"%s\"",
                                    span_text(kiosk.pool, ceremony.tasks[1].jws));
    kiosk_says(&kiosk, log_in);
    kiosk_says(&kiosk, sign);
    const char *html = kiosk_html(&kiosk);
    assert_true(strstr(html, log_in) < strstr(html, sign));
    kiosk_says(&kiosk, "action=\"/jpki/register/start\"");
    kiosk_says(&kiosk, "href=\"/registration\"");
    kiosk_says(&kiosk, "name=\"draft\" value=\"1.2.3\"");
    kiosk_says(&kiosk, "name=\"purpose\" value=\"jpki-edit\"");
    kiosk_says(&kiosk, "name=\"consent\" value=\"2.1795273200\"");
    kiosk_silent(&kiosk, "ABC123");
}

static void what_the_page_was_answered_counts(void **state)
{
    (void)state;
    run_elsewhere();
    const span_t asked = ceremony.tasks[1].jws;
    const span_t token = answer_to(ceremony.tasks[0].jws), answer = answer_to(asked);
    const span_t bytes = kiosk.helper.last.manifest;
    run_answered(token, answer);
    assert_int_equal(result, CEREMONY_DONE);
    assert_int_equal(ceremony.tasks[0].proved, CERT_OK);
    assert_int_equal(ceremony.tasks[1].proved, CERT_OK);
    assert_true(span_equal(ceremony.tasks[1].signed_form, bytes));
    run_answered(token, answer); /* once */
    assert_refused("card/REPLAY");
}

static void an_answer_is_for_the_browser_that_asked(void **state)
{
    (void)state;
    run_elsewhere();
    const span_t token = answer_to(ceremony.tasks[0].jws), answer = answer_to(ceremony.tasks[1].jws);
    begin("signed");
    request.csrf = SPAN("the form token of another browser");
    request.token = token;
    request.answer = answer;
    run();
    assert_refused("card/REPLAY");
    run_answered(token, answer); /* and it has cost the first nothing */
    assert_int_equal(result, CEREMONY_DONE);
}

static void an_answer_can_be_too_late(void **state)
{
    (void)state;
    run_elsewhere();
    const span_t token = answer_to(ceremony.tasks[0].jws), answer = answer_to(ceremony.tasks[1].jws);
    atomic_fetch_add(&kiosk.clock.offset, CHALLENGE_LIFE);
    run_answered(token, answer);
    assert_refused("card/REPLAY");
}

static void an_older_answer_is_no_answer(void **state)
{
    (void)state;
    run_elsewhere();
    const span_t token = answer_to(ceremony.tasks[0].jws), answer = answer_to(ceremony.tasks[1].jws);
    begin("yes");
    run(); /* the page is made once more: other challenges */
    const span_t new_token = answer_to(ceremony.tasks[0].jws);
    run_answered(token, answer);
    assert_int_equal(result, CEREMONY_DONE);
    assert_int_equal(ceremony.tasks[0].proved, CERT_WRONG_SIGNATURE);
    assert_int_equal(ceremony.tasks[1].proved, CERT_WRONG_SIGNATURE);
    assert_int_equal(ceremony.tasks[1].signed_form.size, 0);
    run_answered(new_token, answer);
    assert_refused("card/REPLAY"); /* the wrong one has used the challenge up */
}

static void answers_in_the_wrong_field_are_none(void **state)
{
    (void)state;
    run_elsewhere();
    const span_t token = answer_to(ceremony.tasks[0].jws), answer = answer_to(ceremony.tasks[1].jws);
    const span_t pairs[][2] = {{answer, token},          {token, token},        {answer, answer},
                               {SPAN(""), answer},       {token, SPAN("")},     {SPAN("{}"), answer},
                               {SPAN("null"), SPAN("")}, {SPAN("\xff"), answer}};
    for (apr_size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        const bool first = span_equal(pairs[i][0], token);
        run_answered(pairs[i][0], pairs[i][1]);
        assert_refused(first && i > 1 ? "card/REPLAY" : "card/FAILED");
        assert_null(ceremony.tasks[1].cert);
    }
    /* The form's challenge is untouched: its answer still counts, alone. */
    begin("signed");
    ceremony.tasks[0] = ceremony.tasks[1];
    ceremony.tasks[0].form = NULL;
    ceremony.count = 1;
    request.answer = answer;
    run();
    assert_int_equal(result, CEREMONY_DONE);
    assert_int_equal(ceremony.tasks[0].proved, CERT_OK);
}

static void who_gives_up_is_told_so(void **state)
{
    (void)state;
    run_elsewhere();
    const span_t token = answer_to(ceremony.tasks[0].jws);
    kiosk.helper.code[REQUEST_SIGN] = WIRE_CANCELLED;
    run_answered(token, answer_to(ceremony.tasks[1].jws));
    assert_refused("card/CANCELLED");
    assert_int_equal(ceremony.tried.operation, REQUEST_SIGN);
    assert_ptr_equal(ceremony.tried.answer, &ceremony.tasks[1].answer);
    kiosk.helper.code[REQUEST_AUTH] = WIRE_PIN_BLOCKED;
    begin("yes");
    run();
    run_answered(answer_to(ceremony.tasks[0].jws), SPAN(""));
    assert_refused("card/PIN_BLOCKED");
}

/* --- Judging --- */

static void a_certificate_opens_its_door_alone(void **state)
{
    certificate_verdict_t verdict;

    (void)state;
    run();
    assert_true(ceremony_judge(&request, &ceremony, &ceremony.tasks[0], RULES_DOOR_LOG_IN, &verdict));
    assert_true(ceremony_judge(&request, &ceremony, &ceremony.tasks[1], RULES_DOOR_SIGN, &verdict));
    assert_null(ceremony.tried.verdict);
    assert_non_null(verdict.issuer);
    assert_false(ceremony_judge(&request, &ceremony, &ceremony.tasks[1], RULES_DOOR_LOG_IN, &verdict));
    result = CEREMONY_REFUSED;
    assert_refused("certificate.jpki-signing");
    assert_int_equal(verdict.code, CERT_WRONG_PURPOSE);
}

static void what_is_not_proved_opens_nothing(void **state)
{
    certificate_verdict_t verdict;

    (void)state;
    kiosk.helper.key = "card/sign"; /* not the certificate's */
    ceremony.count = 1;
    run();
    assert_int_equal(result, CEREMONY_DONE);
    assert_int_not_equal(ceremony.tasks[0].proved, CERT_OK);
    assert_false(ceremony_judge(&request, &ceremony, &ceremony.tasks[0], RULES_DOOR_LOG_IN, &verdict));
    assert_true(span_is(ceremony.tried.verdict->findings[0].rule, "certificate.signature"));
    assert_true(ceremony.tried.verdict->findings[0].message.size > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(two_tasks_are_done_in_one_press, set_up),
        cmocka_unit_test_setup(each_pin_goes_to_its_own_task, set_up),
        cmocka_unit_test_setup(the_first_that_fails_is_the_last, set_up),
        cmocka_unit_test_setup(the_second_can_fail_too, set_up),
        cmocka_unit_test_setup(what_is_no_pin_begins_nothing, set_up),
        cmocka_unit_test_setup(a_challenge_that_is_gone_ends_it, set_up),
        cmocka_unit_test_setup(a_kiosk_believes_no_page, set_up),
        cmocka_unit_test_setup(the_page_lists_what_is_asked, set_up),
        cmocka_unit_test_setup(what_the_page_was_answered_counts, set_up),
        cmocka_unit_test_setup(an_answer_is_for_the_browser_that_asked, set_up),
        cmocka_unit_test_setup(an_answer_can_be_too_late, set_up),
        cmocka_unit_test_setup(an_older_answer_is_no_answer, set_up),
        cmocka_unit_test_setup(answers_in_the_wrong_field_are_none, set_up),
        cmocka_unit_test_setup(who_gives_up_is_told_so, set_up),
        cmocka_unit_test_setup(a_certificate_opens_its_door_alone, set_up),
        cmocka_unit_test_setup(what_is_not_proved_opens_nothing, set_up),
    };
    return cmocka_run_group_tests_name("flow: ceremony", tests, make, kiosk_tear_down);
}
