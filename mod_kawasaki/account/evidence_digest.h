/* SPDX-License-Identifier: Apache-2.0
 *
 * The digests by which evidence is known to be what it was. For this room only; docs/evidence.md has the bytes.
 */
#ifndef ACCOUNT_EVIDENCE_DIGEST_H
#define ACCOUNT_EVIDENCE_DIGEST_H

#include "account/evidence.h"

/* Of each part, `name TAB digest LF`, all but ended_at; in the pool. */
apr_status_t evidence_digests(span_t *digests, const evidence_t *evidence, apr_pool_t *pool);

/* The one digest over them, which stands in the audit log. */
apr_status_t evidence_digest(const char **digest, span_t digests, apr_pool_t *pool);

#endif
