/* SPDX-License-Identifier: Apache-2.0
 *
 * What code points look like to the people who type them: one shape, many codes. For the files of this room.
 */
#ifndef TEXT_GLYPH_H
#define TEXT_GLYPH_H

#include "text/code.h"

#define GLYPH_WIDE_SPACE      0x3000u
#define GLYPH_WIDE_HYPHEN     0xFF0Du
#define GLYPH_MIDDLE_DOT      0x30FBu
#define GLYPH_LONG_VOWEL      0x30FCu /* ー: belongs to a word, but is also typed where a hyphen is meant */
#define GLYPH_HALF_LONG_VOWEL 0xFF70u /* its half-width form */

/* A space of any width and script (Unicode's category Zs). */
bool glyph_is_space(uint32_t code);

/* Seen by nobody and meant by nobody: what comes along with copying (zero-width spaces and joiners, marks of the
 * direction of writing, soft hyphens, byte order marks, tags). Variation selectors are not: they choose a kanji. */
bool glyph_is_invisible(uint32_t code);

/* A horizontal stroke that may stand for a hyphen. Not ー, whose meaning depends on what is before it. */
bool glyph_is_dash(uint32_t code);

/* A dot at half height, as between the parts of a foreign name. */
bool glyph_is_middle_dot(uint32_t code);

/* ァ to ヺ: the katakana letters, without dot, long vowel and iteration marks. */
bool glyph_is_katakana(uint32_t code);

/* A map for code_map: leaves out what is invisible. */
uint32_t glyph_visible(uint32_t code);

#endif
