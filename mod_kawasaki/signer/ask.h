/* SPDX-License-Identifier: Apache-2.0
 *
 * How the holder of a card is asked: shown what will be signed, told the tries that are left, asked for yes to the last
 * one, asked for the PIN. By pinentry, by a descriptor, or by what a kiosk's page sent along.
 */
#ifndef SIGNER_ASK_H
#define SIGNER_ASK_H

#include "base/log.h"
#include "signer/source.h"
#include "wire/request.h"

typedef struct ask_t ask_t;
struct ask_t {
    /* Shows the request (origin; the manifest of REQUEST_SIGN, exactly the bytes that will be signed, control and
     * direction characters escaped), asks for yes to the last try where prompt->tries is 1, and for the PIN unless
     * prompt->pinpad (then pin is NULL). until: frame_clock. WIRE_OK, WIRE_CANCELLED, WIRE_TIMEOUT, WIRE_PIN_LOW,
     * WIRE_NO_PINENTRY, WIRE_FAILED. */
    wire_code_t (*pin)(ask_t *ask, const request_t *request, source_key_t key, const source_prompt_t *prompt,
                       apr_time_t until, pin_t *pin);
    /* Could the holder be asked? Found out without showing anything, within seconds. WIRE_OK, WIRE_NO_PINENTRY,
     * WIRE_CANCELLED. NULL: always. */
    wire_code_t (*ready)(const ask_t *ask);
    bool given; /* the PIN comes along, and nobody tells the holder of a pad: it is not used */
};

typedef struct {
    const char *program; /* NULL: "pinentry" on a fixed path list */
    apr_time_t until;    /* frame_clock; 0: the request's end decides */
    bool for_input;      /* who asks is behind standard input: its end is WIRE_CANCELLED */
    const log_port_t *log;
} ask_pinentry_options_t;

/* The packaged pinentry over its Assuan protocol, started for each question, with a clean environment. */
ask_t *ask_pinentry(const ask_pinentry_options_t *options, apr_pool_t *pool);

/* `--pin-fd`: what is to be signed goes to the terminal or stderr as text; yes to the last try is `--last-try`. */
ask_t *ask_descriptor(int fd, bool last_try, apr_pool_t *pool);

/* A kiosk: its page has shown the form and asked; the PIN came in a frame behind the request (wiped by the caller). */
ask_t *ask_given(const pin_t *given, bool last_try, apr_pool_t *pool);

/* The manifest as text for a person: escaped as said above, one line a field. In the pool. */
span_t ask_text(span_t manifest, apr_pool_t *pool);

#endif
