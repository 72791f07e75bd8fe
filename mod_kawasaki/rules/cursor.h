/* SPDX-License-Identifier: Apache-2.0
 *
 * The tokens of one statement, taken one after the other. What they mean is for who takes them: clause.c, count.c.
 */
#ifndef RULES_CURSOR_H
#define RULES_CURSOR_H

#include "rules/clause.h"

typedef struct {
    compiler_t *compiler;
    const statement_t *statement;
    int next; /* token */
} cursor_t;

/* The next token; NULL behind the last one. */
const token_t *rules_peek(const cursor_t *cursor);

/* A token as a message shows it. */
const char *rules_shown(const cursor_t *cursor, const token_t *token);

/* Notes that something else should stand here, unless there is a mistake at this place already. At least one token was
 * taken before. */
void rules_expected(const cursor_t *cursor, const char *what);

/* Takes a token of this kind; another one stays, is noted, and NULL returned. */
const token_t *rules_take(cursor_t *cursor, token_kind_t kind, const char *what);

/* Takes this word or sign, if it is the next; notes nothing. */
bool rules_take_this(cursor_t *cursor, const char *text);

/* Takes a number; a duration in seconds (`30 minutes`). False when it is none: that is noted. */
bool rules_take_number(cursor_t *cursor, int64_t *number, const char *what);
bool rules_take_duration(cursor_t *cursor, int64_t *seconds);

#endif
