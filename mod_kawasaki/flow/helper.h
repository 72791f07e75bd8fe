/* SPDX-License-Identifier: Apache-2.0
 *
 * The card helper as flows see it: a kiosk's, which the server asks itself through a port that httpd/ fills in, or the
 * one on a resident's PC, which the page asks through the browser's extension. Either way a task goes through the same
 * three steps: prepare (a challenge, a signed request), an answer, settle (the challenge is taken, the answer proved).
 * Nothing that a helper says is believed unverified; one that hangs, dies or answers rubbish is WIRE_TIMEOUT or
 * WIRE_FAILED after a bounded time.
 */
#ifndef FLOW_HELPER_H
#define FLOW_HELPER_H

#include "cert/cert.h"
#include "flow/flow.h"
#include "wire/answer.h"
#include "wire/manifest.h"
#include "wire/message.h"
#include "wire/request.h"

/* What one request has been told lies at its kiosk: asked once, until a card is set to work. */
typedef struct {
    bool asked;
    answer_t answer;
} helper_seen_t;

typedef struct flow_helper_t {
    /* Sends the message, and the PIN behind it where message->has_pin; waits for the answer. Always fills *answer in.
     * NULL: this request is no kiosk's. */
    void (*ask)(void *context, const message_t *message, span_t pin, answer_t *answer, apr_pool_t *pool);
    void *context;
    helper_seen_t *seen;          /* [REQUEST_SOURCES], of this request alone */
    apr_interval_time_t patience; /* how long ask waits: a request lives no longer */
    const char *origin;           /* KawasakiOrigin */
    const unsigned char *seed;    /* of the Ed25519 key that signs requests */
} flow_helper_t;

/* One thing that a card or file is to do. The first four are the caller's. */
typedef struct {
    request_operation_t operation; /* REQUEST_AUTH, REQUEST_SIGN */
    request_source_t source;
    span_t purpose;     /* of its challenge: "jpki.register" */
    manifest_t *form;   /* REQUEST_SIGN, for helper_prepare: all but origin, nonce and time */
    span_t id, nonce;   /* of the request that was prepared; empty when it was in another one (by the page) */
    span_t jws;         /* for the page that asks an extension */
    answer_t answer;    /* code: how card and helper fared; WIRE_REPLAY: another tab was faster, or it took too long */
    cert_t *cert;       /* with WIRE_OK: who signed; nobody has judged the certificate yet. NULL: it can't be read */
    cert_code_t proved; /* with WIRE_OK: CERT_OK, or why the signature counts for nothing */
    span_t signed_form; /* REQUEST_SIGN, CERT_OK: our own stored bytes, over which the signature is */
} helper_task_t;

/* Is this request one of a kiosk with a helper of its own? */
bool helper_is_kiosk(const flow_request_t *request);

/* What is there: reader, card, tries. answer->code is WIRE_OK when there is something to sign with, else it says what
 * is missing first; answer->info is filled in as far as has_info says. Asked once for a request, and again after a
 * task. At a kiosk only. */
apr_status_t helper_info(const flow_request_t *request, request_source_t source, answer_t *answer);

/* The same question for a page to ask; *jws is the pool's. */
apr_status_t helper_info_request(const flow_request_t *request, request_source_t source, span_t *jws);

/* Stores a new challenge for the task, with the form's bytes where there is one, and seals the request. An error is
 * the database's. */
apr_status_t helper_prepare(const flow_request_t *request, helper_task_t *task);

/* At a kiosk: asks with this PIN and fills in the answer. No connection is held meanwhile. */
void helper_ask(const flow_request_t *request, helper_task_t *task, span_t pin, bool last_try);

/* Elsewhere: the answer as the page sent it. */
void helper_hear(const flow_request_t *request, helper_task_t *task, span_t json);

/* Takes the challenge away, whatever comes of it, and proves the answer. An answer that is not WIRE_OK stays as it is.
 * An error is the database's. */
apr_status_t helper_settle(const flow_request_t *request, helper_task_t *task);

/* What the resident is told of an answer that is not WIRE_OK: what happened, then what to do. Who uses a file hears
 * nothing of cards. */
span_t helper_sentence(const flow_request_t *request, const answer_t *answer, request_operation_t operation,
                       request_source_t source);

#endif
