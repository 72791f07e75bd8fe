/* SPDX-License-Identifier: Apache-2.0
 *
 * From bytes to tokens: words, numbers, strings, instants, signs, and where a fact ends. Knows no keyword but
 * `and` and `or`, after which a line goes on.
 */
#ifndef RULES_LEXER_H
#define RULES_LEXER_H

#include "rules/compiler.h"

#include <stdint.h>

typedef enum {
    TOKEN_WORD,
    TOKEN_NUMBER,
    TOKEN_STRING,
    TOKEN_INSTANT,
    TOKEN_SIGN,   /* , = != ( ) .. */
    TOKEN_OPEN,   /* { */
    TOKEN_CLOSE,  /* } */
    TOKEN_BREAK,  /* end of a fact: end of line, or ; */
    TOKEN_BROKEN, /* something that a mistake is noted about */
    TOKEN_END
} token_kind_t;

typedef struct {
    token_kind_t kind;
    bool first; /* on its line */
    place_t at;
    int end;        /* column behind it */
    span_t text;    /* as written; a string without quotes and escapes */
    span_t raw;     /* a string's text with its escapes */
    int64_t number; /* TOKEN_NUMBER; TOKEN_INSTANT: seconds since 1970 UTC */
} token_t;

/* All tokens of a file, TOKEN_END last. A file that is not clean UTF-8 has no tokens but one mistake. */
apr_array_header_t *rules_lex(compiler_t *compiler, const source_t *source);

/* Is the token this word or sign? */
bool rules_token_is(const token_t *token, const char *text);

/* Where byte `offset` of a string token's text stands in the file. */
place_t rules_place_in(const token_t *string, apr_size_t offset);

#endif
