/* SPDX-License-Identifier: Apache-2.0
 *
 * The wire to vsmartcard's virtual reader: frames of two bytes of length, high one first, and so many bytes; a frame of
 * one byte is the reader's own business (power, the ATR), any longer one a command. The card is the TCP client; being
 * connected is being in the reader.
 */
#ifndef CARD_VPCD_H
#define CARD_VPCD_H

#include <stdbool.h>
#include <stddef.h>

enum { VPCD_POWER_OFF = 0, VPCD_POWER_ON = 1, VPCD_RESET = 2, VPCD_GET_ATR = 4 };

/* A connected socket, or -1. */
int vpcd_connect(unsigned short port);

/* A whole frame; returns its size, or 0 when there is nobody any more. Room: WIRE_MAX. */
size_t vpcd_receive(int socket, unsigned char *bytes);

bool vpcd_send(int socket, const unsigned char *bytes, size_t size);

#endif
