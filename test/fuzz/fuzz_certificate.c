/* SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes as a certificate: the profiles' own ASN.1 (otherName, registry extension) lies behind OpenSSL's parser.
 */
#include "base/utf8.h"
#include "cert/cert.h"
#include "fuzz.h"

static void is_text(span_t text)
{
    FUZZ_HOLDS(utf8_is_valid(text));
}

static void is_sound(const cert_t *cert)
{
    const cert_person_t *person = &cert->person;
    const cert_company_t *company = &cert->company;

    FUZZ_HOLDS(cert->kind < CERT_KINDS && strlen(cert->fingerprint) == 64 && cert->not_before <= cert->not_after);
    is_text(person->name);
    is_text(person->address);
    FUZZ_HOLDS(person->birth_date.size == 0 || person->birth_date.size == 9);
    is_text(company->name);
    is_text(company->address);
    is_text(company->representative);
    is_text(company->title);
    is_text(company->office);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    apr_pool_t *pool = fuzz_begin();
    const char *why = NULL;
    cert_t *cert = NULL;
    const cert_code_t code = cert_read(&cert, fuzz_span(data, size), &why, pool);

    if (code == CERT_OK)
        is_sound(cert);
    else
        FUZZ_HOLDS(code < CERT_CODES);
    fuzz_end(pool);
    return 0;
}
