/* SPDX-License-Identifier: Apache-2.0
 *
 * Policies, key usages and critical extensions of the three profiles. Nothing here says that a certificate is genuine.
 */
#include "cert/profile.h"

#include "base/number.h"
#include "base/utf8.h"
#include "text/text.h"

#include <openssl/x509v3.h>

#define OID_MAX 64 /* characters; a longer one is none of ours */

#define POLICIES          "2.5.29.32"
#define JPKI              "1.2.392.200149.8.5.1"
#define REGISTRY          "1.2.392.100300.1"
#define REGISTRY_POLICIES REGISTRY ".1.1"

static const struct {
    const char *extension; /* where the policy stands */
    bool critical;
    const char *policy;
    cert_kind_t kind;
} profiles[] = {
    {POLICIES, true, JPKI ".1.20", CERT_JPKI_SIGNING},
    {POLICIES, true, JPKI ".0.20", CERT_JPKI_SIGNING}, /* JPKI's hierarchy for tests: another authority */
    {POLICIES, true, JPKI ".3.30", CERT_JPKI_AUTHENTICATION},
    {REGISTRY_POLICIES, false, REGISTRY ".3.4", CERT_REGISTRY},
    {REGISTRY_POLICIES, false, REGISTRY ".3.2", CERT_REGISTRY},
};

#define PROFILES (sizeof profiles / sizeof *profiles)

/* What OpenSSL doesn't know but this room reads, or need not read: the registrar's name. */
static const char *const own_extensions[] = {REGISTRY_POLICIES, REGISTRY ".1.2", REGISTRY ".1.3"};

static const char *oid_text(const ASN1_OBJECT *object, char text[OID_MAX])
{
    int size = OBJ_obj2txt(text, OID_MAX, object, 1);
    return size > 0 && size < OID_MAX ? text : "";
}

X509_EXTENSION *profile_extension(X509 *x509, const char *oid)
{
    X509_EXTENSION *found = NULL;
    char text[OID_MAX];

    for (int i = 0; i < X509_get_ext_count(x509); ++i) {
        X509_EXTENSION *extension = X509_get_ext(x509, i);
        if (strcmp(oid_text(X509_EXTENSION_get_object(extension), text), oid) != 0) continue;
        if (found) return NULL;
        found = extension;
    }
    return found;
}

/* A bit for each row of `profiles` whose policy is in this extension; -1 when it can't be read. */
static int policies_in(X509_EXTENSION *extension)
{
    const ASN1_OCTET_STRING *data = X509_EXTENSION_get_data(extension);
    const unsigned char *at = ASN1_STRING_get0_data(data), *end = at + ASN1_STRING_length(data);
    CERTIFICATEPOLICIES *policies = d2i_CERTIFICATEPOLICIES(NULL, &at, ASN1_STRING_length(data));
    int found = policies && at == end ? 0 : -1;
    char text[OID_MAX];

    for (int i = 0; found >= 0 && i < sk_POLICYINFO_num(policies); ++i) {
        const char *policy = oid_text(sk_POLICYINFO_value(policies, i)->policyid, text);
        for (unsigned row = 0; row < PROFILES; ++row) {
            if (strcmp(policy, profiles[row].policy) == 0) found |= 1 << row;
        }
    }
    CERTIFICATEPOLICIES_free(policies);
    return found;
}

static cert_code_t refuse(cert_code_t code, const char **why, const char *sentence)
{
    *why = sentence;
    return code;
}

cert_code_t profile_find(cert_kind_t *kind, X509 *x509, const char **why)
{
    int found = 0;

    *kind = CERT_KINDS;
    for (unsigned row = 0; row < PROFILES; ++row) {
        X509_EXTENSION *extension = profile_extension(x509, profiles[row].extension);
        if (!extension) continue;
        found = policies_in(extension);
        if (found < 0) return refuse(CERT_MALFORMED, why, "its policies can't be read");
        if (!(found & 1 << row)) continue;
        if (profiles[row].critical && !X509_EXTENSION_get_critical(extension))
            return refuse(CERT_MALFORMED, why, "its policies are not marked critical");
        if (*kind != CERT_KINDS && *kind != profiles[row].kind)
            return refuse(CERT_WRONG_PURPOSE, why, "its policies are those of two profiles");
        *kind = profiles[row].kind;
    }
    return *kind == CERT_KINDS ? refuse(CERT_WRONG_PURPOSE, why, "its policy is of no profile") : CERT_OK;
}

bool profile_allows(cert_kind_t kind, X509 *x509)
{
    /* UINT32_MAX, every bit set, is OpenSSL's answer where the extension is not there. */
    uint32_t usage = X509_get_key_usage(x509), extended = X509_get_extended_key_usage(x509);

    if (X509_get_extension_flags(x509) & EXFLAG_CA) return false;
    switch (kind) {
    case CERT_JPKI_SIGNING: return usage == (KU_DIGITAL_SIGNATURE | KU_NON_REPUDIATION) && extended == UINT32_MAX;
    case CERT_JPKI_AUTHENTICATION:
        return usage == KU_DIGITAL_SIGNATURE && extended != UINT32_MAX && (extended & XKU_SSL_CLIENT);
    case CERT_REGISTRY: return usage & KU_DIGITAL_SIGNATURE; /* before March 2026 it had none */
    default: return false;
    }
}

bool profile_understands(X509 *x509)
{
    char text[OID_MAX];

    for (int i = 0; i < X509_get_ext_count(x509); ++i) {
        X509_EXTENSION *extension = X509_get_ext(x509, i);
        if (!X509_EXTENSION_get_critical(extension) || X509_supported_extension(extension)) continue;
        const char *oid = oid_text(X509_EXTENSION_get_object(extension), text);
        bool own = false;
        for (unsigned k = 0; k < sizeof own_extensions / sizeof *own_extensions; ++k)
            own = own || strcmp(oid, own_extensions[k]) == 0;
        if (!own) return false;
    }
    return true;
}

apr_size_t profile_characters(span_t text)
{
    apr_size_t characters = 0;
    for (apr_size_t at = 0; at < text.size; ++characters) utf8_next(text, &at);
    return characters;
}

bool profile_is_text(span_t text)
{
    return text.size > 0 && text_is_clean(text) && profile_characters(text) <= PROFILE_TEXT_MAX;
}

bool profile_is_digits(span_t text, apr_size_t size)
{
    return text.size == size && number_is_digits(text);
}
