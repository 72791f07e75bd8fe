/* SPDX-License-Identifier: Apache-2.0
 *
 * Adding to a histogram and reading it. Counts are not cumulative here, so that an event touches two words.
 */
#include "base/histogram.h"

#include <stdatomic.h>
#include <stddef.h>

_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2 && sizeof(uint64_t) == sizeof(long long),
               "a lock inside an atomic would be one process's own");

const histogram_bound_t histogram_bounds[HISTOGRAM_BOUNDS] = {
    {1000, "0.001"},  {2500, "0.0025"}, {5000, "0.005"},   {10000, "0.01"}, {25000, "0.025"},
    {50000, "0.05"},  {100000, "0.1"},  {250000, "0.25"},  {500000, "0.5"}, {1000000, "1.0"},
    {2500000, "2.5"}, {5000000, "5.0"}, {10000000, "10.0"}};

void histogram_add(histogram_t *histogram, apr_interval_time_t took)
{
    int place = 0;
    if (took < 0) took = 0;
    while (place < HISTOGRAM_BOUNDS && took > histogram_bounds[place].most) place++;
    atomic_fetch_add_explicit(&histogram->counts[place], 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&histogram->sum, (uint64_t)took, memory_order_relaxed);
}

void histogram_read(const histogram_t *histogram, histogram_reading_t *reading)
{
    reading->sum = atomic_load_explicit(&histogram->sum, memory_order_relaxed);
    reading->total = 0;
    for (int i = 0; i <= HISTOGRAM_BOUNDS; i++) {
        reading->counts[i] = atomic_load_explicit(&histogram->counts[i], memory_order_relaxed);
        reading->total += reading->counts[i];
    }
}

const histogram_bound_t *histogram_within(const histogram_reading_t *reading, unsigned percent)
{
    /* Rounded up without overflow: of 3 events, 50 % are 2. */
    const uint64_t wanted = reading->total / 100 * percent + (reading->total % 100 * percent + 99) / 100;
    uint64_t counted = 0;
    if (reading->total == 0) return NULL;
    for (int i = 0; i < HISTOGRAM_BOUNDS; i++) {
        counted += reading->counts[i];
        if (counted >= wanted) return &histogram_bounds[i];
    }
    return NULL;
}
