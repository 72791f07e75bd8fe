/* SPDX-License-Identifier: Apache-2.0
 *
 * The three profiles, for the files of this room: which one a certificate claims by its policy, what its key may be
 * used for, and where the holder stands in it. docs/certificates.md has them as tables.
 */
#ifndef CERT_PROFILE_H
#define CERT_PROFILE_H

#include "cert/cert.h"

#define PROFILE_TEXT_MAX 200 /* characters of a name or address (JPKI: of an address) */

/* The profile whose policy stands in the certificate. CERT_MALFORMED: policies that can't be read, or not marked
 * critical where the profile demands it; CERT_WRONG_PURPOSE: of no profile, or of two. */
cert_code_t profile_find(cert_kind_t *kind, X509 *x509, const char **why);

/* Key usage and extended key usage are those of the profile, and the holder is no authority. */
bool profile_allows(cert_kind_t kind, X509 *x509);

/* Every critical extension is one that OpenSSL or this room reads. */
bool profile_understands(X509 *x509);

/* The extension of this OID (dotted decimal); NULL when it is not there just once. It stays the certificate's. */
X509_EXTENSION *profile_extension(X509 *x509, const char *oid);

/* Code points, as the marks of substituted characters count them. */
apr_size_t profile_characters(span_t text);

/* A text of 1 to PROFILE_TEXT_MAX characters: clean UTF-8. */
bool profile_is_text(span_t text);

/* So many ASCII digits. */
bool profile_is_digits(span_t text, apr_size_t size);

/* Who a signing certificate is for; NULL, or what is wrong. person.c */
const char *person_read(cert_person_t *person, X509 *x509, apr_pool_t *pool);

/* What company a registry certificate is for; NULL, or what is wrong. company.c */
const char *company_read(cert_company_t *company, X509 *x509, apr_pool_t *pool);

#endif
