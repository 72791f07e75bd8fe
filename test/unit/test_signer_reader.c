/* SPDX-License-Identifier: Apache-2.0
 *
 * What readers say and are told, without one: statuses of PC/SC (signer/pcsc_code.c), the bytes of a pad's order and
 * answer (signer/pinpad.c).
 */
#include "signer/jpki.h"
#include "signer/pcsc.h"
#include "signer/pinpad.h"
#include "test.h"

#include <reader.h>
#include <winscard.h>

static void test_statuses(void **state)
{
    static const struct {
        long status;
        wire_code_t before, during;
    } known[] = {
        {SCARD_S_SUCCESS, WIRE_OK, WIRE_OK},
        {SCARD_E_NO_SERVICE, WIRE_NO_SERVICE, WIRE_CARD_REMOVED},
        {SCARD_W_SECURITY_VIOLATION, WIRE_NO_SERVICE, WIRE_CARD_REMOVED},
        {SCARD_E_NO_READERS_AVAILABLE, WIRE_NO_READER, WIRE_CARD_REMOVED},
        {SCARD_E_READER_UNAVAILABLE, WIRE_NO_READER, WIRE_CARD_REMOVED},
        {SCARD_E_NO_SMARTCARD, WIRE_NO_CARD, WIRE_CARD_REMOVED},
        {SCARD_W_REMOVED_CARD, WIRE_NO_CARD, WIRE_CARD_REMOVED},
        {SCARD_W_UNRESPONSIVE_CARD, WIRE_UNSUPPORTED_CARD, WIRE_CARD_REMOVED},
        {SCARD_E_PROTO_MISMATCH, WIRE_UNSUPPORTED_CARD, WIRE_UNSUPPORTED_CARD},
        {SCARD_E_SHARING_VIOLATION, WIRE_BUSY, WIRE_BUSY},
        {SCARD_E_TIMEOUT, WIRE_TIMEOUT, WIRE_TIMEOUT},
        {SCARD_E_NO_MEMORY, WIRE_FAILED, WIRE_FAILED},
    };

    (void)state;
    for (apr_size_t i = 0; i < sizeof known / sizeof *known; ++i) {
        assert_int_equal(pcsc_code(known[i].status, PCSC_BEFORE), known[i].before);
        assert_int_equal(pcsc_code(known[i].status, PCSC_DURING), known[i].during);
    }
    /* Whatever it is: only success is success. */
    for (long low = 0; low <= 0x80; ++low) assert_int_not_equal(pcsc_code(0x80100001L + low, PCSC_DURING), WIRE_OK);
    assert_int_equal(pcsc_code(1, PCSC_BEFORE), WIRE_FAILED);
    assert_int_equal(pcsc_code(-1, PCSC_BEFORE), WIRE_FAILED);
}

static void test_feature(void **state)
{
    static const unsigned char features[] = {0x0A, 4, 0x42, 0x33, 0x00, 0x0A, 0x06, 4, 0x42, 0x33, 0x00, 0x06};
    static const unsigned char odd[] = {0x06, 3, 1, 2, 3, 0x06, 4, 1, 2, 3, 4};

    (void)state;
    assert_int_equal(pinpad_feature(features, sizeof features), 0x42330006);
    assert_int_equal(pinpad_feature(features, sizeof features - 1), 0);
    assert_int_equal(pinpad_feature(features, 6), 0);
    assert_int_equal(pinpad_feature(features, 0), 0);
    assert_int_equal(pinpad_feature(odd, sizeof odd), 0);
}

/* Read back as winscard's own structure. */
static void test_order(void **state)
{
    source_prompt_t prompt = {.tries = 3};
    unsigned char order[PINPAD_BYTES];
    union {
        unsigned char bytes[PINPAD_BYTES];
        PIN_VERIFY_STRUCTURE of;
    } read;

    (void)state;
    jpki_prompt(JPKI_MY_NUMBER, SOURCE_AUTHENTICATION, &prompt);
    pinpad_order(&prompt, apr_time_from_sec(60), order);
    memcpy(read.bytes, order, sizeof order);
    assert_int_equal(read.of.bTimerOut, 30);
    assert_int_equal(read.of.bmFormatString, 0x82);
    assert_int_equal(read.of.wPINMaxExtraDigit, 0x0404);
    assert_int_equal(read.of.bEntryValidationCondition, 2);
    assert_int_equal(read.of.wLangId, 0x0411);
    assert_int_equal(read.of.ulDataLength, 5);
    assert_memory_equal(order + 19, "\x00\x20\x00\x80\x00", 5);
    pinpad_order(&prompt, PINPAD_LEAST, order);
    assert_int_equal(order[0], 2);
    assert_int_equal(order[1], 2);
}

static void test_answer(void **state)
{
    (void)state;
    assert_int_equal(pinpad_answered(0x6400), WIRE_TIMEOUT);
    assert_int_equal(pinpad_answered(0x6401), WIRE_CANCELLED);
    assert_int_equal(pinpad_answered(0x6402), WIRE_PIN_FORM);
    assert_int_equal(pinpad_answered(0x6403), WIRE_PIN_FORM);
    assert_int_equal(pinpad_answered(0x9000), WIRE_OK);
    assert_int_equal(pinpad_answered(0x63C2), WIRE_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_statuses),
        cmocka_unit_test(test_feature),
        cmocka_unit_test(test_order),
        cmocka_unit_test(test_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
