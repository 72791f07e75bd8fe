/* SPDX-License-Identifier: Apache-2.0
 *
 * Where keys are: a card in a reader, or a certificate file. One interface; which algorithm a key has is nobody's
 * business but OpenSSL's, since a source hands out an EVP_PKEY.
 */
#ifndef SIGNER_SOURCE_H
#define SIGNER_SOURCE_H

#include "signer/pin.h"
#include "wire/answer.h"

#include <apr_time.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

typedef enum { SOURCE_AUTHENTICATION, SOURCE_SIGNING, SOURCE_KEYS } source_key_t;

/* What a PIN of this key looks like, and how many tries are left: for whoever asks the holder. */
typedef struct {
    int tries;       /* ANSWER_TRIES_UNKNOWN where nobody counts (a file) */
    int least, most; /* characters */
    bool digits_only;
    bool upper_case;  /* letters count as their capitals */
    bool pinpad;      /* may be typed at the reader: unlock needs no PIN */
    bool readable;    /* key shows the certificate before unlock, too */
    span_t insertion; /* of the card that was taken, as in answer_info_t; empty for a file */
    span_t holder;    /* of card or file, as in answer_t; both are told of whatever was opened, keys or not */
} source_prompt_t;

typedef struct source_t source_t;

/* The table behind the interface; card.c and p12.c have one each. All results but WIRE_OK leave the source closed to
 * further use except close. */
typedef struct {
    /* What is there, without a PIN and without spending a try. */
    void (*info)(source_t *source, answer_info_t *info, apr_pool_t *pool);
    /* Takes the card for itself until close (one transaction), and says what to ask for. */
    wire_code_t (*open)(source_t *source, source_key_t key, source_prompt_t *prompt, apr_pool_t *pool);
    /* Shows the PIN to the card, once: WIRE_PIN_WRONG with *tries left, WIRE_PIN_BLOCKED, WIRE_PIN_FORM without a try
     * spent. Once for each open. pin NULL: at the reader's pad, until then (frame_clock) at the latest. */
    wire_code_t (*unlock)(source_t *source, const pin_t *pin, apr_time_t until, int *tries);
    /* The certificate and its key; each use of the key is one signature of the card. They live until close. Before
     * unlock: only where the prompt says readable, and the key refuses. */
    wire_code_t (*key)(source_t *source, X509 **x509, EVP_PKEY **key);
    /* What went wrong while the key was in use (the card was pulled out), which OpenSSL can't say; WIRE_OK: nothing. */
    wire_code_t (*trouble)(const source_t *source);
    /* Gives the card back, without power; allowed after any failure, and twice. */
    void (*close)(source_t *source);
} source_calls_t;

struct source_t {
    const source_calls_t *calls;
};

typedef struct {
    const char *reader;           /* its name or how that begins; NULL: the first one with a card that we know */
    apr_interval_time_t patience; /* for one command; a card that is slower is left alone: WIRE_TIMEOUT */
} source_card_options_t;

/* A card by PC/SC. Nothing is connected before the first call. */
source_t *source_card(const source_card_options_t *options, apr_pool_t *pool);

/* A PKCS#12 file, RFC 7292. Read with bounds on size and on the work that its parameters ask for. path NULL: there is
 * none, which is WIRE_FILE_MISSING to whoever wants it. */
source_t *source_p12(const char *path, apr_pool_t *pool);

#endif
