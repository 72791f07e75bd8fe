/* SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes as a request to the helper: as they are, which no key verifies, and as the payload of a request that a
 * pinned key has signed, since a key may be in wrong hands.
 */
#include "base/secret.h"
#include "fuzz.h"
#include "wire/request.h"

#include <openssl/evp.h>

static const unsigned char seed[REQUEST_KEY_SIZE] = {1};

static span_t signed_payload(span_t payload, apr_pool_t *pool)
{
    static const char header[] = "{\"alg\":\"EdDSA\"}";
    EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, sizeof seed);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    unsigned char signature[64];
    size_t size = sizeof signature;
    const char *text = apr_pstrcat(
        pool, secret_base64url(pool, (const unsigned char *)header, strlen(header)), ".",
        secret_base64url(pool, (const unsigned char *)(payload.size ? payload.at : ""), payload.size), NULL);

    EVP_DigestSignInit(context, NULL, NULL, NULL, key);
    EVP_DigestSign(context, signature, &size, (const unsigned char *)text, strlen(text));
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    return span_of(apr_pstrcat(pool, text, ".", secret_base64url(pool, signature, size), NULL));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    apr_pool_t *pool = fuzz_begin();
    const apr_time_t now = apr_time_from_sec(1800000000);
    request_pin_t pin = {.origin = FUZZ_ORIGIN};
    request_t request;

    request_public_key(pin.key, seed);
    FUZZ_HOLDS(request_open(&request, fuzz_span(data, size), &pin, 1, now, pool) != WIRE_OK);
    if (request_open(&request, signed_payload(fuzz_span(data, size), pool), &pin, 1, now, pool) == WIRE_OK) {
        FUZZ_HOLDS(span_is(request.origin, FUZZ_ORIGIN) && request.nonce.size == REQUEST_NONCE_SIZE);
        FUZZ_HOLDS(request.expires_at - request.issued_at <= apr_time_from_sec(REQUEST_LIFE));
        FUZZ_HOLDS(request.expires_at >= now && request.id.size >= 1 && request.id.size <= 64);
        FUZZ_HOLDS(request.source == REQUEST_CARD || request.source == REQUEST_FILE);
        FUZZ_HOLDS((request.operation == REQUEST_SIGN) == (request.manifest.size > 0));
    }
    fuzz_end(pool);
    return 0;
}
