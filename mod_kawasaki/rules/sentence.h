/* SPDX-License-Identifier: Apache-2.0
 *
 * Sentences: which there are, which placeholders each knows, and how they become complete. messages.c reads and keeps
 * them.
 */
#ifndef RULES_SENTENCE_H
#define RULES_SENTENCE_H

#include "rules/declarations.h"

/* Of a check, as rule files and rules' names write it: "required when". */
const char *rules_check_word(rules_check_kind_t kind);

/* The check that `say WORDS` is about; RULES_CHECKS_END when it is none's. */
rules_check_kind_t rules_check_named(span_t words);

/* Shows a guess the words of all checks. */
void rules_check_guess(guess_t *guess, compiler_t *compiler);

/* Notes placeholders that this check does not fill. kind RULES_CHECKS_END: none are. */
void rules_sentence_check(compiler_t *compiler, const given_t *say, rules_check_kind_t kind);

/* The same for what is said as it stands or filled in when it is said (rules_fill), and notes what it must not leave
 * out. subject: the name of a message, "limit locked", "lockout",
 * "refuse delete"; "address" and others that nothing fills. */
void rules_sentence_check_spoken(compiler_t *compiler, const given_t *say, span_t subject);

/* The words of `say WORDS ja "…"`, one space between. */
span_t rules_say_words(compiler_t *compiler, const given_t *say);

/* What fills the placeholders; empty where a sentence has nothing to say. */
typedef struct {
    span_t label, example, min, max, other, labels;
    bool broken; /* some could not be read: then nothing is missing */
} filling_t;

/* The complete sentence. A placeholder without filling is noted at `at`. */
span_t rules_sentence_fill(compiler_t *compiler, const given_t *say, const filling_t *filling, place_t at);

/* The default sentence of this name from the `messages`. When there is none, that is noted, once for all, at the end
 * of the messages' reading, and NULL returned. */
const given_t *rules_message_say(compiler_t *compiler, span_t words);

#endif
