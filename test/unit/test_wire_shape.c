/* SPDX-License-Identifier: Apache-2.0
 *
 * wire/shape: what ids, origins, nonces and texts look like, to the character.
 */
#include "test.h"
#include "wire/shape.h"

#define NONCE "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

static void assert_table(bool (*is_shaped)(span_t), const char *const *texts, apr_size_t count, bool expected)
{
    for (apr_size_t i = 0; i < count; i++)
        if (is_shaped(span_of(texts[i])) != expected) fail_msg("%s: '%s'", expected ? "refused" : "taken", texts[i]);
}

static void ids_have_their_letters(void **state)
{
    static const char most[] = "0123456789012345678901234567890123456789012345678901234567890123";
    static const char *const good[] = {"a", "Z-_09", most};
    static const char *const bad[] = {
        "", "a b", "a.b", "a=", "あ", "a/", "0123456789012345678901234567890123456789012345678901234567890123x"};

    (void)state;
    assert_table(shape_is_id, good, sizeof good / sizeof *good, true);
    assert_table(shape_is_id, bad, sizeof bad / sizeof *bad, false);
}

static void nonces_are_32_bytes_in_one_spelling(void **state)
{
    static const char *const good[] = {
        NONCE, "////////////////////////////////////////+/8=", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="};
    static const char *const bad[] = {"",
                                      "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
                                      "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9=", /* a stray bit */
                                      "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh-=",
                                      "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh88",
                                      "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg==",
                                      "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxw_Hh8=",
                                      " AECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
                                      NONCE "="};

    (void)state;
    assert_table(shape_is_nonce, good, sizeof good / sizeof *good, true);
    assert_table(shape_is_nonce, bad, sizeof bad / sizeof *bad, false);
}

static void origins_are_written_as_browsers_do(void **state)
{
#define LABEL "abcdefghijklmnopqrstuvwxyz0123456789-abcdefghijklmnopqrstuvwxyz" /* 63 */
#define HOST                                                                                                           \
    LABEL "." LABEL "." LABEL "."                                                                                      \
          "abcdefghijklmnopqrstuvwxyz0123456789-abcdefghijklmnopqrstuvwx" /* 253 */
    static const char *const good[] = {
        "https://madoguchi.example.jp",     "https://localhost", "https://127.0.0.1:8443", "https://a-b.example:1",
        "https://xn--wgv71a.example:65535", "https://" LABEL,    "https://" HOST};
    static const char *const bad[] = {"",
                                      "https://",
                                      "http://a.example",
                                      "HTTPS://a.example",
                                      "https://A.example",
                                      "https://a.example/",
                                      "https://a.example.",
                                      "https://.example",
                                      "https://a..example",
                                      "https://-a.example",
                                      "https://a-.example",
                                      "https://a_b.example",
                                      "https://user@a.example",
                                      "https://a.example?",
                                      "https://a.example#",
                                      "https://a.example:",
                                      "https://a.example:0",
                                      "https://a.example:08443",
                                      "https://a.example:443",
                                      "https://a.example:65536",
                                      "https://a.example:100000",
                                      "https://a.example:80:80",
                                      "https://:8443",
                                      "https://日本.example",
                                      "https://a example",
                                      " https://a.example",
                                      "https://x" LABEL,
                                      "https://" HOST "x"};

    (void)state;
    assert_table(shape_is_origin, good, sizeof good / sizeof *good, true);
    assert_table(shape_is_origin, bad, sizeof bad / sizeof *bad, false);
}

static void texts_are_unicode_without_nul(void **state)
{
    (void)state;
    assert_true(shape_is_text(SPAN("")));
    assert_true(shape_is_text(SPAN("川崎\t\x01\x7F")));
    assert_false(shape_is_text(SPAN("a\0")));
    assert_false(shape_is_text(SPAN("\xC0\x80")));
    assert_false(shape_is_text(SPAN("\xE6\xBC")));
}

static void digests_are_64_small_digits(void **state)
{
    static const span_t bad[] = {SPAN(""),
                                 SPAN("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde"),
                                 SPAN("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0"),
                                 SPAN("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdeF"),
                                 SPAN("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdeg"),
                                 SPAN("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde\0")};

    (void)state;
    assert_true(shape_is_digest(SPAN("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")));
    for (apr_size_t i = 0; i < sizeof bad / sizeof *bad; i++) assert_false(shape_is_digest(bad[i]));
}

/* A NUL within its size ends no text. */
static void nul_is_no_letter(void **state)
{
    (void)state;
    assert_false(shape_is_id(SPAN("a\0")));
    assert_false(shape_is_origin(SPAN("https://a\0")));
    assert_false(shape_is_origin(SPAN("https://a:1\0")));
    assert_false(shape_is_nonce(SPAN("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh\0=")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_have_their_letters),
        cmocka_unit_test(nonces_are_32_bytes_in_one_spelling),
        cmocka_unit_test(origins_are_written_as_browsers_do),
        cmocka_unit_test(texts_are_unicode_without_nul),
        cmocka_unit_test(digests_are_64_small_digits),
        cmocka_unit_test(nul_is_no_letter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
