/* SPDX-License-Identifier: Apache-2.0
 *
 * What can come of a request to the card helper: one list for the helper's answers, its exit statuses, the module's log
 * and the pages. The names are part of the protocol and never change their meaning.
 */
#ifndef WIRE_CODE_H
#define WIRE_CODE_H

#include "base/span.h"

typedef enum {
    WIRE_OK,
    WIRE_NO_SERVICE,       /* no PC/SC service runs here */
    WIRE_NO_READER,        /* no reader, or not the one that was named */
    WIRE_NO_CARD,          /* no card in it */
    WIRE_CARD_REMOVED,     /* taken out, or lost, in the middle: nothing is known of the last command */
    WIRE_UNSUPPORTED_CARD, /* a card without the application, or one that breaks its protocol */
    WIRE_PIN_WRONG,        /* also the password of a certificate file; tries says how many are left, where they count */
    WIRE_PIN_LOW,          /* one try is left and nobody said yes to it */
    WIRE_PIN_BLOCKED,
    WIRE_PIN_FORM, /* not what a PIN of this kind looks like: no try was spent */
    WIRE_CANCELLED,
    WIRE_TIMEOUT,
    WIRE_CERT_MISSING, /* the card or file has no such certificate, or no key to it */
    WIRE_CERT_EXPIRED, /* or not valid yet */
    WIRE_FILE_MISSING, /* the certificate file can't be read */
    WIRE_FILE_INVALID, /* it is no PKCS#12 file, or one that asks for more work or room than is sensible */
    WIRE_ORIGIN_DENIED,
    WIRE_REQUEST_INVALID,
    WIRE_REPLAY,
    WIRE_BUSY,
    WIRE_FAILED,      /* something of ours; the log says what */
    WIRE_NO_PINENTRY, /* no program to ask for a PIN, or none that has a screen to do it on */
    WIRE_CODES
} wire_code_t;

/* "NO_CARD"; WIRE_OK is "OK". */
const char *wire_code_name(wire_code_t code);

/* The inverse; WIRE_CODES when there is none of this name. */
wire_code_t wire_code_of(span_t name);

/* What the helper's command line exits with: 0, else 10 + the code's place in the list; 2 is left to wrong usage. Part
 * of the interface (docs/kawasaki-signer.1). */
int wire_code_exit(wire_code_t code);

#endif
