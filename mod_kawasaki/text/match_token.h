/* SPDX-License-Identifier: Apache-2.0
 *
 * Tokens: what is compared instead of characters, and how two lists of them go together. For the files of this room
 * that compare; which characters make which token is address_token.c's and name.c's.
 */
#ifndef TEXT_MATCH_TOKEN_H
#define TEXT_MATCH_TOKEN_H

#include "text/match.h"
#include "text/match_char.h"

typedef enum {
    TOKEN_LETTER,
    TOKEN_NUMBER,  /* digits */
    TOKEN_NUMERAL, /* 四十五: the letters they are, and a number as well where it is `counted` */
    TOKEN_ANY,     /* any one letter */
    TOKEN_SPACE,   /* nothing, or ・ */
    TOKEN_DASH     /* nothing, or ー */
} token_kind_t;

/* What a number counts. Where both sides say it, it must be the same. */
typedef enum {
    UNIT_NONE,
    UNIT_DISTRICT, /* 丁目 */
    UNIT_LOT,      /* 番, 番地, 号, 号室: people take one for another */
    UNIT_LAND      /* 地割 */
} unit_t;

typedef struct {
    token_kind_t kind;
    uint32_t code;             /* TOKEN_LETTER */
    const match_char_t *chars; /* TOKEN_NUMBER (without leading zeros), TOKEN_NUMERAL */
    apr_size_t count;
    apr_int64_t value; /* of these; -1: not told, only the characters are compared */
    bool counted;
    unit_t unit;
    int field; /* where it stands */
    apr_size_t begin, end;
} token_t;

/* How two lists go together: each step takes a token of one list, or of both. */
typedef struct {
    const token_t *typed, *certificate; /* NULL: none of that side */
    bool equal;                         /* or of no weight */
} token_step_t;

typedef struct {
    apr_array_header_t *steps; /* token_step_t */
    bool equal;                /* all steps are */
    bool substituted;          /* by the help of TOKEN_ANY */
} token_match_t;

/* A token that starts at this character and has its place. */
token_t token_at(token_kind_t kind, const match_char_t *where);

/* Is it a NUMBER, or a NUMERAL that may be read as one? */
bool token_is_number(const token_t *token);

/* Is there more in the list than spaces and dashes? What has nothing else matches nothing. */
bool token_any_weight(const apr_array_header_t *tokens);

/* Compares lists of token_t. Where they differ, the steps are the fewest that differ, as long as the rest behind the
 * first difference is not over TOKEN_ALIGN_MAX tokens. */
#define TOKEN_ALIGN_MAX 256
void token_compare(token_match_t *match, const apr_array_header_t *typed, const apr_array_header_t *certificate,
                   apr_pool_t *pool);

#endif
