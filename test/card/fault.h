/* SPDX-License-Identifier: Apache-2.0
 *
 * What can go wrong with a card while a command is under way: slow, pulled out, rubbish in the place of an answer. Each
 * is asked for over the control socket; none survives the program.
 */
#ifndef CARD_FAULT_H
#define CARD_FAULT_H

#include "transport.h"

typedef enum { RUBBISH_NONE, RUBBISH_SHORT, RUBBISH_NOISE, RUBBISH_LONG } rubbish_t;
typedef enum { PULL_NEVER, PULL_BEFORE, PULL_AFTER } pull_t;

typedef struct {
    long slow; /* milliseconds before each answer */
    rubbish_t rubbish;
    pull_t pull; /* before the command is carried out, or after it and before its answer */
    kind_t pull_kind;
    unsigned int pull_countdown; /* the how-many-th such command from now */
    kind_t status_kind;          /* the next such command is answered by this status without being carried out */
    unsigned int status;         /* 0: none */
} fault_t;

/* To be asked once for each command: is the card pulled out at this one? */
pull_t fault_pulls(fault_t *fault, const unsigned char *command, size_t size);

/* True, once: this answer in the place of the card's. */
bool fault_status(fault_t *fault, const unsigned char *command, size_t size, unsigned char *answer,
                  size_t *answer_size);

/* Rubbish in the place of an answer, or nothing done. Room: WIRE_MAX. */
void fault_rubbish(const fault_t *fault, unsigned char *answer, size_t *size);

#endif
