/* SPDX-License-Identifier: Apache-2.0
 *
 * What came of a request, for the person at the keyboard. (A kiosk's page has sentences of its own, in the rule file.)
 */
#ifndef SIGNER_SENTENCE_H
#define SIGNER_SENTENCE_H

#include "wire/code.h"

/* What happened and what to do, in Japanese; in the pool. tries: left, where the answer says it. */
const char *sentence_of(wire_code_t code, int tries, apr_pool_t *pool);

#endif
