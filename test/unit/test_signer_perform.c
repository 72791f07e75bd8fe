/* SPDX-License-Identifier: Apache-2.0
 *
 * signer/perform: the order of a request's stations, and what each refuses, with a source and a holder that count what
 * they are asked for.
 */
#include "cert/cms.h"
#include "cert/token.h"
#include "signer/perform.h"
#include "test.h"
#include "wire/frame.h"
#include "wire/manifest.h"

#include <openssl/x509.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define ORIGIN "https://city.example"

/* A source that does what it is told, and writes down its calls: i, o, u, k, c. */
typedef struct {
    source_t source; /* first */
    wire_code_t open, unlock, key, trouble;
    source_prompt_t prompt;
    const char *pin; /* what it was shown */
    EVP_PKEY *pair;
    X509 *x509;
    char calls[16];
} scripted_t;

static apr_pool_t *pool;
static char place[64];
static scripted_t card, file; /* the card plays its part; nobody but a request for it may come near the file */
static unsigned char seed[REQUEST_KEY_SIZE] = {1};
static request_pin_t pins[2] = {{.origin = ORIGIN}, {.origin = "https://other.example"}};
static int number, asked, tried;
static wire_code_t says, lies_there, readiness;
static apr_interval_time_t takes;
static apr_time_t due; /* the holder's end, as he was told */
static bool same_clock;

static void note(source_t *source, const char *call)
{
    strcat(((scripted_t *)source)->calls, call);
}

static void scripted_info(source_t *source, answer_info_t *info, apr_pool_t *own)
{
    (void)own;
    note(source, "i");
    *info = (answer_info_t){.code = lies_there, .source = SPAN("card"), .insertion = SPAN("7"), .holder = SPAN("ab")};
}

static wire_code_t scripted_open(source_t *source, source_key_t key, source_prompt_t *prompt, apr_pool_t *own)
{
    (void)own;
    note(source, key == SOURCE_SIGNING ? "oS" : "oA");
    *prompt = card.prompt;
    prompt->readable = key == SOURCE_AUTHENTICATION && prompt->tries != ANSWER_TRIES_UNKNOWN; /* as a card's is */
    return card.open;
}

static wire_code_t scripted_unlock(source_t *source, const pin_t *pin, apr_time_t until, int *tries)
{
    assert_true(!asked || until == due);
    note(source, "u");
    card.pin = pin ? apr_pstrdup(pool, pin->bytes) : "at the pad";
    *tries = 2;
    return card.unlock;
}

static wire_code_t scripted_key(source_t *source, X509 **x509, EVP_PKEY **key)
{
    note(source, "k");
    *x509 = card.x509;
    *key = card.pair;
    return card.key;
}

static wire_code_t scripted_trouble(const source_t *source)
{
    (void)source;
    return card.trouble;
}

static void scripted_close(source_t *source)
{
    note(source, "c");
}

static wire_code_t scripted_ask(ask_t *ask, const request_t *request, source_key_t key, const source_prompt_t *prompt,
                                apr_time_t until, pin_t *pin)
{
    (void)ask;
    (void)request;
    (void)key;
    asked++;
    due = until;
    apr_sleep(takes);
    assert_true(prompt->pinpad == (pin == NULL));
    if (pin) *pin = (pin_t){4, "1234"};
    return says;
}

static const source_calls_t calls = {scripted_info, scripted_open,    scripted_unlock,
                                     scripted_key,  scripted_trouble, scripted_close};

static wire_code_t scripted_ready(const ask_t *ask)
{
    (void)ask;
    tried++;
    return readiness;
}

static ask_t holder = {.pin = scripted_ask, .ready = scripted_ready};
static ask_t *asks;

static void set_validity(long from, long until)
{
    X509_gmtime_adj(X509_getm_notBefore(card.x509), from);
    X509_gmtime_adj(X509_getm_notAfter(card.x509), until);
}

static int begin(void **state)
{
    pool = test_pool(state);
    strcpy(place, "/tmp/signer-XXXXXX");
    if (!mkdtemp(place)) return -1;
    card.pair = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    card.x509 = X509_new();
    X509_set_version(card.x509, X509_VERSION_3);
    X509_set_pubkey(card.x509, card.pair);
    set_validity(-60, 60);
    return request_public_key(pins[0].key, seed) == APR_SUCCESS && X509_sign(card.x509, card.pair, EVP_sha256()) ? 0
                                                                                                                 : -1;
}

static int end(void **state)
{
    if (fork() == 0) execl("/bin/rm", "rm", "-rf", place, (char *)NULL);
    wait(NULL);
    X509_free(card.x509);
    EVP_PKEY_free(card.pair);
    return test_pool_drop(state);
}

/* Everything well again. */
static int reset(void **state)
{
    (void)state;
    card = (scripted_t){.source = {&calls},
                        .prompt = {.tries = 3, .insertion = SPAN("7"), .holder = SPAN("ab")},
                        .pair = card.pair,
                        .x509 = card.x509};
    file = (scripted_t){.source = {&calls}};
    set_validity(-60, 60);
    asks = &holder;
    asked = tried = 0;
    says = readiness = WIRE_OK;
    lies_there = WIRE_NO_CARD;
    takes = 0;
    same_clock = false;
    return 0;
}

static request_t request_of(request_operation_t operation)
{
    apr_time_t now = apr_time_from_sec(apr_time_sec(apr_time_now()));
    const char *nonce = apr_psprintf(pool, "%042dA=", ++number);

    return (request_t){.id = SPAN("id-1"),
                       .operation = operation,
                       .origin = SPAN(ORIGIN),
                       .nonce = span_of(nonce),
                       .issued_at = now,
                       .expires_at = now + apr_time_from_sec(60)};
}

static span_t manifest_of(const request_t *request, const char *origin)
{
    static const manifest_line_t line = {SPAN("name"), SPAN("氏名"), SPAN("川崎　太郎")};
    manifest_t manifest = {.rules = span_of(apr_psprintf(pool, "%064d", 0)),
                           .city = SPAN("kawasaki"),
                           .flow = SPAN("jpki.register"),
                           .origin = span_of(origin),
                           .nonce = request->nonce,
                           .at = request->issued_at,
                           .lines = &line,
                           .count = 1};
    span_t bytes;

    assert_int_equal(manifest_encode(&bytes, &manifest, pool), APR_SUCCESS);
    return bytes;
}

static answer_t deliver(span_t jws, const char *voucher, const request_operation_t *only)
{
    const perform_t front = {.pins = pins,
                             .pin_count = 2,
                             .state = place,
                             .only = only,
                             .same_clock = same_clock,
                             .sources = {[REQUEST_CARD] = &card.source, [REQUEST_FILE] = &file.source},
                             .ask = asks};
    const message_t message = {.request = jws, .origin = span_of(voucher)};
    answer_t answer;

    perform(&front, &message, &answer, pool);
    assert_true(!*card.calls || !*file.calls);
    return answer;
}

static span_t seal(const request_t *request)
{
    span_t jws;

    assert_int_equal(request_seal(&jws, request, seed, pool), APR_SUCCESS);
    return jws;
}

static answer_t deliver_new(request_operation_t operation)
{
    request_t request = request_of(operation);

    if (operation == REQUEST_SIGN) request.manifest = manifest_of(&request, ORIGIN);
    return deliver(seal(&request), NULL, NULL);
}

static void test_auth(void **state)
{
    request_t request = request_of(REQUEST_AUTH);
    answer_t answer = deliver(seal(&request), ORIGIN, NULL);

    (void)state;
    assert_int_equal(answer.code, WIRE_OK);
    assert_string_equal(span_text(pool, answer.id), "id-1");
    assert_non_null(strstr(span_text(pool, answer.token), "\"web-eid:1.0\""));
    assert_string_equal(card.calls, "oAkuc");
    assert_string_equal(card.pin, "1234");
    assert_int_equal(asked, 1);
}

static void test_sign(void **state)
{
    answer_t answer = deliver_new(REQUEST_SIGN);

    (void)state;
    assert_int_equal(answer.code, WIRE_OK);
    assert_true(answer.cms.size > 100);
    assert_string_equal(card.calls, "oSukc");
}

static void test_info(void **state)
{
    answer_t answer = deliver_new(REQUEST_INFO);

    (void)state;
    assert_int_equal(answer.code, WIRE_OK);
    assert_true(answer.has_info);
    assert_int_equal(answer.info.code, WIRE_NO_CARD);
    assert_string_equal(span_text(pool, answer.insertion), "7");
    assert_string_equal(span_text(pool, answer.holder), "ab");
    assert_string_equal(card.calls, "ic");
    assert_int_equal(asked, 0);
    assert_int_equal(tried, 0);
}

/* What lies there is of no use without somebody to ask for its PIN; a kiosk's page has asked already. */
static void test_info_without_a_prompt(void **state)
{
    (void)state;
    lies_there = WIRE_OK;
    assert_int_equal(deliver_new(REQUEST_INFO).info.code, WIRE_OK);
    readiness = WIRE_NO_PINENTRY;
    assert_int_equal(deliver_new(REQUEST_INFO).info.code, WIRE_NO_PINENTRY);
    assert_string_equal(span_text(pool, deliver_new(REQUEST_INFO).insertion), "7");
    assert_int_equal(tried, 3);
    assert_int_equal(asked, 0);
    holder.ready = NULL;
    assert_int_equal(deliver_new(REQUEST_INFO).info.code, WIRE_OK);
    holder.ready = scripted_ready;
}

/* Each operation goes where the request says, and nowhere else. */
static void test_file(void **state)
{
    static const char *const reached[] = {[REQUEST_INFO] = "ic", [REQUEST_AUTH] = "oAc", [REQUEST_SIGN] = "oSc"};

    (void)state;
    for (int operation = REQUEST_INFO; operation <= REQUEST_SIGN; operation++) {
        request_t request = request_of((request_operation_t)operation);
        request.source = REQUEST_FILE;
        if (operation == REQUEST_SIGN) request.manifest = manifest_of(&request, ORIGIN);
        card.open = WIRE_FILE_MISSING;
        *file.calls = '\0';
        answer_t answer = deliver(seal(&request), NULL, NULL);
        assert_int_equal(answer.code, operation == REQUEST_INFO ? WIRE_OK : WIRE_FILE_MISSING);
        assert_string_equal(file.calls, reached[operation]);
        assert_string_equal(card.calls, "");
    }
}

static void assert_refused(answer_t answer, wire_code_t code, const char *reached)
{
    assert_int_equal(answer.code, code);
    assert_string_equal(card.calls, reached);
    assert_int_equal(answer.token.size + answer.cms.size, 0);
}

/* None of these reaches the card or its holder. */
static void test_not_admitted(void **state)
{
    const request_operation_t only = REQUEST_SIGN;
    request_t request = request_of(REQUEST_AUTH);
    span_t jws = seal(&request);

    (void)state;
    assert_refused(deliver(SPAN("x"), NULL, NULL), WIRE_REQUEST_INVALID, "");
    assert_refused(deliver(jws, "https://other.example", NULL), WIRE_ORIGIN_DENIED, "");
    assert_refused(deliver(jws, NULL, &only), WIRE_REQUEST_INVALID, "");
    assert_int_equal(deliver(jws, NULL, NULL).code, WIRE_OK);
    card.calls[0] = '\0';
    assert_refused(deliver(jws, NULL, NULL), WIRE_REPLAY, "");
    request = request_of(REQUEST_AUTH);
    request.origin = SPAN("https://other.example");
    assert_refused(deliver(seal(&request), NULL, NULL), WIRE_ORIGIN_DENIED, "");
    request = request_of(REQUEST_AUTH);
    request.issued_at -= apr_time_from_sec(61);
    request.expires_at -= apr_time_from_sec(61);
    assert_refused(deliver(seal(&request), NULL, NULL), WIRE_REQUEST_INVALID, "");
    assert_int_equal(asked, 1);
}

/* A form of another place, another challenge, or none at all. */
static void test_foreign_forms(void **state)
{
    request_t request = request_of(REQUEST_SIGN), other = request_of(REQUEST_SIGN);

    (void)state;
    request.manifest = manifest_of(&request, "https://other.example");
    assert_refused(deliver(seal(&request), NULL, NULL), WIRE_REQUEST_INVALID, "");
    request = request_of(REQUEST_SIGN);
    request.manifest = manifest_of(&other, ORIGIN);
    assert_refused(deliver(seal(&request), NULL, NULL), WIRE_REQUEST_INVALID, "");
    request = request_of(REQUEST_SIGN);
    request.manifest = SPAN("I owe you everything.");
    assert_refused(deliver(seal(&request), NULL, NULL), WIRE_REQUEST_INVALID, "");
    assert_int_equal(asked, 0);
}

static void test_replay_memory(void **state)
{
    (void)state;
    assert_int_equal(chmod(place, 0777), 0);
    assert_refused(deliver_new(REQUEST_AUTH), WIRE_FAILED, "");
    assert_int_equal(chmod(place, 0700), 0);
    assert_int_equal(deliver_new(REQUEST_AUTH).code, WIRE_OK);
}

static void test_source_refuses(void **state)
{
    answer_t answer;

    (void)state;
    card.open = WIRE_NO_READER;
    assert_refused(deliver_new(REQUEST_AUTH), WIRE_NO_READER, "oAc");
    reset(NULL);
    card.prompt.tries = 0;
    assert_refused(deliver_new(REQUEST_SIGN), WIRE_PIN_BLOCKED, "oSc");
    assert_int_equal(asked, 0);
    reset(NULL);
    card.unlock = WIRE_PIN_WRONG;
    answer = deliver_new(REQUEST_SIGN);
    assert_refused(answer, WIRE_PIN_WRONG, "oSuc");
    assert_int_equal(answer.tries, 2);
    assert_string_equal(span_text(pool, answer.holder), "ab");
    reset(NULL);
    card.key = WIRE_CERT_MISSING;
    assert_refused(deliver_new(REQUEST_SIGN), WIRE_CERT_MISSING, "oSukc");
    reset(NULL);
    card.key = WIRE_CARD_REMOVED;
    assert_refused(deliver_new(REQUEST_AUTH), WIRE_CARD_REMOVED, "oAkc");
}

static void test_holder_refuses(void **state)
{
    answer_t answer;

    (void)state;
    says = WIRE_CANCELLED;
    assert_refused(deliver_new(REQUEST_SIGN), WIRE_CANCELLED, "oSc");
    reset(NULL);
    says = WIRE_PIN_LOW;
    card.prompt.tries = 1;
    answer = deliver_new(REQUEST_AUTH);
    assert_refused(answer, WIRE_PIN_LOW, "oAkc");
    assert_int_equal(answer.tries, 1);
}

static request_t aged(long age, long life)
{
    request_t request = request_of(REQUEST_AUTH);

    request.issued_at -= apr_time_from_sec(age);
    request.expires_at = request.issued_at + apr_time_from_sec(life);
    return request;
}

/* The holder took longer than the request lives: the card never sees the PIN. */
static void test_too_late(void **state)
{
    request_t request = aged(0, 2);

    (void)state;
    takes = apr_time_from_msec(2050);
    assert_refused(deliver(seal(&request), NULL, NULL), WIRE_TIMEOUT, "oAkc");
}

/* By a clock that is nearly five minutes fast, the request is as old. */
static void test_fast_clock(void **state)
{
    request_t request = aged(298, 300);

    (void)state;
    takes = apr_time_from_msec(2050);
    assert_int_equal(deliver(seal(&request), NULL, NULL).code, WIRE_OK);
    assert_true(due > frame_clock() + apr_time_from_sec(270) && due <= frame_clock() + apr_time_from_sec(298));
    request = aged(301, 300);
    card.calls[0] = '\0';
    assert_refused(deliver(seal(&request), NULL, NULL), WIRE_REQUEST_INVALID, "");
}

/* Who sent it goes by the same clock, and waits no longer. */
static void test_same_clock(void **state)
{
    request_t request = aged(10, 12);

    (void)state;
    same_clock = true;
    takes = request.expires_at - apr_time_now() + apr_time_from_msec(50);
    assert_refused(deliver(seal(&request), NULL, NULL), WIRE_TIMEOUT, "oAkc");
}

static void test_pinpad(void **state)
{
    (void)state;
    card.prompt.pinpad = true;
    assert_int_equal(deliver_new(REQUEST_AUTH).code, WIRE_OK);
    assert_string_equal(card.pin, "at the pad");
}

/* Whose PIN is there already is not sent to the reader's pad, which nobody told him of. */
static void test_given_pin_and_pad(void **state)
{
    const pin_t given = {4, "5678"};

    (void)state;
    asks = ask_given(&given, false, pool);
    card.prompt.pinpad = true;
    assert_int_equal(deliver_new(REQUEST_AUTH).code, WIRE_OK);
    assert_string_equal(card.pin, "5678");
    reset(NULL);
    asks = ask_given(NULL, false, pool);
    card.prompt.pinpad = true;
    assert_refused(deliver_new(REQUEST_AUTH), WIRE_PIN_FORM, "oAkc");
}

/* What lies open is looked at before the PIN; what lies behind it, before the signature. */
static void test_expired(void **state)
{
    (void)state;
    set_validity(-60, -2);
    assert_refused(deliver_new(REQUEST_AUTH), WIRE_CERT_EXPIRED, "oAkc");
    assert_int_equal(asked, 0);
    reset(NULL);
    set_validity(30, 60);
    assert_refused(deliver_new(REQUEST_SIGN), WIRE_CERT_EXPIRED, "oSukc");
    reset(NULL);
    set_validity(-60, -2);
    card.prompt.tries = ANSWER_TRIES_UNKNOWN;
    assert_refused(deliver_new(REQUEST_AUTH), WIRE_CERT_EXPIRED, "oAukc");
}

/* The key refuses (here: one without its private half): what the source says of it, else a failure of ours. */
static void test_trouble(void **state)
{
    EVP_PKEY *whole = card.pair;
    unsigned char *der = NULL;
    long size = i2d_PUBKEY(whole, &der);
    const unsigned char *at = der;

    (void)state;
    card.pair = d2i_PUBKEY(NULL, &at, size);
    OPENSSL_free(der);
    card.trouble = WIRE_CARD_REMOVED;
    assert_refused(deliver_new(REQUEST_AUTH), WIRE_CARD_REMOVED, "oAkuc");
    card.calls[0] = '\0';
    assert_refused(deliver_new(REQUEST_SIGN), WIRE_CARD_REMOVED, "oSukc");
    card.calls[0] = '\0';
    card.trouble = WIRE_OK;
    assert_refused(deliver_new(REQUEST_SIGN), WIRE_FAILED, "oSukc");
    EVP_PKEY_free(card.pair);
    card.pair = whole;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_auth, reset),
        cmocka_unit_test_setup(test_sign, reset),
        cmocka_unit_test_setup(test_info_without_a_prompt, reset),
        cmocka_unit_test_setup(test_info, reset),
        cmocka_unit_test_setup(test_file, reset),
        cmocka_unit_test_setup(test_not_admitted, reset),
        cmocka_unit_test_setup(test_foreign_forms, reset),
        cmocka_unit_test_setup(test_replay_memory, reset),
        cmocka_unit_test_setup(test_source_refuses, reset),
        cmocka_unit_test_setup(test_holder_refuses, reset),
        cmocka_unit_test_setup(test_too_late, reset),
        cmocka_unit_test_setup(test_fast_clock, reset),
        cmocka_unit_test_setup(test_same_clock, reset),
        cmocka_unit_test_setup(test_pinpad, reset),
        cmocka_unit_test_setup(test_given_pin_and_pad, reset),
        cmocka_unit_test_setup(test_expired, reset),
        cmocka_unit_test_setup(test_trouble, reset),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
