/* SPDX-License-Identifier: Apache-2.0
 *
 * limit/table: locks to their microsecond, full buckets, damaged memory, and writers that die or stall at any moment.
 * How fast it is: test/bench/limit_table.c.
 */
#include "limit/table.h"
#include "test.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOW     apr_time_from_sec(1800000000)
#define SECOND  apr_time_from_sec(1)
#define BUCKET  128 /* bytes; the head of the table is as large */
#define FOREVER INT64_MAX

static limit_table_t *make(uint32_t entries)
{
    apr_size_t size = limit_table_size(entries);
    void *memory = aligned_alloc(64, size);
    assert_non_null(memory);
    memset(memory, 0, size);
    return limit_table_init(memory, entries);
}

static uint64_t random_of(uint64_t number)
{
    number = (number ^ number >> 33) * 0xff51afd7ed558ccdu;
    number = (number ^ number >> 33) * 0xc4ceb9fe1a85ec53u;
    return number ^ number >> 33;
}

static limit_key_t key(uint64_t number)
{
    return (limit_key_t){random_of(2 * number + 1), random_of(2 * number + 2)};
}

static bool locked(const limit_table_t *table, limit_key_t which, apr_time_t now)
{
    apr_time_t until;
    uint64_t mark;
    return limit_table_find(table, which, now, &until, &mark);
}

static void assert_lock(const limit_table_t *table, limit_key_t which, apr_time_t now, apr_time_t until, uint64_t mark)
{
    apr_time_t found_until = 0;
    uint64_t found_mark = 0;
    assert_true(limit_table_find(table, which, now, &found_until, &found_mark));
    assert_int_equal(found_until, until);
    assert_int_equal(found_mark, mark);
}

static void assert_stats(const limit_table_t *table, apr_time_t now, uint64_t capacity, uint64_t live, uint64_t refused)
{
    limit_table_stats_t stats;
    limit_table_stats(table, now, &stats);
    assert_int_equal(stats.capacity, capacity);
    assert_int_equal(stats.live, live);
    assert_int_equal(stats.refused, refused);
}

static void empty_is_silent(void **state)
{
    limit_table_t *table = make(100);
    (void)state;
    assert_false(locked(table, key(1), NOW));
    assert_false(locked(table, (limit_key_t){0, 0}, NOW));
    assert_false(locked(table, (limit_key_t){0, 0}, 0));
    assert_stats(table, NOW, 128 * 3, 0, 0);
    free(table);
}

static void size_is_a_power_of_two(void **state)
{
    (void)state;
    assert_int_equal(limit_table_size(0), 2 * BUCKET);
    assert_int_equal(limit_table_size(1), 2 * BUCKET);
    assert_int_equal(limit_table_size(2), 3 * BUCKET);
    assert_int_equal(limit_table_size(1024), 1025 * BUCKET);
    assert_int_equal(limit_table_size(1025), 2049 * BUCKET);
    assert_int_equal(limit_table_size(UINT32_MAX), ((UINT64_C(1) << 32) + 1) * BUCKET);
}

static void lock_ends_to_the_microsecond(void **state)
{
    limit_table_t *table = make(100);
    (void)state;
    assert_true(limit_table_put(table, key(1), NOW, NOW + SECOND, 77));
    assert_lock(table, key(1), NOW, NOW + SECOND, 77);
    assert_lock(table, key(1), NOW + SECOND - 1, NOW + SECOND, 77);
    assert_false(locked(table, key(1), NOW + SECOND));
    assert_false(locked(table, key(1), NOW + SECOND + 1));
    free(table);
}

static void forever_has_no_end(void **state)
{
    limit_table_t *table = make(100);
    (void)state;
    assert_true(limit_table_put(table, key(1), NOW, FOREVER, UINT64_MAX));
    assert_lock(table, key(1), FOREVER - 1, FOREVER, UINT64_MAX);
    free(table);
}

static void half_a_key_is_not_the_key(void **state)
{
    limit_table_t *table = make(1);
    limit_key_t mine = key(1);
    (void)state;
    assert_true(limit_table_put(table, mine, NOW, FOREVER, 1));
    assert_false(locked(table, (limit_key_t){mine.high, mine.low ^ UINT64_C(1) << 63}, NOW));
    assert_false(locked(table, (limit_key_t){mine.high ^ 1, mine.low}, NOW));
    assert_false(locked(table, (limit_key_t){mine.low, mine.high}, NOW));
    free(table);
}

static void newest_put_stands(void **state)
{
    limit_table_t *table = make(1);
    (void)state;
    for (int i = 1; i <= 10; i++) {
        assert_true(limit_table_put(table, key(1), NOW, NOW + i * SECOND, (uint64_t)i));
        assert_lock(table, key(1), NOW, NOW + i * SECOND, (uint64_t)i);
    }
    assert_true(limit_table_put(table, key(1), NOW, NOW + SECOND, 11));
    assert_lock(table, key(1), NOW, NOW + SECOND, 11);
    assert_stats(table, NOW, 3, 1, 0);
    free(table);
}

static void key_is_taken_out(void **state)
{
    limit_table_t *table = make(1);
    (void)state;
    for (uint64_t i = 0; i < 3; i++) assert_true(limit_table_put(table, key(i), NOW, FOREVER, i));
    assert_true(limit_table_put(table, key(1), NOW, 0, 0));
    assert_false(locked(table, key(1), NOW));
    assert_lock(table, key(0), NOW, FOREVER, 0);
    assert_lock(table, key(2), NOW, FOREVER, 2);
    assert_true(limit_table_put(table, key(1), NOW, 0, 0));
    assert_true(limit_table_put(table, key(7), NOW, 0, 0));
    assert_true(limit_table_put(table, key(2), NOW, NOW, 0));
    assert_false(locked(table, key(2), NOW));
    assert_stats(table, NOW, 3, 1, 0);
    assert_true(limit_table_put(table, key(1), NOW, FOREVER, 5));
    assert_lock(table, key(1), NOW, FOREVER, 5);
    free(table);
}

static void live_locks_are_never_evicted(void **state)
{
    limit_table_t *table = make(1);
    (void)state;
    for (uint64_t i = 0; i < 3; i++) assert_true(limit_table_put(table, key(i), NOW, NOW + SECOND, i));
    for (uint64_t i = 3; i < 10; i++) assert_false(limit_table_put(table, key(i), NOW + SECOND - 1, FOREVER, i));
    for (uint64_t i = 0; i < 3; i++) assert_lock(table, key(i), NOW + SECOND - 1, NOW + SECOND, i);
    for (uint64_t i = 3; i < 10; i++) assert_false(locked(table, key(i), NOW));
    assert_stats(table, NOW, 3, 3, 7);

    /* Full holds nobody back who is in already. */
    assert_true(limit_table_put(table, key(1), NOW, FOREVER, 1));

    /* The other two are over now: room for two. */
    assert_true(limit_table_put(table, key(3), NOW + SECOND, FOREVER, 3));
    assert_true(limit_table_put(table, key(4), NOW + SECOND, FOREVER, 4));
    assert_false(limit_table_put(table, key(5), NOW + SECOND, FOREVER, 5));
    assert_lock(table, key(1), NOW, FOREVER, 1);
    assert_stats(table, NOW + SECOND, 3, 3, 8);
    free(table);
}

/* As the header says of hashes that fall unevenly. */
static void few_are_refused(uint32_t locks, double most)
{
    limit_table_t *table = make(65536);
    uint32_t refused = 0;
    for (uint32_t i = 0; i < locks; i++) {
        bool entered = limit_table_put(table, key(i), NOW, FOREVER, i);
        refused += !entered;
        assert_int_equal(locked(table, key(i), NOW), entered);
    }
    assert_in_range(refused, locks * most / 2, locks * most);
    assert_stats(table, NOW, 3 * 65536, locks - refused, refused);
    for (uint32_t i = 0; i < locks; i++) {
        if (locked(table, key(i), NOW)) assert_lock(table, key(i), NOW, FOREVER, i);
        assert_false(locked(table, key(i + locks), NOW));
    }
    free(table);
}

static void room_is_as_the_header_says(void **state)
{
    (void)state;
    few_are_refused(65536, 0.025);
    few_are_refused(32768, 0.005);
}

static limit_key_t flipped(limit_key_t from, unsigned int bit)
{
    uint64_t flip = UINT64_C(1) << bit % 64;
    return bit < 64 ? (limit_key_t){from.high ^ flip, from.low} : (limit_key_t){from.high, from.low ^ flip};
}

/* A flipped bit is a lock that is not found, or the same lock: nobody is locked, or longer, who was not. */
static void damage_is_silence(void **state)
{
    (void)state;
    for (unsigned int bit = 0; bit < BUCKET * 8; bit++) {
        limit_table_t *table = make(1);
        unsigned char *bucket = (unsigned char *)table + BUCKET;
        int lost = 0;
        for (uint64_t i = 0; i < 3; i++) assert_true(limit_table_put(table, key(i), NOW, NOW + SECOND, i));
        bucket[bit / 8] ^= (unsigned char)(1u << bit % 8);
        for (uint64_t i = 0; i < 3; i++) {
            if (locked(table, key(i), NOW)) {
                assert_lock(table, key(i), NOW, NOW + SECOND, i);
            } else {
                lost++;
            }
            for (unsigned int other = 0; other < 128; other++) assert_false(locked(table, flipped(key(i), other), NOW));
        }
        assert_int_equal(lost, bit / 64 == 0 ? 0 : 1); /* the first word is the writers' own */
        free(table);
    }
}

static void dead_writer_is_waited_for_a_second(void **state)
{
    limit_table_t *table = make(1);
    uint64_t *turn = (uint64_t *)(void *)((char *)table + BUCKET);
    (void)state;
    assert_true(limit_table_put(table, key(1), NOW, FOREVER, 1));
    assert_true(limit_table_put(table, key(2), NOW, FOREVER, 2));
    *turn = (uint64_t)NOW | 1;
    assert_lock(table, key(1), NOW, FOREVER, 1);
    assert_false(limit_table_put(table, key(3), NOW, FOREVER, 3));
    assert_false(limit_table_put(table, key(3), NOW + SECOND - 2, FOREVER, 3));
    assert_false(limit_table_put(table, key(3), NOW - SECOND + 2, FOREVER, 3));
    assert_false(locked(table, key(3), NOW));
    assert_stats(table, NOW, 3, 2, 0);

    assert_true(limit_table_put(table, key(2), NOW, 0, 0));
    assert_false(locked(table, key(2), NOW));
    assert_true(limit_table_put(table, key(3), NOW + SECOND, FOREVER, 3));
    assert_lock(table, key(3), NOW, FOREVER, 3);
    assert_int_equal(*turn, 0);

    /* Died, and then the clock was set back. */
    *turn = (uint64_t)NOW | 1;
    assert_true(limit_table_put(table, key(4), NOW - 3600 * SECOND, FOREVER, 4));
    assert_int_equal(*turn, 0);
    free(table);
}

/* --- Several processes --- */

#define KEYS 5 /* at one bucket of three */

/* A thousand times as fast, so that the dead are succeeded within a millisecond and the slow are overtaken. */
static apr_time_t fast_now(void)
{
    return apr_time_now() * 1000;
}

static limit_table_t *make_shared(void)
{
    void *memory = mmap(NULL, limit_table_size(1), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(memory, MAP_FAILED);
    return limit_table_init(memory, 1);
}

/* What a lock until then is marked with: an answer mixed of two locks shows. */
static uint64_t mark_of(uint64_t number, apr_time_t until)
{
    return (uint64_t)until * 31 + number;
}

static void put_one(limit_table_t *table, uint64_t turn)
{
    uint64_t number = turn % KEYS;
    apr_time_t now = fast_now(), until = turn / KEYS % 3 == 0 ? 0 : now + 100000 + (apr_time_t)(turn % 7);
    limit_table_put(table, key(number), now, until, mark_of(number, until));
}

static pid_t start_writer(limit_table_t *table)
{
    pid_t pid = fork();
    if (pid == 0) {
        alarm(20); /* should the test end first */
        for (uint64_t turn = (uint64_t)getpid();; turn++) put_one(table, turn);
    }
    assert_true(pid > 0);
    return pid;
}

static unsigned int look_at_all(const limit_table_t *table)
{
    unsigned int found = 0;
    for (uint64_t number = 0; number < KEYS; number++) {
        apr_time_t until, now = fast_now();
        uint64_t mark;
        if (!limit_table_find(table, key(number), now, &until, &mark)) continue;
        assert_true(until > now);
        assert_int_equal(mark, mark_of(number, until));
        found++;
    }
    return found;
}

static unsigned int look_for(const limit_table_t *table, apr_time_t length)
{
    unsigned int found = 0;
    for (apr_time_t end = apr_time_now() + length; apr_time_now() < end;) found += look_at_all(table);
    return found;
}

static void end(pid_t pid)
{
    assert_int_equal(kill(pid, SIGKILL), 0);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void killed_writers_leave_no_mixture(void **state)
{
    limit_table_t *table = make_shared();
    pid_t steady = start_writer(table);
    unsigned int found = 0;
    (void)state;
    for (int i = 0; i < 100; i++) {
        pid_t pid = start_writer(table);
        found += look_for(table, 2000 + 37 * i);
        end(pid);
    }
    end(steady);
    assert_true(found > 100);

    apr_time_t later = fast_now() + 2 * SECOND;
    for (uint64_t i = 0; i < 3; i++) assert_true(limit_table_put(table, key(i), later, FOREVER, i));
    for (uint64_t i = 0; i < 3; i++) assert_lock(table, key(i), later, FOREVER, i);
    munmap(table, limit_table_size(1));
}

/* Stopped anywhere, also in the midst of an entry, while others take its turn from it; then it goes on. */
static void stalled_writers_leave_no_mixture(void **state)
{
    limit_table_t *table = make_shared();
    pid_t pid = start_writer(table);
    unsigned int found = 0;
    (void)state;
    for (int i = 0; i < 200; i++) {
        usleep((unsigned int)(300 + 7 * i));
        assert_int_equal(kill(pid, SIGSTOP), 0);
        assert_int_equal(waitpid(pid, NULL, WUNTRACED), pid);
        apr_time_t later = fast_now() + 2 * SECOND, until = later + (apr_time_t)(i % 5);
        limit_table_put(table, key(9), later, 0, 0);
        for (uint64_t number = 0; number < 3; number++) {
            assert_true(limit_table_put(table, key(number), later, until, mark_of(number, until)));
        }
        assert_int_equal(kill(pid, SIGCONT), 0);
        found += look_for(table, 200);
        for (uint64_t number = 0; number < KEYS; number++) limit_table_put(table, key(number), later, 0, 0);
    }
    end(pid);
    assert_true(found > 100);
    munmap(table, limit_table_size(1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(empty_is_silent),
        cmocka_unit_test(size_is_a_power_of_two),
        cmocka_unit_test(lock_ends_to_the_microsecond),
        cmocka_unit_test(forever_has_no_end),
        cmocka_unit_test(half_a_key_is_not_the_key),
        cmocka_unit_test(newest_put_stands),
        cmocka_unit_test(key_is_taken_out),
        cmocka_unit_test(live_locks_are_never_evicted),
        cmocka_unit_test(room_is_as_the_header_says),
        cmocka_unit_test(damage_is_silence),
        cmocka_unit_test(dead_writer_is_waited_for_a_second),
        cmocka_unit_test(killed_writers_leave_no_mixture),
        cmocka_unit_test(stalled_writers_leave_no_mixture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
