/* SPDX-License-Identifier: Apache-2.0
 *
 * How long things took: counts by fixed bounds, in memory that processes share. Written and read without a lock; all
 * zeroes is an empty histogram. Not for single events, and not for percentiles closer than its bounds.
 */
#ifndef BASE_HISTOGRAM_H
#define BASE_HISTOGRAM_H

#include <apr_time.h>
#include <stdint.h>

#define HISTOGRAM_BOUNDS 13 /* 1 ms to 10 s; what took longer is counted beyond the last */

typedef struct {
    apr_interval_time_t most; /* what took this long is still counted here */
    const char *seconds;      /* the same as a decimal number, "0.0025" */
} histogram_bound_t;
extern const histogram_bound_t histogram_bounds[HISTOGRAM_BOUNDS];

typedef struct {
    _Atomic uint64_t counts[HISTOGRAM_BOUNDS + 1];
    _Atomic uint64_t sum; /* microseconds */
} histogram_t;

/* What it held at one moment, or nearly: an event that was being added may show in `counts` and not in `sum`. */
typedef struct {
    uint64_t counts[HISTOGRAM_BOUNDS + 1]; /* each bound's own, not those below it */
    uint64_t total;                        /* of all counts */
    uint64_t sum;                          /* microseconds */
} histogram_reading_t;

/* One event. Less than nothing, after the clock was set back, counts as nothing. */
void histogram_add(histogram_t *histogram, apr_interval_time_t took);

void histogram_read(const histogram_t *histogram, histogram_reading_t *reading);

/* The least bound that so many per cent (1 to 100) of all events kept to; NULL: they went beyond the last, or there are
 * none. */
const histogram_bound_t *histogram_within(const histogram_reading_t *reading, unsigned percent);

#endif
