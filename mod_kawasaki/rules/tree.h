/* SPDX-License-Identifier: Apache-2.0
 *
 * From tokens to statements: a line of words, and the statements between its braces. Knows lines, braces and
 * indentation; no keyword.
 */
#ifndef RULES_TREE_H
#define RULES_TREE_H

#include "rules/lexer.h"

#define RULES_NESTING_MAX 8

typedef struct statement_t {
    const token_t *tokens; /* at least one */
    int count;
    const token_t *open;       /* its brace; NULL without a block */
    apr_array_header_t *block; /* of statement_t *; NULL without a block */
} statement_t;

/* The statements of a file, of statement_t *. A missing brace costs one mistake: where braces do not balance, the
 * indentation says where it is missing. */
apr_array_header_t *rules_tree(compiler_t *compiler, const apr_array_header_t *tokens);

#endif
