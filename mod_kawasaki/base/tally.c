/* SPDX-License-Identifier: Apache-2.0
 *
 * Finding a name's place. Open addressing that never gives a place back, so a name is found by its hash alone, before
 * its text is there: of 128 names, two with the same 64 bits are as good as impossible, and would share a count.
 *
 * A writer takes a free place by its hash word, writes the text, then its size. One that dies in between leaves a count
 * without a name.
 */
#include "base/tally.h"

#include <stdatomic.h>

_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2 && ATOMIC_INT_LOCK_FREE == 2 && sizeof(uint64_t) == sizeof(long long),
               "a lock inside an atomic would be one process's own");
_Static_assert(sizeof(tally_slot_t) == 128, "two lines");

/* FNV-1a: names are not an adversary's, so any hash that spreads them will do. Never 0. */
static uint64_t hash_of(span_t name)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (apr_size_t i = 0; i < name.size; i++) hash = (hash ^ (unsigned char)name.at[i]) * 0x100000001b3u;
    return hash ? hash : 1;
}

/* The name's place, taken for it if there was none; NULL: all are taken. */
static tally_slot_t *place_of(tally_t *tally, span_t name)
{
    const uint64_t hash = hash_of(name);
    for (uint64_t i = 0; i < TALLY_NAMES; i++) {
        tally_slot_t *slot = &tally->slots[(hash + i) % TALLY_NAMES];
        uint64_t there = atomic_load_explicit(&slot->hash, memory_order_relaxed);
        if (there == hash) return slot;
        if (there != 0) continue;
        if (atomic_compare_exchange_strong_explicit(&slot->hash, &there, hash, memory_order_relaxed,
                                                    memory_order_relaxed)) {
            memcpy(slot->name, name.at, name.size);
            atomic_store_explicit(&slot->size, (uint32_t)name.size, memory_order_release);
            return slot;
        }
        if (there == hash) return slot; /* another was faster, with this very name */
    }
    return NULL;
}

void tally_add(tally_t *tally, span_t name)
{
    tally_slot_t *slot = name.size > 0 && name.size <= TALLY_NAME_MAX ? place_of(tally, name) : NULL;
    atomic_fetch_add_explicit(slot ? &slot->count : &tally->other, 1, memory_order_relaxed);
}

int tally_read(const tally_t *tally, tally_entry_t entries[TALLY_NAMES], uint64_t *other)
{
    int found = 0;
    *other = atomic_load_explicit(&tally->other, memory_order_relaxed);
    for (int i = 0; i < TALLY_NAMES; i++) {
        const tally_slot_t *slot = &tally->slots[i];
        const uint32_t size = atomic_load_explicit(&slot->size, memory_order_acquire);
        const uint64_t count = atomic_load_explicit(&slot->count, memory_order_relaxed);
        if (size > 0)
            entries[found++] = (tally_entry_t){{slot->name, size}, count};
        else
            *other += count;
    }
    return found;
}
