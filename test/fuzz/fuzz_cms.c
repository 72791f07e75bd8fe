/* SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes as the CMS of a signed form. None may verify: the seeds are over other bytes.
 */
#include "cert/cms.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    apr_pool_t *pool = fuzz_begin();
    const char *why = NULL;
    cert_t *cert = NULL;

    FUZZ_HOLDS(cert_cms_verify(&cert, fuzz_span(data, size), SPAN("not what was signed\n"), &why, pool) != CERT_OK);
    fuzz_end(pool);
    return 0;
}
