/* SPDX-License-Identifier: Apache-2.0
 *
 * What this room's files do with the code points that base/utf8.h reads: writing, replacing, composing. What a code
 * point looks like to people is glyph.h's.
 */
#ifndef TEXT_CODE_H
#define TEXT_CODE_H

#include "base/utf8.h"

#define CODE_DROP 0xFFFFFFFEu /* no code point: what a map of code_map leaves out */

/* Writes a code point at `to` (room for 4 bytes); the number of bytes. */
apr_size_t code_put(char *to, uint32_t code);

/* Every code point replaced by what map says, which takes no more than three times the bytes. `in` itself where
 * nothing changes, and where it is not UTF-8; else the pool's. */
span_t code_map(apr_pool_t *pool, span_t in, uint32_t (*map)(uint32_t code));

/* Normalisation form C (UAX #15). `in` itself where it is in that form already; else the pool's. in must be clean. */
span_t code_compose(apr_pool_t *pool, span_t in);

#endif
