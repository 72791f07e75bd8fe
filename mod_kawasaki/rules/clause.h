/* SPDX-License-Identifier: Apache-2.0
 *
 * Reading by tables: each block has a table of the clauses that may stand in it, each clause a shape (what follows its
 * keyword) and a place in the block's struct where what was said goes. Knows no meaning: that is for who owns the
 * table.
 */
#ifndef RULES_CLAUSE_H
#define RULES_CLAUSE_H

#include "rules/tree.h"

#include <stddef.h>

typedef enum {
    SHAPE_NOTHING,
    SHAPE_NAME,       /* a word: .name */
    SHAPE_NAME_MAYBE, /* a word or nothing */
    SHAPE_NAMES,      /* words, a comma between: .rest, .rest_count (commas are in it) */
    SHAPE_TEXT,       /* ja "…": .string */
    SHAPE_NAMED_TEXT, /* word ja "…" */
    SHAPE_OPTION,     /* the same, or "…" alone: then it is both .name and .string */
    SHAPE_SAY,        /* words ja "…": .rest, .rest_count are the words */
    SHAPE_SHOW,       /* word ja "…", maybe: as date */
    SHAPE_STRING,     /* "…" */
    SHAPE_STRINGS,    /* "…", "…": .rest with its commas */
    SHAPE_NUMBER,     /* 2: .low */
    SHAPE_RANGE,      /* 6..18: .low, .high */
    SHAPE_DURATION,   /* 30 minutes: .low in seconds */
    SHAPE_AFTER,      /* 3653 days after word: .low in seconds, .name */
    SHAPE_INSTANT,    /* 2026-12-29 00:00: .instant */
    SHAPE_CONDITION,  /* anything: .rest; condition.c reads it */
    SHAPE_COUNT       /* the same; count.c reads it */
} shape_t;

/* What was said with one clause. A clause whose arguments could not be read was said all the same: then `at` is set and
 * `ok` is not, and the pointers may be NULL. */
typedef struct {
    const statement_t *at; /* NULL: not said */
    const struct clause_t *clause;
    bool ok;
    bool replaces; /* stands behind `replace` */
    bool as_date;
    bool crowded; /* more stood on its line: another fact, perhaps */
    const token_t *name, *string;
    const token_t *rest;
    int rest_count;
    int64_t low, high;
    void *block; /* the struct of its block; NULL without one */
} given_t;

#define CLAUSE_NEEDED 1u
#define CLAUSE_MANY   2u /* the place is an array of given_t; several clauses may share it, then order is kept */

typedef struct block_t block_t;

typedef struct clause_t {
    const char *keyword; /* one or more words; a longer one stands before its own beginning in a table */
    shape_t shape;
    unsigned flags;
    apr_size_t offset;
    const block_t *block; /* NULL: no braces */
} clause_t;

struct block_t {
    apr_size_t size;         /* of its struct */
    const clause_t *clauses; /* ended by a NULL keyword */
};

/* A new struct for a block, its arrays empty. */
void *rules_block_make(compiler_t *compiler, const block_t *block);

/* Reads one statement into the block's struct. `replace` before the keyword is read where may_replace. Gives what was
 * said, NULL where nothing could be made of it. */
given_t *rules_clause_read(compiler_t *compiler, const statement_t *statement, const block_t *block, void *into,
                           bool may_replace);

/* The text of the string, of the name; empty when there is none. */
span_t rules_given_text(const given_t *given);
span_t rules_given_name(const given_t *given);

/* Where it stands: its keyword; its name; its string. Each falls back on the one before. */
place_t rules_given_place(const given_t *given);
place_t rules_name_place(const given_t *given);
place_t rules_string_place(const given_t *given);

#endif
