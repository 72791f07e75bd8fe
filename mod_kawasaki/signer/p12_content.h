/* SPDX-License-Identifier: Apache-2.0
 *
 * What is inside a PKCS#12 file (RFC 7292): a certificate with its key. A file says itself how much work its opening
 * is, so that is added up first. Where the bytes come from and who knows the password is p12.c's.
 */
#ifndef SIGNER_P12_CONTENT_H
#define SIGNER_P12_CONTENT_H

#include "signer/pin.h"

#include <openssl/pkcs12.h>

/* Rounds of key derivation for all of a file: three times the 600,000 that are the most anyone advises today, which
 * take about a second. */
#define P12_ROUNDS_MAX 2000000
#define P12_BAGS_MAX   64

/* Reads the structure, as far as it can be read without the password; free it with PKCS12_free. WIRE_FILE_INVALID: not
 * one PKCS#12 object exactly, without a MAC by a password, of algorithms that are not known, or over the bounds. No key
 * is derived, so this is fast whatever the file says. */
wire_code_t p12_content_read(PKCS12 **p12, span_t der);

/* Opens it and finds a key with its certificate, which the caller frees. WIRE_PIN_WRONG: the password;
 * WIRE_CERT_MISSING: no key, or no certificate to it; WIRE_FILE_INVALID: as above, for what was encrypted. */
wire_code_t p12_content_open(X509 **x509, EVP_PKEY **key, PKCS12 *p12, const pin_t *password);

#endif
