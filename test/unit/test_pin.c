/* SPDX-License-Identifier: Apache-2.0
 *
 * flow/pin: what a PIN may cost. The gate before the card with the city's own limits, whose tries are counted, and what
 * a page shows of it all.
 */
#include "flow/pin.h"
#include "kiosk.h"
#include "test.h"

#include <stdatomic.h>

#define MINUTES(n) apr_time_from_sec(60 * (apr_time_t)(n))

static kiosk_t kiosk;
static pin_try_t tried;
static manifest_line_t line = {SPAN("statement"), SPAN("文"), SPAN("ひとこと")};

static int make(void **state)
{
    *state = &kiosk;
    return kiosk_make(&kiosk, "") ? 0 : -1;
}

static int set_up(void **state)
{
    (void)state;
    kiosk_reset(&kiosk);
    tried = (pin_try_t){0};
    return 0;
}

/* --- A try --- */

typedef struct {
    const char *form, *field;
    request_operation_t operation;
    request_source_t source;
} secret_t;

static const secret_t authentication = {"jpki.login", "pin", REQUEST_AUTH, REQUEST_CARD};
static const secret_t signing = {"jpki.sign", "signing-pin", REQUEST_SIGN, REQUEST_CARD};
static const secret_t file = {"corporate.login", "pin", REQUEST_AUTH, REQUEST_FILE};

static pin_need_t need_of(const flow_request_t *request, const secret_t *secret, const char *const *typed)
{
    return (pin_need_t){.form = request->form,
                        .typed = kiosk_type(request, request->form, typed),
                        .source = secret->source,
                        .log_in = secret->operation == REQUEST_AUTH,
                        .sign = secret->operation == REQUEST_SIGN};
}

/* Shows this PIN to the card, which answers as the helper is told; the code of the answer. */
static wire_code_t try_typed(const secret_t *secret, const char *const *typed)
{
    const flow_request_t request = kiosk_request(&kiosk, secret->form, "yes");
    const pin_need_t need = need_of(&request, secret, typed);
    manifest_t manifest = {.rules = SPAN("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"),
                           .city = SPAN("kawasaki"),
                           .flow = SPAN("test"),
                           .account = SPAN(""),
                           .lines = &line,
                           .count = 1};
    helper_task_t *task = apr_pcalloc(kiosk.pool, sizeof *task);

    *task = (helper_task_t){.operation = secret->operation,
                            .source = secret->source,
                            .purpose = SPAN("test"),
                            .form = secret->operation == REQUEST_SIGN ? &manifest : NULL};
    tried = (pin_try_t){0};
    assert_int_equal(helper_prepare(&request, task), APR_SUCCESS);
    assert_int_equal(pin_ask(&request, &need, task, &tried), APR_SUCCESS);
    assert_true((task->answer.code == WIRE_OK) == (tried.verdict == NULL));
    return task->answer.code;
}

static wire_code_t try_answered(const secret_t *secret, wire_code_t code)
{
    kiosk.helper.code[secret->operation] = code;
    return try_typed(secret, KIOSK_FIELDS(secret->field, "ABC123"));
}

static void wrong(const secret_t *secret, int times)
{
    kiosk.helper.tries = 4;
    for (int i = 0; i < times; i++) assert_int_equal(try_answered(secret, WIRE_PIN_WRONG), WIRE_PIN_WRONG);
}

/* Nothing is sent to the card, and the page says why. */
static void assert_shut(const secret_t *secret)
{
    const int tasks = kiosk.helper.tasks;

    assert_int_not_equal(try_answered(secret, WIRE_OK), WIRE_OK);
    assert_int_equal(kiosk.helper.tasks, tasks);
    assert_true(tried.locked);
    assert_non_null(tried.receipt);
    assert_int_equal(strlen(tried.receipt), 9);
}

/* --- The gate --- */

static void a_right_pin_is_shown_to_the_card(void **state)
{
    (void)state;
    assert_int_equal(try_answered(&authentication, WIRE_OK), WIRE_OK);
    assert_string_equal(kiosk.helper.pin, "ABC123");
    assert_true(kiosk.helper.had_pin && !kiosk.helper.had_last_try);
    assert_int_equal(kiosk.helper.infos, 1);
    assert_int_equal(kiosk.helper.tasks, 1);
    assert_false(tried.locked);
}

static void the_fifth_wrong_signing_pin_locks(void **state)
{
    (void)state;
    wrong(&signing, 4);
    assert_false(tried.locked);
    assert_null(tried.receipt);
    assert_true(span_is(tried.verdict->findings[0].rule, "card/PIN_WRONG"));
    wrong(&signing, 1);
    assert_true(tried.locked);
    assert_non_null(tried.receipt);
    assert_true(span_is(tried.verdict->findings[0].rule, "signing-pin/1"));
    assert_int_equal(tried.verdict->findings[0].field, RULES_NONE);
    assert_shut(&signing);
    /* Until the counter unlocks: not tomorrow either. */
    atomic_fetch_add(&kiosk.clock.offset, MINUTES(60 * 24 * 30));
    assert_shut(&signing);
}

static void the_third_wrong_authentication_pin_locks(void **state)
{
    (void)state;
    wrong(&authentication, 2);
    assert_false(tried.locked);
    wrong(&authentication, 1);
    assert_true(tried.locked);
    assert_shut(&authentication);
    /* The other PIN of the same card has a count of its own. */
    assert_int_equal(try_answered(&signing, WIRE_OK), WIRE_OK);
}

static void a_lock_is_of_one_card(void **state)
{
    const span_t first = kiosk.helper.holder;

    (void)state;
    wrong(&authentication, 3);
    kiosk.helper.holder = kiosk.helper.info.holder = kiosk_holder(&kiosk, 900001);
    assert_int_equal(try_answered(&authentication, WIRE_OK), WIRE_OK);
    kiosk.helper.holder = kiosk.helper.info.holder = first;
    assert_shut(&authentication);
}

static void a_files_lock_ends(void **state)
{
    (void)state;
    kiosk.helper.info.source = SPAN("file");
    wrong(&file, 5);
    assert_true(span_is(tried.verdict->findings[0].rule, "file-password/1"));
    assert_shut(&file);
    atomic_fetch_add(&kiosk.clock.offset, MINUTES(5));
    assert_int_equal(try_answered(&file, WIRE_OK), WIRE_OK);
}

static void the_right_pin_ends_the_count(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        wrong(&signing, 4);
        assert_int_equal(try_answered(&signing, WIRE_OK), WIRE_OK);
    }
    wrong(&signing, 5);
    assert_shut(&signing);
}

/* A card that is taken out, a person who gives up, a blocked card: no PIN was wrong. */
static void what_is_no_wrong_pin_is_forgotten(void **state)
{
    static const wire_code_t codes[] = {WIRE_CARD_REMOVED, WIRE_CANCELLED,    WIRE_TIMEOUT, WIRE_PIN_LOW,
                                        WIRE_PIN_FORM,     WIRE_CERT_EXPIRED, WIRE_BUSY,    WIRE_FAILED};

    (void)state;
    wrong(&authentication, 2);
    for (apr_size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        assert_int_equal(try_answered(&authentication, codes[i]), codes[i]);
        assert_false(tried.locked);
    }
    wrong(&authentication, 1); /* nor was one right */
    assert_true(tried.locked);
    assert_shut(&authentication);
}

/* A file counts nothing: who could make its answer get lost would guess for nothing. */
static void a_file_s_password_that_got_no_answer_counts(void **state)
{
    (void)state;
    kiosk.helper.info.source = SPAN("file");
    wrong(&file, 3);
    assert_int_equal(try_answered(&file, WIRE_TIMEOUT), WIRE_TIMEOUT);
    assert_int_equal(try_answered(&file, WIRE_FAILED), WIRE_FAILED);
    assert_int_not_equal(try_answered(&file, WIRE_OK), WIRE_OK); /* in flight still */
    assert_false(tried.locked);
    atomic_fetch_add(&kiosk.clock.offset, LIMIT_SETTLE);
    assert_shut(&file);
}

/* --- Another card than the one that was looked at --- */

static span_t swapped_in;

static void swap_cards(void)
{
    kiosk.helper.holder = swapped_in;
}

static void another_cards_answer_counts_for_nothing(void **state)
{
    const span_t first = kiosk.helper.holder;

    (void)state;
    swapped_in = kiosk_holder(&kiosk, 900002);
    wrong(&authentication, 2);
    kiosk.helper.meanwhile = swap_cards;
    for (int i = 0; i < 4; i++) {
        kiosk.helper.holder = first;
        /* Right, and it would have ended the count; wrong, and it would have locked. */
        assert_int_equal(try_answered(&authentication, i % 2 ? WIRE_PIN_WRONG : WIRE_OK), WIRE_CARD_REMOVED);
        assert_true(span_is(tried.verdict->findings[0].rule, "card/CARD_REMOVED"));
        assert_false(tried.locked);
    }
    kiosk.helper.meanwhile = NULL;
    kiosk.helper.holder = first;
    wrong(&authentication, 1);
    assert_true(tried.locked);
    assert_shut(&authentication);
    /* The card that was put in has lost nothing. */
    kiosk.helper.holder = kiosk.helper.info.holder = swapped_in;
    wrong(&authentication, 2);
    assert_false(tried.locked);
}

static void a_card_without_a_holder_gets_no_pin(void **state)
{
    (void)state;
    kiosk.helper.info.holder = SPAN("");
    assert_int_equal(try_answered(&authentication, WIRE_OK), WIRE_FAILED);
    assert_int_equal(kiosk.helper.tasks, 0);
}

static void a_form_without_that_pin_sends_none(void **state)
{
    static const secret_t odd = {"jpki.login", "pin", REQUEST_SIGN, REQUEST_CARD};

    (void)state;
    assert_int_equal(try_answered(&odd, WIRE_OK), WIRE_FAILED);
    assert_int_equal(kiosk.helper.tasks, 0);
}

static void what_is_missing_is_said_before_a_pin_is_sent(void **state)
{
    (void)state;
    kiosk.helper.info = (answer_info_t){.code = WIRE_NO_CARD, .reader = SPAN("reader")};
    assert_int_equal(try_answered(&authentication, WIRE_OK), WIRE_NO_CARD);
    assert_true(span_is(tried.verdict->findings[0].rule, "card/NO_CARD"));
    assert_int_equal(kiosk.helper.tasks, 0);
}

/* A company's certificate comes from the registry, not from the municipality, and lies in no reader. */
static void who_has_a_file_hears_nothing_of_cards(void **state)
{
    static const wire_code_t codes[] = {WIRE_CERT_EXPIRED, WIRE_CERT_MISSING, WIRE_PIN_FORM,
                                        WIRE_TIMEOUT,      WIRE_BUSY,         WIRE_FAILED};

    (void)state;
    kiosk.helper.info.source = SPAN("file");
    for (apr_size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        kiosk.helper.holder = kiosk.helper.info.holder = kiosk_holder(&kiosk, 910000 + (int)i);
        assert_int_equal(try_answered(&file, codes[i]), codes[i]);
        const char *said = span_text(kiosk.pool, tried.verdict->findings[0].message);
        if (strstr(said, "カード") || strstr(said, "市区町村") || strstr(said, "暗証番号"))
            fail_msg("%s: %s", wire_code_name(codes[i]), said);
    }
    assert_int_equal(try_answered(&file, WIRE_CERT_EXPIRED), WIRE_CERT_EXPIRED);
    assert_non_null(strstr(tried.verdict->findings[0].message.at, "登記所"));
}

/* --- Two at once --- */

static wire_code_t second;
static int second_tasks;

static void try_beside(void)
{
    const pin_try_t first = tried;
    const int tasks = kiosk.helper.tasks;

    kiosk.helper.meanwhile = NULL;
    second = try_answered(&authentication, WIRE_OK);
    second_tasks = kiosk.helper.tasks - tasks;
    assert_false(tried.locked);
    assert_true(span_is(tried.verdict->findings[0].rule, "door/busy"));
    kiosk.helper.code[REQUEST_AUTH] = WIRE_PIN_WRONG;
    tried = first;
}

/* With one try left, a second one beside the first would be one too many. */
static void no_more_tries_at_once_than_are_left(void **state)
{
    (void)state;
    wrong(&authentication, 2);
    kiosk.helper.meanwhile = try_beside;
    wrong(&authentication, 1);
    assert_int_equal(second, WIRE_BUSY);
    assert_int_equal(second_tasks, 0);
    assert_true(tried.locked);
}

/* --- The last try --- */

static void the_last_try_is_passed_on_when_it_was_meant(void **state)
{
    (void)state;
    kiosk.helper.info.authentication_tries = 1;
    kiosk.helper.tries = 1;
    assert_int_equal(try_answered(&authentication, WIRE_PIN_LOW), WIRE_PIN_LOW);
    const flow_request_t request = kiosk_request(&kiosk, "jpki.login", "");
    assert_int_equal(tried.verdict->findings[0].field, rules_field_index(kiosk.rules, request.form, SPAN("last-try")));
    kiosk.helper.code[REQUEST_AUTH] = WIRE_OK;
    assert_int_equal(try_typed(&authentication, KIOSK_FIELDS("pin", "1234", "last-try", "yes")), WIRE_OK);
    assert_true(kiosk.helper.had_last_try);
    /* A file has none: its form doesn't ask. */
    assert_int_equal(try_answered(&file, WIRE_OK), WIRE_OK);
    assert_false(kiosk.helper.had_last_try);
}

static const char *warned(int authentication_tries, int signing_tries)
{
    const flow_request_t request = kiosk_request(&kiosk, "jpki.begin", "");
    const pin_need_t need = {.form = request.form, .source = REQUEST_CARD, .log_in = true, .sign = true};
    page_map_t *view = page_map(kiosk.pool);

    kiosk.helper.info.authentication_tries = authentication_tries;
    kiosk.helper.info.signing_tries = signing_tries;
    assert_int_equal(pin_put(&request, view, &need, &tried), APR_SUCCESS);
    return kiosk_render(&kiosk, "{{warning}}", view);
}

static void of_two_pins_the_last_try_says_which(void **state)
{
    (void)state;
    assert_string_equal(warned(3, 5), "");
    assert_non_null(strstr(warned(1, 5), "利用者証明用"));
    assert_null(strstr(warned(1, 5), "署名用"));
    assert_non_null(strstr(warned(3, 1), "署名用"));
    assert_null(strstr(warned(3, 1), "利用者証明用"));
    assert_non_null(strstr(warned(1, 1), "署名用"));
    assert_non_null(strstr(warned(1, 1), "利用者証明用"));
    kiosk.helper.tries = 1;
    assert_int_equal(try_answered(&signing, WIRE_PIN_LOW), WIRE_PIN_LOW);
    assert_non_null(strstr(tried.verdict->findings[0].message.at, "署名用"));
}

/* --- What was typed --- */

static void what_is_no_pin_is_said_beside_its_field(void **state)
{
    const flow_request_t request = kiosk_request(&kiosk, "jpki.begin", "yes");
    pin_need_t need = {.form = request.form, .source = REQUEST_CARD, .log_in = true, .sign = true};

    (void)state;
    need.typed = kiosk_type(&request, request.form, KIOSK_FIELDS("signing-pin", "abc123", "pin", "1234"));
    assert_true(pin_accept(&request, &need, &tried));
    assert_null(tried.verdict);
    need.typed = kiosk_type(&request, request.form, KIOSK_FIELDS("signing-pin", "123456", "pin", "123"));
    assert_false(pin_accept(&request, &need, &tried));
    assert_int_equal(tried.verdict->finding_count, 2);
    need.typed = kiosk_type(&request, request.form, KIOSK_FIELDS("signing-pin", "", "pin", "1234"));
    assert_false(pin_accept(&request, &need, &tried));
    assert_int_equal(tried.verdict->finding_count, 1);
    assert_int_equal(kiosk.helper.infos + kiosk.helper.tasks, 0);
}

/* --- The page --- */

static const char *put(const secret_t *secret)
{
    const flow_request_t request = kiosk_request(&kiosk, secret->form, "");
    const pin_need_t need = need_of(&request, secret, KIOSK_FIELDS(secret->field, "ABC123"));
    page_map_t *view = page_map(kiosk.pool);

    assert_int_equal(pin_put(&request, view, &need, &tried), APR_SUCCESS);
    return kiosk_render(&kiosk,
                        "{{#kiosk}}kiosk {{/kiosk}}{{#file}}file {{/file}}{{#info_request}}asks {{/info_request}}"
                        "{{#missing}}missing {{/missing}}{{#card}}card {{/card}}{{#warning}}warning {{/warning}}"
                        "{{#form}}form {{/form}}{{#sections}}{{id}} {{/sections}}{{#errors}}error {{/errors}}"
                        "{{#refusal}}receipt {{/refusal}}",
                        view);
}

static const char *put_answered(const secret_t *secret, wire_code_t code)
{
    try_answered(secret, code);
    return put(secret);
}

static void the_page_shows_what_there_is(void **state)
{
    (void)state;
    assert_string_equal(put(&authentication), "kiosk card form pin ");
    assert_string_equal(put(&signing), "kiosk card form signing-pin ");
    kiosk.helper.info.authentication_tries = 1; /* of the other PIN, when it comes to signing */
    assert_string_equal(put(&authentication), "kiosk card warning form pin last-try ");
    assert_string_equal(put(&signing), "kiosk card form signing-pin ");
    kiosk.helper.info.authentication_tries = 0;
    assert_string_equal(put(&authentication), "kiosk missing card ");
    kiosk.helper.info.has_authentication = false;
    assert_string_equal(put(&authentication), "kiosk missing card ");
    assert_string_equal(put(&signing), "kiosk card form signing-pin ");
    kiosk.helper.info = (answer_info_t){.code = WIRE_NO_CARD, .reader = SPAN("reader")};
    assert_string_equal(put(&authentication), "kiosk missing ");
    kiosk.helper.gone = true;
    kiosk.helper.code[REQUEST_INFO] = WIRE_NO_SERVICE;
    assert_string_equal(put(&authentication), "kiosk missing ");
}

static void the_page_shows_how_it_went(void **state)
{
    (void)state;
    assert_string_equal(put_answered(&authentication, WIRE_PIN_WRONG), "kiosk card form pin error ");
    assert_string_equal(put_answered(&authentication, WIRE_PIN_LOW), "kiosk card form pin last-try error ");
    assert_string_equal(put_answered(&authentication, WIRE_CERT_EXPIRED), "kiosk card error ");
    assert_string_equal(put_answered(&authentication, WIRE_CERT_MISSING), "kiosk card error ");
    assert_string_equal(put_answered(&authentication, WIRE_ORIGIN_DENIED), "kiosk card error ");
    /* Who hangs isn't asked again. */
    const int infos = kiosk.helper.infos;
    assert_string_equal(put_answered(&authentication, WIRE_TIMEOUT), "kiosk form pin error ");
    assert_int_equal(kiosk.helper.infos, infos + 1);
    /* Who took the card out finds the form, to go on when it is back. */
    try_answered(&authentication, WIRE_CARD_REMOVED);
    kiosk.helper.info = (answer_info_t){.code = WIRE_NO_CARD, .reader = SPAN("reader")};
    assert_string_equal(put(&authentication), "kiosk missing form pin error ");
}

/* It is for no field to mend, and who is told twice looks for a second fault. */
static void what_the_summary_says_is_said_once(void **state)
{
    (void)state;
    kiosk.helper.info.authentication_tries = 0;
    assert_string_equal(put_answered(&authentication, WIRE_PIN_BLOCKED), "kiosk card error ");
    assert_int_equal(tried.verdict->findings[0].field, RULES_NONE);
    kiosk.helper.info = (answer_info_t){.code = WIRE_NO_CARD, .reader = SPAN("reader")};
    assert_string_equal(put_answered(&authentication, WIRE_OK), "kiosk form pin error ");
    assert_int_equal(tried.verdict->findings[0].field, RULES_NONE);
    assert_null(tried.receipt);
}

static void a_lock_has_a_receipt_and_no_form(void **state)
{
    (void)state;
    wrong(&signing, 5);
    assert_string_equal(put(&signing), "kiosk card error receipt ");
    tried = (pin_try_t){0};
    assert_string_equal(put(&signing), "kiosk card form signing-pin "); /* the page alone knows of no lock */
    assert_string_equal(put_answered(&signing, WIRE_OK), "kiosk card error receipt ");
}

static void elsewhere_the_page_has_a_sentence_for_each_answer(void **state)
{
    const flow_request_t request = kiosk_request(&kiosk, "jpki.begin", "");
    const pin_need_t need = {.form = request.form, .source = REQUEST_CARD, .log_in = true, .sign = true};
    const answer_t blocked = {.code = WIRE_PIN_BLOCKED};
    static const char *const codes[] = {"\nPIN_BLOCKED ", "\nSIGNING_PIN_BLOCKED "};
    page_map_t *view = page_map(kiosk.pool);
    const char *shown;

    (void)state;
    kiosk.port.ask = NULL;
    assert_int_equal(pin_put(&request, view, &need, &tried), APR_SUCCESS);
    shown = kiosk_render(&kiosk, "{{#troubles}}{{code}} {{say}}\n{{/troubles}}", view);
    for (int i = 0; i < 2; i++) {
        const request_operation_t operation = i ? REQUEST_SIGN : REQUEST_AUTH;
        const char *said = span_text(kiosk.pool, helper_sentence(&request, &blocked, operation, REQUEST_CARD));
        assert_non_null(strstr(said, "コンビニエンスストア"));
        assert_non_null(strstr(shown, apr_pstrcat(kiosk.pool, codes[i], said, "\n", NULL)));
    }
    assert_non_null(strstr(shown, "\nNO_CARD "));
    assert_non_null(strstr(shown, "\nSIGNING_CERT_MISSING "));
    assert_non_null(strstr(shown, "\nFAILED "));
}

static void elsewhere_the_page_asks_itself(void **state)
{
    (void)state;
    kiosk.port.ask = NULL;
    const char *shown = put(&authentication), *of_file = put(&file);
    const flow_request_t request = kiosk_request(&kiosk, "jpki.login", "");
    pin_refuse(&request, &tried, SPAN("certificate/other"), SPAN("だめです"));
    const char *refused = put(&authentication);
    tried.locked = true;
    const char *locked = put(&authentication);
    kiosk.ports.helper = NULL;
    tried = (pin_try_t){0};
    const char *without = put(&authentication);
    assert_string_equal(shown, "asks form ");
    assert_string_equal(of_file, "file asks form ");
    assert_string_equal(refused, "asks form error ");
    assert_string_equal(locked, "error "); /* nothing to be ready for */
    assert_string_equal(without, "");
    assert_int_equal(kiosk.helper.infos + kiosk.helper.tasks, 0);
}

/* The session's look at the card, the holder whose tries are counted and the page ask one question between them, and
 * another one once a card was set to work. */
static void one_request_asks_once(void **state)
{
    (void)state;
    const flow_request_t request = kiosk_request(&kiosk, "jpki.login", "");
    const pin_need_t need = need_of(&request, &authentication, KIOSK_FIELDS("pin", "1234"));
    page_map_t *view = page_map(kiosk.pool);
    helper_task_t task = {.operation = REQUEST_AUTH, .source = REQUEST_CARD, .purpose = SPAN("test")};

    kiosk.visit.state = SESSION_LIVE;
    kiosk.visit.session = (session_t){.insertion = SPAN("7")};
    assert_int_equal(flow_watch_card(&request, &kiosk.visit, false), APR_SUCCESS);
    assert_int_equal(kiosk.visit.state, SESSION_LIVE);
    assert_int_equal(pin_put(&request, view, &need, &tried), APR_SUCCESS);
    assert_int_equal(kiosk.helper.infos, 1);
    assert_int_equal(helper_prepare(&request, &task), APR_SUCCESS);
    assert_int_equal(pin_ask(&request, &need, &task, &tried), APR_SUCCESS);
    assert_int_equal(task.answer.code, WIRE_OK);
    assert_int_equal(kiosk.helper.infos, 1);
    kiosk.helper.info.insertion = SPAN("8");
    assert_int_equal(flow_watch_card(&request, &kiosk.visit, false), APR_SUCCESS);
    assert_int_equal(kiosk.helper.infos, 2);
    assert_true(kiosk.visit.card_gone);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_right_pin_is_shown_to_the_card, set_up),
        cmocka_unit_test_setup(one_request_asks_once, set_up),
        cmocka_unit_test_setup(the_fifth_wrong_signing_pin_locks, set_up),
        cmocka_unit_test_setup(the_third_wrong_authentication_pin_locks, set_up),
        cmocka_unit_test_setup(a_lock_is_of_one_card, set_up),
        cmocka_unit_test_setup(a_files_lock_ends, set_up),
        cmocka_unit_test_setup(the_right_pin_ends_the_count, set_up),
        cmocka_unit_test_setup(what_is_no_wrong_pin_is_forgotten, set_up),
        cmocka_unit_test_setup(a_file_s_password_that_got_no_answer_counts, set_up),
        cmocka_unit_test_setup(another_cards_answer_counts_for_nothing, set_up),
        cmocka_unit_test_setup(a_card_without_a_holder_gets_no_pin, set_up),
        cmocka_unit_test_setup(a_form_without_that_pin_sends_none, set_up),
        cmocka_unit_test_setup(what_is_missing_is_said_before_a_pin_is_sent, set_up),
        cmocka_unit_test_setup(who_has_a_file_hears_nothing_of_cards, set_up),
        cmocka_unit_test_setup(no_more_tries_at_once_than_are_left, set_up),
        cmocka_unit_test_setup(the_last_try_is_passed_on_when_it_was_meant, set_up),
        cmocka_unit_test_setup(of_two_pins_the_last_try_says_which, set_up),
        cmocka_unit_test_setup(what_is_no_pin_is_said_beside_its_field, set_up),
        cmocka_unit_test_setup(the_page_shows_what_there_is, set_up),
        cmocka_unit_test_setup(the_page_shows_how_it_went, set_up),
        cmocka_unit_test_setup(what_the_summary_says_is_said_once, set_up),
        cmocka_unit_test_setup(a_lock_has_a_receipt_and_no_form, set_up),
        cmocka_unit_test_setup(elsewhere_the_page_asks_itself, set_up),
        cmocka_unit_test_setup(elsewhere_the_page_has_a_sentence_for_each_answer, set_up),
    };
    return cmocka_run_group_tests_name("flow: pin", tests, make, kiosk_tear_down);
}
