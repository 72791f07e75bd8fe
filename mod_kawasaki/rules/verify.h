/* SPDX-License-Identifier: Apache-2.0
 *
 * Believing an image: everything that open.c and eval.c follow is looked at first.
 */
#ifndef RULES_VERIFY_H
#define RULES_VERIFY_H

#include "base/span.h"

/* NULL when the image (aligned to 8) can be believed, else what is wrong: a constant. */
const char *rules_verify(span_t image);

#endif
