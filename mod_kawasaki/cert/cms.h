/* SPDX-License-Identifier: Apache-2.0
 *
 * The signed form: a detached CMS (RFC 5652) of the level CAdES-BES (ETSI EN 319 122-1: signing-certificate-v2 among
 * the signed attributes) over the exact bytes of a manifest. Made by the helper, verified by the module.
 */
#ifndef CERT_CMS_H
#define CERT_CMS_H

#include "cert/cert.h"

#include <apr_errno.h>
#include <openssl/evp.h>

#define CERT_CMS_MAX (64 * 1024) /* bytes of DER */

/* The CMS, DER, in the pool: one signer, its certificate inside, SHA-256 (SHA-384 for P-384). The key is asked for one
 * signature. APR_EINVAL: a weak key; APR_EGENERAL: it refused. */
apr_status_t cert_cms_make(span_t *cms, EVP_PKEY *key, X509 *x509, span_t content, apr_pool_t *pool);

/* Verifies that the one signer signed exactly these bytes, and reads its certificate. CERT_MALFORMED (also: more or
 * less than one signer or certificate, content inside, bytes behind it, no signing-certificate-v2 or one of another
 * certificate), CERT_WEAK_KEY (also: a digest under SHA-256), CERT_WRONG_PURPOSE (no profile of ours),
 * CERT_WRONG_SIGNATURE. Trust in the certificate is trust.h's question. */
cert_code_t cert_cms_verify(cert_t **cert, span_t cms, span_t content, const char **why, apr_pool_t *pool);

#endif
