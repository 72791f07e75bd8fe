/* SPDX-License-Identifier: Apache-2.0
 *
 * Crockford's base 32, in which receipts are written: no I, L, O and U, which are misread.
 */
#ifndef BASE_CROCKFORD_H
#define BASE_CROCKFORD_H

#include <string.h>

#define CROCKFORD_LETTERS "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

/* The value of a letter as people type it: any case, O for 0, I and L for 1. -1: it has none. */
static inline int crockford_value(char letter)
{
    if (letter >= 'a' && letter <= 'z') letter = (char)(letter - 'a' + 'A');
    if (letter == 'O') letter = '0';
    if (letter == 'I' || letter == 'L') letter = '1';
    const char *found = letter ? strchr(CROCKFORD_LETTERS, letter) : NULL;
    return found ? (int)(found - CROCKFORD_LETTERS) : -1;
}

#endif
