/* SPDX-License-Identifier: Apache-2.0
 *
 * base/record: what is encoded comes back, and nothing else is accepted.
 */
#include "base/error.h"
#include "base/record.h"
#include "test.h"

#include <stdlib.h>

static apr_pool_t *pool;

static int make_pool(void **state)
{
    pool = test_pool(state);
    return 0;
}

static void assert_span(span_t span, const char *text, apr_size_t size)
{
    assert_int_equal(span.size, size);
    if (size) assert_memory_equal(span.at, text, size);
}

static void test_encoding(void **state)
{
    const record_pair_t pairs[] = {{SPAN("name"), SPAN("川崎 太郎")},
                                   {SPAN("empty"), SPAN("")},
                                   {SPAN("all"), SPAN("\\ \t \n \r")},
                                   {SPAN("format"), SPAN("%n%s")}};
    const char expected[] = "name\t川崎 太郎\nempty\t\nall\t\\\\ \\t \\n \\r\nformat\t%n%s\n";
    span_t text = record_encode(pool, pairs, 4);

    (void)state;
    assert_span(text, expected, sizeof expected - 1);
    assert_int_equal(text.at[text.size], '\0');
    assert_span(record_encode(pool, NULL, 0), "", 0);
}

static void test_decoding(void **state)
{
    span_t text = SPAN("a\tx\\\\\\t\\n\\ry\nb\t\na\tsecond\n");
    record_pair_t *pairs;
    apr_size_t count;

    (void)state;
    assert_int_equal(record_decode(pool, text, &pairs, &count), APR_SUCCESS);
    assert_int_equal(count, 3);
    assert_span(pairs[0].value, "x\\\t\n\ry", 6);
    assert_span(pairs[1].value, "", 0);
    assert_ptr_equal(pairs[2].value.at, text.at + text.size - 7); /* no copy where there is no escape */
    assert_span(record_value(pairs, count, SPAN("a")), "x\\\t\n\ry", 6);
    assert_span(record_value(pairs, count, SPAN("c")), "", 0);
    assert_int_equal(record_decode(pool, (span_t){NULL, 0}, &pairs, &count), APR_SUCCESS);
    assert_int_equal(count, 0);
}

static void test_refusals(void **state)
{
    static const span_t wrong[] = {SPAN("a"),          SPAN("a\tb"),      SPAN("a\n"),       SPAN("\n"),
                                   SPAN("a\tb\nc\n"),  SPAN("a\tb\tc\n"), SPAN("a\tb\\\n"),  SPAN("a\tb\\x\n"),
                                   SPAN("a\tb\\\0\n"), SPAN("a\tb\r\n"),  SPAN("a\\n\tb\n"), SPAN("a\r\tb\n"),
                                   SPAN("a\tb\n\n"),   SPAN("a\tb\\N\n"), SPAN("\0"),        SPAN("a\tb\n\0")};
    record_pair_t *pairs;
    apr_size_t count;

    (void)state;
    for (apr_size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        if (record_decode(pool, wrong[i], &pairs, &count) != BASE_EMALFORMED) fail_msg("case %d was accepted", (int)i);
        assert_int_equal(count, 0);
    }
}

/* Any values survive; any text is refused or is what encoding gives. */
static void test_round_trips(void **state)
{
    static const char bytes[] = "\\\t\n\r\\tnrab\0x";
    record_pair_t pairs[4], *decoded;
    apr_size_t count, accepted = 0;

    (void)state;
    srand(1);
    for (int i = 0; i < 20000; i++) {
        char noise[16];
        span_t text, again;
        for (apr_size_t k = 0; k < sizeof noise; k++) noise[k] = bytes[(apr_size_t)rand() % (sizeof bytes - 1)];
        for (int k = 0; k < 4; k++) pairs[k] = (record_pair_t){SPAN("n"), {noise + k * 4, (apr_size_t)rand() % 5}};
        text = record_encode(pool, pairs, 4);
        assert_int_equal(record_decode(pool, text, &decoded, &count), APR_SUCCESS);
        assert_int_equal(count, 4);
        for (int k = 0; k < 4; k++) assert_true(span_equal(decoded[k].value, pairs[k].value));

        text = (span_t){noise, (apr_size_t)rand() % sizeof noise};
        if (record_decode(pool, text, &decoded, &count) == APR_SUCCESS) {
            again = record_encode(pool, decoded, count);
            assert_true(span_equal(again, text));
            accepted++;
        }
        if (i % 100 == 0) apr_pool_clear(pool);
    }
    assert_true(accepted > 100); /* the second half is about something */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_encoding), cmocka_unit_test(test_decoding),
                                       cmocka_unit_test(test_refusals), cmocka_unit_test(test_round_trips)};
    return cmocka_run_group_tests(tests, make_pool, test_pool_drop);
}
