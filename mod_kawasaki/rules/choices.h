/* SPDX-License-Identifier: Apache-2.0
 *
 * What fields and conditions ask of choices.
 */
#ifndef RULES_CHOICES_H
#define RULES_CHOICES_H

#include "rules/declarations.h"

/* Is this one of the options' codes? */
bool rules_choices_offer(const choices_said_t *choices, span_t code);

/* Shows a guess all codes. */
void rules_choices_guess(guess_t *guess, compiler_t *compiler, const choices_said_t *choices);

#endif
