/* SPDX-License-Identifier: Apache-2.0
 *
 * How many rounds of key derivation a PKCS#12 file asks for, read from its parameters and taken from an allowance
 * before anything is derived.
 */
#ifndef SIGNER_P12_WORK_H
#define SIGNER_P12_WORK_H

#include <openssl/pkcs12.h>
#include <stdbool.h>
#include <stdint.h>

/* Both: false when that is more than *rounds, less than one, or can't be read from an algorithm that is known; else
 * *rounds is less by it. */
bool p12_work_mac(int64_t *rounds, const PKCS12 *p12);                  /* of the whole file's MAC */
bool p12_work_encryption(int64_t *rounds, const X509_ALGOR *algorithm); /* PBES2 with PBKDF2, or a PBE of PKCS#12 */

#endif
