/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/code.h"

#define EXIT_BASE 10

static const char *const names[] = {
    [WIRE_OK] = "OK",
    [WIRE_NO_SERVICE] = "NO_SERVICE",
    [WIRE_NO_READER] = "NO_READER",
    [WIRE_NO_CARD] = "NO_CARD",
    [WIRE_CARD_REMOVED] = "CARD_REMOVED",
    [WIRE_UNSUPPORTED_CARD] = "UNSUPPORTED_CARD",
    [WIRE_PIN_WRONG] = "PIN_WRONG",
    [WIRE_PIN_LOW] = "PIN_LOW",
    [WIRE_PIN_BLOCKED] = "PIN_BLOCKED",
    [WIRE_PIN_FORM] = "PIN_FORM",
    [WIRE_CANCELLED] = "CANCELLED",
    [WIRE_TIMEOUT] = "TIMEOUT",
    [WIRE_CERT_MISSING] = "CERT_MISSING",
    [WIRE_CERT_EXPIRED] = "CERT_EXPIRED",
    [WIRE_FILE_MISSING] = "FILE_MISSING",
    [WIRE_FILE_INVALID] = "FILE_INVALID",
    [WIRE_ORIGIN_DENIED] = "ORIGIN_DENIED",
    [WIRE_REQUEST_INVALID] = "REQUEST_INVALID",
    [WIRE_REPLAY] = "REPLAY",
    [WIRE_BUSY] = "BUSY",
    [WIRE_FAILED] = "FAILED",
    [WIRE_NO_PINENTRY] = "NO_PINENTRY",
};
_Static_assert(sizeof names / sizeof *names == WIRE_CODES, "a code without a name");

const char *wire_code_name(wire_code_t code)
{
    return names[code];
}

wire_code_t wire_code_of(span_t name)
{
    wire_code_t code = WIRE_OK;
    while (code < WIRE_CODES && !span_is(name, names[code])) code++;
    return code;
}

int wire_code_exit(wire_code_t code)
{
    return code == WIRE_OK ? 0 : EXIT_BASE + (int)code;
}
