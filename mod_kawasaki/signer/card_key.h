/* SPDX-License-Identifier: Apache-2.0
 *
 * A key that OpenSSL can sign with although it doesn't have it: the public half from the certificate, the private
 * operation somebody else's. RSA with PKCS#1 v1.5, what JPKI cards do; another algorithm would be another such key.
 */
#ifndef SIGNER_CARD_KEY_H
#define SIGNER_CARD_KEY_H

#include "wire/code.h"

#include <openssl/evp.h>
#include <openssl/x509.h>

/* Signs a DigestInfo; *size is room before and the signature's size after. */
typedef struct {
    wire_code_t (*sign)(void *context, const unsigned char *digest_info, apr_size_t digest_info_size,
                        unsigned char *signature, apr_size_t *size);
    void *context;
} card_signer_t;

typedef struct card_key_t card_key_t;

/* Each signature with the key is one call of the signer; a signature that the certificate doesn't verify is withheld.
 * WIRE_UNSUPPORTED_CARD: not an RSA key of 2048 to 8192 bits. WIRE_FAILED: no memory. */
wire_code_t card_key_make(card_key_t **made, X509 *x509, const card_signer_t *signer);

EVP_PKEY *card_key_evp(card_key_t *key); /* lives as long as the key: none of its users may outlive card_key_free */

/* Why the last signature failed; WIRE_OK: none did. A wrong one is WIRE_UNSUPPORTED_CARD. */
wire_code_t card_key_trouble(const card_key_t *key);

void card_key_free(card_key_t *key); /* NULL: nothing */

#endif
