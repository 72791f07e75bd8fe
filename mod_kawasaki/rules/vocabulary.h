/* SPDX-License-Identifier: Apache-2.0
 *
 * Words that have a fixed meaning in one place of the language: `list` after `revocation by`, `sign` after `open to`.
 */
#ifndef RULES_VOCABULARY_H
#define RULES_VOCABULARY_H

#include "rules/declarations.h"

typedef struct {
    const char *word; /* NULL ends the list */
    uint32_t means;   /* for a list of words to be added up: a bit */
} vocable_t;

/* What the name means; one that is not among the words is noted, and means 0, as one that could not be read. what:
 * "door" in "unknown door 'x'". */
uint32_t rules_vocable(compiler_t *compiler, const given_t *given, const vocable_t *words, const char *what);

/* All bits of a SHAPE_NAMES; a word that is there twice is noted as `twice`. */
uint32_t rules_vocables(compiler_t *compiler, const given_t *given, const vocable_t *words, const char *what,
                        const char *twice);

/* certificate.c: the certificates that the program can read; each means 1. */
extern const vocable_t rules_certificate_names[];

/* need.c: those that the program asks for; each means 1. */
extern const vocable_t rules_limit_names[], rules_lockout_names[], rules_form_names[];

/* certificate.c: notes a use of this certificate for a door that no declaration opens. */
void rules_certificate_check_use(compiler_t *compiler, const given_t *use, const char *door);

#endif
