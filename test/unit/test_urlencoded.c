/* SPDX-License-Identifier: Apache-2.0
 *
 * base/urlencoded and base/utf8: what is read, what is refused, every escape of two bytes, every cut.
 */
#include "base/error.h"
#include "base/urlencoded.h"
#include "base/utf8.h"
#include "test.h"

#include <stdio.h>
#include <stdlib.h>

static urlencoded_pair_t pairs[URLENCODED_NAMES_MAX];
static apr_size_t count;
static char *bytes; /* of the last text: exactly its size, so that sanitizers and valgrind see a read behind it */

static apr_status_t decode(span_t text)
{
    free(bytes);
    bytes = malloc(text.size ? text.size : 1);
    assert_non_null(bytes);
    memcpy(bytes, text.at, text.size);
    count = 12345;
    apr_status_t status = urlencoded_decode(bytes, text.size, pairs, &count);
    if (status != APR_SUCCESS) assert_int_equal(count, 0);
    return status;
}

static int release(void **state)
{
    (void)state;
    free(bytes);
    bytes = NULL;
    return 0;
}

static void assert_value(const char *name, span_t expected)
{
    const span_t *value = urlencoded_value(pairs, count, span_of(name));
    assert_non_null(value);
    assert_int_equal(value->size, expected.size);
    if (expected.size) assert_memory_equal(value->at, expected.at, expected.size);
}

static void refuse(const char *text)
{
    apr_status_t status = decode(span_of(text));
    if (status != BASE_EMALFORMED) print_error("not refused: %s\n", text);
    assert_int_equal(status, BASE_EMALFORMED);
}

static void nothing_has_no_pairs(void **state)
{
    (void)state;
    assert_int_equal(decode(SPAN("")), APR_SUCCESS);
    assert_int_equal(count, 0);
    assert_int_equal(urlencoded_decode(NULL, 0, pairs, &count), APR_SUCCESS);
    assert_int_equal(count, 0);
    assert_null(urlencoded_value(pairs, count, SPAN("")));
}

static void pairs_are_decoded_once(void **state)
{
    (void)state;
    assert_int_equal(decode(SPAN("number=86000001&name=%E5%B7%9D%E5%B4%8E+%e5%a4%aa%E9%83%8e&empty=&twice=%2541&a%26b="
                                 "c%3Dd%26e&line=%0D%0A%09")),
                     APR_SUCCESS);
    assert_int_equal(count, 6);
    assert_value("number", SPAN("86000001"));
    assert_value("name", SPAN("川崎 太郎"));
    assert_value("empty", SPAN(""));
    assert_value("twice", SPAN("%41"));
    assert_value("a&b", SPAN("c=d&e"));
    assert_value("line", SPAN("\r\n\t"));
    assert_null(urlencoded_value(pairs, count, SPAN("numbe")));
    assert_null(urlencoded_value(pairs, count, SPAN("numbers")));
    assert_null(urlencoded_value(pairs, count, SPAN("Number")));
    assert_ptr_equal(pairs[0].name.at, bytes);
}

/* What httpd's own parser and others read in two ways. */
static void separators_count_before_decoding(void **state)
{
    (void)state;
    assert_int_equal(decode(SPAN("a%3Db=c")), APR_SUCCESS);
    assert_value("a=b", SPAN("c"));
    assert_int_equal(decode(SPAN("a=b=c")), APR_SUCCESS);
    assert_value("a", SPAN("b=c"));
    assert_int_equal(decode(SPAN("a=b;c=d")), APR_SUCCESS);
    assert_value("a", SPAN("b;c=d"));
    assert_int_equal(decode(SPAN("a==")), APR_SUCCESS);
    assert_value("a", SPAN("="));
}

static void broken_forms_are_refused_whole(void **state)
{
    static const char *const broken[] = {
        "a",
        "=",
        "=b",
        "&",
        "a=b&",
        "&a=b",
        "a=b&&c=d",
        "a=b&c",
        "a=b&=",
        "a=%",
        "a=%4",
        "a=%zz",
        "a=%4g",
        "a=%g4",
        "%=a",
        "%4=a",
        "a=b%",
        "a=%4&b=1",
        "a=%&41",
        "a%=41",
        "a=%-1",
        "a=% 1",
        "a=%+1",
        "a=%x",
        "a=%u0041",
        "a=%%41",
        "a=%00",
        "%00=a",
        "a=b%00",
        "a=1&a=2",
        "a=1&b=2&%61=3",
        "a=&a=",
        "a+b=1&a%20b=2",
        "a=%C0%80",
        "a=%ED%A0%80",
        "a=%F4%90%80%80",
        "a=%E5%B7",
        "%E5%B7=%9D",
        "a=%FF",
        "a=\xE5\xB7",
        "a=%80",
    };
    (void)state;
    for (apr_size_t i = 0; i < sizeof broken / sizeof *broken; ++i) refuse(broken[i]);
    assert_int_equal(decode(SPAN("a=b\0c")), BASE_EMALFORMED);
}

static void count_is_bounded(void **state)
{
    char text[(URLENCODED_NAMES_MAX + 1) * 5 + 1];
    apr_size_t size = 0;
    (void)state;
    for (unsigned i = 0; i < URLENCODED_NAMES_MAX; ++i) size += (apr_size_t)sprintf(text + size, "%03x=&", i);
    assert_int_equal(decode((span_t){text, size - 1}), APR_SUCCESS);
    assert_int_equal(count, URLENCODED_NAMES_MAX);
    memcpy(text + size, "z=", 2);
    assert_int_equal(decode((span_t){text, size + 2}), BASE_ETOOBIG);
}

static int digit_value(int byte)
{
    static const char digits[] = "0123456789abcdef";
    const char *digit = byte ? memchr(digits, byte >= 'A' && byte <= 'F' ? byte + 32 : byte, 16) : NULL;
    return digit ? (int)(digit - digits) : -1;
}

/* All 65,536 pairs of bytes behind a '%'. A value of one byte is UTF-8 only below 0x80. */
static void every_escape(void **state)
{
    (void)state;
    for (int first = 0; first < 256; ++first) {
        for (int second = 0; second < 256; ++second) {
            char text[] = {'a', '=', '%', (char)first, (char)second};
            int high = digit_value(first), low = digit_value(second);
            int code = high < 0 || low < 0 ? -1 : high * 16 + low;
            apr_status_t status = decode((span_t){text, sizeof text});
            assert_int_equal(status, code > 0 && code < 0x80 ? APR_SUCCESS : BASE_EMALFORMED);
            char byte = (char)code;
            if (status == APR_SUCCESS) assert_value("a", (span_t){&byte, 1});
        }
    }
}

/* Escapes of two bytes: accepted exactly when the two are UTF-8. */
static void every_two_escapes(void **state)
{
    (void)state;
    for (unsigned first = 0; first < 256; ++first) {
        for (unsigned second = 0; second < 256; ++second) {
            char text[16];
            int size = snprintf(text, sizeof text, "a=%%%02x%%%02X", first, second);
            bool ascii = first > 0 && first < 0x80 && second > 0 && second < 0x80;
            bool pair = first >= 0xC2 && first <= 0xDF && second >= 0x80 && second <= 0xBF;
            assert_int_equal(decode((span_t){text, (apr_size_t)size}), ascii || pair ? APR_SUCCESS : BASE_EMALFORMED);
        }
    }
}

/* A text cut anywhere, and with any one byte exchanged, is read or refused, but never read past its end. */
static void every_cut_and_every_byte(void **state)
{
    static const char whole[] = "%E5%B7%9D=%41+b&c%2=d%3D&%F0%A0%AE%B7=\xF0\xA0\xAE\xB7&e=";
    char text[sizeof whole - 1];
    (void)state;
    for (apr_size_t size = 0; size < sizeof whole; ++size) decode((span_t){whole, size});
    for (apr_size_t at = 0; at < sizeof text; ++at) {
        for (int byte = 0; byte < 256; ++byte) {
            memcpy(text, whole, sizeof text);
            text[at] = (char)byte;
            if (decode((span_t){text, sizeof text}) != APR_SUCCESS) continue;
            for (apr_size_t i = 0; i < count; ++i) {
                assert_true(utf8_is_valid(pairs[i].name) && utf8_is_valid(pairs[i].value));
                assert_true(pairs[i].value.at + pairs[i].value.size <= bytes + sizeof text);
            }
        }
    }
}

/* Unicode 15 table 3-7, its corners. */
static void utf8_corners(void **state)
{
    static const struct {
        const char *text;
        bool valid;
    } corners[] = {
        {"", true},
        {"\x7F", true},
        {"\x80", false},
        {"\xC1\xBF", false},
        {"\xC2\x80", true},
        {"\xC2", false},
        {"\xE0\x9F\xBF", false},
        {"\xE0\xA0\x80", true},
        {"\xE3\x81", false},
        {"\xED\x9F\xBF", true},
        {"\xED\xA0\x80", false},
        {"\xED\xBF\xBF", false},
        {"\xEE\x80\x80", true},
        {"\xF0\x8F\xBF\xBF", false},
        {"\xF0\x90\x80\x80", true},
        {"\xF4\x8F\xBF\xBF", true},
        {"\xF4\x90\x80\x80", false},
        {"\xF5\x80\x80\x80", false},
        {"\xF0\xA0\xAE", false},
        {"a\xFF", false},
    };
    (void)state;
    for (apr_size_t i = 0; i < sizeof corners / sizeof *corners; ++i) {
        if (utf8_is_valid(span_of(corners[i].text)) != corners[i].valid) fail_msg("corner %lu", (unsigned long)i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_has_no_pairs),
        cmocka_unit_test(pairs_are_decoded_once),
        cmocka_unit_test(separators_count_before_decoding),
        cmocka_unit_test(broken_forms_are_refused_whole),
        cmocka_unit_test(count_is_bounded),
        cmocka_unit_test(every_escape),
        cmocka_unit_test(every_two_escapes),
        cmocka_unit_test(every_cut_and_every_byte),
        cmocka_unit_test(utf8_corners),
    };
    return cmocka_run_group_tests_name("urlencoded", tests, NULL, release);
}
