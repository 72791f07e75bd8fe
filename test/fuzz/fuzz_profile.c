/* SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes as the value of an extension that the profiles read: holder, company, policies. The first byte says which,
 * in a certificate where all else is right. So the profiles' own ASN.1 is read some thirty times as often as behind
 * OpenSSL's parser (fuzz_certificate.c).
 */
#include "base/utf8.h"
#include "cert/profile.h"
#include "fuzz.h"

static void is_text(span_t text)
{
    FUZZ_HOLDS(utf8_is_valid(text) && !(text.size && memchr(text.at, '\0', text.size)));
    FUZZ_HOLDS(profile_characters(text) <= PROFILE_TEXT_MAX);
}

/* Marks are counted out along the text that they belong to. */
static void is_marked(span_t marks, span_t text)
{
    FUZZ_HOLDS(marks.size == 0 || marks.size == profile_characters(text));
}

static void is_person(const cert_person_t *person)
{
    FUZZ_HOLDS(person->name.size > 0 && person->address.size > 0 && person->birth_date.size == 9);
    FUZZ_HOLDS(person->sex >= CERT_SEX_MALE && person->sex <= CERT_SEX_UNKNOWN);
    is_text(person->name);
    is_text(person->address);
    is_marked(person->name_substituted, person->name);
    is_marked(person->address_substituted, person->address);
}

static void is_company(const cert_company_t *company)
{
    FUZZ_HOLDS(company->name.size > 0 && company->address.size > 0 && company->number.size == 12);
    is_text(company->name);
    is_text(company->address);
    is_text(company->representative);
    is_text(company->title);
    is_text(company->office);
}

static void read_holder(X509 *x509, apr_pool_t *pool)
{
    cert_person_t person;
    if (person_read(&person, x509, pool) == NULL) is_person(&person);
}

static void read_company(X509 *x509, apr_pool_t *pool)
{
    cert_company_t company;
    if (company_read(&company, x509, pool) == NULL) is_company(&company);
}

static void read_policies(X509 *x509, apr_pool_t *pool)
{
    const char *why = NULL;
    cert_kind_t kind;

    (void)pool;
    if (profile_find(&kind, x509, &why) == CERT_OK) FUZZ_HOLDS(kind < CERT_KINDS);
}

static struct {
    const char *certificate, *oid;
    void (*read)(X509 *x509, apr_pool_t *pool);
    X509 *x509;
} templates[] = {{"card/sign", "2.5.29.17", read_holder, NULL},
                 {"card/sign", "2.5.29.32", read_policies, NULL},
                 {"company/company", "1.2.392.100300.1.1.3", read_company, NULL},
                 {"company/company-old", "1.2.392.100300.1.1.1", read_policies, NULL}};

#define TEMPLATES (sizeof templates / sizeof *templates)

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    for (size_t i = 0; i < TEMPLATES; i++) templates[i].x509 = pki_certificate(templates[i].certificate);
    return 0;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t room, unsigned int seed)
{
    return der_mutate(data, size, room, 1, seed);
}

/* OpenSSL keeps what it has read of a certificate, but not of these extensions: so the template itself is changed. */
static void replace(X509 *x509, const char *oid, span_t value)
{
    ASN1_OCTET_STRING *content = ASN1_OCTET_STRING_new();

    FUZZ_HOLDS(content && ASN1_OCTET_STRING_set(content, (const unsigned char *)value.at, (int)value.size) == 1);
    FUZZ_HOLDS(X509_EXTENSION_set_data(profile_extension(x509, oid), content) == 1);
    ASN1_OCTET_STRING_free(content);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) return 0;
    apr_pool_t *pool = fuzz_begin();
    const size_t choice = data[0] % TEMPLATES;

    replace(templates[choice].x509, templates[choice].oid, fuzz_span(data + 1, size - 1));
    templates[choice].read(templates[choice].x509, pool);
    fuzz_end(pool);
    return 0;
}
