/* SPDX-License-Identifier: Apache-2.0
 *
 * base/number: what is a whole number, and which one.
 */
#include "base/number.h"
#include "test.h"

static void numbers_are_read(void **state)
{
    (void)state;
    const struct {
        const char *text;
        apr_int64_t number;
    } rows[] = {{"0", 0}, {"7", 7}, {"007", 7}, {"172800", 172800}, {"9223372036854775807", APR_INT64_MAX}};
    apr_int64_t number;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_true(number_read(span_of(rows[i].text), &number));
        assert_int_equal(number, rows[i].number);
        assert_true(number_is_digits(span_of(rows[i].text)));
    }
    assert_true(number_read((span_t){"123x", 3}, &number)); /* nothing behind the text is looked at */
    assert_int_equal(number, 123);
}

static void all_else_is_none(void **state)
{
    (void)state;
    const char *const rows[] = {"",
                                "-1",
                                "+1",
                                " 1",
                                "1 ",
                                "1.0",
                                "1a",
                                "0x1",
                                "１",
                                "9223372036854775808",
                                "18446744073709551617",
                                "00000000000000000001"};
    apr_int64_t number = 5;

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_false(number_read(span_of(rows[i]), &number));
        assert_int_equal(number, 0);
    }
    assert_false(number_is_digits(SPAN("")));
    assert_false(number_is_digits(SPAN("1\0")));
    assert_true(number_is_digits(SPAN("18446744073709551617"))); /* digits, but no number of ours */
}

static void a_minus_is_read_where_it_may_be(void **state)
{
    (void)state;
    assert_int_equal(number_signed(SPAN("12")), 12);
    assert_int_equal(number_signed(SPAN("-12")), -12);
    assert_int_equal(number_signed(SPAN("-9223372036854775807")), -APR_INT64_MAX);
    assert_int_equal(
        number_signed(SPAN("--1")) + number_signed(SPAN("-")) + number_signed(SPAN("")) + number_signed(SPAN("7x")), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(numbers_are_read), cmocka_unit_test(all_else_is_none),
                                       cmocka_unit_test(a_minus_is_read_where_it_may_be)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
