/* SPDX-License-Identifier: Apache-2.0
 *
 * Between the bytes on the wire and the card's commands: short APDUs are taken apart, and answers are carried plainly,
 * or by 61xx and GET RESPONSE in parts, or refused by 6Cxx until Le is exact, as the settings say. Counts what it saw.
 */
#ifndef CARD_TRANSPORT_H
#define CARD_TRANSPORT_H

#include "card.h"

#define WIRE_MAX 65535

/* What a test can say of a command: to count it, to let it go wrong. VERIFY without a PIN is a QUERY. */
typedef enum {
    KIND_ANY,
    KIND_SELECT,
    KIND_READ,
    KIND_VERIFY,
    KIND_QUERY,
    KIND_CHANGE,
    KIND_SIGN,
    KIND_RESPONSE,
    KIND_OTHER,
    KINDS
} kind_t;

typedef struct {
    card_t *card;
    response_t waiting; /* what GET RESPONSE will fetch */
    size_t fetched;     /* of it */
    size_t part;        /* at most so much at a time; 0: all, at once and without being asked */
    unsigned long counts[KINDS];
} transport_t;

/* One command's bytes; returns the size of the answer, at most RESPONSE_MAX + 2. */
size_t transport_answer(transport_t *transport, const unsigned char *bytes, size_t size, unsigned char *answer);

/* KIND_OTHER for what is no command too. */
kind_t transport_kind(const unsigned char *bytes, size_t size);

/* By its name, "ANY" to "OTHER". */
bool transport_named(const char *name, kind_t *kind);

/* Nothing is waiting any longer. */
void transport_forget(transport_t *transport);

#endif
