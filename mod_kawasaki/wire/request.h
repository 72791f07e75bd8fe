/* SPDX-License-Identifier: Apache-2.0
 *
 * What the server asks of the helper: a JWS in compact form (RFC 7515) with the one header {"alg":"EdDSA"} (RFC 8037),
 * whose payload is a JSON object. The signature is made over the very characters that are sent, so nothing is ever
 * serialised twice. The helper believes nothing of it before a pinned key has verified it.
 */
#ifndef WIRE_REQUEST_H
#define WIRE_REQUEST_H

#include "wire/code.h"

#include <apr_errno.h>
#include <apr_time.h>

#define REQUEST_KEY_SIZE   32           /* Ed25519, seed and public key alike (RFC 8032) */
#define REQUEST_NONCE_SIZE 44           /* characters: 32 bytes in base64 (RFC 4648 section 4) */
#define REQUEST_LIFE       300          /* seconds between issued_at and expires_at, at most */
#define REQUEST_SKEW       60           /* seconds that a helper's clock may be behind the server's */
#define REQUEST_MAX        (256 * 1024) /* characters of the whole; a longer one is refused unread */

typedef enum {
    REQUEST_INFO, /* what is there: reader, card, tries; spends nothing */
    REQUEST_AUTH, /* a Web eID token over origin and nonce, with an authentication key */
    REQUEST_SIGN  /* a CMS over the manifest, with a signing key */
} request_operation_t;

/* Where the key is to be found. The page knows, because its reader chose; a helper may have both. */
typedef enum {
    REQUEST_CARD, /* what lies on the reader */
    REQUEST_FILE, /* a PKCS#12 file */
    REQUEST_SOURCES
} request_source_t;

typedef struct {
    span_t id; /* 1 to 64 of A-Z a-z 0-9 _ - */
    request_operation_t operation;
    request_source_t source;          /* no other is opened, whatever lies there */
    span_t origin;                    /* "https://HOST[:PORT]", no slash at the end */
    span_t nonce;                     /* REQUEST_NONCE_SIZE characters; REQUEST_INFO has one, too */
    apr_time_t issued_at, expires_at; /* whole seconds */
    span_t manifest;                  /* REQUEST_SIGN: the bytes to be signed, UTF-8; else empty */
} request_t;

/* A key that a helper believes, for one origin. */
typedef struct {
    const char *origin;
    unsigned char key[REQUEST_KEY_SIZE]; /* public */
} request_pin_t;

/* The public key of a seed. APR_EGENERAL: the cryptographic library failed. */
apr_status_t request_public_key(unsigned char key[REQUEST_KEY_SIZE], const unsigned char seed[REQUEST_KEY_SIZE]);

/* The request as a JWS, signed with the seed; in the pool. BASE_EMALFORMED: one that request_open would refuse at any
 * time; BASE_ETOOBIG: over REQUEST_MAX; APR_EGENERAL: the cryptographic library failed. */
apr_status_t request_seal(span_t *jws, const request_t *request, const unsigned char seed[REQUEST_KEY_SIZE],
                          apr_pool_t *pool);

/* Verifies with each pinned key in turn, then reads. WIRE_REQUEST_INVALID: no key verifies it, or it is malformed, not
 * of this time, or lives too long; WIRE_ORIGIN_DENIED: the key that verifies it is another origin's. Strings are the
 * pool's. Of a refused request only the id is filled in, where a pinned key vouches for it: for the answer. */
wire_code_t request_open(request_t *request, span_t jws, const request_pin_t *pins, int pin_count, apr_time_t now,
                         apr_pool_t *pool);

#endif
