/* SPDX-License-Identifier: Apache-2.0
 *
 * APDUs: see transport.h.
 */
#include "transport.h"

#include <stdio.h>
#include <string.h>

#define HEADER 4

/* In the order of kind_t. */
static const struct {
    const char *name;
    int ins;
} kinds[KINDS] = {{"ANY", -1},      {"SELECT", 0xA4}, {"READ", 0xB0},     {"VERIFY", 0x20}, {"QUERY", -1},
                  {"CHANGE", 0x24}, {"SIGN", 0x2A},   {"RESPONSE", 0xC0}, {"OTHER", -1}};

/* The four cases of ISO 7816-3; an extended one is wrong. */
static bool take_apart(command_t *command, const unsigned char *bytes, size_t size)
{
    memset(command, 0, sizeof *command);
    if (size < HEADER) return false;
    command->cla = bytes[0];
    command->ins = bytes[1];
    command->p1 = bytes[2];
    command->p2 = bytes[3];
    if (size == HEADER) return true;
    size_t first = bytes[HEADER];
    if (size > HEADER + 1) {
        command->data = bytes + HEADER + 1;
        command->size = first;
        size -= HEADER + 1;
        if (first == 0 || size < first || size > first + 1) return false;
        if (size == first) return true;
        first = command->data[first];
    }
    command->expected = first > 0 ? first : 256;
    return true;
}

static unsigned int one_byte(size_t size)
{
    return size < 256 ? (unsigned int)size : 0;
}

static size_t write_answer(unsigned char *answer, const unsigned char *data, size_t size, unsigned int status)
{
    if (size > 0) memcpy(answer, data, size);
    answer[size] = (unsigned char)(status >> 8);
    answer[size + 1] = (unsigned char)(status & 0xFF);
    return size + 2;
}

static size_t get_response(transport_t *transport, const command_t *command, unsigned char *answer)
{
    response_t *waiting = &transport->waiting;
    size_t rest = waiting->size - transport->fetched;
    size_t part = transport->part < rest ? transport->part : rest;
    if (rest == 0 || command->size > 0 || command->expected == 0) return write_answer(answer, NULL, 0, 0x6985);
    if (command->expected > part) return write_answer(answer, NULL, 0, 0x6C00 | one_byte(part));
    const unsigned char *data = waiting->data + transport->fetched;
    transport->fetched += command->expected;
    rest -= command->expected;
    if (part > rest) part = rest;
    return write_answer(answer, data, command->expected, rest > 0 ? 0x6100 | one_byte(part) : waiting->status);
}

static size_t deliver(transport_t *transport, const command_t *command, const response_t *response,
                      unsigned char *answer)
{
    const settings_t *settings = &transport->card->settings;
    size_t part =
        setting_number(settings, command->ins == kinds[KIND_SIGN].ins ? SETTING_SIGN_PARTS : SETTING_READ_PARTS);
    if (response->size == 0 || response->status != 0x9000) return write_answer(answer, NULL, 0, response->status);
    if (response->size < command->expected && setting_is(settings, SETTING_EXACT, "yes"))
        return write_answer(answer, NULL, 0, 0x6C00 | one_byte(response->size));
    if (part == 0) return write_answer(answer, response->data, response->size, response->status);
    transport->waiting = *response;
    transport->part = part;
    return write_answer(answer, NULL, 0, 0x6100 | one_byte(response->size < part ? response->size : part));
}

size_t transport_answer(transport_t *transport, const unsigned char *bytes, size_t size, unsigned char *answer)
{
    command_t command;
    response_t response;
    transport->counts[KIND_ANY]++;
    transport->counts[transport_kind(bytes, size)]++;
    if (!take_apart(&command, bytes, size)) return write_answer(answer, NULL, 0, 0x6700);
    if (command.ins == kinds[KIND_RESPONSE].ins) return get_response(transport, &command, answer);
    transport_forget(transport);
    card_execute(transport->card, &command, &response);
    return deliver(transport, &command, &response, answer);
}

kind_t transport_kind(const unsigned char *bytes, size_t size)
{
    int kind = size < HEADER ? KIND_OTHER : KIND_SELECT;
    while (kind < KIND_OTHER && kinds[kind].ins != bytes[1]) kind++;
    return kind == KIND_VERIFY && size == HEADER ? KIND_QUERY : (kind_t)kind;
}

bool transport_named(const char *name, kind_t *kind)
{
    int found = 0;
    while (found < KINDS && strcmp(kinds[found].name, name) != 0) found++;
    *kind = (kind_t)found;
    return found < KINDS;
}

void transport_forget(transport_t *transport)
{
    transport->waiting.size = 0;
    transport->fetched = 0;
}
