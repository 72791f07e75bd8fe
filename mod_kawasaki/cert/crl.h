/* SPDX-License-Identifier: Apache-2.0
 *
 * One revocation list (RFC 5280 section 5): whose it is, whom it covers, whom it names. For the files of this room;
 * where lists come from is lists.c's.
 */
#ifndef CERT_CRL_H
#define CERT_CRL_H

#include "base/span.h"

#include <apr_time.h>
#include <openssl/x509v3.h>

typedef struct {
    X509_CRL *list;
    ISSUING_DIST_POINT *scope; /* NULL: all that the issuer issued */
    AUTHORITY_KEYID *key_id;   /* NULL: not said */
    apr_time_t this_update, next_update;
    X509 *signer;      /* whose signature was tested; NULL: nobody's yet */
    bool signer_is_it; /* … and it was */
} crl_t;

/* Reads DER or PEM; freed with the pool. BASE_EMALFORMED: not one list exactly, without a nextUpdate, or with something
 * critical that is not understood: then it says nothing about anybody. */
apr_status_t crl_read(crl_t **crl, span_t bytes, apr_pool_t *pool);

/* Is it this issuer's, by name, key identifier and signature, and does it cover the certificate? The outcome of testing
 * the signature is kept: one thread at a time. */
bool crl_covers(crl_t *crl, X509 *x509, X509 *issuer);

/* Whether it names the certificate, since when and why. */
bool crl_names(const crl_t *crl, X509 *x509, apr_time_t *revoked_at, const char **reason);

/* RFC 5280's word for a reason code; "unspecified" for what has none. */
const char *crl_reason(long code);

/* A time of X.509; false: it is none. */
bool crl_time(apr_time_t *time, const ASN1_TIME *asn1);

#endif
