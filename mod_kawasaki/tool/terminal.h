/* SPDX-License-Identifier: Apache-2.0
 *
 * What a terminal obeys instead of showing it: control characters, and those that turn the order of writing around, by
 * which one text can be made to look like another. Not for what a stored text may hold: text/.
 */
#ifndef TOOL_TERMINAL_H
#define TOOL_TERMINAL_H

#include "base/span.h"

#include <stdint.h>

/* C0, DEL and C1; line and paragraph separators; marks, embeddings, overrides and isolates of the bidirectional
 * algorithm (UAX #9); the byte order mark. */
bool terminal_obeys(uint32_t code);

/* Writes to standard output what can be looked at safely: bytes of such characters below U+0080, and bytes that are no
 * UTF-8, as \xNN; others as \uNNNN. A backslash stands as it is. */
void terminal_write(span_t text);

#endif
