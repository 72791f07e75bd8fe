/* SPDX-License-Identifier: Apache-2.0
 *
 * What the programs of this folder measure with: clocks, the median, keys of the table of locks.
 */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include "limit/table.h"

#include <stdint.h>
#include <stdlib.h>
#include <time.h>

static inline double measure_clock(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

/* Nanoseconds by the wall. */
static inline double measure_ns(void)
{
    return measure_clock(CLOCK_MONOTONIC);
}

/* Processor time, in microseconds: what else runs on the machine counts for less than on the clock. */
static inline double measure_spent_us(void)
{
    return measure_clock(CLOCK_PROCESS_CPUTIME_ID) / 1e3;
}

static inline int measure_by_size(const void *a, const void *b)
{
    const double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

/* Sorts them on the way. */
static inline double measure_median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, measure_by_size);
    return values[count / 2];
}

static inline uint64_t measure_random(uint64_t number)
{
    number = (number ^ number >> 33) * 0xff51afd7ed558ccdu;
    number = (number ^ number >> 33) * 0xc4ceb9fe1a85ec53u;
    return number ^ number >> 33;
}

/* Made and not kept: a list of keys would cost the cache more than the table does. */
static inline limit_key_t measure_key(uint64_t number)
{
    const uint64_t high = measure_random(number + 1);
    return (limit_key_t){high, high * 0x9e3779b97f4a7c15u};
}

#endif
