/* SPDX-License-Identifier: Apache-2.0
 *
 * Steps of comparing addresses, for address.c: cleaned characters, what may be left out in front, tokens.
 */
#ifndef TEXT_ADDRESS_H
#define TEXT_ADDRESS_H

#include "text/match_token.h"

/* Writings of one thing that only addresses have: が and ケ, 々, 上る and 上ル, 大字. A new array. address_clean.c */
apr_array_header_t *address_clean(const apr_array_header_t *chars, apr_pool_t *pool);

/* Where an address says in front what region it lies in; indices of characters. address_region.c */
typedef struct {
    int prefecture;           /* 0 to 46; -1: not said */
    int prefecture_end;       /* 0: not said */
    int district_end;         /* of 足柄下郡, from prefecture_end on; the same where there is none */
    int municipality_lies_in; /* the prefecture of this municipality; -1: not known */
} address_region_t;

void address_region(address_region_t *region, const apr_array_header_t *chars);

/* The tokens of these characters from index `from` on. address_token.c */
apr_array_header_t *address_tokens(const apr_array_header_t *chars, int from, apr_pool_t *pool);

/* How many kanji numerals stand at chars, of at most count; *value is the number they write, -1 if they don't write
 * one. address_numeral.c */
apr_size_t address_numeral(const match_char_t *chars, apr_size_t count, apr_int64_t *value);

#endif
