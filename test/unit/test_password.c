/* SPDX-License-Identifier: Apache-2.0
 *
 * account/password: salted, never cut off, and as slow for nobody's account as for somebody's.
 */
#include "account/password.h"
#include "base/error.h"
#include "test.h"

#include <time.h>

#include <apr_time.h>

static apr_pool_t *pool;

static int make_pool(void **state)
{
    pool = test_pool(state);
    return 0;
}

static const char *hash_of(span_t secret)
{
    const char *hash = NULL;
    assert_int_equal(password_hash(secret, &hash, pool), APR_SUCCESS);
    return hash;
}

static void test_salted(void **state)
{
    const char *first = hash_of(SPAN("Tamagawa01")), *second = hash_of(SPAN("Tamagawa01"));

    (void)state;
    assert_memory_equal(first, "$y$", 3);
    assert_string_not_equal(first, second);
    assert_true(password_matches(SPAN("Tamagawa01"), first));
    assert_true(password_matches(SPAN("Tamagawa01"), second));
    assert_false(password_matches(SPAN("tamagawa01"), first));
    assert_false(password_matches(SPAN("Tamagawa0"), first));
    assert_false(password_matches(SPAN("Tamagawa011"), first));
}

/* bcrypt would stop at 72 bytes, others at 128. */
static void test_not_cut_off(void **state)
{
    static const apr_size_t lengths[] = {72, 73, 128, 129, 256};
    char secret[257];

    (void)state;
    memset(secret, 'a', sizeof secret);
    for (apr_size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        const char *hash = hash_of((span_t){secret, lengths[i]});
        assert_true(password_matches((span_t){secret, lengths[i]}, hash));
        assert_false(password_matches((span_t){secret, lengths[i] - 1}, hash));
        secret[lengths[i] - 1] = 'b';
        assert_false(password_matches((span_t){secret, lengths[i]}, hash));
        secret[lengths[i] - 1] = 'a';
    }
}

static void test_refusals(void **state)
{
    char secret[257];
    const char *hash;

    (void)state;
    memset(secret, 'a', sizeof secret);
    assert_int_equal(password_hash(SPAN(""), &hash, pool), BASE_EMALFORMED);
    assert_int_equal(password_hash(SPAN("abc\0def"), &hash, pool), BASE_EMALFORMED);
    assert_int_equal(password_hash((span_t){secret, 257}, &hash, pool), BASE_EMALFORMED);
    assert_false(password_matches(SPAN(""), hash_of(SPAN("abc"))));
    assert_false(password_matches(SPAN("abc\0def"), hash_of(SPAN("abc"))));
    assert_false(password_matches((span_t){secret, 257}, hash_of((span_t){secret, 256})));
}

static void test_damaged_hashes(void **state)
{
    static const char *const wrong[] = {"", "*0", "*1", "x", "$y$", "$y$j9T$", "$1$", "Tamagawa01"};

    (void)state;
    for (apr_size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(password_matches(SPAN("Tamagawa01"), wrong[i]));
}

/* Of this process alone: what else the machine does must not count. */
static apr_interval_time_t processor_time(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return apr_time_from_sec(now.tv_sec) + now.tv_nsec / 1000;
}

static void keep_faster(apr_interval_time_t *best, const char *hash)
{
    apr_interval_time_t start = processor_time(), spent;
    assert_false(password_matches(SPAN("wrong"), hash));
    spent = processor_time() - start;
    if (spent < *best) *best = spent;
}

/* Within a third: enough to see that the same work is done. The fine measurement is the log-in's, through HTTP. */
static void test_nobody_costs_as_much(void **state)
{
    const char *hash = hash_of(SPAN("right"));
    apr_interval_time_t known = apr_time_from_sec(60), nobody = known;

    (void)state;
    for (int i = 0; i < 8; i++) {
        keep_faster(&known, hash);
        keep_faster(&nobody, NULL);
    }
    assert_true(nobody > known * 2 / 3 && nobody < known * 3 / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_salted), cmocka_unit_test(test_not_cut_off),
                                       cmocka_unit_test(test_refusals), cmocka_unit_test(test_damaged_hashes),
                                       cmocka_unit_test(test_nobody_costs_as_much)};
    return cmocka_run_group_tests(tests, make_pool, test_pool_drop);
}
