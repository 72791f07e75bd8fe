/* SPDX-License-Identifier: Apache-2.0
 *
 * What the helper answers, a JSON object: {id, token}, {id, cms}, {id, info} or {id, error}. Read by the module, which
 * believes nothing of it: a token or CMS counts only after it has been verified.
 */
#ifndef WIRE_ANSWER_H
#define WIRE_ANSWER_H

#include "wire/code.h"

#include <apr_errno.h>

#define ANSWER_MAX           (256 * 1024) /* bytes of JSON; a longer one is refused unread */
#define ANSWER_TRIES_UNKNOWN (-1)

/* What is there, without a PIN. Tries: left, or ANSWER_TRIES_UNKNOWN; 0 is blocked. */
typedef struct {
    wire_code_t code; /* WIRE_OK: there is something to sign with; else what is missing first */
    span_t source;    /* "card" or "file", as in a request */
    span_t reader;    /* its name; empty for a file */
    span_t card;      /* "my-number-card", "resident-registry-card", …; empty when none or unknown */
    span_t insertion; /* changes with every insertion of a card; empty without one */
    span_t holder;    /* as in answer_t */
    bool has_signing, has_authentication, has_pinpad;
    int signing_tries, authentication_tries;
} answer_info_t;

typedef struct {
    span_t id;        /* the request's; empty when it could not be read */
    wire_code_t code; /* WIRE_OK: one of the three below is there */
    int tries;        /* with WIRE_PIN_WRONG and WIRE_PIN_LOW: left */
    span_t token;     /* Web eID token, JSON as text */
    span_t cms;       /* DER */
    bool has_info;
    answer_info_t info;
    span_t insertion; /* of the card that answered; empty without one */
    span_t holder;    /* 64 of 0-9 a-f: of the card or file that answered, told without a PIN, so that wrong PINs can be
                         counted; empty without one */
} answer_t;

/* The answer as JSON, in the pool. Empty if memory ran out. */
span_t answer_encode(const answer_t *answer, apr_pool_t *pool);

/* The inverse. BASE_EMALFORMED: not one of the forms above, over ANSWER_MAX, or not in strict UTF-8. Strings are the
 * pool's. On failure *answer holds WIRE_FAILED and nothing else. */
apr_status_t answer_decode(answer_t *answer, span_t json, apr_pool_t *pool);

#endif
