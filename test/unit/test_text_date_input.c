/* SPDX-License-Identifier: Apache-2.0
 *
 * Tests of text/date_input.c: every way people type a day gives the same text, the borders of the eras hold, and what
 * is no day is refused.
 */
#include "test.h"
#include "text/text.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static apr_pool_t *pool;

static int set_up(void **state)
{
    pool = test_pool(state);
    return 0;
}

static text_result_t accept_date(const char *typed, span_t *stored)
{
    return text_type_find(SPAN("date"))->accept(pool, span_of(typed), stored);
}

static void assert_day(const char *typed, const char *day)
{
    span_t stored, again;
    if (accept_date(typed, &stored) != TEXT_OK) fail_msg("refused: %s", typed);
    assert_string_equal(span_text(pool, stored), day);
    assert_int_equal(accept_date(day, &again), TEXT_OK);
    assert_true(span_equal(stored, again));
}

static void one_day_has_many_spellings(void **state)
{
    static const char *const spellings[] = {
        "1980-03-04",
        "1980-3-4",
        "1980/3/4",
        "1980.3.4",
        "19800304",
        "1980 3 4",
        "１９８０年３月４日",
        "1980年3月4日",
        " 1980年 03月 04日　",
        "1980年3月4",
        "１９８０／３／４",
        "1980ー3ー4",
        "1980−3–4",
        "昭和55年3月4日",
        "昭和５５年３月４日",
        "昭和 55年 3月 4日",
        "㍼55年3月4日",
        "S55.3.4",
        "s55/3/4",
        "Ｓ５５．３．４",
        "S.55.3.4",
        "S55-03-04",
        "S550304",
        "昭和550304",
        "1980\xE2\x80\x8B-3-4",
    };
    (void)state;
    for (apr_size_t i = 0; i < COUNT(spellings); ++i) assert_day(spellings[i], "1980-03-04");
}

static void eras_begin_and_end_on_their_day(void **state)
{
    static const char *const days[][2] = {
        {"令和元年5月1日", "2019-05-01"},   {"R1.5.1", "2019-05-01"},           {"令和8年11月22日", "2026-11-22"},
        {"平成31年4月30日", "2019-04-30"},  {"平成元年1月8日", "1989-01-08"},   {"H1.1.8", "1989-01-08"},
        {"昭和64年1月7日", "1989-01-07"},   {"昭和元年12月25日", "1926-12-25"}, {"大正15年12月24日", "1926-12-24"},
        {"大正元年7月30日", "1912-07-30"},  {"明治45年7月29日", "1912-07-29"},  {"明治6年1月1日", "1873-01-01"},
        {"㋿2年2月29日", "2020-02-29"}, {"大正15年12月25日", "1926-12-25"}, {"T15.12.25", "1926-12-25"},
        {"明治45年7月30日", "1912-07-30"},
    };
    static const char *const outside[] = {
        "令和元年4月30日",  "平成31年5月1日",   "平成元年1月7日",  "昭和64年1月8日",
        "昭和元年12月24日", "大正15年12月26日", "大正元年7月29日", "明治45年7月31日",
        "明治5年12月31日",  "昭和0年1月1日",    "令和1年2月29日",
    };
    span_t stored;
    (void)state;
    for (apr_size_t i = 0; i < COUNT(days); ++i) assert_day(days[i][0], days[i][1]);
    for (apr_size_t i = 0; i < COUNT(outside); ++i) {
        if (accept_date(outside[i], &stored) != TEXT_WRONG) fail_msg("accepted: %s", outside[i]);
        assert_ptr_equal(stored.at, outside[i]);
    }
}

static void what_is_no_day_is_refused(void **state)
{
    static const char *const wrong[] = {
        "1980-02-30", "1981-02-29", "1900-02-29", "1980-13-01", "1980-00-01", "1980-1-0",     "1980-1-32",
        "80-3-4",     "800304",     "1980",       "1980-3",     "1980-3-4-5", "1980--3-4",    "198034",
        "3/4/1980",   "昭和",       "昭和55年",   "S",          "X55.3.4",    "和55年3月4日", "1980年3月4日生",
        "1980-3-4a",  "三月四日",   "0000-01-01", "1980月3年4", "元年3月4日", "1980003004",   "昭和551年3月4日",
    };
    span_t stored;
    (void)state;
    assert_day("2000-02-29", "2000-02-29");
    for (apr_size_t i = 0; i < COUNT(wrong); ++i) {
        if (accept_date(wrong[i], &stored) != TEXT_WRONG) fail_msg("accepted: %s", wrong[i]);
        assert_ptr_equal(stored.at, wrong[i]);
    }
    assert_int_equal(accept_date("1980\n-3-4", &stored), TEXT_MALFORMED);
    assert_int_equal(accept_date("1980\xFF", &stored), TEXT_MALFORMED);
}

static void blank_is_fine_and_a_stored_day_is_not_copied(void **state)
{
    const char *typed = "1980-03-04";
    span_t stored;
    (void)state;
    assert_int_equal(accept_date(" 　", &stored), TEXT_OK);
    assert_int_equal(stored.size, 0);
    assert_int_equal(accept_date("", &stored), TEXT_OK);
    assert_int_equal(stored.size, 0);
    assert_int_equal(accept_date(typed, &stored), TEXT_OK);
    assert_ptr_equal(stored.at, typed);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_day_has_many_spellings),
        cmocka_unit_test(eras_begin_and_end_on_their_day),
        cmocka_unit_test(what_is_no_day_is_refused),
        cmocka_unit_test(blank_is_fine_and_a_stored_day_is_not_copied),
    };
    return cmocka_run_group_tests(tests, set_up, test_pool_drop);
}
