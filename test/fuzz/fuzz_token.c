/* SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes as a Web eID token. None may verify but a seed with nothing changed that counts.
 */
#include "cert/token.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    apr_pool_t *pool = fuzz_begin();
    const char *why = NULL;
    cert_t *cert = NULL;

    /* The seeds are over another nonce. */
    FUZZ_HOLDS(cert_token_verify(&cert, fuzz_span(data, size), SPAN("https://fuzz.example"),
                                 SPAN("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="), &why, pool) != CERT_OK);
    fuzz_end(pool);
    return 0;
}
