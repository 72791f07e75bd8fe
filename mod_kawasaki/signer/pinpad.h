/* SPDX-License-Identifier: Apache-2.0
 *
 * The PIN typed at the reader's own pad (PC/SC part 10, "IFDs with Secure PIN Entry Capabilities"): the bytes that are
 * exchanged with the reader, without exchanging them. There is no such reader among the tests: only the bytes are.
 */
#ifndef SIGNER_PINPAD_H
#define SIGNER_PINPAD_H

#include "signer/source.h"

#define PINPAD_BYTES 24                    /* of the order to the reader */
#define PINPAD_LIFE  apr_time_from_sec(45) /* for the holder to type; the reader is told 30 s, or what is left */
#define PINPAD_LEAST apr_time_from_sec(3)  /* with less the reader is not asked */

/* The control code of FEATURE_VERIFY_PIN_DIRECT in the answer to CM_IOCTL_GET_FEATURE_REQUEST; 0: the reader has no
 * pad, or says it in no form that is known. */
unsigned long pinpad_feature(const unsigned char *features, apr_size_t size);

/* PIN_VERIFY_STRUCTURE with VERIFY: for a PIN of digits only, since pads have no letters. left: the holder's time, at
 * least PINPAD_LEAST; the reader is told to end a little before. */
void pinpad_order(const source_prompt_t *prompt, apr_interval_time_t left, unsigned char order[PINPAD_BYTES]);

/* What the reader answered instead of the card (0x6400 to 0x6403); WIRE_OK: it was the card. */
wire_code_t pinpad_answered(unsigned int status);

#endif
