/* SPDX-License-Identifier: Apache-2.0
 *
 * signer/apdu.c over a channel that answers from a script: each line is what must be sent, and what comes back.
 */
#include "signer/apdu.h"
#include "test.h"

typedef struct {
    const unsigned char *sent; /* NULL: not looked at */
    apr_size_t sent_size;
    const unsigned char *answer;
    apr_size_t answer_size;
    wire_code_t code;
} step_t;

typedef struct {
    const step_t *steps;
    int count, at;
    bool endless; /* the last step again and again */
} script_t;

#define BYTES(...) (const unsigned char[]){__VA_ARGS__}, sizeof((const unsigned char[]){__VA_ARGS__})

static wire_code_t transmit(void *context, const unsigned char *command, apr_size_t size, unsigned char *response,
                            apr_size_t *received)
{
    script_t *script = context;
    if (script->at == script->count && script->endless) --script->at;
    assert_true(script->at < script->count);
    const step_t *step = &script->steps[script->at++];
    if (step->sent) {
        assert_int_equal(size, step->sent_size);
        assert_memory_equal(command, step->sent, size);
    }
    *received = step->answer_size;
    if (step->answer_size > 0 && step->answer_size <= APDU_RESPONSE_MAX)
        memcpy(response, step->answer, step->answer_size);
    return step->code;
}

static wire_code_t exchange(const step_t *steps, int count, const apdu_command_t *command, apdu_response_t *response)
{
    script_t script = {steps, count, 0, false};
    wire_code_t code = apdu_exchange(&(apdu_channel_t){transmit, &script}, command, response);
    assert_int_equal(script.at, count);
    return code;
}

#define EXCHANGE(steps, command, response) exchange(steps, (int)(sizeof(steps) / sizeof *(steps)), command, response)

static void test_forms(void **state)
{
    static const unsigned char data[] = {0x00, 0x17};
    const step_t plain[] = {{BYTES(0x00, 0x20, 0x00, 0x80), BYTES(0x63, 0xC3), WIRE_OK}};
    const step_t with_data[] = {{BYTES(0x00, 0xA4, 0x02, 0x0C, 0x02, 0x00, 0x17), BYTES(0x90, 0x00), WIRE_OK}};
    const step_t reading[] = {{BYTES(0x00, 0xB0, 0x01, 0x02, 0x20), BYTES(0xAA, 0xBB, 0x90, 0x00), WIRE_OK}};
    const step_t both[] = {{BYTES(0x80, 0x2A, 0x00, 0x80, 0x02, 0x00, 0x17, 0x00), BYTES(0x69, 0x82), WIRE_OK}};
    apdu_response_t response;

    (void)state;
    assert_int_equal(EXCHANGE(plain, (&(apdu_command_t){.ins = 0x20, .p2 = 0x80}), &response), WIRE_OK);
    assert_int_equal(response.status, 0x63C3);
    assert_int_equal(response.size, 0);
    assert_int_equal(EXCHANGE(with_data, (&(apdu_command_t){0x00, 0xA4, 0x02, 0x0C, data, 2, 0}), &response), WIRE_OK);
    assert_int_equal(EXCHANGE(reading, (&(apdu_command_t){0x00, 0xB0, 0x01, 0x02, NULL, 0, 0x20}), &response), WIRE_OK);
    assert_int_equal(response.size, 2);
    assert_memory_equal(response.data, "\xAA\xBB", 2);
    assert_int_equal(EXCHANGE(both, (&(apdu_command_t){0x80, 0x2A, 0x00, 0x80, data, 2, 256}), &response), WIRE_OK);
    assert_int_equal(response.status, 0x6982);
}

static void test_longest(void **state)
{
    static unsigned char data[256], sent[APDU_COMMAND_MAX] = {0x80, 0x2A, 0x00, 0x80, 255};
    const step_t steps[] = {{sent, sizeof sent, BYTES(0x90, 0x00), WIRE_OK}};
    apdu_response_t response;

    (void)state;
    memset(data, 0x5A, sizeof data);
    memset(sent + 5, 0x5A, 255);
    assert_int_equal(EXCHANGE(steps, (&(apdu_command_t){0x80, 0x2A, 0x00, 0x80, data, 255, 256}), &response), WIRE_OK);
    assert_int_equal(exchange(NULL, 0, &(apdu_command_t){.data = data, .size = 256}, &response), WIRE_FAILED);
    assert_int_equal(exchange(NULL, 0, &(apdu_command_t){.expected = 257}, &response), WIRE_FAILED);
    assert_int_equal(exchange(NULL, 0, &(apdu_command_t){.expected = -1}, &response), WIRE_FAILED);
}

static void test_more(void **state)
{
    const step_t steps[] = {
        {BYTES(0x80, 0x2A, 0x00, 0x80, 0x01, 0x55, 0x00), BYTES(0x61, 0x03), WIRE_OK},
        {BYTES(0x00, 0xC0, 0x00, 0x00, 0x03), BYTES(1, 2, 3, 0x61, 0x00), WIRE_OK},
        {BYTES(0x00, 0xC0, 0x00, 0x00, 0x00), BYTES(0x6C, 0x02), WIRE_OK},
        {BYTES(0x00, 0xC0, 0x00, 0x00, 0x02), BYTES(4, 5, 0x90, 0x00), WIRE_OK},
    };
    static const unsigned char data[] = {0x55};
    apdu_response_t response;

    (void)state;
    assert_int_equal(EXCHANGE(steps, (&(apdu_command_t){0x80, 0x2A, 0x00, 0x80, data, 1, 256}), &response), WIRE_OK);
    assert_int_equal(response.status, 0x9000);
    assert_int_equal(response.size, 5);
    assert_memory_equal(response.data, "\1\2\3\4\5", 5);
}

static void test_more_without_end(void **state)
{
    static const unsigned char one_byte[] = {7, 0x61, 0x01};
    const step_t empty[] = {
        {NULL, 0, BYTES(0x61, 0x01), WIRE_OK},
        {NULL, 0, BYTES(0x61, 0x01), WIRE_OK},
    };
    const step_t filling[] = {{NULL, 0, one_byte, sizeof one_byte, WIRE_OK}};
    script_t script = {filling, 1, 0, true};
    apdu_response_t response;

    (void)state;
    assert_int_equal(EXCHANGE(empty, (&(apdu_command_t){.ins = 0xB0, .expected = 256}), &response),
                     WIRE_UNSUPPORTED_CARD);
    assert_int_equal(
        apdu_exchange(&(apdu_channel_t){transmit, &script}, &(apdu_command_t){.ins = 0xB0, .expected = 256}, &response),
        WIRE_UNSUPPORTED_CARD);
    assert_int_equal(response.size, sizeof response.data);
}

static void test_other_length(void **state)
{
    const step_t once[] = {
        {BYTES(0x00, 0xB0, 0x00, 0x00, 0x00), BYTES(0x6C, 0x03), WIRE_OK},
        {BYTES(0x00, 0xB0, 0x00, 0x00, 0x03), BYTES(1, 2, 3, 0x90, 0x00), WIRE_OK},
    };
    const step_t twice[] = {
        {BYTES(0x00, 0xB0, 0x00, 0x00, 0x20), BYTES(0x6C, 0x00), WIRE_OK},
        {BYTES(0x00, 0xB0, 0x00, 0x00, 0x00), BYTES(0x6C, 0x20), WIRE_OK},
    };
    apdu_response_t response;

    (void)state;
    assert_int_equal(EXCHANGE(once, (&(apdu_command_t){.ins = 0xB0, .expected = 256}), &response), WIRE_OK);
    assert_int_equal(response.size, 3);
    assert_int_equal(EXCHANGE(twice, (&(apdu_command_t){.ins = 0xB0, .expected = 32}), &response), WIRE_OK);
    assert_int_equal(response.status, 0x6C20); /* a card that can't decide is not asked for ever */
}

/* VERIFY has no Le: whatever the card says, the PIN goes out once. */
static void test_once(void **state)
{
    static const unsigned char pin[] = {'1', '2', '3', '4'};
    const apdu_command_t verify = {0x00, 0x20, 0x00, 0x80, pin, sizeof pin, 0};
    const step_t other_length[] = {{NULL, 0, BYTES(0x6C, 0x04), WIRE_OK}};
    const step_t lost[] = {{NULL, 0, NULL, 0, WIRE_TIMEOUT}};
    apdu_response_t response;

    (void)state;
    assert_int_equal(EXCHANGE(other_length, &verify, &response), WIRE_OK);
    assert_int_equal(response.status, 0x6C04);
    assert_int_equal(EXCHANGE(lost, &verify, &response), WIRE_TIMEOUT);
}

static void test_no_response(void **state)
{
    const apdu_command_t read = {.ins = 0xB0, .expected = 256};
    const step_t none[] = {{NULL, 0, NULL, 0, WIRE_OK}};
    const step_t half[] = {{NULL, 0, BYTES(0x90), WIRE_OK}};
    const step_t oversize[] = {{NULL, 0, NULL, APDU_RESPONSE_MAX + 1, WIRE_OK}};
    const step_t removed[] = {{NULL, 0, BYTES(0x61, 0x05), WIRE_OK}, {NULL, 0, NULL, 0, WIRE_CARD_REMOVED}};
    apdu_response_t response;

    (void)state;
    assert_int_equal(EXCHANGE(none, &read, &response), WIRE_CARD_REMOVED);
    assert_int_equal(EXCHANGE(half, &read, &response), WIRE_UNSUPPORTED_CARD);
    assert_int_equal(EXCHANGE(oversize, &read, &response), WIRE_UNSUPPORTED_CARD);
    assert_int_equal(EXCHANGE(removed, &read, &response), WIRE_CARD_REMOVED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_forms),        cmocka_unit_test(test_longest),
        cmocka_unit_test(test_more),         cmocka_unit_test(test_more_without_end),
        cmocka_unit_test(test_other_length), cmocka_unit_test(test_once),
        cmocka_unit_test(test_no_response),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
