/* SPDX-License-Identifier: Apache-2.0
 *
 * One digest a part, so that what was altered can be named, and one over them all.
 */
#include "account/evidence_digest.h"

#include "base/secret.h"

static apr_status_t digest_text(span_t bytes, const char **text, apr_pool_t *pool)
{
    unsigned char digest[SECRET_DIGEST_SIZE];
    apr_status_t status = secret_digest(bytes, digest);

    *text = status == APR_SUCCESS ? secret_base64url(pool, digest, sizeof digest) : "";
    return status;
}

static span_t number(apr_int64_t value, apr_pool_t *pool)
{
    return span_of(apr_psprintf(pool, "%" APR_INT64_T_FMT, value));
}

apr_status_t evidence_digests(span_t *digests, const evidence_t *evidence, apr_pool_t *pool)
{
    const record_pair_t parts[] = {
        {SPAN("id"), evidence->id},
        {SPAN("city"), evidence->city},
        {SPAN("account"), number(evidence->account, pool)},
        {SPAN("account-name"), evidence->account_name},
        {SPAN("flow"), evidence->flow},
        {SPAN("receipt"), evidence->receipt},
        {SPAN("at"), number(evidence->at, pool)},
        {SPAN("manifest"), evidence->manifest},
        {SPAN("cms"), evidence->cms},
        {SPAN("certificate"), evidence->certificate},
        {SPAN("issuer"), evidence->issuer},
        {SPAN("checks"), evidence->checks},
    };
    enum { PARTS = sizeof parts / sizeof *parts };
    record_pair_t pairs[PARTS];
    apr_status_t status = APR_SUCCESS;

    for (int i = 0; status == APR_SUCCESS && i < PARTS; i++) {
        const char *text;
        status = digest_text(parts[i].value, &text, pool);
        pairs[i] = (record_pair_t){parts[i].name, span_of(text)};
    }
    if (status == APR_SUCCESS) *digests = record_encode(pool, pairs, PARTS);
    return status;
}

apr_status_t evidence_digest(const char **digest, span_t digests, apr_pool_t *pool)
{
    return digest_text(digests, digest, pool);
}
