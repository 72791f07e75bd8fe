/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/request.h"

#include "base/base64.h"
#include "base/error.h"
#include "base/secret.h"
#include "wire/object.h"
#include "wire/shape.h"

#include <openssl/evp.h>

/* {"alg":"EdDSA"} in base64url, and the dot behind it: the only header there is, so it is compared and never parsed. */
#define HEADER          "eyJhbGciOiJFZERTQSJ9."
#define HEADER_SIZE     (sizeof HEADER - 1)
#define SIGNATURE_SIZE  64 /* bytes, RFC 8032 */
#define SIGNATURE_CHARS 86
#define SECONDS_MAX     APR_INT64_C(253402300799) /* 9999-12-31T23:59:59Z */

_Static_assert(REQUEST_NONCE_SIZE == SHAPE_NONCE_SIZE, "one nonce for all");

static const char *const operations[] = {[REQUEST_INFO] = "info", [REQUEST_AUTH] = "auth", [REQUEST_SIGN] = "sign"};
#define OPERATIONS (sizeof operations / sizeof *operations)

static const char *const sources[REQUEST_SOURCES] = {[REQUEST_CARD] = "card", [REQUEST_FILE] = "file"};

apr_status_t request_public_key(unsigned char key[REQUEST_KEY_SIZE], const unsigned char seed[REQUEST_KEY_SIZE])
{
    EVP_PKEY *pair = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, REQUEST_KEY_SIZE);
    size_t size = REQUEST_KEY_SIZE;
    bool done = pair && EVP_PKEY_get_raw_public_key(pair, key, &size) == 1 && size == REQUEST_KEY_SIZE;

    EVP_PKEY_free(pair);
    return done ? APR_SUCCESS : APR_EGENERAL;
}

/* The library wipes its copy of the seed when the key is freed. */
static apr_status_t sign(unsigned char signature[SIGNATURE_SIZE], span_t text,
                         const unsigned char seed[REQUEST_KEY_SIZE])
{
    EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, REQUEST_KEY_SIZE);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    size_t size = SIGNATURE_SIZE;
    bool done = key && context && EVP_DigestSignInit(context, NULL, NULL, NULL, key) == 1 &&
                EVP_DigestSign(context, signature, &size, (const unsigned char *)text.at, text.size) == 1 &&
                size == SIGNATURE_SIZE;

    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    return done ? APR_SUCCESS : APR_EGENERAL;
}

static bool verifies(const unsigned char signature[SIGNATURE_SIZE], span_t text,
                     const unsigned char key[REQUEST_KEY_SIZE])
{
    EVP_PKEY *public = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key, REQUEST_KEY_SIZE);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool good = public && context && EVP_DigestVerifyInit(context, NULL, NULL, NULL, public) == 1 &&
                EVP_DigestVerify(context, signature, SIGNATURE_SIZE, (const unsigned char *)text.at, text.size) == 1;

    EVP_MD_CTX_free(context);
    EVP_PKEY_free(public);
    return good;
}

/* All that can be said of a request without a clock. */
static bool is_well_formed(const request_t *request)
{
    const apr_interval_time_t life = request->expires_at - request->issued_at;

    return shape_is_id(request->id) && (apr_size_t)request->operation < OPERATIONS &&
           (apr_size_t)request->source < REQUEST_SOURCES && shape_is_origin(request->origin) &&
           shape_is_nonce(request->nonce) && life > 0 && life <= apr_time_from_sec(REQUEST_LIFE) &&
           (request->manifest.size != 0) == (request->operation == REQUEST_SIGN) && shape_is_text(request->manifest);
}

static bool is_whole_second(apr_time_t at)
{
    return at >= 0 && at <= apr_time_from_sec(SECONDS_MAX) && apr_time_usec(at) == 0;
}

static span_t write_payload(const request_t *request, apr_pool_t *pool)
{
    object_t object = object_new(pool);

    object_put_text(&object, "id", request->id);
    object_put_text(&object, "operation", span_of(operations[request->operation]));
    object_put_text(&object, "source", span_of(sources[request->source]));
    object_put_text(&object, "origin", request->origin);
    object_put_text(&object, "nonce", request->nonce);
    object_put_number(&object, "iat", apr_time_sec(request->issued_at));
    object_put_number(&object, "exp", apr_time_sec(request->expires_at));
    object_put_text(&object, "manifest", request->manifest);
    return object_write(&object);
}

apr_status_t request_seal(span_t *jws, const request_t *request, const unsigned char seed[REQUEST_KEY_SIZE],
                          apr_pool_t *pool)
{
    unsigned char signature[SIGNATURE_SIZE];
    span_t payload, text;
    apr_status_t status;

    if (!is_whole_second(request->issued_at) || !is_whole_second(request->expires_at) || !is_well_formed(request))
        return BASE_EMALFORMED;
    payload = write_payload(request, pool);
    if (payload.size == 0) return APR_ENOMEM;
    text = span_of(
        apr_pstrcat(pool, HEADER, secret_base64url(pool, (const unsigned char *)payload.at, payload.size), NULL));
    if (text.size + 1 + SIGNATURE_CHARS > REQUEST_MAX) return BASE_ETOOBIG;
    status = sign(signature, text, seed);
    if (status != APR_SUCCESS) return status;
    *jws = span_of(apr_pstrcat(pool, text.at, ".", secret_base64url(pool, signature, SIGNATURE_SIZE), NULL));
    return APR_SUCCESS;
}

/* A JWS in its three parts, the first of which is always the same. */
typedef struct {
    span_t text;    /* header and payload: what is signed */
    span_t payload; /* base64url */
    unsigned char signature[SIGNATURE_SIZE];
} envelope_t;

static bool cut(envelope_t *envelope, span_t jws)
{
    const char *dot;

    if (jws.size > REQUEST_MAX || jws.size <= HEADER_SIZE + 1 + SIGNATURE_CHARS) return false;
    if (memcmp(jws.at, HEADER, HEADER_SIZE) != 0) return false;
    dot = jws.at + jws.size - SIGNATURE_CHARS - 1;
    envelope->text = (span_t){jws.at, (apr_size_t)(dot - jws.at)};
    envelope->payload = (span_t){jws.at + HEADER_SIZE, envelope->text.size - HEADER_SIZE};
    return *dot == '.' && secret_base64url_decode((span_t){dot + 1, SIGNATURE_CHARS}, envelope->signature,
                                                  SIGNATURE_SIZE) == APR_SUCCESS;
}

/* The place of a word among those that are known; another makes the object malformed. */
static apr_size_t take_word(object_t *object, const char *name, const char *const words[], apr_size_t count)
{
    span_t word = object_text(object, name);

    for (apr_size_t i = 0; i < count; i++)
        if (span_is(word, words[i])) return i;
    object->malformed = true;
    return 0;
}

static apr_time_t take_time(object_t *object, const char *name)
{
    apr_int64_t seconds = object_number(object, name, 0, SECONDS_MAX, -1);

    if (seconds < 0) object->malformed = true;
    return apr_time_from_sec(seconds);
}

/* Reads what a pinned key has verified. */
static bool read_payload(request_t *request, span_t payload, apr_time_t now, apr_pool_t *pool)
{
    object_t object;
    span_t json;

    if (base64url_decode(&json, payload, pool) != APR_SUCCESS) return false;
    object = object_open(json, REQUEST_MAX, pool);
    request->id = object_text(&object, "id");
    request->operation = (request_operation_t)take_word(&object, "operation", operations, OPERATIONS);
    request->source = (request_source_t)take_word(&object, "source", sources, REQUEST_SOURCES);
    request->origin = object_text(&object, "origin");
    request->nonce = object_text(&object, "nonce");
    request->issued_at = take_time(&object, "iat");
    request->expires_at = take_time(&object, "exp");
    request->manifest = object_text(&object, "manifest");
    return object_close(&object) == APR_SUCCESS && is_well_formed(request) &&
           now >= request->issued_at - apr_time_from_sec(REQUEST_SKEW) && now <= request->expires_at;
}

/* Leaves of the request its id, if it is one. */
static wire_code_t refuse(request_t *request, wire_code_t code)
{
    span_t id = shape_is_id(request->id) ? request->id : SPAN("");

    memset(request, 0, sizeof *request);
    request->id = id;
    return code;
}

wire_code_t request_open(request_t *request, span_t jws, const request_pin_t *pins, int pin_count, apr_time_t now,
                         apr_pool_t *pool)
{
    envelope_t envelope;
    bool verified = false;

    memset(request, 0, sizeof *request);
    if (!cut(&envelope, jws)) return WIRE_REQUEST_INVALID;
    for (int i = 0; i < pin_count; i++) {
        if (!verifies(envelope.signature, envelope.text, pins[i].key)) continue;
        if (!verified && !read_payload(request, envelope.payload, now, pool))
            return refuse(request, WIRE_REQUEST_INVALID);
        if (span_is(request->origin, pins[i].origin)) return WIRE_OK;
        verified = true; /* and read; but the same key may be pinned for another origin, too */
    }
    return verified ? refuse(request, WIRE_ORIGIN_DENIED) : WIRE_REQUEST_INVALID;
}
