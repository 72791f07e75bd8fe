/* SPDX-License-Identifier: Apache-2.0
 *
 * Cleaned characters: one code for what looks the same, each with the bytes it came from. For the files of this room
 * that compare.
 */
#ifndef TEXT_MATCH_CHAR_H
#define TEXT_MATCH_CHAR_H

#include "text/glyph.h"

#include <apr_tables.h>

typedef struct {
    uint32_t code;         /* a dash of any shape is '-', a space or a field's border ' ' */
    bool any;              /* substituted: stands for any one character */
    bool alone;            /* of a symbol such as ① or ㈱: its digits are joined with no others */
    int field;             /* which of the fields */
    apr_size_t begin, end; /* bytes of that field */
} match_char_t;

typedef struct {
    const span_t *fields;
    int count;
    span_t flags; /* of fields[0], where count is 1 */
} match_source_t;

typedef enum {
    MATCH_PERSON, /* only what certificates can't hold is written as they do: 髙 as 高, not 邊 as 辺 */
    MATCH_PLACE   /* a place's old and new forms are one: 澤 is 沢 */
} match_forms_t;

/* The characters of all fields, with a space between two fields; invisible ones and variation selectors are left out.
 * NULL unless all are clean text. */
apr_array_header_t *match_chars(const match_source_t *source, match_forms_t forms, apr_pool_t *pool);

/* The code by which this kanji, or a radical in its place, is compared; itself where there is only one form.
 * match_forms.c */
uint32_t match_form(uint32_t code, match_forms_t forms);

/* A kanji, 々 and the like included. */
bool match_is_kanji(uint32_t code);

bool match_is_hiragana(uint32_t code);

/* ァ to ヺ, and ー. */
bool match_is_katakana(uint32_t code);

#endif
