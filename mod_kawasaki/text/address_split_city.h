/* SPDX-License-Identifier: Apache-2.0
 *
 * Where the name of a municipality ends, for address_split.c.
 */
#ifndef TEXT_ADDRESS_SPLIT_CITY_H
#define TEXT_ADDRESS_SPLIT_CITY_H

#include "text/match_char.h"

/* Behind 市区町村, district and ward included, that begins at index `from`: index of a character, `from` where none is
 * there. in_prefecture: a prefecture's name stands before. Where neither that nor a district does, a name that ends
 * with 町 or 村 is taken for a part of a town. */
int address_split_city(const apr_array_header_t *chars, int from, bool in_prefecture);

#endif
