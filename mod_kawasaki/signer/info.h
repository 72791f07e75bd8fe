/* SPDX-License-Identifier: Apache-2.0
 *
 * `kawasaki-signer info`: what is there to sign with, in the words of a resident.
 */
#ifndef SIGNER_INFO_H
#define SIGNER_INFO_H

#include "wire/answer.h"

/* Several lines, ended by a newline each: what is there, then what is missing first and what to do. In the pool. */
const char *info_text(const answer_info_t *info, apr_pool_t *pool);

#endif
