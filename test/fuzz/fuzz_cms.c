/* SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes as the CMS of a signed form, over what the seeds are over. What verifies names one of their signers, by the
 * very certificate that signed: everything else can only be a mistake of the verification.
 */
#include "cert/cms.h"
#include "fuzz.h"

static X509 *signers[FUZZ_SIGNERS];

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    for (int i = 0; i < FUZZ_SIGNERS; i++) signers[i] = pki_certificate(fuzz_form_signers[i]);
    return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t room, unsigned int seed)
{
    return der_mutate(data, size, room, 0, seed);
}

static bool is_signer(X509 *x509)
{
    for (int i = 0; i < FUZZ_SIGNERS; i++) {
        if (X509_cmp(x509, signers[i]) == 0) return true;
    }
    return false;
}

/* With a byte behind it. */
static span_t with_tail(span_t cms, apr_pool_t *pool)
{
    char *bytes = apr_palloc(pool, cms.size + 1);

    memcpy(bytes, cms.at, cms.size);
    bytes[cms.size] = 0;
    return (span_t){bytes, cms.size + 1};
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    apr_pool_t *pool = fuzz_begin();
    const span_t cms = fuzz_span(data, size);
    const char *why = NULL;
    cert_t *cert = NULL;
    const cert_code_t code = cert_cms_verify(&cert, cms, SPAN(FUZZ_CONTENT), &why, pool);

    FUZZ_HOLDS((code == CERT_OK) == (cert != NULL));
    if (cert) {
        FUZZ_HOLDS(is_signer(cert->x509));
        FUZZ_HOLDS(cert_cms_verify(&cert, with_tail(cms, pool), SPAN(FUZZ_CONTENT), &why, pool) == CERT_MALFORMED);
        FUZZ_HOLDS(cert_cms_verify(&cert, cms, SPAN("something else\n"), &why, pool) == CERT_WRONG_SIGNATURE);
    }
    fuzz_end(pool);
    return 0;
}
