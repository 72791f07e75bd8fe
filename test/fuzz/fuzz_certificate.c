/* SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes as a certificate. What is read has every field in its bounds, and is exactly what was given. Most of the
 * time goes into OpenSSL's parser; the profiles' own ASN.1 is fuzz_profile.c's.
 */
#include "cert/profile.h"
#include "fuzz.h"

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t room, unsigned int seed)
{
    return der_mutate(data, size, room, 0, seed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    apr_pool_t *pool = fuzz_begin();
    const span_t der = fuzz_span(data, size);
    const char *why = NULL;
    cert_t *cert = NULL;
    const cert_code_t code = cert_read(&cert, der, &why, pool);

    FUZZ_HOLDS(code < CERT_CODES && (code == CERT_OK) == (cert != NULL));
    if (cert) {
        FUZZ_HOLDS(cert->kind < CERT_KINDS && strlen(cert->fingerprint) == 64 && span_equal(cert->der, der));
        FUZZ_HOLDS(cert->kind != CERT_JPKI_SIGNING || cert->person.birth_date.size == 9);
        FUZZ_HOLDS(cert->kind != CERT_REGISTRY || cert->company.number.size == 12);
        profile_allows(cert->kind, cert->x509);
        profile_understands(cert->x509);
    }
    fuzz_end(pool);
    return 0;
}
