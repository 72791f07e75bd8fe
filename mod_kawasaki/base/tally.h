/* SPDX-License-Identifier: Apache-2.0
 *
 * How often, by name: a bounded table of counts in memory that processes share, filled as names come. Written and read
 * without a lock; all zeroes is an empty table. Names are for the program's and the rule files' own words, of which
 * there are few; never for what somebody typed.
 */
#ifndef BASE_TALLY_H
#define BASE_TALLY_H

#include "base/span.h"

#include <stdint.h>

#define TALLY_NAMES    128
#define TALLY_NAME_MAX 108 /* bytes */

/* Two cache lines. */
typedef struct {
    _Atomic uint64_t hash; /* 0: free */
    _Atomic uint64_t count;
    _Atomic uint32_t size; /* of the name; 0: not written yet, or its writer died */
    char name[TALLY_NAME_MAX];
} tally_slot_t;

typedef struct {
    tally_slot_t slots[TALLY_NAMES];
    _Atomic uint64_t other; /* of names that found no room, or are too long */
} tally_t;

typedef struct {
    span_t name; /* stands in the table, for its life */
    uint64_t count;
} tally_entry_t;

/* Counts one. A name keeps its place for the table's life; the empty name counts among the others. */
void tally_add(tally_t *tally, span_t name);

/* Fills entries, in no order, and *other; returns how many there are. A name that is just being written is among the
 * others until it is whole. */
int tally_read(const tally_t *tally, tally_entry_t entries[TALLY_NAMES], uint64_t *other);

#endif
