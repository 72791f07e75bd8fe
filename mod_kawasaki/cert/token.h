/* SPDX-License-Identifier: Apache-2.0
 *
 * The Web eID authentication token, version 1 (web-eid-system-architecture-doc, "Web eID authentication token"): what a
 * log-in by certificate is proved with. Made by the helper, verified by the module. Trust in the certificate is
 * trust.h's question.
 */
#ifndef CERT_TOKEN_H
#define CERT_TOKEN_H

#include "cert/cert.h"

#include <apr_errno.h>
#include <openssl/evp.h>

#define CERT_TOKEN_FORMAT "web-eid:1.0"
#define CERT_TOKEN_MAX    (32 * 1024) /* characters */

/* The token as JSON, in the pool: signs hash(origin) and hash(nonce), one behind the other, with the key, whose type
 * says the algorithm (RSA-2048 and up: RS256; P-256: ES256; P-384: ES384). nonce: base64 text, 44 characters or more;
 * origin without a slash at its end. APR_EINVAL: a weak key, a
 * shorter nonce; APR_EGENERAL: the key refused. */
apr_status_t cert_token_make(span_t *token, EVP_PKEY *key, X509 *x509, span_t origin, span_t nonce, const char *version,
                             apr_pool_t *pool);

/* Reads the token (format web-eid:1 or web-eid:1.N, its five fields and no others, of which appVersion may be missing)
 * and verifies its signature with the key of its own (unverified) certificate. CERT_MALFORMED,
 * CERT_WRONG_PURPOSE (no profile of ours), CERT_WEAK_KEY, CERT_WRONG_SIGNATURE (also: an algorithm that is not the
 * key's). */
cert_code_t cert_token_verify(cert_t **cert, span_t token, span_t origin, span_t nonce, const char **why,
                              apr_pool_t *pool);

/* The signature alone, over hash(origin) and hash(nonce); raw is r and s one behind the other for ES256 and ES384. */
cert_code_t cert_token_check(EVP_PKEY *key, span_t algorithm, span_t signature, span_t origin, span_t nonce);

#endif
