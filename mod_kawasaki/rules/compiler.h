/* SPDX-License-Identifier: Apache-2.0
 *
 * What all phases of one compilation share: the pool, what was read, what is wrong. The phases:
 *
 *   source -> lexer -> tree -> clause (by the tables in city.c ... field.c) -> rules as read (model.h)
 *          -> city.c ... field.c write and check what was read -> image
 *
 * A phase never stops at a mistake: it notes it and goes on as if the likeliest right thing stood there.
 */
#ifndef RULES_COMPILER_H
#define RULES_COMPILER_H

#include "rules/source.h"

#include <apr_hash.h>
#include <apr_tables.h>

typedef struct {
    apr_pool_t *pool;
    apr_array_header_t *mistakes; /* mistake.c */
    int errors;
    apr_array_header_t *sources; /* of source_t *, in the order read */
    apr_array_header_t *files;   /* of const char *, word lists and missing files too */
    int including;               /* files that are open at the moment */
    bool holes;                  /* a file could not be read: what is missing may have stood there */
    apr_hash_t *forgiven;        /* names that stood in a declaration nobody could read */
    apr_hash_t *lists;           /* path -> index of the word list in the image (list.c) */
    const char *lacking;         /* sentences that are needed and not there, or NULL (messages.c) */
    struct model_t *model;
    struct image_t *image;
} compiler_t;

/* An empty list of mistakes. */
apr_array_header_t *rules_mistakes_make(apr_pool_t *pool);

/* Notes a mistake. One place has one mistake: what is noted there later is what the first one brought about. */
void rules_error(compiler_t *compiler, place_t at, const char *format, ...) __attribute__((format(printf, 3, 4)));
void rules_warn(compiler_t *compiler, place_t at, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The mistakes as rules.h gives them to the caller, in order. */
apr_array_header_t *rules_mistakes(compiler_t *compiler);

/* "file:line" or, within the same file, "line N": where the other one stands. */
const char *rules_other_place(compiler_t *compiler, place_t from, place_t other);

/* Searches for what was meant: show it every candidate, then ask. */
typedef struct {
    span_t wrong;
    span_t nearest; /* empty: nothing is near enough */
    int distance;
    apr_array_header_t *known; /* of const char * */
} guess_t;
guess_t rules_guess(compiler_t *compiler, span_t wrong);
void rules_guess_show(guess_t *guess, compiler_t *compiler, span_t candidate);
/* " (did you mean 'x'?)", " (known: a, b)" for a few, or "". */
const char *rules_guess_hint(const guess_t *guess, compiler_t *compiler);

/* May an unknown name be reported, or is a mistake noted already that explains it? */
bool rules_may_miss(const compiler_t *compiler, span_t name);
void rules_forgive(compiler_t *compiler, span_t name);

#endif
