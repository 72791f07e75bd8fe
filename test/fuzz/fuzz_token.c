/* SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes as a Web eID token, over what the seeds are over. What is accepted can only be signed by one of their keys.
 * The signature's bytes alone are fuzz_signature.c's, the certificate's fuzz_certificate.c's.
 */
#include "cert/token.h"
#include "fuzz.h"

static EVP_PKEY *keys[FUZZ_SIGNERS];

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    for (int i = 0; i < FUZZ_SIGNERS; i++) keys[i] = pki_key(fuzz_token_signers[i]);
    return 0;
}

static bool is_known(const EVP_PKEY *key)
{
    for (int i = 0; i < FUZZ_SIGNERS; i++) {
        if (EVP_PKEY_eq(key, keys[i]) == 1) return true;
    }
    return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    apr_pool_t *pool = fuzz_begin();
    const char *why = NULL;
    cert_t *cert = NULL;
    const cert_code_t code =
        cert_token_verify(&cert, fuzz_span(data, size), SPAN(FUZZ_ORIGIN), SPAN(FUZZ_NONCE), &why, pool);

    FUZZ_HOLDS((code == CERT_OK) == (cert != NULL));
    if (cert) FUZZ_HOLDS(is_known(X509_get0_pubkey(cert->x509)));
    fuzz_end(pool);
    return 0;
}
