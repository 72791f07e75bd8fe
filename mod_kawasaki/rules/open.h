/* SPDX-License-Identifier: Apache-2.0
 *
 * An opened image, as open.c makes it and eval.c runs it.
 */
#ifndef RULES_OPEN_H
#define RULES_OPEN_H

#include "rules/pattern.h"
#include "rules/rules.h"
#include "text/text.h"

struct rules_t {
    const char *image;
    const char *strings;
    const rules_header_t *header;
    const text_type_t **types;  /* by field; NULL: none */
    const pattern_t **patterns; /* by pattern */
};

/* The entries of a table. The image is verified and aligned. */
#define RULES_TABLE(rules, table, type)                                                                                \
    ((const type *)(const void *)((rules)->image + (rules)->header->tables[table].offset))

#endif
