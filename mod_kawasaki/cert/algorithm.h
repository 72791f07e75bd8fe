/* SPDX-License-Identifier: Apache-2.0
 *
 * What a key signs with, decided by the key alone, so that no interface carries an algorithm that somebody could
 * choose.
 */
#ifndef CERT_ALGORITHM_H
#define CERT_ALGORITHM_H

#include <openssl/evp.h>
#include <stdbool.h>

typedef struct {
    const char *name;   /* JWA's: "RS256", "ES256", "ES384" (RFC 7518 section 3.1) */
    const char *type;   /* of the key, as OpenSSL calls it */
    const char *group;  /* the curve; NULL for RSA */
    const char *digest; /* "SHA256" */
    int integer_size;   /* bytes of each of r and s; 0 for RSA */
} cert_algorithm_t;

/* NULL: the key is weak or of another kind (RSA under 2048 bits, a curve that isn't P-256 or P-384). Also for keys that
 * only a card can use. */
const cert_algorithm_t *cert_algorithm_of(const EVP_PKEY *key);

/* Does a signature algorithm (its NID) stand on a digest of SHA-256 or longer? Not known is no; so is RSA-PSS, which
 * none of the authorities of ours signs with. */
bool cert_algorithm_is_strong(int signature_nid);

#endif
