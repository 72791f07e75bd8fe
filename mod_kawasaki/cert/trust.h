/* SPDX-License-Identifier: Apache-2.0
 *
 * Which authorities a host believes, for which kind of certificate: PEM files in DIRECTORY/KIND/, read at start and at
 * each restart. Several generations of one authority share one name: the issuer is found by name, authority key
 * identifier and signature.
 */
#ifndef CERT_TRUST_H
#define CERT_TRUST_H

#include "base/log.h"
#include "cert/cert.h"

#include <apr_errno.h>

typedef struct cert_trust_t cert_trust_t; /* read-only, for any number of threads */

/* Reads every *.pem of every kind's directory; of these, one that is not there is empty. On failure (no such directory,
 * a file that can't be read, holds no certificate, or one that may not issue: CA:FALSE, no keyCertSign) *error names
 * it. */
apr_status_t cert_trust_load(cert_trust_t **trust, const char *directory, const char **error, apr_pool_t *pool);

/* How many authorities of this kind. */
int cert_trust_count(const cert_trust_t *trust, cert_kind_t kind);

/* Is this certificate (DER), byte for byte, one of them? */
bool cert_trust_has(const cert_trust_t *trust, cert_kind_t kind, span_t der);

/* Issued by one of them, both valid now, critical extensions understood, key usage of its profile, path length kept.
 * The issuer (the trust's) in *issuer (may be NULL). CERT_UNKNOWN_CA, CERT_NOT_YET_VALID, CERT_EXPIRED,
 * CERT_WRONG_PURPOSE, CERT_WEAK_KEY (the issuer's signature), CERT_MALFORMED. RFC 5280 section 6.1 by OpenSSL. Validity
 * is decided to the second: valid at not_before and at not_after, not one second outside. */
cert_code_t cert_trust_judge(const cert_trust_t *trust, const cert_t *cert, apr_time_t now, X509 **issuer);

#endif
