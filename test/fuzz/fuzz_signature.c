/* SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes as the signature of a Web eID token, without the token: the first byte chooses the key, the second the
 * algorithm's name. One signature has one form: no byte more or less, and under its key's algorithm alone.
 */
#include "cert/token.h"
#include "fuzz.h"

static const struct {
    const char *name;
    size_t size;
} algorithms[FUZZ_SIGNERS] = {{"RS256", 256}, {"ES256", 64}, {"ES384", 96}};

static EVP_PKEY *keys[FUZZ_SIGNERS];

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    for (int i = 0; i < FUZZ_SIGNERS; i++) keys[i] = pki_key(fuzz_token_signers[i]);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2) return 0;
    const int key = data[0] % FUZZ_SIGNERS, algorithm = data[1] % FUZZ_SIGNERS;
    const span_t bytes = fuzz_span(data + 2, size - 2);
    const cert_code_t code =
        cert_token_check(keys[key], span_of(algorithms[algorithm].name), bytes, SPAN(FUZZ_ORIGIN), SPAN(FUZZ_NONCE));

    FUZZ_HOLDS(code == CERT_OK || code == CERT_WRONG_SIGNATURE);
    if (code == CERT_OK) FUZZ_HOLDS(algorithm == key && bytes.size == algorithms[key].size);
    return 0;
}
