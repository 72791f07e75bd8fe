/* SPDX-License-Identifier: Apache-2.0
 *
 * Verifying evidence from its row and the audit log alone, with no authority at hand and no host asked.
 */
#include "account/evidence.h"

#include "account/evidence_digest.h"
#include "cert/cms.h"
#include "session/challenge.h"
#include "wire/manifest.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#define CHECK_TEXT(identifier, text) [EVIDENCE_##identifier] = (text),
static const char *const texts[EVIDENCE_CHECK_COUNT] = {EVIDENCE_CHECKS(CHECK_TEXT)};
#undef CHECK_TEXT

const char *evidence_check_text(evidence_check_t check)
{
    return texts[check];
}

/* From the challenge to the commit: the challenge's life, and the time that a card and the database take. */
#define SIGNING_MAX (CHALLENGE_LIFE + apr_time_from_sec(60))

static bool is_manifest_of(const evidence_t *evidence, apr_pool_t *pool)
{
    manifest_t manifest;

    return manifest_decode(&manifest, evidence->manifest, pool) == APR_SUCCESS &&
           span_equal(manifest.city, evidence->city) && span_equal(manifest.flow, evidence->flow) &&
           span_equal(manifest.account, evidence->account_name) && evidence->at >= manifest.at &&
           evidence->at - manifest.at <= SIGNING_MAX;
}

/* --- The issuer --- */

/* One certificate in DER from end to end; NULL: it isn't. To be freed. */
static X509 *decode(span_t der)
{
    const unsigned char *at = (const unsigned char *)der.at;
    X509 *x509 = der.size && der.size <= CERT_MAX ? d2i_X509(NULL, &at, (long)der.size) : NULL;

    if (!x509 || at == (const unsigned char *)der.at + der.size) return x509;
    X509_free(x509);
    return NULL;
}

/* -2 is what cannot be compared. */
static bool is_valid_at(X509 *x509, apr_time_t at)
{
    const int begun = ASN1_TIME_cmp_time_t(X509_get0_notBefore(x509), (time_t)apr_time_sec(at));
    const int over = ASN1_TIME_cmp_time_t(X509_get0_notAfter(x509), (time_t)apr_time_sec(at));

    return (begun == -1 || begun == 0) && (over == 0 || over == 1);
}

/* Name and key identifier, the right to issue, and the signature. */
static bool has_issued(X509 *issuer, X509 *x509)
{
    EVP_PKEY *key = X509_get0_pubkey(issuer);
    return key && X509_check_issued(issuer, x509) == X509_V_OK && X509_check_ca(issuer) > 0 &&
           X509_verify(x509, key) == 1;
}

static bool is_issued(const evidence_t *evidence)
{
    X509 *x509, *issuer;

    ERR_set_mark();
    x509 = decode(evidence->certificate);
    issuer = decode(evidence->issuer);
    bool issued = x509 && issuer && has_issued(issuer, x509) && is_valid_at(x509, evidence->at) &&
                  is_valid_at(issuer, evidence->at);
    X509_free(x509);
    X509_free(issuer);
    ERR_pop_to_mark();
    return issued;
}

/* --- The digests --- */

/* The names of the parts whose digests are others now. */
static const char *compare(span_t kept, span_t found, apr_pool_t *pool)
{
    record_pair_t *then, *now;
    apr_size_t then_count, now_count;
    const char *altered = "";

    if (span_equal(kept, found)) return altered;
    if (record_decode(pool, kept, &then, &then_count) != APR_SUCCESS ||
        record_decode(pool, found, &now, &now_count) != APR_SUCCESS)
        return "digests";
    for (apr_size_t i = 0; i < now_count; i++)
        if (!span_equal(record_value(then, then_count, now[i].name), now[i].value))
            altered = apr_pstrcat(pool, altered, *altered ? " " : "", span_text(pool, now[i].name), NULL);
    return *altered ? altered : "digests";
}

/* The log holds the digest that was kept: of the digests as they stand in the row. */
static apr_status_t ask_log(store_unit_t *unit, const evidence_t *evidence, bool *says, apr_pool_t *pool)
{
    const char *digest;
    apr_status_t status = evidence_digest(&digest, evidence->digests, pool);

    *says = false;
    if (status != APR_SUCCESS) return status;
    return audit_vouches(unit,
                         &(audit_signed_t){.city = evidence->city,
                                           .account = evidence->account,
                                           .receipt = span_text(pool, evidence->receipt),
                                           .digest = digest,
                                           .at = evidence->at},
                         says);
}

apr_status_t evidence_verify(store_unit_t *unit, const evidence_t *evidence, evidence_report_t *report,
                             apr_pool_t *pool)
{
    cert_t *signer;
    span_t digests;
    bool *holds = report->holds;
    apr_status_t status;

    *report = (evidence_report_t){.altered = ""};
    holds[EVIDENCE_MANIFEST] = is_manifest_of(evidence, pool);
    holds[EVIDENCE_SIGNATURE] = cert_cms_verify(&signer, evidence->cms, evidence->manifest, NULL, pool) == CERT_OK;
    holds[EVIDENCE_SIGNER] = signer && span_equal(signer->der, evidence->certificate);
    holds[EVIDENCE_ISSUER] = is_issued(evidence);
    status = evidence_digests(&digests, evidence, pool);
    if (status != APR_SUCCESS) return status;
    report->altered = compare(evidence->digests, digests, pool);
    holds[EVIDENCE_DIGEST] = !*report->altered;
    status = ask_log(unit, evidence, &holds[EVIDENCE_AUDIT], pool);
    report->all = status == APR_SUCCESS;
    for (int i = 0; i < EVIDENCE_CHECK_COUNT; i++) report->all = report->all && holds[i];
    return status;
}
