/* SPDX-License-Identifier: Apache-2.0
 *
 * The service's time. One word in shared memory, so that all processes of a host agree; no locks, no system call (the
 * kernel answers clock_gettime in user space). CLOCK_BOOTTIME and not MONOTONIC: it goes on while the host sleeps.
 */
#include "base/clock.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <time.h>

_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2 && sizeof(int64_t) == sizeof(long long),
               "a lock inside an atomic would be one process's own");

static int64_t since_boot(void)
{
    struct timespec elapsed;

    if (clock_gettime(CLOCK_BOOTTIME, &elapsed) != 0) return 0; /* no Linux since 2.6.39 does that */
    return (int64_t)elapsed.tv_sec * APR_USEC_PER_SEC + elapsed.tv_nsec / 1000;
}

void clock_start(clock_base_t *base, apr_time_t high_water)
{
    apr_time_t wall = apr_time_now();
    int64_t expected = 0;

    atomic_compare_exchange_strong(&base->offset, &expected, (wall > high_water ? wall : high_water) - since_boot());
}

void clock_raise(clock_base_t *base, apr_time_t high_water)
{
    int64_t offset = atomic_load(&base->offset), wanted = high_water - since_boot();

    while (offset != 0 && offset < wanted && !atomic_compare_exchange_weak(&base->offset, &offset, wanted)) continue;
}

apr_time_t clock_now(const clock_base_t *base)
{
    int64_t offset = base ? atomic_load(&base->offset) : 0;

    return offset ? offset + since_boot() : apr_time_now();
}
