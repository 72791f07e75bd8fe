/* SPDX-License-Identifier: Apache-2.0
 *
 * Certificates, keys and lists for a test, by test/card/certificates (its head says which there are), in a directory of
 * their own. Each function fails the test when it can't do what it says.
 */
#ifndef TEST_CERTIFICATES_H
#define TEST_CERTIFICATES_H

#include "base/span.h"

#include <openssl/evp.h>
#include <openssl/x509.h>

/* A new directory with the usual set; its path is the pool's. It is removed with the pool. */
const char *certificates_make(apr_pool_t *pool);

/* More of them: format and what follows are the script's words behind DIR, as a shell reads them:
 * "one odd/expired until=-1". */
void certificates_more(const char *directory, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The bytes of a file: "card/sign.der", "crl/registry.crl". */
span_t certificates_file(const char *directory, const char *name, apr_pool_t *pool);

/* Of NAME.key and NAME.der: "card/sign"; freed with the pool. */
EVP_PKEY *certificates_key(const char *directory, const char *name, apr_pool_t *pool);
X509 *certificates_x509(const char *directory, const char *name, apr_pool_t *pool);

#endif
