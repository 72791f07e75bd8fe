/* SPDX-License-Identifier: Apache-2.0
 *
 * What is locked, in shared memory: a negative cache that every child reads without a lock. It can only say "locked
 * until"; silence means "ask the database". So a full table, a lost entry or a writer that died costs a query, never an
 * answer. Made once for the server's life.
 *
 * Fixed size, keyed with 128-bit secret hashes (no names in memory). A bucket is two cache lines of C11 atomics: a word
 * by which writers take turns, and three entries of key 16, until 8, mark 8, check 8 (bytes; drawn in table.c). An
 * entry half written, or whose writer died, does not agree with its check: ask the database.
 */
#ifndef LIMIT_TABLE_H
#define LIMIT_TABLE_H

#include "base/span.h"

#include <apr_errno.h>
#include <apr_time.h>
#include <stdint.h>

typedef struct limit_table_t limit_table_t; /* in shared memory, position-independent */

typedef struct {
    uint64_t high, low;
} limit_key_t;

/* Bytes that a table of so many entries needs: a bucket for each, rounded up to a power of two. Hashes fall unevenly:
 * with as many live locks as buckets some 2 % find their bucket full, with half as many 0.4 %. */
apr_size_t limit_table_size(uint32_t entries);

/* Lays an empty table into zeroed, 64-byte aligned memory of limit_table_size(entries). */
limit_table_t *limit_table_init(void *memory, uint32_t entries);

/* Locked? *until and *mark (the receipt's bits) then. now: an entry whose time is over is silence. Lock-free, no system
 * call, two cache lines at most. */
bool limit_table_find(const limit_table_t *table, limit_key_t key, apr_time_t now, apr_time_t *until, uint64_t *mark);

/* Enters a lock, or puts another in its place; until 0 (or not after now) takes the key out, which never fails and
 * waits for nobody. False: it is not entered, because the bucket is full of live locks (counted: see
 * limit_table_stats) or another writer does not let go of it (not counted). Writers take turns at a bucket
 * (compare-and-swap); one that died leaves it to the next after a second. now: the time, not the request's. */
bool limit_table_put(limit_table_t *table, limit_key_t key, apr_time_t now, apr_time_t until, uint64_t mark);

typedef struct {
    uint64_t capacity, live, refused; /* refused: puts that found no room since the table was made */
} limit_table_stats_t;
void limit_table_stats(const limit_table_t *table, apr_time_t now, limit_table_stats_t *stats);

#endif
