/* SPDX-License-Identifier: Apache-2.0
 *
 * flow/helper and flow/check: a helper that answers as it is told, with real keys and tokens, and what becomes of its
 * answers: on the page, and of the challenge.
 */
#include "cert/token.h"
#include "certificates.h"
#include "database.h"
#include "flow/certificate.h"
#include "flow/helper.h"
#include "session/challenge.h"
#include "test.h"
#include "wire/request.h"

#include <stdatomic.h>

#define ORIGIN "https://kiosk.example.jp"

static const unsigned char seed[REQUEST_KEY_SIZE] = "a seed of 32 bytes for this test";

static database_t database;
static store_t *elsewhere; /* another connection to the same database */
static const char *directory;
static rules_t *rules;
static page_set_t *pages;
static session_epochs_t epochs;
static session_cache_t cache = {.epochs = &epochs};
static flow_certificates_t known;
static clock_base_t service_clock;
static visit_t visit;
static flow_outcome_t outcome;

/* --- The helper, as it is told --- */

static struct {
    answer_info_t info;
    wire_code_t code; /* of everything, or of the token alone */
    bool gone;        /* nothing is answered, not even what is there */
    int tries;
    const char *key, *certificate; /* what signs */
    const char *origin, *nonce;    /* signed in place of what was asked; or NULL */
    const char *id;                /* or NULL: the question's */
    bool silent;                   /* says OK and gives nothing */
    void (*meanwhile)(void);       /* before a token is given */
    /* what it was asked */
    int infos, tokens;
    request_t last;
    bool had_pin, had_last_try;
    char pin[16];
} helper;

static void answer_token(answer_t *answer, const request_t *asked, apr_pool_t *pool)
{
    EVP_PKEY *key = certificates_key(directory, helper.key, pool);
    X509 *x509 = certificates_x509(directory, helper.certificate, pool);
    span_t origin = helper.origin ? span_of(helper.origin) : asked->origin;
    span_t nonce = helper.nonce ? span_of(helper.nonce) : asked->nonce;

    if (helper.meanwhile) helper.meanwhile();
    answer->code = helper.code;
    answer->tries = helper.tries;
    if (helper.code != WIRE_OK || helper.silent) return;
    assert_int_equal(cert_token_make(&answer->token, key, x509, origin, nonce, "test", pool), APR_SUCCESS);
}

static void ask(void *context, const message_t *message, span_t pin, answer_t *answer, apr_pool_t *pool)
{
    request_pin_t trusted = {.origin = ORIGIN};
    request_t *asked = &helper.last;

    assert_ptr_equal(context, &helper);
    assert_int_equal(request_public_key(trusted.key, seed), APR_SUCCESS);
    assert_int_equal(request_open(asked, message->request, &trusted, 1, apr_time_now(), pool), WIRE_OK);
    assert_int_equal(message->has_pin, pin.size > 0);
    *answer = (answer_t){.id = helper.id ? span_of(helper.id) : asked->id, .tries = ANSWER_TRIES_UNKNOWN};
    if (asked->operation == REQUEST_INFO) {
        helper.infos++;
        answer->code = helper.gone ? helper.code : WIRE_OK;
        answer->has_info = !helper.gone && !helper.silent;
        answer->info = helper.info;
        return;
    }
    helper.tokens++;
    helper.had_pin = message->has_pin;
    helper.had_last_try = message->last_try;
    apr_cpystrn(helper.pin, span_text(pool, pin), sizeof helper.pin);
    answer_token(answer, asked, pool);
}

static const flow_helper_t port = {ask, &helper, apr_time_from_sec(20), ORIGIN, seed};
static flow_ports_t ports;

/* --- The world --- */

static int make(void **state)
{
    rules_compiled_t compiled;
    cert_trust_t *trust;
    const char *why;

    (void)state;
    if (!database_make_ready(&database)) return -1;
    elsewhere = database_connect(&database);
    directory = certificates_make(database.pool);
    if (rules_compile(&compiled, "rules/kawasaki.rules", database.pool) != APR_SUCCESS ||
        rules_open(&rules, compiled.image, &why, database.pool) != APR_SUCCESS ||
        cert_trust_load(&trust, apr_pstrcat(database.pool, directory, "/trust", NULL), &why, database.pool) !=
            APR_SUCCESS)
        return -1;
    known.trust = trust;
    if (cert_lists_open(&known.lists, apr_pstrcat(database.pool, directory, "/crl", NULL), &database.port,
                        database.pool) != APR_SUCCESS)
        return -1;
    return page_set_load(&pages, "htdocs/templates", view_key_names, VIEW_KEY_COUNT, &why, database.pool) == APR_SUCCESS
               ? 0
               : -1;
}

static int drop(void **state)
{
    (void)state;
    database_drop(&database);
    return 0;
}

static int set_up(void **state)
{
    (void)state;
    memset(&helper, 0, sizeof helper);
    helper.key = helper.certificate = "card/auth";
    helper.info = (answer_info_t){.source = SPAN("card"),
                                  .reader = SPAN("<Reader> 00"),
                                  .card = SPAN("my-number-card"),
                                  .insertion = SPAN("7"),
                                  .has_signing = true,
                                  .has_authentication = true,
                                  .signing_tries = 5,
                                  .authentication_tries = 3};
    atomic_store(&service_clock.offset, 0);
    clock_start(&service_clock, 0);
    ports = (flow_ports_t){.store = database.store,
                           .cache = &cache,
                           .clock = &service_clock,
                           .log = &database.port,
                           .certificates = &known,
                           .helper = &port};
    database.log[0] = '\0';
    return 0;
}

static flow_request_t request_of(const char *action)
{
    return (flow_request_t){.ports = &ports,
                            .rules = rules,
                            .visit = &visit,
                            .csrf = SPAN("the form token of a browser"),
                            .now = clock_now(&service_clock),
                            .pool = database.pool,
                            .form = rules_form(rules, SPAN("certificate.check")),
                            .action = span_of(action)};
}

static void show(void)
{
    const flow_request_t request = request_of("");
    outcome = (flow_outcome_t){.result = FLOW_BAD_REQUEST};
    assert_int_equal(flow_check_show(&request, &outcome), APR_SUCCESS);
}

static void submit(const char *action, const char *pin, const char *last_try)
{
    static span_t typed[RULES_FIELDS_MAX];
    flow_request_t request = request_of(action);

    typed[rules_field_index(rules, request.form, SPAN("pin"))] = span_of(pin);
    typed[rules_field_index(rules, request.form, SPAN("last-try"))] = span_of(last_try);
    request.typed = typed;
    outcome = (flow_outcome_t){.result = FLOW_BAD_REQUEST};
    assert_int_equal(flow_check_submit(&request, &outcome), APR_SUCCESS);
}

static apr_status_t append(void *context, const char *at, apr_size_t size, bool lasting)
{
    char **text = context;
    (void)lasting;
    *text = apr_pstrcat(database.pool, *text, apr_pstrmemdup(database.pool, at, size), NULL);
    return APR_SUCCESS;
}

static const char *html(void)
{
    char *text = apr_pstrdup(database.pool, "");
    page_sink_t sink = {append, &text};
    int page = page_find(pages, span_of(view_page_names[outcome.page]));

    assert_non_null(outcome.view);
    assert_int_equal(page_render(pages, page, outcome.view, &sink, database.pool), APR_SUCCESS);
    return text;
}

static void assert_says(const char *text)
{
    if (!strstr(html(), text)) fail_msg("the page does not say: %s\n%s", text, html());
}

static void assert_silent(const char *text)
{
    if (strstr(html(), text)) fail_msg("the page says: %s", text);
}

#define PIN_FIELD  "id=\"pin\""
#define LAST_FIELD "id=\"last-try\""

/* Takes the challenge away from under the flow; APR_NOTFOUND: there is none. */
static apr_status_t steal(const store_t *store)
{
    challenge_t challenge = {
        .city = SPAN("kawasaki"), .holder = SPAN("the form token of a browser"), .purpose = SPAN("check")};
    store_unit_t *unit;
    apr_status_t status;

    assert_int_equal(store_open(&unit, store, STORE_WRITE, database.pool), APR_SUCCESS);
    status = challenge_take(unit, &challenge, 0, database.pool);
    assert_int_equal(store_commit(unit), APR_SUCCESS);
    store_close(unit);
    return status;
}

/* --- Looking --- */

static void elsewhere_there_is_only_guidance(void **state)
{
    (void)state;
    ports.helper = NULL;
    show();
    assert_int_equal(outcome.result, FLOW_PAGE);
    assert_says("専用の端末");
    assert_silent("<form method=\"post\" action=\"/certificate/check\"");
    submit("check", "1234", "");
    assert_int_equal(outcome.result, FLOW_WRONG_STEP);
    assert_int_equal(helper.infos + helper.tokens, 0);
}

static void the_first_page_leads_here_at_the_kiosk_only(void **state)
{
    const flow_request_t request = request_of("");

    (void)state;
    assert_int_equal(flow_top(&request, &outcome), APR_SUCCESS);
    assert_int_equal(outcome.page, VIEW_PAGE_TOP);
    assert_says("<a class=\"button\" href=\"/certificate/check\">");
    ports.helper = NULL;
    assert_int_equal(flow_top(&request, &outcome), APR_SUCCESS);
    assert_silent("/certificate/check");
    assert_int_equal(helper.infos, 0);
}

static void the_card_is_shown_in_words(void **state)
{
    (void)state;
    show();
    assert_int_equal(outcome.result, FLOW_PAGE);
    assert_int_equal(outcome.page, VIEW_PAGE_CERTIFICATE_CHECK);
    assert_says("&lt;Reader&gt; 00");
    assert_says("<dd>マイナンバーカード</dd>");
    assert_says("<p class=\"remaining\">暗証番号は、あと3回まで");
    assert_says("あと5回まで");
    assert_says(PIN_FIELD);
    assert_says("type=\"password\" inputmode=\"numeric\" autocomplete=\"off\"");
    assert_silent(LAST_FIELD);
    assert_silent("エラー");
    assert_int_equal(helper.infos, 1);
    assert_int_equal(helper.tokens, 0);
    assert_true(span_is(helper.last.origin, ORIGIN));
}

static void the_last_try_is_a_question(void **state)
{
    (void)state;
    helper.info.authentication_tries = 1;
    show();
    assert_says("あと1回まで");
    assert_says("あと1回だけです。まちがえるとロックされ");
    assert_silent("カードを読み取りました");
    assert_says(LAST_FIELD);
}

static void a_blocked_pin_is_not_asked_for(void **state)
{
    (void)state;
    helper.info.authentication_tries = 0;
    show();
    assert_says("<p class=\"banner banner-bad\" role=\"status\">利用者証明用電子証明書の暗証番号はロックされています");
    assert_silent(PIN_FIELD);
    helper.info.authentication_tries = 3;
    helper.info.has_authentication = false;
    show();
    assert_says("このカードには、利用者証明用電子証明書が入っていません");
    assert_silent(PIN_FIELD);
}

static void what_is_missing_is_said(void **state)
{
    (void)state;
    helper.info = (answer_info_t){.code = WIRE_NO_CARD, .reader = SPAN("reader")};
    show();
    assert_int_equal(outcome.result, FLOW_PAGE);
    assert_says("カードが入っていません");
    assert_says("もう一度確認する");
    assert_silent(PIN_FIELD);
    assert_silent("カードの種類");
    /* Of a card that isn't known nobody can say what it lacks. */
    helper.info = (answer_info_t){.code = WIRE_UNSUPPORTED_CARD, .reader = SPAN("reader"), .insertion = SPAN("7")};
    show();
    assert_says("このカードは使えません");
    assert_says("<dd>わかりません</dd>");
    assert_silent("入っていません");
    helper.gone = true;
    helper.code = WIRE_NO_SERVICE;
    show();
    assert_says("装置が動いていません");
    assert_silent(PIN_FIELD);
}

/* --- Signing --- */

static void the_right_card_is_accepted(void **state)
{
    (void)state;
    submit("check", "1234", "");
    assert_int_equal(outcome.result, FLOW_PAGE);
    assert_says("このカードは使えます");
    assert_says("電子証明書を確認できました。");
    assert_says("カードを忘れずに");
    assert_says("<dd>利用者証明用電子証明書</dd>");
    assert_says("23時59分");
    assert_says("<dd>使えます</dd>");
    assert_silent("1234");
    assert_int_equal(helper.tokens, 1);
    assert_int_equal(helper.last.operation, REQUEST_AUTH);
    assert_true(helper.had_pin && !helper.had_last_try);
    assert_string_equal(helper.pin, "1234");
    assert_int_equal(helper.last.nonce.size, CHALLENGE_NONCE);
    assert_int_equal(steal(database.store), APR_NOTFOUND);
    assert_string_equal(database.log, "");
}

static void what_is_no_pin_never_gets_there(void **state)
{
    static const char *const wrong[] = {"", "123", "12345", "12a4", "１２３４", "12 4"};

    (void)state;
    for (apr_size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        submit("check", wrong[i], "");
        assert_int_equal(outcome.result, FLOW_INVALID);
        assert_says("href=\"#pin\"");
        assert_says(PIN_FIELD);
    }
    assert_int_equal(helper.tokens, 0);
}

static void a_wrong_pin_says_how_many_are_left(void **state)
{
    (void)state;
    helper.code = WIRE_PIN_WRONG;
    helper.tries = 2;
    helper.info.authentication_tries = 2;
    submit("check", "9999", "");
    assert_int_equal(outcome.result, FLOW_INVALID);
    assert_says("あと2回まちがえると");
    assert_says("href=\"#pin\"");
    assert_silent("9999");
    assert_true(span_is(outcome.rule, "card/PIN_WRONG"));
    /* The last one locked it: no field is left that a link could lead to. */
    helper.tries = helper.info.authentication_tries = 0;
    submit("check", "9999", "");
    assert_says("ロックされています");
    assert_silent("href=\"#pin\"");
    assert_silent(PIN_FIELD);
}

static void the_last_try_needs_a_yes(void **state)
{
    (void)state;
    helper.code = WIRE_PIN_LOW;
    submit("check", "1234", "");
    assert_int_equal(outcome.result, FLOW_INVALID);
    assert_says("href=\"#last-try\"");
    assert_says(LAST_FIELD);
    assert_false(helper.had_last_try);
    helper.code = WIRE_OK;
    submit("check", "1234", "yes");
    assert_int_equal(outcome.result, FLOW_PAGE);
    assert_true(helper.had_last_try);
}

static void take_card_out(void)
{
    helper.info = (answer_info_t){.code = WIRE_NO_CARD, .reader = SPAN("reader")};
}

static void a_card_taken_out_can_come_back(void **state)
{
    (void)state;
    helper.code = WIRE_CARD_REMOVED;
    helper.meanwhile = take_card_out;
    submit("check", "1234", "");
    assert_int_equal(outcome.result, FLOW_INVALID);
    assert_says("途中でカードが外れました");
    assert_says("href=\"#pin\"");
    assert_says(PIN_FIELD);
    set_up(NULL);
    submit("check", "1234", "");
    assert_int_equal(outcome.result, FLOW_PAGE);
}

static void what_no_pin_can_change_is_not_asked_again(void **state)
{
    static const wire_code_t final[] = {WIRE_CERT_EXPIRED, WIRE_CERT_MISSING, WIRE_ORIGIN_DENIED};

    (void)state;
    for (apr_size_t i = 0; i < sizeof final / sizeof *final; i++) {
        helper.code = final[i];
        submit("check", "1234", "");
        assert_int_equal(outcome.result, FLOW_INVALID);
        assert_silent(PIN_FIELD);
        assert_silent("href=\"#pin\"");
        assert_says("もう一度確認する");
    }
}

/* People wait for a helper that hangs once, not twice. */
static void a_helper_that_is_gone_is_asked_once(void **state)
{
    (void)state;
    helper.code = WIRE_TIMEOUT;
    helper.gone = true;
    submit("check", "1234", "");
    assert_int_equal(outcome.result, FLOW_INVALID);
    assert_says("時間がかかりすぎたため");
    assert_says(PIN_FIELD);
    assert_int_equal(helper.tokens, 1);
    assert_int_equal(helper.infos, 0);
}

static void only_our_button_does_something(void **state)
{
    (void)state;
    submit("next", "1234", "");
    assert_int_equal(outcome.result, FLOW_BAD_REQUEST);
    submit("", "1234", "");
    assert_int_equal(outcome.result, FLOW_BAD_REQUEST);
    assert_int_equal(helper.tokens, 0);
}

/* --- Answers that prove nothing --- */

static void assert_refused(const char *sentence)
{
    submit("check", "1234", "");
    assert_int_equal(outcome.result, FLOW_INVALID);
    assert_says(sentence);
    assert_silent("使えます</dd>");
}

static void answers_to_other_questions_count_for_nothing(void **state)
{
    (void)state;
    helper.id = "another";
    assert_refused("カードを読み取れませんでした");
    assert_non_null(strstr(database.log, "KW-ASK-001"));
    helper.id = "";
    assert_refused("カードを読み取れませんでした");
    helper.id = NULL;
    helper.silent = true;
    assert_refused("カードを読み取れませんでした");
}

static void a_signature_over_something_else_is_refused(void **state)
{
    (void)state;
    helper.nonce = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    assert_refused("電子署名を確認できませんでした");
    assert_int_equal(steal(database.store), APR_NOTFOUND); /* it was taken before anything was looked at */
    helper.nonce = NULL;
    helper.origin = "https://evil.example";
    assert_refused("電子署名を確認できませんでした");
    helper.origin = NULL;
    helper.key = "card/sign";
    assert_refused("電子署名を確認できませんでした");
    assert_non_null(strstr(database.log, "KW-ASK-002"));
}

static void the_rules_judge_the_certificate(void **state)
{
    (void)state;
    helper.key = helper.certificate = "card/sign";
    assert_refused("この手続きには使えない種類");
    assert_says("ここでは使えません");
    assert_true(span_is(outcome.rule, "certificate.jpki-signing"));
    ports.certificates = NULL;
    helper.key = helper.certificate = "card/auth";
    assert_refused("この電子証明書は、ここでは使えません");
}

static void steal_elsewhere(void)
{
    assert_int_equal(steal(elsewhere), APR_SUCCESS);
}

/* It is committed before the helper is asked, and no connection of ours stands in the way of others meanwhile. */
static void a_challenge_that_is_gone_proves_nothing(void **state)
{
    (void)state;
    helper.meanwhile = steal_elsewhere;
    assert_refused("別の画面（タブ）で確認が進んだため");
}

static void begin_elsewhere(void)
{
    challenge_t challenge = {
        .city = SPAN("kawasaki"), .holder = SPAN("the form token of a browser"), .purpose = SPAN("check")};
    store_unit_t *unit;

    assert_int_equal(store_open(&unit, elsewhere, STORE_WRITE, database.pool), APR_SUCCESS);
    assert_int_equal(challenge_begin(unit, &challenge, clock_now(&service_clock), database.pool), APR_SUCCESS);
    assert_int_equal(store_commit(unit), APR_SUCCESS);
    store_close(unit);
}

static void another_tab_goes_first(void **state)
{
    (void)state;
    helper.meanwhile = begin_elsewhere;
    assert_refused("別の画面（タブ）で確認が進んだため");
}

static void five_minutes_pass(void)
{
    atomic_fetch_add(&service_clock.offset, CHALLENGE_LIFE);
}

static void an_answer_can_be_too_late(void **state)
{
    (void)state;
    helper.meanwhile = five_minutes_pass;
    assert_refused("別の画面（タブ）で確認が進んだため");
}

static void every_code_has_its_sentence(void **state)
{
    const flow_request_t request = request_of("");
    const char *sentences[WIRE_CODES] = {""};

    (void)state;
    for (int code = WIRE_OK + 1; code < WIRE_CODES; code++) {
        const answer_t answer = {.code = (wire_code_t)code, .tries = 2};
        sentences[code] = span_text(database.pool, helper_sentence(&request, &answer));
        assert_true(strlen(sentences[code]) > 0);
        assert_null(strchr(sentences[code], '{'));
        for (int other = 0; other < code; other++) assert_string_not_equal(sentences[code], sentences[other]);
    }
    const answer_t uncounted = {.code = WIRE_PIN_WRONG, .tries = ANSWER_TRIES_UNKNOWN};
    assert_non_null(strstr(span_text(database.pool, helper_sentence(&request, &uncounted)), "パスワード"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(elsewhere_there_is_only_guidance, set_up),
        cmocka_unit_test_setup(the_first_page_leads_here_at_the_kiosk_only, set_up),
        cmocka_unit_test_setup(the_card_is_shown_in_words, set_up),
        cmocka_unit_test_setup(the_last_try_is_a_question, set_up),
        cmocka_unit_test_setup(a_blocked_pin_is_not_asked_for, set_up),
        cmocka_unit_test_setup(what_is_missing_is_said, set_up),
        cmocka_unit_test_setup(the_right_card_is_accepted, set_up),
        cmocka_unit_test_setup(what_is_no_pin_never_gets_there, set_up),
        cmocka_unit_test_setup(a_wrong_pin_says_how_many_are_left, set_up),
        cmocka_unit_test_setup(the_last_try_needs_a_yes, set_up),
        cmocka_unit_test_setup(a_card_taken_out_can_come_back, set_up),
        cmocka_unit_test_setup(what_no_pin_can_change_is_not_asked_again, set_up),
        cmocka_unit_test_setup(a_helper_that_is_gone_is_asked_once, set_up),
        cmocka_unit_test_setup(only_our_button_does_something, set_up),
        cmocka_unit_test_setup(answers_to_other_questions_count_for_nothing, set_up),
        cmocka_unit_test_setup(a_signature_over_something_else_is_refused, set_up),
        cmocka_unit_test_setup(the_rules_judge_the_certificate, set_up),
        cmocka_unit_test_setup(a_challenge_that_is_gone_proves_nothing, set_up),
        cmocka_unit_test_setup(another_tab_goes_first, set_up),
        cmocka_unit_test_setup(an_answer_can_be_too_late, set_up),
        cmocka_unit_test_setup(every_code_has_its_sentence, set_up),
    };
    return cmocka_run_group_tests_name("flow: check", tests, make, drop);
}
