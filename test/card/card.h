/* SPDX-License-Identifier: Apache-2.0
 *
 * The JPKI application of a My Number card: commands, access rules, security state, retry counters. Written from
 * ISO 7816-4 and from what OpenSC expects; shares no code with the helper that is tested with it, so that a mistake is
 * not made twice. Not for how an answer is carried (transport.c) nor for faults (fault.c).
 */
#ifndef CARD_CARD_H
#define CARD_CARD_H

#include "files.h"

#define RESPONSE_MAX 512

typedef struct {
    unsigned char cla, ins, p1, p2;
    const unsigned char *data;
    size_t size;     /* of the data; 0: none */
    size_t expected; /* Le, 1 to 256; 0: none */
} command_t;

typedef struct {
    unsigned char data[RESPONSE_MAX];
    size_t size;
    unsigned int status; /* SW1 and SW2 */
} response_t;

typedef struct {
    settings_t settings;
    files_t files;
    int application;       /* which one is selected; 0: none */
    const file_t *current; /* the selected file, or NULL */
    bool verified[PURPOSES];
} card_t;

/* From a directory: files.h and its file `state`. card_free afterwards, in both cases. */
bool card_read(card_t *card, const char *directory);
void card_free(card_t *card);

/* Without power the security state and the selection are gone. */
void card_power_off(card_t *card);
void card_reset(card_t *card);

void card_execute(card_t *card, const command_t *command, response_t *response);

#endif
