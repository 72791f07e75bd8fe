/* SPDX-License-Identifier: Apache-2.0
 *
 * signer/ask, /ask_pages, /pin, /sentence, /info: what the holder is shown, and where a PIN lies. The dialogue itself
 * is tried with the real pinentry (test/card/t/40-pinentry.t).
 */
#include "base/error.h"
#include "signer/ask.h"
#include "signer/ask_pages.h"
#include "signer/info.h"
#include "signer/sentence.h"
#include "test.h"
#include "wire/frame.h"

#include <stdlib.h>
#include <unistd.h>

static apr_pool_t *pool;

static int begin(void **state)
{
    pool = test_pool(state);
    return 0;
}

static void assert_text(span_t manifest, const char *expected)
{
    assert_string_equal(span_text(pool, ask_text(manifest, pool)), expected);
}

static void test_text(void **state)
{
    (void)state;
    assert_text(SPAN("name\t氏名\t川崎　太郎\n"), "氏名: 川崎　太郎 [name]\n");
    assert_text(SPAN("city\tkawasaki\n\n"), "city: kawasaki\n\n");
    assert_text(SPAN("name\t氏名\t\n"), "氏名:  [name]\n");
    assert_text(SPAN("kawasaki-manifest 1"), "kawasaki-manifest 1\n");
    assert_text(SPAN(""), "");
    assert_text(SPAN("a\tb\tc\td\n"), "a\\u{0009}b\\u{0009}c\\u{0009}d\n");
    assert_text(SPAN("a\tb\t\\t \\n \\\\u{202E}\n"), "b: \\t \\n \\\\u{202E} [a]\n");
}

/* What would hide, turn round or move its neighbours. */
static void test_treacherous_text(void **state)
{
    (void)state;
    assert_text(SPAN("\u202A\u202B\u202C\u202D\u202E"), "\\u{202A}\\u{202B}\\u{202C}\\u{202D}\\u{202E}\n");
    assert_text(SPAN("\u2066\u2069\u200E\u200F\u061C"), "\\u{2066}\\u{2069}\\u{200E}\\u{200F}\\u{061C}\n");
    assert_text(SPAN("\u200B\u2028\u2029\u2060\uFEFF"), "\\u{200B}\\u{2028}\\u{2029}\\u{2060}\\u{FEFF}\n");
    assert_text(SPAN("\U000E0041\xC2\x85\x7F"), "\\u{E0041}\\u{0085}\\u{007F}\n");
    assert_text(((span_t){"\x1B[2J\r\0x", 7}), "\\u{001B}[2J\\u{000D}\\u{0000}x\n");
    assert_text(SPAN("a\xFF\xE3\x81"), "a\\x{FF}\\x{E3}\\x{81}\n");
    assert_text(SPAN("葛\U000E0100 ー\u3000\u00A0"), "葛\U000E0100 ー\u3000\u00A0\n");
}

static span_t page_of(const apr_array_header_t *pages, int i)
{
    return APR_ARRAY_IDX(pages, i, span_t);
}

static int count_lines(span_t text)
{
    int lines = 0;

    for (apr_size_t i = 0; i < text.size; i++) lines += text.at[i] == '\n';
    return lines;
}

static char *repeat(const char *text, int times)
{
    char *all = apr_palloc(pool, strlen(text) * (apr_size_t)times + 1), *to = all;

    *to = '\0';
    for (int i = 0; i < times; i++) to = apr_cpystrn(to, text, strlen(text) + 1);
    return all;
}

static void test_pages_by_lines(void **state)
{
    apr_array_header_t *pages;

    (void)state;
    assert_int_equal(ask_pages(SPAN(""), pool)->nelts, 0);
    pages = ask_pages(span_of(repeat("line\n", ASK_PAGE_LINES)), pool);
    assert_int_equal(pages->nelts, 1);
    pages = ask_pages(span_of(repeat("line\n", ASK_PAGE_LINES + 1)), pool);
    assert_int_equal(pages->nelts, 2);
    assert_int_equal(count_lines(page_of(pages, 0)), ASK_PAGE_LINES);
    assert_int_equal(count_lines(page_of(pages, 1)), 1);
}

static void test_broken_lines(void **state)
{
    span_t page;

    (void)state;
    page = page_of(ask_pages(span_of(repeat("x", ASK_PAGE_COLUMNS)), pool), 0);
    assert_int_equal(page.size, ASK_PAGE_COLUMNS);
    page = page_of(ask_pages(span_of(repeat("x", ASK_PAGE_COLUMNS + 1)), pool), 0);
    assert_string_equal(span_text(pool, page) + ASK_PAGE_COLUMNS, "\n  … x");
    page = page_of(ask_pages(span_of(repeat("川", ASK_PAGE_COLUMNS / 2 + 1)), pool), 0);
    assert_string_equal(span_text(pool, page) + ASK_PAGE_COLUMNS / 2 * 3, "\n  … 川");
}

/* Whatever stands in a form, nothing is lost, no page is too large and none is empty. */
static void test_pages_by_size(void **state)
{
    static const char *const texts[] = {"%", "川", "\U0002000B", "ab\n", "%\n", "\n"};

    (void)state;
    for (apr_size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        apr_array_header_t *pages = ask_pages(span_of(repeat(texts[i], 5000)), pool);
        apr_size_t all = 0;
        for (int k = 0; k < pages->nelts; k++) {
            span_t page = page_of(pages, k);
            apr_size_t cost = 0;
            assert_true(page.size > 0 && count_lines(page) <= ASK_PAGE_LINES);
            for (apr_size_t at = 0; at < page.size; at++) {
                cost += page.at[at] == '%' || page.at[at] == '\n' ? 3 : 1;
                all += page.at[at] == texts[i][0];
            }
            assert_true(cost <= ASK_PAGE_BYTES);
        }
        if (texts[i][0] != '\n') assert_int_equal(all, 5000);
    }
}

static void test_pin_memory(void **state)
{
    pin_t *pin, *other;

    (void)state;
    assert_int_equal(pin_create(&pin, pool), APR_SUCCESS);
    assert_int_equal(pin_create(&other, pool), APR_SUCCESS);
    assert_int_equal(pin->size, 0);
    assert_ptr_not_equal(pin, other);
    pin_free(pin);
    pin_free(NULL);
    strcpy(other->bytes, "1234"); /* goes with the pool */
}

/* What a pipe with these bytes gives. */
static apr_status_t read_from(const char *bytes, apr_size_t size, bool closed, pin_t *pin)
{
    apr_status_t status;
    int ends[2];

    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], bytes, size), size);
    if (closed) close(ends[1]);
    status = pin_read(pin, ends[0], frame_clock() + apr_time_from_msec(200));
    if (!closed) close(ends[1]);
    close(ends[0]);
    return status;
}

static void test_pin_read(void **state)
{
    char *longest = repeat("9", PIN_MAX + 1);
    pin_t *pin;

    (void)state;
    assert_int_equal(pin_create(&pin, pool), APR_SUCCESS);
    assert_int_equal(read_from("1234\n", 5, false, pin), APR_SUCCESS);
    assert_string_equal(pin->bytes, "1234");
    assert_int_equal(read_from("12345\r\nx", 8, true, pin), APR_SUCCESS);
    assert_int_equal(pin->size, 5);
    assert_int_equal(read_from("ABC123", 6, true, pin), APR_SUCCESS);
    assert_string_equal(pin->bytes, "ABC123");
    assert_int_equal(read_from("", 0, true, pin), APR_EOF);
    assert_int_equal(read_from("\n", 1, true, pin), APR_EOF);
    assert_int_equal(read_from(longest, PIN_MAX, true, pin), APR_SUCCESS);
    assert_int_equal(pin->size, PIN_MAX);
    assert_int_equal(read_from(longest, PIN_MAX + 1, true, pin), BASE_ETOOBIG);
    assert_int_equal(read_from("12", 2, false, pin), APR_TIMEUP);
    pin_free(pin);
}

static void test_given(void **state)
{
    const request_t request = {.operation = REQUEST_AUTH};
    source_prompt_t prompt = {.tries = 2};
    pin_t given = {4, "1234"}, pin = {0, ""};

    (void)state;
    ask_t *ask = ask_given(&given, false, pool);
    assert_int_equal(ask->pin(ask, &request, SOURCE_AUTHENTICATION, &prompt, 0, &pin), WIRE_OK);
    assert_string_equal(pin.bytes, "1234");
    prompt.tries = 1;
    assert_int_equal(ask->pin(ask, &request, SOURCE_AUTHENTICATION, &prompt, 0, &pin), WIRE_PIN_LOW);
    ask = ask_given(&given, true, pool);
    assert_int_equal(ask->pin(ask, &request, SOURCE_AUTHENTICATION, &prompt, 0, &pin), WIRE_OK);
    ask = ask_given(NULL, true, pool);
    assert_int_equal(ask->pin(ask, &request, SOURCE_AUTHENTICATION, &prompt, 0, &pin), WIRE_PIN_FORM);
}

/* Each code has a sentence of its own. */
static void test_sentences(void **state)
{
    (void)state;
    for (int i = 0; i < WIRE_CODES; i++) {
        const char *sentence = sentence_of((wire_code_t)i, ANSWER_TRIES_UNKNOWN, pool);
        assert_non_null(sentence);
        for (int k = 0; k < i; k++)
            assert_string_not_equal(sentence, sentence_of((wire_code_t)k, ANSWER_TRIES_UNKNOWN, pool));
    }
    assert_non_null(strstr(sentence_of(WIRE_PIN_WRONG, 2, pool), "あと2回"));
}

static void test_info(void **state)
{
    answer_info_t info = {.code = WIRE_OK,
                          .source = SPAN("card"),
                          .reader = SPAN("Reader"),
                          .card = SPAN("my-number-card"),
                          .has_signing = true,
                          .has_authentication = true,
                          .signing_tries = 0,
                          .authentication_tries = 1};
    const char *text = info_text(&info, pool);

    (void)state;
    assert_non_null(strstr(text, "カードリーダー: Reader\n"));
    assert_non_null(strstr(text, "カード: マイナンバーカード\n"));
    assert_non_null(strstr(text, "\n署名用電子証明書: あります。暗証番号はロックされています"));
    assert_non_null(strstr(text, "\n利用者証明用電子証明書: あります。暗証番号はあと1回"));
    info.has_signing = false;
    assert_non_null(strstr(info_text(&info, pool), "\n署名用電子証明書: ありません\n"));
    info.code = WIRE_NO_CARD;
    info.card = SPAN("");
    text = info_text(&info, pool);
    assert_non_null(strstr(text, sentence_of(WIRE_NO_CARD, 0, pool)));
    assert_null(strstr(text, "証明書: "));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text),           cmocka_unit_test(test_treacherous_text),
        cmocka_unit_test(test_pages_by_lines), cmocka_unit_test(test_broken_lines),
        cmocka_unit_test(test_pages_by_size),  cmocka_unit_test(test_pin_memory),
        cmocka_unit_test(test_pin_read),       cmocka_unit_test(test_given),
        cmocka_unit_test(test_sentences),      cmocka_unit_test(test_info),
    };
    return cmocka_run_group_tests(tests, begin, test_pool_drop);
}
