/* SPDX-License-Identifier: Apache-2.0
 *
 * The card in its reader: put in, pulled out, given power, given a command and, perhaps late, taken its answer.
 */
#ifndef CARD_SLOT_H
#define CARD_SLOT_H

#include "fault.h"
#include "transport.h"

typedef struct {
    card_t card;
    transport_t transport;
    fault_t fault;
    unsigned short port;
    bool inserted; /* wanted: the wire follows it, when pcscd has seen that the card was out */
    long connect_at;
    int socket; /* -1: not in the reader */
    unsigned long power_ons;
    unsigned char answer[WIRE_MAX];
    size_t answer_size; /* 0: none is under way */
    long answer_due;    /* slot_clock */
} slot_t;

/* Milliseconds of a clock that only goes forward. */
long slot_clock(void);

/* Another card in the place of the one before. False: none is in then. */
bool slot_load(slot_t *slot, const char *directory);

void slot_insert(slot_t *slot);
void slot_remove(slot_t *slot);

/* How long to wait for the socket, in ms (-1: any time); then what is due, and what came when something did. */
int slot_patience(const slot_t *slot);
void slot_turn(slot_t *slot, bool readable);

#endif
