/* SPDX-License-Identifier: Apache-2.0
 *
 * Tests of text/date.c: real days, the borders of the eras, and Japan's time.
 */
#include "base/error.h"
#include "test.h"
#include "text/text.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static void dates_carry_their_era(void **state)
{
    static const char *const dates[][2] = {
        {"1980-03-04", "1980年3月4日(昭和55年)"},
        {"1868-01-24", "1868年1月24日"},
        {"1868-01-25", "1868年1月25日(明治元年)"},
        {"1869-01-01", "1869年1月1日(明治2年)"},
        {"1912-07-29", "1912年7月29日(明治45年)"},
        {"1912-07-30", "1912年7月30日(大正元年)"},
        {"1926-12-24", "1926年12月24日(大正15年)"},
        {"1926-12-25", "1926年12月25日(昭和元年)"},
        {"1989-01-07", "1989年1月7日(昭和64年)"},
        {"1989-01-08", "1989年1月8日(平成元年)"},
        {"2019-04-30", "2019年4月30日(平成31年)"},
        {"2019-05-01", "2019年5月1日(令和元年)"},
        {"2020-02-29", "2020年2月29日(令和2年)"},
        {"2000-02-29", "2000年2月29日(平成12年)"},
        {"0001-01-01", "1年1月1日"},
        {"9999-12-31", "9999年12月31日(令和7981年)"},
    };
    for (size_t i = 0; i < COUNT(dates); ++i) {
        span_t out;
        assert_int_equal(text_date_japanese(*state, span_of(dates[i][0]), &out), APR_SUCCESS);
        assert_string_equal(span_text(*state, out), dates[i][1]);
    }
}

static void days_that_are_none_are_refused(void **state)
{
    static const char *const dates[] = {
        "",           "1980-3-4",   "1980-03-04 ", "1980/03/04", "19800304",   "1980-00-01", "1980-13-01",
        "1980-01-00", "1980-01-32", "1980-04-31",  "2019-02-29", "1900-02-29", "0000-01-01", "-980-03-04",
        "1980-+3-04", "1980-03- 4", "昭和5-1",     "198a-03-04", "1980-03-0a", "1980-03",
    };
    for (size_t i = 0; i < COUNT(dates); ++i) {
        span_t out;
        assert_int_equal(text_date_japanese(*state, span_of(dates[i]), &out), BASE_EMALFORMED);
    }
    span_t out;
    assert_int_equal(text_date_japanese(*state, (span_t){NULL, 0}, &out), BASE_EMALFORMED);
}

static void times_are_those_of_japan(void **state)
{
    static const struct {
        apr_int64_t second;
        const char *text;
    } times[] = {
        {0, "1970年1月1日(昭和45年) 9時00分"},           {1775178000, "2026年4月3日(令和8年) 10時00分"},
        {1775145599, "2026年4月3日(令和8年) 0時59分"},   {1775141999, "2026年4月2日(令和8年) 23時59分"},
        {1582901940, "2020年2月28日(令和2年) 23時59分"}, {1582902000, "2020年2月29日(令和2年) 0時00分"},
    };
    for (size_t i = 0; i < COUNT(times); ++i) {
        span_t text = text_time_japanese(*state, apr_time_from_sec(times[i].second));
        assert_string_equal(span_text(*state, text), times[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_carry_their_era),
        cmocka_unit_test(days_that_are_none_are_refused),
        cmocka_unit_test(times_are_those_of_japan),
    };
    return cmocka_run_group_tests(tests, test_pool_make, test_pool_drop);
}
