/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/verify_declared.h"

#include "rules/fact.h"

static const char *verify_lockouts(const verified_t *image)
{
    for (uint32_t i = 0; i < rules_verified_count(image, RULES_LOCKOUTS); i++) {
        const rules_lockout_t *lockout = rules_verified(image, RULES_LOCKOUTS, i);
        if (lockout->lasts == 0) return "a lockout that does not last";
        if (lockout->binds > RULES_BINDS_PERSON) return "a lockout that binds nobody";
    }
    return NULL;
}

static bool is_certificate(span_t name)
{
#define IS_CERTIFICATE(known) || span_is(name, known)
    return false RULES_CERTIFICATES_LIST(IS_CERTIFICATE);
}

static const char *verify_certificates(const verified_t *image)
{
    for (uint32_t i = 0; i < rules_verified_count(image, RULES_CERTIFICATES); i++) {
        const rules_certificate_t *certificate = rules_verified(image, RULES_CERTIFICATES, i);
        bool nobody = certificate->revocation == RULES_REVOCATION_NOBODY;
        if (!is_certificate(rules_verified_span(image, certificate->name))) return "a certificate nobody can read";
        if (certificate->doors == 0 || (certificate->doors & ~(uint32_t)RULES_DOORS)) return "an unknown door";
        if (certificate->revocation > RULES_REVOCATION_NOBODY || (nobody && certificate->fresh)) {
            return "a certificate that nobody can be asked about";
        }
        if (certificate->provisional != (nobody ? 1u : certificate->provisional & 1u)) return "neither yes nor no";
    }
    return NULL;
}

/* No name, or that of a certificate that is open to this. */
static bool opens(const verified_t *image, rules_ref_t name, rules_door_t door)
{
    for (uint32_t i = 0; i < rules_verified_count(image, RULES_CERTIFICATES); i++) {
        const rules_certificate_t *certificate = rules_verified(image, RULES_CERTIFICATES, i);
        if (!span_equal(rules_verified_span(image, certificate->name), rules_verified_span(image, name))) continue;
        return certificate->doors & door;
    }
    return name.size == 0;
}

static const char *verify_kinds(const verified_t *image)
{
    for (uint32_t i = 0; i < rules_verified_count(image, RULES_KINDS); i++) {
        const rules_kind_t *kind = rules_verified(image, RULES_KINDS, i);
        bool right =
            opens(image, kind->signs_with, RULES_DOOR_SIGN) && opens(image, kind->logs_in_with, RULES_DOOR_LOG_IN);
        if (!right) return "a kind with a certificate that does not open its door";
    }
    return NULL;
}

static const char *verify_terms(const verified_t *image)
{
    uint32_t articles = rules_verified_count(image, RULES_ARTICLES);
    if (rules_verified_count(image, RULES_TERMS) == 0) return articles ? "articles without terms" : NULL;
    const rules_terms_t *terms = rules_verified(image, RULES_TERMS, 0);
    if (rules_verified_count(image, RULES_TERMS) > 1 || terms->version.size == 0) return "not one version of the terms";
    if (articles == 0 || terms->first_article != 0 || terms->article_count != articles) return "articles out of place";
    for (uint32_t i = 0; i < articles; i++) {
        const rules_article_t *article = rules_verified(image, RULES_ARTICLES, i);
        if (article->text.ja.size == 0) return "an article without text";
    }
    return NULL;
}

/* What it is called in logs. */
static bool is_rule_of(const verified_t *image, const rules_refusal_t *refusal)
{
    static const span_t start = SPAN("refuse-delete/");
    span_t name = rules_verified_span(image, refusal->name), rule = rules_verified_span(image, refusal->rule);
    return rule.size == start.size + name.size && memcmp(rule.at, start.at, start.size) == 0 &&
           memcmp(rule.at + start.size, name.at, name.size) == 0;
}

static const char *verify_refusals(const verified_t *image)
{
    for (uint32_t i = 0; i < rules_verified_count(image, RULES_REFUSALS); i++) {
        const rules_refusal_t *refusal = rules_verified(image, RULES_REFUSALS, i);
        if (refusal->act >= RULES_ACTS || refusal->states == 0 || (refusal->states & ~(uint32_t)RULES_STATES)) {
            return "a refusal of nothing";
        }
        if (!is_rule_of(image, refusal) || refusal->say.ja.size == 0) return "a refusal that says nothing";
    }
    return NULL;
}

static const char *verify_retentions(const verified_t *image)
{
    for (uint32_t i = 0; i < rules_verified_count(image, RULES_RETENTIONS); i++) {
        const rules_retention_t *retention = rules_verified(image, RULES_RETENTIONS, i);
        if (retention->lasts == 0) return "a retention that does not last";
    }
    return NULL;
}

const char *rules_verify_declared(const verified_t *image)
{
    static const char *(*const parts[])(const verified_t *) = {verify_lockouts, verify_certificates, verify_kinds,
                                                               verify_terms,    verify_refusals,     verify_retentions};
    const char *why = NULL;
    for (apr_size_t i = 0; i < sizeof parts / sizeof parts[0] && !why; i++) why = parts[i](image);
    return why;
}
