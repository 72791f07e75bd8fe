/* SPDX-License-Identifier: Apache-2.0
 *
 * Command and response APDUs (ISO 7816-4), short ones, over whatever carries bytes to a card: PC/SC in the program,
 * a buffer in the fuzzers. 61xx and 6Cxx are followed here; what a status word means is the caller's business.
 */
#ifndef SIGNER_APDU_H
#define SIGNER_APDU_H

#include "wire/code.h"

#define APDU_COMMAND_MAX  261 /* header, Lc, 255 bytes, Le */
#define APDU_RESPONSE_MAX 258

/* Sends the command's bytes and receives the response's, status word included; *received is at most APDU_RESPONSE_MAX.
 * Anything but WIRE_OK: nothing is known of what the card did. */
typedef struct {
    wire_code_t (*transmit)(void *context, const unsigned char *command, apr_size_t size, unsigned char *response,
                            apr_size_t *received);
    void *context;
} apdu_channel_t;

typedef struct {
    unsigned char cla, ins, p1, p2;
    const unsigned char *data;
    apr_size_t size; /* of data, at most 255; 0: none, no Lc is sent */
    int expected;    /* Le: bytes wanted, 1 to 256; 0: none, no Le is sent */
} apdu_command_t;

typedef struct {
    unsigned char data[4096]; /* of all parts that 61xx announced */
    apr_size_t size;
    unsigned int status; /* SW1 and SW2, e.g. 0x9000 */
} apdu_response_t;

/* One command and its response. WIRE_CARD_REMOVED: no answer. WIRE_UNSUPPORTED_CARD: one that is no response APDU, or
 * 61xx without end. WIRE_FAILED: the kernel locks no memory. The bytes as sent stand in locked memory and are wiped at
 * the end. A command without Le (VERIFY) is sent once, whatever comes: 6Cxx, "send again with this Le", is an answer to
 * it like any other.
 */
wire_code_t apdu_exchange(const apdu_channel_t *channel, const apdu_command_t *command, apdu_response_t *response);

#endif
