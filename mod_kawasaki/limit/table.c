/* SPDX-License-Identifier: Apache-2.0
 *
 * The table's layout, and who may write when. Not for what a lock means, nor for keeping one: the database does that.
 *
 * The head is two lines, so that what changes does not disturb what every reader needs:
 *
 *   line 0  | mask |                                             buckets - 1
 *   line 1  | refused |
 *
 * After it the buckets, two lines each; a key's bucket is low & mask. Words of entry 0, 1, 2 stand side by side, so
 * that a miss, which is nearly every look, reads the first line only:
 *
 *   line 0  | turn | high 0 1 2 | low 0 1 2 | until 0 |
 *   line 1  | until 1 2 | mark 0 1 2 | check 0 1 2 |
 *
 * An entry counts only while its check word is that of its other four. So words are read and written in any order: one
 * half written, by a writer that died or by two at once, is silence and free room. That nobody is believed half-way
 * does not hang on the turn; it keeps writers from overwriting each other's entries.
 *
 * turn is 0, or when its holder began (odd). After a second the next writer takes it. Should the holder be slow and not
 * dead, it can still spoil the one entry it was writing, which is a lost entry; it can't end the other's turn.
 */
#include "limit/table.h"

#include <apr_thread_proc.h>
#include <stdatomic.h>

#define SLOTS     3
#define TURN_MAX  ((uint64_t)APR_USEC_PER_SEC)
#define TURN_ASKS 100 /* a turn takes some 50 ns; one that is taken from the processor meanwhile, milliseconds */

typedef struct {
    _Atomic uint64_t turn;
    _Atomic uint64_t high[SLOTS], low[SLOTS];
    _Atomic uint64_t until[SLOTS], mark[SLOTS], check[SLOTS];
} bucket_t;

struct limit_table_t {
    _Alignas(64) uint64_t mask;
    _Alignas(64) _Atomic uint64_t refused;
    _Alignas(64) bucket_t buckets[];
};

/* What the check word vouches for. */
typedef struct {
    limit_key_t key;
    uint64_t until, mark;
} entry_t;

_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2 && sizeof(uint64_t) == sizeof(long long),
               "a lock inside an atomic would be one process's own");
_Static_assert(sizeof(bucket_t) == 128 && sizeof(limit_table_t) == 128, "two lines each, as drawn");
_Static_assert(sizeof(apr_size_t) == 8, "a table of any number of entries has a size");

static uint64_t load(const _Atomic uint64_t *word)
{
    return atomic_load_explicit(word, memory_order_relaxed);
}

static void store(_Atomic uint64_t *word, uint64_t value)
{
    atomic_store_explicit(word, value, memory_order_relaxed);
}

/* One-to-one in each argument: one word changed alone always shows. */
static uint64_t stir(uint64_t sum, uint64_t word)
{
    sum = (sum ^ word) * 0x9e3779b97f4a7c15u; /* odd: nothing is lost; 2^64 / golden ratio: bits go everywhere */
    return sum ^ sum >> 32;
}

static uint64_t check_of(const entry_t *entry)
{
    return stir(stir(stir(stir(0, entry->key.high), entry->key.low), entry->until), entry->mark);
}

static limit_key_t key_of(const bucket_t *bucket, int slot)
{
    return (limit_key_t){load(&bucket->high[slot]), load(&bucket->low[slot])};
}

static bool holds(const bucket_t *bucket, int slot, limit_key_t key)
{
    return load(&bucket->high[slot]) == key.high && load(&bucket->low[slot]) == key.low;
}

/* Whole, of this key, and not over. */
static bool read_live(const bucket_t *bucket, int slot, limit_key_t key, apr_time_t now, entry_t *entry)
{
    *entry = (entry_t){key, load(&bucket->until[slot]), load(&bucket->mark[slot])};
    return (apr_time_t)entry->until > now && load(&bucket->check[slot]) == check_of(entry);
}

static void write_entry(bucket_t *bucket, int slot, const entry_t *entry)
{
    store(&bucket->high[slot], entry->key.high);
    store(&bucket->low[slot], entry->key.low);
    store(&bucket->until[slot], entry->until);
    store(&bucket->mark[slot], entry->mark);
    store(&bucket->check[slot], check_of(entry));
}

/* The clock may have been set back since: far ahead is as dead as long ago. */
static bool is_abandoned(uint64_t turn, uint64_t now)
{
    return now - turn >= TURN_MAX && turn - now >= TURN_MAX;
}

static bool take_turn(bucket_t *bucket, uint64_t mine)
{
    for (int asked = 0; asked < TURN_ASKS; asked++) {
        uint64_t turn = load(&bucket->turn);
        if ((turn == 0 || is_abandoned(turn, mine)) &&
            atomic_compare_exchange_strong_explicit(&bucket->turn, &turn, mine, memory_order_acquire,
                                                    memory_order_relaxed)) {
            return true;
        }
        apr_thread_yield();
    }
    return false;
}

/* False: it took too long and the turn is somebody else's. */
static bool end_turn(bucket_t *bucket, uint64_t mine)
{
    return atomic_compare_exchange_strong_explicit(&bucket->turn, &mine, 0, memory_order_release, memory_order_relaxed);
}

/* The key's own slot, else one without a live lock; -1: there is none. */
static int find_room(const bucket_t *bucket, limit_key_t key, apr_time_t now)
{
    int room = -1;
    entry_t entry;
    for (int slot = 0; slot < SLOTS; slot++) {
        if (holds(bucket, slot, key)) return slot;
        if (room < 0 && !read_live(bucket, slot, key_of(bucket, slot), now, &entry)) room = slot;
    }
    return room;
}

/* Without a turn, since it must not fail: one word ends an entry. Unchanged since it was looked at, the check word is
 * still this key's and not of another that came into its slot. */
static void take_out(bucket_t *bucket, limit_key_t key)
{
    for (int slot = 0; slot < SLOTS; slot++) {
        uint64_t check = atomic_load_explicit(&bucket->check[slot], memory_order_acquire);
        if (!holds(bucket, slot, key)) continue;
        atomic_compare_exchange_strong_explicit(&bucket->check[slot], &check, 0, memory_order_relaxed,
                                                memory_order_relaxed);
    }
}

/* A bucket for each entry asked for: full buckets must be rare before the table is. */
static uint64_t bucket_count(uint32_t entries)
{
    uint64_t count = 1;
    while (count < entries) count *= 2;
    return count;
}

apr_size_t limit_table_size(uint32_t entries)
{
    return sizeof(limit_table_t) + bucket_count(entries) * sizeof(bucket_t);
}

limit_table_t *limit_table_init(void *memory, uint32_t entries)
{
    limit_table_t *table = memory;
    table->mask = bucket_count(entries) - 1;
    return table;
}

bool limit_table_find(const limit_table_t *table, limit_key_t key, apr_time_t now, apr_time_t *until, uint64_t *mark)
{
    const bucket_t *bucket = &table->buckets[key.low & table->mask];
    entry_t entry;
    for (int slot = 0; slot < SLOTS; slot++) {
        if (!holds(bucket, slot, key) || !read_live(bucket, slot, key, now, &entry)) continue;
        *until = (apr_time_t)entry.until;
        *mark = entry.mark;
        return true;
    }
    return false;
}

bool limit_table_put(limit_table_t *table, limit_key_t key, apr_time_t now, apr_time_t until, uint64_t mark)
{
    bucket_t *bucket = &table->buckets[key.low & table->mask];
    uint64_t mine = (uint64_t)now | 1;
    if (until <= now) {
        take_out(bucket, key);
        return true;
    }
    if (!take_turn(bucket, mine)) return false;
    int slot = find_room(bucket, key, now);
    if (slot >= 0) {
        write_entry(bucket, slot, &(entry_t){.key = key, .until = (uint64_t)until, .mark = mark});
    } else {
        atomic_fetch_add_explicit(&table->refused, 1, memory_order_relaxed);
    }
    return end_turn(bucket, mine) && slot >= 0;
}

void limit_table_stats(const limit_table_t *table, apr_time_t now, limit_table_stats_t *stats)
{
    entry_t entry;
    *stats = (limit_table_stats_t){.capacity = (table->mask + 1) * SLOTS, .refused = load(&table->refused)};
    for (uint64_t i = 0; i <= table->mask; i++) {
        const bucket_t *bucket = &table->buckets[i];
        for (int slot = 0; slot < SLOTS; slot++) {
            stats->live += read_live(bucket, slot, key_of(bucket, slot), now, &entry);
        }
    }
}
