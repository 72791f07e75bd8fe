/* SPDX-License-Identifier: Apache-2.0
 *
 * One command to its end: built, sent, its answer put together. Of files, PINs and keys it knows nothing.
 */
#include "signer/apdu.h"

#include "base/secret.h"

#include <sys/mman.h>

enum { GET_RESPONSE = 0xC0, STATUS_MORE = 0x61, STATUS_OTHER_LENGTH = 0x6C };

/* Le of 256 is written as 0. */
static apr_size_t build(unsigned char frame[APDU_COMMAND_MAX], const apdu_command_t *command)
{
    apr_size_t size = 0;
    frame[size++] = command->cla;
    frame[size++] = command->ins;
    frame[size++] = command->p1;
    frame[size++] = command->p2;
    if (command->size > 0) {
        frame[size++] = (unsigned char)command->size;
        memcpy(frame + size, command->data, command->size);
        size += command->size;
    }
    if (command->expected > 0) frame[size++] = (unsigned char)(command->expected & 0xFF);
    return size;
}

/* Sends one frame and adds its answer's data to the response. *part: how many bytes that were. */
static wire_code_t send_one(const apdu_channel_t *channel, const apdu_command_t *command, apdu_response_t *response,
                            apr_size_t *part)
{
    unsigned char frame[APDU_COMMAND_MAX] = {0}, answer[APDU_RESPONSE_MAX];
    apr_size_t received = 0;

    /* Never unlocked: it is the stack's page, where the next command will stand too. */
    if (mlock(frame, sizeof frame) != 0) return WIRE_FAILED;
    wire_code_t code = channel->transmit(channel->context, frame, build(frame, command), answer, &received);
    secret_wipe(frame, sizeof frame);
    if (code != WIRE_OK) return code;
    if (received == 0) return WIRE_CARD_REMOVED; /* what drivers make of a card that went away meanwhile */
    if (received < 2 || received > sizeof answer) return WIRE_UNSUPPORTED_CARD;

    *part = received - 2;
    if (*part > sizeof response->data - response->size) return WIRE_UNSUPPORTED_CARD;
    memcpy(response->data + response->size, answer, *part);
    response->size += *part;
    response->status = (unsigned int)answer[*part] << 8 | answer[*part + 1];
    return WIRE_OK;
}

/* Sends it once more where the card asks for another Le, and only then. */
static wire_code_t send_fitting(const apdu_channel_t *channel, apdu_command_t command, apdu_response_t *response,
                                apr_size_t *part)
{
    wire_code_t code = send_one(channel, &command, response, part);
    if (code != WIRE_OK || command.expected == 0 || response->status >> 8 != STATUS_OTHER_LENGTH) return code;
    int wanted = (int)(response->status & 0xFF);
    command.expected = wanted ? wanted : 256;
    return send_one(channel, &command, response, part);
}

wire_code_t apdu_exchange(const apdu_channel_t *channel, const apdu_command_t *command, apdu_response_t *response)
{
    apr_size_t part = 0;

    response->size = 0;
    response->status = 0;
    if (command->size > 255 || command->expected < 0 || command->expected > 256) return WIRE_FAILED;
    wire_code_t code = send_fitting(channel, *command, response, &part);
    for (bool first = true; code == WIRE_OK && response->status >> 8 == STATUS_MORE; first = false) {
        /* Each part brings something, so the room for all of them is also the end of an endless answer. */
        if (part == 0 && !first) return WIRE_UNSUPPORTED_CARD;
        int left = (int)(response->status & 0xFF);
        apdu_command_t next = {.ins = GET_RESPONSE, .expected = left ? left : 256};
        code = send_fitting(channel, next, response, &part);
    }
    return code;
}
