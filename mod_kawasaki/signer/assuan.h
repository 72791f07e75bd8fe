/* SPDX-License-Identifier: Apache-2.0
 *
 * The Assuan protocol as pinentry speaks it (libassuan's manual, "Client requests" and "Server responses"): a program
 * that is started, lines to it, lines from it, and its end whatever it does. What is asked is ask_pinentry.c's.
 */
#ifndef SIGNER_ASSUAN_H
#define SIGNER_ASSUAN_H

#include "signer/pin.h"

#include <apr_time.h>

#define ASSUAN_LINE_MAX 1000 /* bytes, without the end of the line */

typedef struct assuan_t assuan_t;

/* Starts the program (a path) with an environment of locale, terminal and desktop only, no descriptor of ours but its
 * end of a socket, and waits for its greeting. asker: a descriptor whose other end is for whom we ask, or -1.
 * WIRE_FAILED; WIRE_TIMEOUT at `until` (frame_clock), WIRE_CANCELLED when the asker is gone; these two bound all that
 * follows, too. It is ended by assuan_end, at the latest with the pool. */
wire_code_t assuan_start(assuan_t **assuan, const char *program, int asker, apr_time_t until, apr_pool_t *pool);

/* One command with its argument (escaped here; empty: none) and the answer to it. What comes as data goes to *data,
 * which may be NULL. WIRE_OK; WIRE_CANCELLED (also: not confirmed); WIRE_TIMEOUT; WIRE_FAILED: refused, rubbish, too
 * long, or the program is gone. */
wire_code_t assuan_ask(assuan_t *assuan, const char *command, span_t argument, pin_t *data);

/* Asks it to go, and sees to it: within two seconds it is ended by force. Allowed twice. */
void assuan_end(assuan_t *assuan);

#endif
