/* SPDX-License-Identifier: Apache-2.0
 *
 * By what name wrong PINs of a card or a file are counted, before anybody knows whose it is.
 */
#ifndef SIGNER_HOLDER_H
#define SIGNER_HOLDER_H

#include "wire/code.h"

/* SHA-256 of what tells this card or file from others without a PIN, as answer_t has it; in the pool. WIRE_FAILED: the
 * cryptographic library failed. */
wire_code_t holder_name(span_t *holder, span_t identity, apr_pool_t *pool);

#endif
