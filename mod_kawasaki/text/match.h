/* SPDX-License-Identifier: Apache-2.0
 *
 * Is what somebody typed what the certificate says? Addresses, names and birth dates: what counts as notation, and what
 * is another address, is in docs/matching.md. Not for searching: two addresses match here only if they are the same.
 */
#ifndef TEXT_MATCH_H
#define TEXT_MATCH_H

#include "base/span.h"

typedef enum {
    MATCH_SAME,     /* byte for byte */
    MATCH_NOTATION, /* written otherwise, the same thing */
    MATCH_DIFFERENT
} match_verdict_t;

/* The parts of an address, in their order: 都道府県, 市区町村, 町丁名, 番地 or 番と号, 方書. */
enum { MATCH_PREFECTURE, MATCH_CITY, MATCH_TOWN, MATCH_LOT, MATCH_BUILDING, MATCH_PARTS };

typedef struct {
    span_t part[MATCH_PARTS]; /* empty: nothing was typed */
} match_parts_t;

typedef struct {
    match_verdict_t verdict;
    bool substituted;          /* a character that the certificate couldn't hold was taken for the one in its place */
    span_t typed, certificate; /* what stands on the two sides, pieces of what was given; empty: nothing */
} match_piece_t;

typedef struct {
    match_verdict_t verdict; /* MATCH_DIFFERENT also where a side is empty or no clean text (text_is_clean) */
    bool substituted;
    span_t typed, certificate;        /* where they differ first: a letter or number on each side, empty: none there */
    match_piece_t piece[MATCH_PARTS]; /* match_parts only: the sides, part by part */
} match_result_t;

/* All of these: `flags` has one '0' or '1' for each character of the certificate's text, where '1' stands for any one
 * character (1.2.392.200149.8.5.5.2 and .6); flags of another length, or none, say nothing. The result's spans point
 * into what was given. The pool is for work. */

/* An address in its parts. */
void match_parts(match_result_t *result, const match_parts_t *parts, span_t certificate, span_t flags,
                 apr_pool_t *pool);

/* An address in one line; fields may be set apart by spaces. Symmetric while there are no flags. */
void match_address(match_result_t *result, span_t typed, span_t certificate, span_t flags, apr_pool_t *pool);

/* A person's or a company's name. Symmetric while there are no flags. */
void match_name(match_result_t *result, span_t typed, span_t certificate, span_t flags, apr_pool_t *pool);

/* Days, either as people type them or as certificates have them (319800304). Two that are no day are different. */
match_verdict_t match_birth_date(span_t typed, span_t certificate, apr_pool_t *pool);

#endif
