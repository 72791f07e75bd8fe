/* SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes as a PKCS#12 file, as far as it is read before its password is known: what that reading allows is what the
 * MAC's rounds cost.
 */
#include "fuzz.h"
#include "signer/p12_content.h"

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t room, unsigned int seed)
{
    return der_mutate(data, size, room, 0, seed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    PKCS12 *p12 = NULL;
    const wire_code_t code = p12_content_read(&p12, fuzz_span(data, size));

    FUZZ_HOLDS((code == WIRE_OK) == (p12 != NULL));
    if (p12) {
        const ASN1_INTEGER *rounds = NULL;
        PKCS12_get0_mac(NULL, NULL, NULL, &rounds, p12);
        FUZZ_HOLDS(!rounds || (ASN1_INTEGER_get(rounds) >= 1 && ASN1_INTEGER_get(rounds) <= P12_ROUNDS_MAX));
    }
    PKCS12_free(p12);
    return 0;
}
