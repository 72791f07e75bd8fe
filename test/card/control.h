/* SPDX-License-Identifier: Apache-2.0
 *
 * What a test says to the card over a Unix socket: one line a connection, one line back, "ok", "ok VALUE" or "error".
 * The language is in docs/test-card.md.
 */
#ifndef CARD_CONTROL_H
#define CARD_CONTROL_H

#include "slot.h"

/* A listening socket for its owner only, or -1. */
int control_listen(const char *path);

/* One connection: its line is obeyed and answered. */
void control_serve(int listener, slot_t *slot);

#endif
