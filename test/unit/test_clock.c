/* SPDX-License-Identifier: Apache-2.0
 *
 * base/clock: starts once, is raised and never lowered, is one for all processes, goes by CLOCK_BOOTTIME.
 */
#include "base/clock.h"
#include "test.h"

#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define HOUR  apr_time_from_sec(60 * 60)
#define SLACK apr_time_from_sec(5) /* a busy machine */

static void assert_near(apr_time_t a, apr_time_t b)
{
    apr_time_t apart = a > b ? a - b : b - a;
    assert_true(apart < SLACK);
}

static void test_not_started(void **state)
{
    clock_base_t base = {0};

    (void)state;
    assert_near(clock_now(NULL), apr_time_now());
    assert_near(clock_now(&base), apr_time_now());
    clock_raise(&base, apr_time_now() + HOUR); /* nothing to raise yet */
    assert_near(clock_now(&base), apr_time_now());
}

static void test_start(void **state)
{
    clock_base_t base = {0};

    (void)state;
    clock_start(&base, 0);
    assert_near(clock_now(&base), apr_time_now());
    clock_start(&base, apr_time_now() + HOUR); /* too late */
    assert_near(clock_now(&base), apr_time_now());
}

/* The wall clock was set back while the server was down. */
static void test_start_at_high_water(void **state)
{
    clock_base_t base = {0};
    apr_time_t mark = apr_time_now() + HOUR;

    (void)state;
    clock_start(&base, mark);
    assert_true(clock_now(&base) >= mark);
    assert_near(clock_now(&base), mark);
}

static void test_raise(void **state)
{
    clock_base_t base = {0};
    apr_time_t mark;

    (void)state;
    clock_start(&base, 0);
    mark = clock_now(&base) + HOUR;
    clock_raise(&base, mark);
    assert_true(clock_now(&base) >= mark);
    clock_raise(&base, mark - HOUR);
    clock_raise(&base, 0);
    assert_true(clock_now(&base) >= mark);
    assert_near(clock_now(&base), mark);
}

/* Service time less CLOCK_BOOTTIME is one number, whatever the wall clock does. */
static void test_goes_by_boottime(void **state)
{
    clock_base_t base = {0};

    (void)state;
    clock_start(&base, apr_time_now() + HOUR);
    for (int i = 0; i < 1000; i++) {
        struct timespec before, after;
        clock_gettime(CLOCK_BOOTTIME, &before);
        apr_time_t elapsed = clock_now(&base) - base.offset;
        clock_gettime(CLOCK_BOOTTIME, &after);
        assert_true(elapsed >= before.tv_sec * APR_USEC_PER_SEC + before.tv_nsec / 1000);
        assert_true(elapsed <= after.tv_sec * APR_USEC_PER_SEC + after.tv_nsec / 1000);
    }
}

/* Whoever starts first, all have the same clock; raises from all sides leave the highest. */
static void test_processes(void **state)
{
    clock_base_t *base = mmap(NULL, sizeof *base, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    apr_time_t now = apr_time_now();
    pid_t children[4];

    (void)state;
    assert_true(base != MAP_FAILED);
    for (int i = 0; i < 4; i++) {
        children[i] = fork();
        if (children[i]) continue;
        clock_start(base, now + i * HOUR);
        for (int k = 0; k <= 1000; k++) clock_raise(base, now + 10 * HOUR + (k * 4 + i) * APR_USEC_PER_SEC);
        _exit(clock_now(base) > now + 10 * HOUR ? 0 : 1);
    }
    for (int i = 0; i < 4; i++) {
        int status = -1;
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_int_equal(status, 0);
    }
    assert_true(clock_now(base) >= now + 10 * HOUR + 4003 * APR_USEC_PER_SEC);
    assert_near(clock_now(base), now + 10 * HOUR + 4003 * APR_USEC_PER_SEC);
    munmap(base, sizeof *base);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_not_started),         cmocka_unit_test(test_start),
        cmocka_unit_test(test_start_at_high_water), cmocka_unit_test(test_raise),
        cmocka_unit_test(test_goes_by_boottime),    cmocka_unit_test(test_processes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
