/* SPDX-License-Identifier: Apache-2.0
 *
 * wire/answer, wire/message and wire/code: what one end writes the other reads, and no other form of it.
 */
#include "base/error.h"
#include "test.h"
#include "wire/answer.h"
#include "wire/message.h"

#include <stdlib.h>

#define HOLDER "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static apr_pool_t *pool;

static int begin(void **state)
{
    pool = test_pool(state);
    return 0;
}

static void assert_span(span_t span, const char *text)
{
    assert_int_equal(span.size, strlen(text));
    assert_memory_equal(span.at, text, span.size);
}

static answer_t decoded(span_t json)
{
    answer_t answer;
    if (answer_decode(&answer, json, pool) != APR_SUCCESS) fail_msg("refused: %.*s", (int)json.size, json.at);
    return answer;
}

static void a_token_comes_back(void **state)
{
    const answer_t sent = {.id = SPAN("r1"), .token = SPAN("{\"format\":\"web-eid:1.0\"}"), .insertion = SPAN("7")};
    span_t json = answer_encode(&sent, pool);
    answer_t got = decoded(json);

    (void)state;
    assert_span(json, "{\"id\":\"r1\",\"token\":\"{\\\"format\\\":\\\"web-eid:1.0\\\"}\",\"insertion\":\"7\"}");
    assert_int_equal(got.code, WIRE_OK);
    assert_span(got.id, "r1");
    assert_span(got.token, "{\"format\":\"web-eid:1.0\"}");
    assert_span(got.insertion, "7");
    assert_int_equal(got.cms.size, 0);
    assert_false(got.has_info);
}

/* DER may hold any byte, and be of any size. */
static void a_cms_comes_back(void **state)
{
    static const char der[] = "\x30\x00\xFF\xFB\x7F";
    answer_t sent = {.id = SPAN("r1")};

    (void)state;
    for (apr_size_t size = 1; size < sizeof der; size++) {
        sent.cms = (span_t){der, size};
        answer_t got = decoded(answer_encode(&sent, pool));
        assert_true(span_equal(got.cms, sent.cms));
        assert_int_equal(got.token.size, 0);
    }
    assert_span(answer_encode(&sent, pool), "{\"id\":\"r1\",\"cms\":\"MAD_-38\"}");
}

static void what_is_there_comes_back(void **state)
{
    const answer_t sent = {.id = SPAN("r1"),
                           .has_info = true,
                           .info = {.code = WIRE_PIN_BLOCKED,
                                    .source = SPAN("card"),
                                    .reader = SPAN("Reader 00"),
                                    .card = SPAN("my-number-card"),
                                    .insertion = SPAN("a1"),
                                    .holder = SPAN(HOLDER),
                                    .has_signing = true,
                                    .has_authentication = true,
                                    .has_pinpad = true,
                                    .signing_tries = 0,
                                    .authentication_tries = 3}};
    const answer_t bare = {.id = SPAN("r2"),
                           .has_info = true,
                           .info = {.code = WIRE_OK,
                                    .source = SPAN("file"),
                                    .signing_tries = ANSWER_TRIES_UNKNOWN,
                                    .authentication_tries = ANSWER_TRIES_UNKNOWN}};
    answer_t got = decoded(answer_encode(&sent, pool));

    (void)state;
    assert_int_equal(got.code, WIRE_OK);
    assert_true(got.has_info);
    assert_int_equal(got.info.code, WIRE_PIN_BLOCKED);
    assert_span(got.info.source, "card");
    assert_span(got.info.reader, "Reader 00");
    assert_span(got.info.card, "my-number-card");
    assert_span(got.info.insertion, "a1");
    assert_span(got.info.holder, HOLDER);
    assert_true(got.info.has_signing && got.info.has_authentication && got.info.has_pinpad);
    assert_int_equal(got.info.signing_tries, 0);
    assert_int_equal(got.info.authentication_tries, 3);

    got = decoded(answer_encode(&bare, pool));
    assert_span(answer_encode(&bare, pool), "{\"id\":\"r2\",\"info\":{\"code\":\"OK\",\"source\":\"file\"}}");
    assert_int_equal(got.info.reader.size + got.info.card.size + got.info.insertion.size + got.info.holder.size, 0);
    assert_false(got.info.has_signing || got.info.has_authentication || got.info.has_pinpad);
    assert_int_equal(got.info.signing_tries, ANSWER_TRIES_UNKNOWN);
    assert_int_equal(got.info.authentication_tries, ANSWER_TRIES_UNKNOWN);
}

static void every_code_comes_back(void **state)
{
    (void)state;
    for (wire_code_t code = WIRE_NO_SERVICE; code < WIRE_CODES; code++) {
        const answer_t sent = {.id = SPAN("r1"), .code = code, .tries = 2, .token = SPAN("never beside an error")};
        answer_t got = decoded(answer_encode(&sent, pool));
        bool counts = code == WIRE_PIN_WRONG || code == WIRE_PIN_LOW;
        assert_int_equal(got.code, code);
        assert_int_equal(got.tries, counts ? 2 : ANSWER_TRIES_UNKNOWN);
        assert_int_equal(got.token.size, 0);
        assert_int_equal(wire_code_of(span_of(wire_code_name(code))), code);
        assert_int_equal(wire_code_exit(code), 10 + (int)code);
    }
    assert_int_equal(wire_code_exit(WIRE_OK), 0);
    assert_int_equal(wire_code_of(SPAN("OK")), WIRE_OK);
    assert_int_equal(wire_code_of(SPAN("")), WIRE_CODES);
    assert_int_equal(wire_code_of(SPAN("NO_CAR")), WIRE_CODES);
    assert_int_equal(wire_code_of(SPAN("no_card")), WIRE_CODES);
    assert_int_equal(wire_code_of(SPAN("BUSY\0")), WIRE_CODES);
    assert_int_equal(wire_code_exit(WIRE_NO_SERVICE), 11); /* part of the interface: scripts rely on it */
    assert_int_equal(wire_code_exit(WIRE_FAILED), 30);
    assert_int_equal(wire_code_exit(WIRE_NO_PINENTRY), 31);
}

/* A request that could not be read has no id that its answer could name; a file counts no tries. */
static void an_error_may_know_little(void **state)
{
    const answer_t nameless = {.code = WIRE_REQUEST_INVALID};
    const answer_t uncounted = {.id = SPAN("r1"), .code = WIRE_PIN_WRONG, .tries = ANSWER_TRIES_UNKNOWN};

    (void)state;
    assert_span(answer_encode(&nameless, pool), "{\"error\":\"REQUEST_INVALID\"}");
    assert_int_equal(decoded(answer_encode(&nameless, pool)).id.size, 0);
    assert_int_equal(decoded(answer_encode(&uncounted, pool)).tries, ANSWER_TRIES_UNKNOWN);
    assert_int_equal(decoded(answer_encode(&uncounted, pool)).holder.size, 0);
}

/* Whoever counts wrong PINs must know whose it was. */
static void a_refused_pin_has_a_holder(void **state)
{
    const answer_t sent = {.id = SPAN("r1"), .code = WIRE_PIN_WRONG, .tries = 2, .holder = SPAN(HOLDER)};
    span_t json = answer_encode(&sent, pool);

    (void)state;
    assert_span(json, "{\"id\":\"r1\",\"error\":\"PIN_WRONG\",\"tries\":2,\"holder\":\"" HOLDER "\"}");
    assert_span(decoded(json).holder, HOLDER);
}

/* Names of readers are whatever their makers wrote. */
static void strange_names_still_make_json(void **state)
{
    answer_t sent = {.id = SPAN("r1"),
                     .has_info = true,
                     .info = {.source = SPAN("card"), .reader = SPAN("\xFF\"\\\n\0\xE6\xBC\x1Bカ")}};

    (void)state;
    assert_span(decoded(answer_encode(&sent, pool)).info.reader, "�\"\\\n��\x1Bカ");
}

static void other_answers_are_refused(void **state)
{
    static const span_t wrong[] = {
        SPAN(""),
        SPAN(" "),
        SPAN("garbage"),
        SPAN("null"),
        SPAN("[]"),
        SPAN("{}"),
        SPAN("{\"id\":\"r1\"}"),
        SPAN("{\"id\":\"r1\",\"token\":\"\"}"),
        SPAN("{\"id\":\"r1\",\"token\":{}}"),
        SPAN("{\"id\":\"r1\",\"token\":\"t\"}x"),
        SPAN("{\"id\":\"r1\",\"token\":\"t\"}\0"),
        SPAN("{\"id\":\"r1\",\"token\":\"\\u0000\"}"),
        SPAN("{\"id\":\"r1\",\"token\":\"\xC0\xAF\"}"),
        SPAN("{\"id\":\"r1\",\"token\":\"t\",\"token\":\"t\"}"),
        SPAN("{\"id\":\"r1\",\"token\":\"t\",\"more\":1}"),
        SPAN("{\"id\":\"r1\",\"token\":\"t\",\"error\":\"BUSY\"}"),
        SPAN("{\"id\":\"r1\",\"token\":\"t\",\"cms\":\"MAD_\"}"),
        SPAN("{\"id\":\"r1\",\"cms\":\"MAD_\",\"info\":{\"code\":\"OK\",\"source\":\"file\"}}"),
        SPAN("{\"id\":\"r1\",\"token\":\"t\",\"tries\":1}"),
        SPAN("{\"token\":\"t\"}"),
        SPAN("{\"id\":\"\",\"error\":\"BUSY\"}"),
        SPAN("{\"id\":\"a b\",\"error\":\"BUSY\"}"),
        SPAN("{\"id\":1,\"error\":\"BUSY\"}"),
        SPAN("{\"id\":null,\"error\":\"BUSY\"}"),
        SPAN("{\"id\":\"r1\",\"error\":\"OK\"}"),
        SPAN("{\"id\":\"r1\",\"error\":\"\"}"),
        SPAN("{\"id\":\"r1\",\"error\":\"NONSENSE\"}"),
        SPAN("{\"id\":\"r1\",\"error\":7}"),
        SPAN("{\"id\":\"r1\",\"error\":\"BUSY\",\"tries\":1}"),
        SPAN("{\"id\":\"r1\",\"error\":\"PIN_WRONG\",\"tries\":16}"),
        SPAN("{\"id\":\"r1\",\"error\":\"PIN_WRONG\",\"tries\":-1}"),
        SPAN("{\"id\":\"r1\",\"error\":\"PIN_WRONG\",\"tries\":1.0}"),
        SPAN("{\"id\":\"r1\",\"error\":\"PIN_WRONG\",\"tries\":4294967297}"),
        SPAN("{\"id\":\"r1\",\"error\":\"PIN_WRONG\",\"tries\":99999999999999999999}"),
        SPAN("{\"id\":\"r1\",\"cms\":\"MAD_=\"}"),
        SPAN("{\"id\":\"r1\",\"cms\":\"MAD/\"}"),
        SPAN("{\"id\":\"r1\",\"cms\":\"MAB\"}"), /* a stray bit */
        SPAN("{\"id\":\"r1\",\"cms\":\"M\"}"),
        SPAN("{\"id\":\"r1\",\"cms\":\"\"}"),
        SPAN("{\"id\":\"r1\",\"info\":\"card\"}"),
        SPAN("{\"id\":\"r1\",\"info\":[]}"),
        SPAN("{\"id\":\"r1\",\"info\":{}}"),
        SPAN("{\"id\":\"r1\",\"info\":{\"code\":\"OK\"}}"),
        SPAN("{\"id\":\"r1\",\"info\":{\"code\":\"OK\",\"source\":\"cloud\"}}"),
        SPAN("{\"id\":\"r1\",\"info\":{\"code\":\"OK\",\"source\":\"p12\"}}"),
        SPAN("{\"id\":\"r1\",\"info\":{\"code\":\"OK\",\"source\":\"card\",\"holder\":\"0\"}}"),
        SPAN("{\"id\":\"r1\",\"info\":{\"code\":\"OK\",\"source\":\"card\",\"holder\":\"" HOLDER "0\"}}"),
        SPAN("{\"id\":\"r1\",\"error\":\"BUSY\",\"holder\":\"\"}"),
        SPAN("{\"id\":\"r1\",\"error\":\"BUSY\",\"holder\":\"川崎\"}"),
        SPAN("{\"id\":\"r1\",\"error\":\"BUSY\",\"holder\":1}"),
        SPAN("{\"id\":\"r1\",\"info\":{\"code\":\"FINE\",\"source\":\"card\"}}"),
        SPAN("{\"id\":\"r1\",\"info\":{\"code\":\"OK\",\"source\":\"card\",\"reader\":1}}"),
        SPAN("{\"id\":\"r1\",\"info\":{\"code\":\"OK\",\"source\":\"card\",\"signing\":1}}"),
        SPAN("{\"id\":\"r1\",\"info\":{\"code\":\"OK\",\"source\":\"card\",\"signing\":\"true\"}}"),
        SPAN("{\"id\":\"r1\",\"info\":{\"code\":\"OK\",\"source\":\"card\",\"signing_tries\":16}}"),
        SPAN("{\"id\":\"r1\",\"info\":{\"code\":\"OK\",\"source\":\"card\",\"more\":\"x\"}}"),
        SPAN("{\"id\":\"r1\",\"info\":{\"code\":\"OK\",\"source\":\"card\",\"code\":\"OK\"}}"),
    };
    answer_t answer;

    (void)state;
    for (apr_size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        if (answer_decode(&answer, wrong[i], pool) != BASE_EMALFORMED) fail_msg("taken: %s", wrong[i].at);
        assert_int_equal(answer.code, WIRE_FAILED);
        assert_int_equal(answer.id.size + answer.token.size + answer.cms.size, 0);
        assert_false(answer.has_info);
    }
}

/* JSON of exactly this size: one field that fills it. */
static span_t filled(const char *front, apr_size_t size)
{
    char *text = apr_palloc(pool, size);
    memset(text, 'x', size);
    memcpy(text, front, strlen(front));
    memcpy(text + size - 2, "\"}", 2);
    return (span_t){text, size};
}

static void sizes_and_depths_have_an_end(void **state)
{
    char *deep = apr_palloc(pool, ANSWER_MAX);
    answer_t answer;
    message_t message;

    (void)state;
    assert_int_equal(answer_decode(&answer, filled("{\"id\":\"r1\",\"token\":\"", ANSWER_MAX), pool), APR_SUCCESS);
    assert_int_equal(answer_decode(&answer, filled("{\"id\":\"r1\",\"token\":\"", ANSWER_MAX + 1), pool),
                     BASE_EMALFORMED);
    assert_int_equal(message_decode(&message, filled("{\"request\":\"", MESSAGE_MAX), pool), APR_SUCCESS);
    assert_int_equal(message_decode(&message, filled("{\"request\":\"", MESSAGE_MAX + 1), pool), BASE_EMALFORMED);
    memset(deep, '[', ANSWER_MAX);
    assert_int_equal(answer_decode(&answer, (span_t){deep, ANSWER_MAX}, pool), BASE_EMALFORMED);
}

/* Each piece stands in memory of its own size: sanitizers and valgrind see a read behind it. */
static void cut_and_altered_answers_do_no_harm(void **state)
{
    static const char json[] = "{\"id\":\"r1\",\"info\":{\"code\":\"OK\",\"source\":\"card\",\"reader\":\"カード\","
                               "\"signing\":true,\"signing_tries\":5}}";
    const apr_size_t size = sizeof json - 1;
    answer_t answer;

    (void)state;
    srand(1);
    for (apr_size_t i = 0; i < size; i++) {
        char *piece = malloc(i ? i : 1);
        assert_non_null(piece);
        memcpy(piece, json, i);
        assert_int_equal(answer_decode(&answer, (span_t){piece, i}, pool), BASE_EMALFORMED);
        free(piece);
    }
    for (int round = 0; round < 5000; round++) {
        char *piece = malloc(size);
        assert_non_null(piece);
        memcpy(piece, json, size);
        for (int k = 0; k < 3; k++) piece[(apr_size_t)rand() % size] = (char)rand();
        if (answer_decode(&answer, (span_t){piece, size}, pool) == APR_SUCCESS) {
            span_t again = answer_encode(&answer, pool);
            assert_int_equal(answer_decode(&answer, again, pool), APR_SUCCESS);
        }
        free(piece);
    }
}

static void messages_come_back(void **state)
{
    const message_t bare = {.request = SPAN("a.b.c")};
    const message_t full = {
        .request = SPAN("a.b.c"), .origin = SPAN("https://a.example"), .has_pin = true, .last_try = true};
    message_t got;

    (void)state;
    assert_span(message_encode(&bare, pool), "{\"request\":\"a.b.c\"}");
    assert_int_equal(message_decode(&got, message_encode(&bare, pool), pool), APR_SUCCESS);
    assert_span(got.request, "a.b.c");
    assert_int_equal(got.origin.size, 0);
    assert_false(got.has_pin || got.last_try);

    assert_int_equal(message_decode(&got, message_encode(&full, pool), pool), APR_SUCCESS);
    assert_span(got.origin, "https://a.example");
    assert_true(got.has_pin && got.last_try);
}

static void other_messages_are_refused(void **state)
{
    static const span_t wrong[] = {
        SPAN(""),
        SPAN("{}"),
        SPAN("\"a.b.c\""),
        SPAN("{\"request\":\"\"}"),
        SPAN("{\"request\":{}}"),
        SPAN("{\"request\":\"a\",\"request\":\"b\"}"),
        SPAN("{\"request\":\"a\",\"pin\":\"1234\"}"),
        SPAN("{\"request\":\"a\",\"pin\":1}"),
        SPAN("{\"request\":\"a\",\"pin\":null}"),
        SPAN("{\"request\":\"a\",\"last_try\":\"yes\"}"),
        SPAN("{\"request\":\"a\",\"origin\":\"\"}"),
        SPAN("{\"request\":\"a\",\"origin\":\"null\"}"),
        SPAN("{\"request\":\"a\",\"origin\":\"https://a.example/\"}"),
        SPAN("{\"request\":\"a\",\"digest\":\"00\"}"),
        SPAN("{\"request\":\"a\"} {}"),
    };
    message_t message;

    (void)state;
    for (apr_size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        if (message_decode(&message, wrong[i], pool) != BASE_EMALFORMED) fail_msg("taken: %s", wrong[i].at);
        assert_int_equal(message.request.size, 0);
        assert_false(message.has_pin || message.last_try);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_comes_back),
        cmocka_unit_test(a_cms_comes_back),
        cmocka_unit_test(what_is_there_comes_back),
        cmocka_unit_test(every_code_comes_back),
        cmocka_unit_test(an_error_may_know_little),
        cmocka_unit_test(a_refused_pin_has_a_holder),
        cmocka_unit_test(strange_names_still_make_json),
        cmocka_unit_test(other_answers_are_refused),
        cmocka_unit_test(sizes_and_depths_have_an_end),
        cmocka_unit_test(cut_and_altered_answers_do_no_harm),
        cmocka_unit_test(messages_come_back),
        cmocka_unit_test(other_messages_are_refused),
    };
    return cmocka_run_group_tests(tests, begin, test_pool_drop);
}
