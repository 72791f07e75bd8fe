/* SPDX-License-Identifier: Apache-2.0
 *
 * Evidence of a signed form: the exact bytes that were signed, the signature, the certificate and its issuer, and what
 * was checked. It outlives the account, for as long as a rule says, and can be verified again from the database alone.
 * It holds names and addresses: nothing but the `evidence` commands reads it. docs/evidence.md.
 */
#ifndef ACCOUNT_EVIDENCE_H
#define ACCOUNT_EVIDENCE_H

#include "account/audit.h"
#include "base/record.h"

typedef struct {
    span_t id; /* random; set by evidence_keep */
    span_t city;
    apr_int64_t account; /* the row, also when it is gone */
    span_t account_name; /* its identifier */
    span_t flow;         /* "jpki.register" */
    span_t receipt;
    span_t manifest;    /* the bytes */
    span_t cms;         /* DER */
    span_t certificate; /* DER */
    span_t issuer;      /* DER */
    span_t checks;      /* record_encode: what was found at the time, by name ("revocation", "judged-at", …) */
    span_t digests;     /* of each part (docs/evidence.md); set by evidence_keep */
    apr_time_t at;
    apr_time_t ended_at; /* when the account was deleted; 0: it wasn't */
} evidence_t;

/* Keeps it; *digest (the pool's) is the SHA-256, base64url, over the digests of all its parts: it belongs into the
 * audit entry of the act, which is a registration, change or deletion (note "RECEIPT DIGEST"); its chain then vouches
 * for it. STORE_WRITE. */
apr_status_t evidence_keep(store_unit_t *unit, evidence_t *evidence, const char **digest, apr_pool_t *pool);

/* By id or receipt number. Texts are the pool's. DER that can't be read any more is empty: evidence_verify will say
 * that it was altered. */
apr_status_t evidence_read(store_unit_t *unit, span_t name, evidence_t *evidence, bool *found, apr_pool_t *pool);

/* A city's evidence without what was signed and checked: the newest first, of all accounts (account_name empty) or of
 * one that was called so; or all, by id, from behind this one. At most `limit`. Texts are the pool's. */
apr_status_t evidence_newest(store_unit_t *unit, span_t city, span_t account_name, int limit, evidence_t **evidence,
                             int *count, apr_pool_t *pool);
apr_status_t evidence_walk(store_unit_t *unit, span_t city, span_t after, int limit, evidence_t **evidence, int *count,
                           apr_pool_t *pool);

/* The certificates, DER, that the account's forms were signed with, each once; one that can't be read any more is
 * empty. They are the pool's. */
apr_status_t evidence_certificates(store_unit_t *unit, apr_int64_t account, span_t **certificates, int *count,
                                   apr_pool_t *pool);

/* The account is gone: from now on the rule's time runs. STORE_WRITE. */
apr_status_t evidence_end(store_unit_t *unit, apr_int64_t account, apr_time_t now);

/* Forgets what ended before. STORE_WRITE. */
apr_status_t evidence_purge(store_unit_t *unit, span_t city, apr_time_t before);

/* A deletion's receipt, for who has it in hand: when it was; *found false for any other. */
apr_status_t evidence_receipt(store_unit_t *unit, span_t city, span_t flow, span_t receipt, apr_time_t *at,
                              bool *found);

#define EVIDENCE_CHECKS(X)                                                                                             \
    X(MANIFEST, "the manifest is well-formed, and of this act")                                                        \
    X(SIGNATURE, "the signature is over these bytes")                                                                  \
    X(SIGNER, "the certificate is the signer's")                                                                       \
    X(ISSUER, "the kept issuer issued it, and it was valid at the time")                                               \
    X(DIGEST, "nothing was changed since it was kept")                                                                 \
    X(AUDIT, "the audit log says the same")

#define EVIDENCE_CHECK_ENUM(identifier, text) EVIDENCE_##identifier,
typedef enum { EVIDENCE_CHECKS(EVIDENCE_CHECK_ENUM) EVIDENCE_CHECK_COUNT } evidence_check_t;

typedef struct {
    bool holds[EVIDENCE_CHECK_COUNT];
    bool all;
    const char *altered; /* parts that are not what they were, with spaces between: "manifest"; "" for none */
} evidence_report_t;

/* The sentence of a check. */
const char *evidence_check_text(evidence_check_t check);

/* Verifies it again: its signatures by what it holds itself, its digests by the audit log. Whether the kept issuer is
 * one to be believed, and whether the log is whole, others say (cert/trust.h, audit_verify). Errors are the
 * database's. */
apr_status_t evidence_verify(store_unit_t *unit, const evidence_t *evidence, evidence_report_t *report,
                             apr_pool_t *pool);

#endif
