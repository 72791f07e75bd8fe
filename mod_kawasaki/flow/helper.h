/* SPDX-License-Identifier: Apache-2.0
 *
 * The kiosk's card helper as flows see it: a port that httpd/ fills in, and what goes through it. A helper that hangs,
 * dies or answers rubbish is WIRE_TIMEOUT or WIRE_FAILED after a bounded time; nothing it says is believed unverified.
 */
#ifndef FLOW_HELPER_H
#define FLOW_HELPER_H

#include "cert/cert.h"
#include "flow/flow.h"
#include "wire/answer.h"
#include "wire/message.h"

typedef struct flow_helper_t {
    /* Sends the message, and the PIN behind it where message->has_pin; waits for the answer. Always fills *answer in.
     */
    void (*ask)(void *context, const message_t *message, span_t pin, answer_t *answer, apr_pool_t *pool);
    void *context;
    apr_interval_time_t patience; /* how long ask waits: a request lives no longer */
    const char *origin;           /* KawasakiOrigin */
    const unsigned char *seed;    /* of the Ed25519 key that signs requests */
} flow_helper_t;

/* What is there: reader, card, tries. answer->code is WIRE_OK when there is something to sign with, else it says what
 * is missing first; answer->info is filled in as far as has_info says. */
apr_status_t helper_info(const flow_request_t *request, answer_t *answer);

/* A token over a new challenge for this purpose, with the PIN; the challenge is taken, then the token verified.
 * answer->code says how the card answered; WIRE_REPLAY: another tab of this browser was faster, or it took too long.
 * With WIRE_OK *verdict says whether the token is right (CERT_OK), and *cert is then its certificate, which nobody has
 * judged yet. No connection is held while the helper is asked; an error is the database's. */
apr_status_t helper_authenticate(const flow_request_t *request, span_t purpose, span_t pin, bool last_try,
                                 answer_t *answer, cert_t **cert, cert_code_t *verdict);

/* What the resident is told of an answer that is not WIRE_OK: what happened, then what to do. */
span_t helper_sentence(const flow_request_t *request, const answer_t *answer);

#endif
