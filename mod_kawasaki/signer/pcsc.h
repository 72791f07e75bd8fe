/* SPDX-License-Identifier: Apache-2.0
 *
 * PC/SC (winscard.h of pcsc-lite) with a deadline: none of its calls can be given up once it is made, and a card, a
 * driver or the service may hang for ever. So each runs in a thread of its own. A thread that is late is left alone
 * with all it uses; when it comes back it gives card and context away itself. The program goes on, with a new context.
 */
#ifndef SIGNER_PCSC_H
#define SIGNER_PCSC_H

#include "wire/code.h"

#include <apr_time.h>

#define PCSC_INSERTION 24  /* characters */
#define PCSC_BYTES_MAX 320 /* of a command or an answer */

typedef struct pcsc_t pcsc_t;

typedef struct {
    const char *name;
    const char *insertion; /* changes with each insertion, each restart of the service or of this program, and after a
                            * call that was given up; empty without a card */
} pcsc_reader_t;

/* Connects to nothing yet. Whatever is open is given back with the pool. patience: for each call. */
pcsc_t *pcsc_create(apr_interval_time_t patience, apr_pool_t *pool);

/* The reader whose name is or begins as wanted (NULL: any); of several with a card the one at this place, counted from
 * 0. *reader is filled in where one was found; where there are fewer cards it is the first reader. The context is kept,
 * so that the service counts insertions on; one that has died is replaced. WIRE_OK: there is a card in it;
 * WIRE_NO_SERVICE, WIRE_NO_READER, WIRE_NO_CARD, WIRE_TIMEOUT, WIRE_FAILED. */
wire_code_t pcsc_find(pcsc_t *pcsc, const char *wanted, int place, pcsc_reader_t *reader, apr_pool_t *pool);

/* Takes the card in this reader, which pcsc_find has found, alone, in one transaction. WIRE_BUSY: somebody else has it;
 * WIRE_CARD_REMOVED: another one lies there since. */
wire_code_t pcsc_connect(pcsc_t *pcsc, const char *reader);

/* apdu_channel_t's transmit; context is the pcsc_t. WIRE_CARD_REMOVED; WIRE_TIMEOUT: the card is not connected any
 * more, and nothing is known of it. */
wire_code_t pcsc_transmit(void *context, const unsigned char *command, apr_size_t size, unsigned char *response,
                          apr_size_t *received);

/* SCardControl. *received: room before (at most PCSC_BYTES_MAX is used), bytes after. */
wire_code_t pcsc_control(pcsc_t *pcsc, unsigned long control, const unsigned char *bytes, apr_size_t size,
                         unsigned char *response, apr_size_t *received, apr_interval_time_t patience);

/* Ends the transaction and takes the power from the card, and with it what it remembers of a PIN. Nothing where none is
 * connected. */
void pcsc_disconnect(pcsc_t *pcsc);

typedef enum { PCSC_BEFORE, PCSC_DURING } pcsc_phase_t; /* the card's connection */

/* What a status of PC/SC means to the holder (pcsc_code.c). */
wire_code_t pcsc_code(long status, pcsc_phase_t phase);

#endif
