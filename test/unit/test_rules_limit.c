/* SPDX-License-Identifier: Apache-2.0
 *
 * Limits and lockouts as compiled, and sentences that are filled in when they are said. What mistakes are called:
 * test/cases/bad-rules/limit*.
 */
#include "test_rules_fixture.h"

#include <stdlib.h>

#define SAYS                                                                                                           \
    "say locked ja \"{until}まで\"; say locked-counter ja \"窓口\"; say busy ja \"待つ\"; source \"x\", \"y\" }\n"

static void assert_count(const rules_count_t *count, rules_per_t per, uint32_t threshold, uint32_t window,
                         const uint32_t locks[RULES_LOCKS_MAX], uint32_t lock_count)
{
    assert_int_equal(count->per, per);
    assert_int_equal(count->threshold, threshold);
    assert_int_equal(count->window, window);
    assert_int_equal(count->lock_count, lock_count);
    for (uint32_t i = 0; i < RULES_LOCKS_MAX; i++) assert_int_equal(count->locks[i], locks[i]);
}

static void the_city_has_limits(void **state)
{
    static const uint32_t growing[RULES_LOCKS_MAX] = {300, 1800, 21600};
    static const uint32_t counter[RULES_LOCKS_MAX] = {RULES_LOCK_COUNTER};
    static const uint32_t hour[RULES_LOCKS_MAX] = {3600};
    rules_t *rules = fixture_open_city(*state);

    const rules_limit_t *limit = rules_limit(rules, SPAN("password"));
    assert_non_null(limit);
    assert_int_equal(limit->count_count, 3);
    assert_count(rules_count_of(rules, limit, 0), RULES_PER_ACCOUNT, 5, 0, growing, 3);
    assert_count(rules_count_of(rules, limit, 1), RULES_PER_ACCOUNT, 100, 30 * 86400, counter, 1);
    assert_count(rules_count_of(rules, limit, 2), RULES_PER_ADDRESS, 50, 3600, hour, 1);
    assert_span(rules_span(rules, rules_count_of(rules, limit, 2)->rule), "password/3");

    const rules_lockout_t *lockout = rules_lockout(rules, SPAN("re-registration"));
    assert_non_null(lockout);
    assert_int_equal(lockout->lasts, 2 * 86400);
    assert_span(rules_span(rules, lockout->source), "000 2.4.4");
}

static void names_are_looked_up(void **state)
{
    rules_t *rules = fixture_open("limit signing-pin { count address 2 in 1 day lock 1 day; " SAYS
                                  "limit authentication-pin { count account 1 in 1 second lock 1 second\n"
                                  "count account 100000 in 3650 days lock 3650 days; " SAYS
                                  "lockout re-registration { lasts 1 day; say ja \"{until}\"; source \"x\" }\n"
                                  "lockout one-time-password { lasts 1 second; say ja \"{until}\"; source \"x\" }\n",
                                  *state);
    const rules_limit_t *a = rules_limit(rules, SPAN("authentication-pin")),
                        *z = rules_limit(rules, SPAN("signing-pin"));
    assert_null(rules_limit(rules, SPAN("b")));
    assert_null(rules_limit(rules, SPAN("")));
    assert_int_equal(a->count_count, 2);
    assert_int_equal(z->count_count, 1);
    assert_span(rules_span(rules, rules_count_of(rules, a, 1)->rule), "authentication-pin/2");
    assert_span(rules_span(rules, rules_count_of(rules, z, 0)->rule), "signing-pin/1");
    assert_int_equal(rules_count_of(rules, a, 1)->threshold, 100000);
    assert_int_equal(rules_count_of(rules, a, 1)->window, 3650u * 86400u);
    assert_span(rules_say(rules, &a->locked), "{until}まで");
    assert_span(rules_say(rules, &a->locked_counter), "窓口");
    assert_span(rules_say(rules, &a->busy), "待つ");
    assert_span(rules_span(rules, a->source), "x, y");
    assert_int_equal(rules_lockout(rules, SPAN("one-time-password"))->lasts, 1);
    assert_null(rules_lockout(rules, SPAN("z")));
}

static void locks_may_stay_as_they_are(void **state)
{
    static const uint32_t locks[RULES_LOCKS_MAX] = {60, 60, 3600, 3600, 3600, RULES_LOCK_COUNTER};
    rules_t *rules =
        fixture_open("limit authentication-pin { count account 1 since own success lock 1 minute, 1 minute,\n"
                     "1 hour, 1 hour, 60 minutes, until counter; " SAYS,
                     *state);
    assert_count(rules_count_of(rules, rules_limit(rules, SPAN("authentication-pin")), 0), RULES_PER_ACCOUNT, 1, 0,
                 locks, 6);
}

static void replace_takes_all_counts(void **state)
{
    rules_t *rules = fixture_open(
        "limit authentication-pin { count account 1 in 1 day lock 1 day; count address 2 in 1 day lock 1 day; " SAYS
        "replace limit authentication-pin { count account 7 in 1 day lock 1 day; " SAYS,
        *state);
    assert_int_equal(rules_count(rules, RULES_LIMITS), 1);
    assert_int_equal(rules_count(rules, RULES_COUNTS), 1);
    assert_int_equal(rules_count_of(rules, rules_limit(rules, SPAN("authentication-pin")), 0)->threshold, 7);
}

/* --- Filling in --------------------------------------------------------------------------------------------------- */

static void assert_filled(apr_pool_t *pool, const char *sentence, const char *filled)
{
    static const record_pair_t values[] = {{SPAN("until"), SPAN("4月3日")},
                                           {SPAN("count"), SPAN("{until}")},
                                           {SPAN("last"), SPAN("")},
                                           {SPAN("until"), SPAN("second")}};
    /* Exactly as long as the sentence: the sanitizers see what is read behind it. */
    apr_size_t size = strlen(sentence);
    char *exact = malloc(size ? size : 1);
    assert_non_null(exact);
    memcpy(exact, sentence, size);
    span_t result = rules_fill((span_t){exact, size}, values, sizeof values / sizeof values[0], pool);
    assert_span(result, filled);
    free(exact);
}

static void fills_in_what_is_known(void **state)
{
    assert_filled(*state, "", "");
    assert_filled(*state, "そのまま", "そのまま");
    assert_filled(*state, "{until}", "4月3日");
    assert_filled(*state, "前{until}中{until}後", "前4月3日中4月3日後");
    assert_filled(*state, "{last}{until}{last}", "4月3日");
}

static void values_are_not_looked_into(void **state)
{
    assert_filled(*state, "{count}と{until}", "{until}と4月3日");
}

static void other_braces_stay(void **state)
{
    assert_filled(*state, "{", "{");
    assert_filled(*state, "}{", "}{");
    assert_filled(*state, "{}", "{}");
    assert_filled(*state, "{label}{until}", "{label}4月3日");
    assert_filled(*state, "{until", "{until");
    assert_filled(*state, "{{until}}", "{4月3日}");
    assert_filled(*state, "{until{until}", "{until4月3日");
}

static void nothing_to_fill_in(void **state)
{
    span_t sentence = SPAN("{until}まで");
    assert_ptr_equal(rules_fill(sentence, NULL, 0, *state).at, sentence.at);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_city_has_limits),        cmocka_unit_test(names_are_looked_up),
        cmocka_unit_test(locks_may_stay_as_they_are), cmocka_unit_test(replace_takes_all_counts),
        cmocka_unit_test(fills_in_what_is_known),     cmocka_unit_test(values_are_not_looked_into),
        cmocka_unit_test(other_braces_stay),          cmocka_unit_test(nothing_to_fill_in),
    };
    return cmocka_run_group_tests_name("rules: limit", tests, test_pool_make, test_pool_drop);
}
