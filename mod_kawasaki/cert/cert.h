/* SPDX-License-Identifier: Apache-2.0
 *
 * What a certificate says, by the three profiles of docs/certificates.md: JPKI for signing, JPKI for authentication,
 * commercial registry. Reading believes nothing: who issued it is trust.h's question, whether it was revoked is
 * revocation.h's. No URL in a certificate is ever followed.
 */
#ifndef CERT_CERT_H
#define CERT_CERT_H

#include "base/span.h"
#include "cert/code.h"

#include <apr_time.h>
#include <openssl/x509.h>

#define CERT_MAX (16 * 1024) /* bytes of DER; a longer one is malformed */

typedef enum { CERT_JPKI_SIGNING, CERT_JPKI_AUTHENTICATION, CERT_REGISTRY, CERT_KINDS } cert_kind_t;

typedef enum { CERT_SEX_UNKNOWN = 3, CERT_SEX_MALE = 1, CERT_SEX_FEMALE = 2, CERT_SEX_NONE = 0 } cert_sex_t;

/* What a person's signing certificate says of its holder (otherName, OID 1.2.392.200149.8.5.5.1 to .6). */
typedef struct {
    span_t name, address;
    span_t name_substituted, address_substituted; /* one '0' or '1' a character: '1' = another was written in its place;
                                                   * empty: the certificate doesn't say */
    span_t birth_date;                            /* nine digits, EYYYYMMDD, E the era's digit */
    cert_sex_t sex;
} cert_person_t;

/* What a company's certificate says (1.2.392.100300.1.1.3). */
typedef struct {
    span_t name, number, address, representative, title, office;
} cert_company_t;

typedef struct {
    cert_kind_t kind;
    X509 *x509; /* freed with the pool */
    span_t der;
    const char *fingerprint; /* SHA-256 of the DER, 64 lower-case hexadecimal digits */
    const char *identity;    /* issuer's name (SHA-256 of its DER, hexadecimal), authority key identifier, serial: the
                              * same serial of another issuer is not the same */
    apr_time_t not_before, not_after;
    cert_person_t person;   /* CERT_JPKI_SIGNING */
    cert_company_t company; /* CERT_REGISTRY */
} cert_t;

/* Reads DER. CERT_MALFORMED: not one certificate exactly, or without what its profile needs, or with text that is not
 * UTF-8; CERT_WRONG_PURPOSE: none of the three profiles; CERT_WEAK_KEY. *why (may be NULL) is a sentence for the log,
 * without personal data. Strings are the pool's. */
cert_code_t cert_read(cert_t **cert, span_t der, const char **why, apr_pool_t *pool);

/* The same of one that OpenSSL has decoded already, out of something larger; a reference to it is taken. */
cert_code_t cert_of_x509(cert_t **cert, X509 *x509, const char **why, apr_pool_t *pool);

/* "jpki-signing", as rule files and directories name it. */
const char *cert_kind_name(cert_kind_t kind);

#endif
