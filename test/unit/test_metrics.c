/* SPDX-License-Identifier: Apache-2.0
 *
 * What figures are made of: base/histogram at its bounds, base/tally when it is full and when processes race, and the
 * text of base/openmetrics to the byte.
 */
#include "base/openmetrics.h"
#include "base/tally.h"
#include "test.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define PROCESSES 4
#define EACH      20000

static void *make_shared(size_t size)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(memory, MAP_FAILED);
    return memory;
}

static void test_bounds_belong_to_what_is_below(void **state)
{
    histogram_t histogram = {{0}, 0};
    histogram_reading_t reading;
    (void)state;
    for (int i = 0; i < HISTOGRAM_BOUNDS; i++) histogram_add(&histogram, histogram_bounds[i].most);
    histogram_read(&histogram, &reading);
    for (int i = 0; i < HISTOGRAM_BOUNDS; i++) assert_int_equal(reading.counts[i], 1);
    assert_int_equal(reading.counts[HISTOGRAM_BOUNDS], 0);
    for (int i = 0; i < HISTOGRAM_BOUNDS; i++) histogram_add(&histogram, histogram_bounds[i].most + 1);
    histogram_read(&histogram, &reading);
    assert_int_equal(reading.counts[0], 1);
    for (int i = 1; i < HISTOGRAM_BOUNDS; i++) assert_int_equal(reading.counts[i], 2);
    assert_int_equal(reading.counts[HISTOGRAM_BOUNDS], 1);
    assert_int_equal(reading.total, 2 * HISTOGRAM_BOUNDS);
}

static void test_bounds_rise_and_say_what_they_are(void **state)
{
    (void)state;
    for (int i = 0; i < HISTOGRAM_BOUNDS; i++) {
        assert_int_equal(histogram_bounds[i].most,
                         (apr_interval_time_t)(atof(histogram_bounds[i].seconds) * 1e6 + 0.5));
        if (i > 0) assert_true(histogram_bounds[i].most > histogram_bounds[i - 1].most);
    }
}

static void test_a_clock_set_back_counts_as_nothing(void **state)
{
    histogram_t histogram = {{0}, 0};
    histogram_reading_t reading;
    (void)state;
    histogram_add(&histogram, -3600 * APR_USEC_PER_SEC);
    histogram_add(&histogram, 7);
    histogram_read(&histogram, &reading);
    assert_int_equal(reading.counts[0], 2);
    assert_int_equal(reading.sum, 7);
}

static void test_within_is_the_least_bound(void **state)
{
    histogram_t histogram = {{0}, 0};
    histogram_reading_t reading;
    (void)state;
    histogram_read(&histogram, &reading);
    assert_null(histogram_within(&reading, 99));
    for (int i = 0; i < 98; i++) histogram_add(&histogram, 500);
    histogram_add(&histogram, 9000);
    histogram_add(&histogram, 99 * APR_USEC_PER_SEC);
    histogram_read(&histogram, &reading);
    assert_string_equal(histogram_within(&reading, 98)->seconds, "0.001");
    assert_string_equal(histogram_within(&reading, 99)->seconds, "0.01");
    assert_null(histogram_within(&reading, 100));
    reading = (histogram_reading_t){{1, 2}, 3, 0};
    assert_string_equal(histogram_within(&reading, 33)->seconds, "0.001");
    assert_string_equal(histogram_within(&reading, 34)->seconds, "0.0025");
}

/* The count of a name; -1: it has no place. */
static int64_t count_of(const tally_t *tally, const char *name)
{
    tally_entry_t entries[TALLY_NAMES];
    uint64_t other;
    int count = tally_read(tally, entries, &other);
    for (int i = 0; i < count; i++)
        if (span_is(entries[i].name, name)) return (int64_t)entries[i].count;
    return -1;
}

static uint64_t other_of(const tally_t *tally)
{
    tally_entry_t entries[TALLY_NAMES];
    uint64_t other;
    tally_read(tally, entries, &other);
    return other;
}

static void test_names_are_counted_apart(void **state)
{
    tally_t *tally = make_shared(sizeof *tally);
    (void)state;
    tally_add(tally, SPAN("card.edit/kana/required"));
    tally_add(tally, SPAN("card.edit/kana/required"));
    tally_add(tally, SPAN("card.edit/kana/require"));
    assert_int_equal(count_of(tally, "card.edit/kana/required"), 2);
    assert_int_equal(count_of(tally, "card.edit/kana/require"), 1);
    assert_int_equal(count_of(tally, "card.edit/kana"), -1);
    assert_int_equal(other_of(tally), 0);
    munmap(tally, sizeof *tally);
}

static void test_no_name_and_too_long_a_name_are_others(void **state)
{
    tally_t *tally = make_shared(sizeof *tally);
    char name[TALLY_NAME_MAX + 2];
    (void)state;
    memset(name, 'a', sizeof name);
    tally_add(tally, SPAN(""));
    tally_add(tally, (span_t){name, TALLY_NAME_MAX + 1});
    assert_int_equal(other_of(tally), 2);
    tally_add(tally, (span_t){name, TALLY_NAME_MAX});
    assert_int_equal(other_of(tally), 2);
    name[TALLY_NAME_MAX] = '\0';
    assert_int_equal(count_of(tally, name), 1);
    munmap(tally, sizeof *tally);
}

static void test_a_full_table_keeps_what_it_has(void **state)
{
    tally_t *tally = make_shared(sizeof *tally);
    char name[16];
    (void)state;
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < TALLY_NAMES + 10; i++) {
            snprintf(name, sizeof name, "rule/%d", i);
            tally_add(tally, span_of(name));
        }
    }
    assert_int_equal(other_of(tally), 20);
    for (int i = 0; i < TALLY_NAMES + 10; i++) {
        snprintf(name, sizeof name, "rule/%d", i);
        assert_int_equal(count_of(tally, name), i < TALLY_NAMES ? 2 : -1);
    }
    munmap(tally, sizeof *tally);
}

/* A writer that was killed between taking the place and naming it. */
static void test_a_place_without_a_name_counts_among_others(void **state)
{
    tally_t *tally = make_shared(sizeof *tally);
    (void)state;
    tally_add(tally, SPAN("door/secret"));
    for (int i = 0; i < TALLY_NAMES; i++) tally->slots[i].size = 0;
    tally_add(tally, SPAN("door/secret"));
    assert_int_equal(count_of(tally, "door/secret"), -1);
    assert_int_equal(other_of(tally), 2);
    munmap(tally, sizeof *tally);
}

/* All begin with the same names at once: none may get two places, none may be lost. */
static void test_processes_lose_nothing(void **state)
{
    static const char *const names[] = {"a/1", "b/2", "c/3", "d/4", "e/5"};
    tally_t *tally = make_shared(sizeof *tally);
    histogram_t *histogram = make_shared(sizeof *histogram);
    histogram_reading_t reading;
    tally_entry_t entries[TALLY_NAMES];
    uint64_t other;
    (void)state;
    for (int process = 0; process < PROCESSES; process++) {
        if (fork() != 0) continue;
        for (int i = 0; i < EACH; i++) {
            tally_add(tally, span_of(names[i % 5]));
            histogram_add(histogram, i % 5 * 1000);
        }
        _exit(0);
    }
    for (int process = 0; process < PROCESSES; process++) {
        int status;
        assert_true(wait(&status) > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    assert_int_equal(tally_read(tally, entries, &other), 5);
    assert_int_equal(other, 0);
    for (int i = 0; i < 5; i++) assert_int_equal(count_of(tally, names[i]), PROCESSES * EACH / 5);
    histogram_read(histogram, &reading);
    assert_int_equal(reading.total, PROCESSES * EACH);
    assert_int_equal(reading.sum, PROCESSES * EACH / 5 * (0 + 1 + 2 + 3 + 4) * 1000u);
    munmap(tally, sizeof *tally);
    munmap(histogram, sizeof *histogram);
}

static apr_bucket_brigade *make_brigade(apr_pool_t *pool)
{
    return apr_brigade_create(pool, apr_bucket_alloc_create(pool));
}

static void assert_text(apr_bucket_brigade *brigade, apr_pool_t *pool, const char *expected)
{
    char *text;
    apr_size_t size;
    assert_int_equal(apr_brigade_pflatten(brigade, &text, &size, pool), APR_SUCCESS);
    assert_string_equal(apr_pstrmemdup(pool, text, size), expected);
}

static void test_a_counter_in_text(void **state)
{
    static const openmetrics_family_t family = {"kawasaki_attempts", OPENMETRICS_COUNTER, NULL, "Secrets \"tried\""};
    const openmetrics_label_t labels[] = {{"city", SPAN("kawasaki")}, {"result", SPAN("a\\b\"c\nd 川")}};
    apr_bucket_brigade *brigade = make_brigade(*state);
    openmetrics_head(brigade, &family);
    openmetrics_number(brigade, &family, labels, 2, UINT64_MAX);
    openmetrics_number(brigade, &family, NULL, 0, 0);
    openmetrics_end(brigade);
    assert_text(brigade, *state,
                "# TYPE kawasaki_attempts counter\n"
                "# HELP kawasaki_attempts Secrets \\\"tried\\\"\n"
                "kawasaki_attempts_total{city=\"kawasaki\",result=\"a\\\\b\\\"c\\nd 川\"} 18446744073709551615\n"
                "kawasaki_attempts_total 0\n"
                "# EOF\n");
}

static void test_a_gauge_has_its_bare_name(void **state)
{
    static const openmetrics_family_t family = {"kawasaki_locks", OPENMETRICS_GAUGE, NULL, "Locks"};
    apr_bucket_brigade *brigade = make_brigade(*state);
    openmetrics_head(brigade, &family);
    openmetrics_number(brigade, &family, NULL, 0, 3);
    assert_text(brigade, *state, "# TYPE kawasaki_locks gauge\n# HELP kawasaki_locks Locks\nkawasaki_locks 3\n");
}

static void test_a_histogram_is_cumulative(void **state)
{
    static const openmetrics_family_t family = {"t_seconds", OPENMETRICS_HISTOGRAM, "seconds", "T"};
    const openmetrics_label_t label = {"step", SPAN("page")};
    const histogram_reading_t reading = {
        .counts = {[0] = 2, [9] = 1, [HISTOGRAM_BOUNDS] = 4}, .total = 7, .sum = 61000042};
    apr_bucket_brigade *brigade = make_brigade(*state);
    openmetrics_head(brigade, &family);
    openmetrics_histogram(brigade, &family, &label, 1, &reading);
    assert_text(brigade, *state,
                "# TYPE t_seconds histogram\n# UNIT t_seconds seconds\n# HELP t_seconds T\n"
                "t_seconds_bucket{step=\"page\",le=\"0.001\"} 2\n"
                "t_seconds_bucket{step=\"page\",le=\"0.0025\"} 2\n"
                "t_seconds_bucket{step=\"page\",le=\"0.005\"} 2\n"
                "t_seconds_bucket{step=\"page\",le=\"0.01\"} 2\n"
                "t_seconds_bucket{step=\"page\",le=\"0.025\"} 2\n"
                "t_seconds_bucket{step=\"page\",le=\"0.05\"} 2\n"
                "t_seconds_bucket{step=\"page\",le=\"0.1\"} 2\n"
                "t_seconds_bucket{step=\"page\",le=\"0.25\"} 2\n"
                "t_seconds_bucket{step=\"page\",le=\"0.5\"} 2\n"
                "t_seconds_bucket{step=\"page\",le=\"1.0\"} 3\n"
                "t_seconds_bucket{step=\"page\",le=\"2.5\"} 3\n"
                "t_seconds_bucket{step=\"page\",le=\"5.0\"} 3\n"
                "t_seconds_bucket{step=\"page\",le=\"10.0\"} 3\n"
                "t_seconds_bucket{step=\"page\",le=\"+Inf\"} 7\n"
                "t_seconds_count{step=\"page\"} 7\n"
                "t_seconds_sum{step=\"page\"} 61.000042\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bounds_belong_to_what_is_below),
        cmocka_unit_test(test_bounds_rise_and_say_what_they_are),
        cmocka_unit_test(test_a_clock_set_back_counts_as_nothing),
        cmocka_unit_test(test_within_is_the_least_bound),
        cmocka_unit_test(test_names_are_counted_apart),
        cmocka_unit_test(test_no_name_and_too_long_a_name_are_others),
        cmocka_unit_test(test_a_full_table_keeps_what_it_has),
        cmocka_unit_test(test_a_place_without_a_name_counts_among_others),
        cmocka_unit_test(test_processes_lose_nothing),
        cmocka_unit_test_setup_teardown(test_a_counter_in_text, test_pool_make, test_pool_drop),
        cmocka_unit_test_setup_teardown(test_a_gauge_has_its_bare_name, test_pool_make, test_pool_drop),
        cmocka_unit_test_setup_teardown(test_a_histogram_is_cumulative, test_pool_make, test_pool_drop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
