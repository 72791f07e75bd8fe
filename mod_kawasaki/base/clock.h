/* SPDX-License-Identifier: Apache-2.0
 *
 * The service's time for limits and locks: steps of the wall clock must unlock nobody early and lock nobody for ever.
 * While the server runs it is the wall clock as it was at the start plus CLOCK_BOOTTIME since; the start is never
 * before the high-water mark that the database keeps. A step forward while the server is down can't be seen: documented
 * in docs/limits.md.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <apr_time.h>
#include <stdint.h>

typedef struct {
    _Atomic int64_t
        offset; /* microseconds: service time minus CLOCK_BOOTTIME; stands in shared memory; 0: not started */
} clock_base_t;

/* Starts the clock: service time is now the wall clock, or high_water where that is later. Only the first call counts.
 */
void clock_start(clock_base_t *base, apr_time_t high_water);

/* Raises the clock to high_water if it is behind (another host's mark, read with events); never lowers it. */
void clock_raise(clock_base_t *base, apr_time_t high_water);

/* Service time, microseconds since 1970 UTC. base NULL or not started: the wall clock. */
apr_time_t clock_now(const clock_base_t *base);

#endif
