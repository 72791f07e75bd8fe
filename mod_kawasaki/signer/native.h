/* SPDX-License-Identifier: Apache-2.0
 *
 * Native messaging: a browser starts the program and talks to it in frames on standard input and output, for an
 * extension that says which page a request comes from.
 */
#ifndef SIGNER_NATIVE_H
#define SIGNER_NATIVE_H

#include "signer/perform.h"

/* Answers messages until the input ends (APR_SUCCESS), or is no frame any more, or the output is gone. A message
 * without an origin, or with a PIN, is refused: the extension must vouch, and never sees a PIN. */
apr_status_t native_serve(const perform_t *front, apr_pool_t *pool);

#endif
