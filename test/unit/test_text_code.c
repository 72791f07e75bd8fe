/* SPDX-License-Identifier: Apache-2.0
 *
 * Tests of text/: what is clean UTF-8, lengths, trimming, and the two conversions of width.
 */
#include "test.h"
#include "text/text.h"

static void assert_text(span_t actual, const char *expected, apr_pool_t *pool)
{
    assert_string_equal(span_text(pool, actual), expected);
}

static void clean_text_is_clean(void **state)
{
    static const char *const texts[] = {
        "",
        " ~",
        "川崎市",
        "𠮷野家",
        "葛\xF3\xA0\x84\x80",      /* with variation selector 17 */
        "辻\xEF\xB8\x80",          /* with variation selector 1 */
        "ハ\xE3\x82\x99",          /* with a combining voiced mark */
        "\xC2\xA0\xC2\xA9",        /* the first behind C1 */
        "\xED\x9F\xBF",            /* U+D7FF, before the surrogates */
        "\xEE\x80\x80",            /* U+E000, behind them: private use */
        "\xEF\xB7\x8F",            /* U+FDCF, before the non-characters */
        "\xEF\xBF\xBD",            /* U+FFFD, before U+FFFE */
        "\xF0\x90\x80\x80",        /* U+10000 */
        "\xF4\x8F\xBF\xBD",        /* U+10FFFD, the last character */
        "\xE2\x80\x8B\xEF\xBB\xBF" /* invisible, but text */
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; ++i) {
        if (!text_is_clean(span_of(texts[i]))) fail_msg("refused: text %zu", i);
    }
    assert_true(text_is_clean((span_t){NULL, 0}));
}

static void unclean_text_is_not(void **state)
{
    static const span_t texts[] = {
        {"a\0b", 3},
        {"\0", 1},
        {"a\tb", 3},
        {"a\r\n", 3},
        {"\x1B[0m", 4},
        {"\x7F", 1},
        {"\xC2\x80", 2}, /* C1 */
        {"\xC2\x85", 2}, /* next line */
        {"\xC2\x9F", 2},
        {"\xE2\x80\xA8", 3}, /* line separator */
        {"\xE2\x80\xA9", 3}, /* paragraph separator */
        {"\x80", 1},         /* follows nothing */
        {"\xBF", 1},
        {"\xC0\x80", 2}, /* overlong NUL */
        {"\xC1\xBF", 2}, /* overlong DEL */
        {"\xC0\xAF", 2}, /* overlong / */
        {"\xE0\x80\xAF", 3},
        {"\xE0\x9F\xBF", 3}, /* overlong U+07FF */
        {"\xF0\x80\x80\xAF", 4},
        {"\xF0\x8F\xBF\xBD", 4},         /* overlong U+FFFD */
        {"\xED\xA0\x80", 3},             /* U+D800 */
        {"\xED\xBF\xBF", 3},             /* U+DFFF */
        {"\xED\xA0\xBD\xED\xB8\x80", 6}, /* a pair of them, as CESU-8 has it */
        {"\xEF\xB7\x90", 3},             /* U+FDD0 */
        {"\xEF\xB7\xAF", 3},             /* U+FDEF */
        {"\xEF\xBF\xBE", 3},             /* U+FFFE */
        {"\xEF\xBF\xBF", 3},
        {"\xF0\x9F\xBF\xBE", 4}, /* U+1FFFE */
        {"\xF4\x8F\xBF\xBF", 4}, /* U+10FFFF */
        {"\xF4\x90\x80\x80", 4}, /* U+110000 */
        {"\xF5\x80\x80\x80", 4},
        {"\xF8\x88\x80\x80\x80", 5},
        {"\xFE", 1},
        {"\xFF", 1},
        {"\xE5\xB7", 2}, /* cut off */
        {"\xE5", 1},
        {"\xF0\xA0\xAE", 3},
        {"\xE5\xB7"
         "a",
         3},
        {"\x90\xEC\x8D\xE8", 4}, /* 川崎 in CP932, begun in the middle */
    };
    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; ++i) {
        if (text_is_clean(texts[i])) fail_msg("accepted: text %zu", i);
    }
}

/* A heap copy without a byte behind it, so that reading on is caught by a sanitizer. */
static void text_is_never_read_beyond(void **state)
{
    static const span_t cut[] = {{"\xF0\xA0\xAE", 3}, {"\xE5\xB7", 2}, {"\xC3", 1}};
    (void)state;
    for (size_t i = 0; i < sizeof cut / sizeof *cut; ++i) {
        char *copy = test_malloc(cut[i].size);
        memcpy(copy, cut[i].at, cut[i].size);
        assert_false(text_is_clean((span_t){copy, cut[i].size}));
        test_free(copy);
    }
}

static span_t with_marks(apr_pool_t *pool, unsigned marks, const char *between)
{
    char *text = apr_pstrdup(pool, "e");
    for (unsigned i = 0; i < marks; ++i) text = apr_pstrcat(pool, text, i == 10 ? between : "", "\xCC\x81", NULL);
    return span_of(text);
}

static void marks_in_a_row_are_limited(void **state)
{
    assert_true(text_is_clean(with_marks(*state, 30, "")));
    assert_false(text_is_clean(with_marks(*state, 31, "")));
    assert_true(text_is_clean(with_marks(*state, 31, "e")));
    assert_false(text_is_clean(with_marks(*state, 31, "\xE2\x80\x8B")));
}

static void length_is_counted_in_composed_characters(void **state)
{
    (void)state;
    assert_int_equal(text_length((span_t){NULL, 0}), 0);
    assert_int_equal(text_length(SPAN("abc")), 3);
    assert_int_equal(text_length(SPAN("川崎市")), 3);
    assert_int_equal(text_length(SPAN("𠮷")), 1);
    assert_int_equal(text_length(SPAN("ハ\xE3\x82\x99")), 1);     /* バ */
    assert_int_equal(text_length(SPAN("e\xCC\x81")), 1);          /* é */
    assert_int_equal(text_length(SPAN("q\xCC\x81")), 2);          /* has no one code point */
    assert_int_equal(text_length(SPAN("\xE0\xA5\x98")), 2);       /* U+0958 is two in form C */
    assert_int_equal(text_length(SPAN("葛\xF3\xA0\x84\x80")), 2); /* kanji and selector */
    assert_int_equal(text_length(SPAN("ﾊﾞ")), 2);                 /* half width is not composed by form C */
}

static void trimming_takes_spaces_of_every_script(void **state)
{
    apr_pool_t *pool = *state;
    span_t whole = SPAN("a b　c");
    assert_ptr_equal(text_trim(whole).at, whole.at);
    assert_int_equal(text_trim(whole).size, whole.size);
    assert_text(text_trim(SPAN("　 a\xC2\xA0")), "a", pool);
    assert_text(text_trim(SPAN("\xE2\x80\x80\xE2\x80\x8A\xE2\x80\xAF\xE2\x81\x9F\xE1\x9A\x80川　")), "川", pool);
    assert_int_equal(text_trim(SPAN("　　")).size, 0);
    assert_int_equal(text_trim((span_t){NULL, 0}).size, 0);
}

static void half_width_is_for_ascii_only(void **state)
{
    apr_pool_t *pool = *state;
    span_t same = SPAN("abc ｱ ア 川－");
    same.size -= strlen("－");
    assert_ptr_equal(text_to_half_width(pool, same).at, same.at);
    assert_text(text_to_half_width(pool, SPAN("！Ａｚ０９～　－")), "!Az09~ -", pool);
    assert_text(text_to_half_width(pool, SPAN("川崎１－２ ア")), "川崎1-2 ア", pool);
    assert_text(text_to_half_width(pool, SPAN("｟￥")), "｟￥", pool); /* the neighbours of the block */
    assert_int_equal(text_to_half_width(pool, (span_t){NULL, 0}).size, 0);
}

static void full_width_composes_marks(void **state)
{
    static const char *const pairs[][2] = {
        {"!Az09~ -", "！Ａｚ０９～　－"},
        {"ｱｲｳｴｵｧｨｩｪｫｬｭｮｯｰﾜｦﾝ", "アイウエオァィゥェォャュョッーワヲン"},
        {"ｶﾞｷﾞｸﾞｹﾞｺﾞｻﾞｼﾞｽﾞｾﾞｿﾞ", "ガギグゲゴザジズゼゾ"},
        {"ﾀﾞﾁﾞﾂﾞﾃﾞﾄﾞﾊﾞﾋﾞﾌﾞﾍﾞﾎﾞ", "ダヂヅデドバビブベボ"},
        {"ﾊﾟﾋﾟﾌﾟﾍﾟﾎﾟ", "パピプペポ"},
        {"ｳﾞﾜﾞｦﾞ", "ヴヷヺ"},
        {"ヰ゛ヱ゛", "ヸヹ"},
        {"｡｢｣､･", "。「」、・"},
        {"ハ\xE3\x82\x99ハ\xE3\x82\x9Aﾊ\xE3\x82\x99", "バパバ"},
        {"ハ゛ハ゜か゛は゜う゛ゝ゛ヽ゛", "バパがぱゔゞヾ"},
        {"ｱﾞ", "ア゛"},     /* no such letter: the mark stays, beside it */
        {"ﾊﾞﾞﾟ", "バ゛゜"}, /* one mark a letter */
        {"ﾞｶ", "゛カ"},     /* a mark with nothing before it */
        {"ｯﾞﾅﾞﾝﾟｶﾟ", "ッ゛ナ゛ン゜カ゜"},
        {"わ゛", "わ゛"},
        {"é¥", "é¥"}, /* no full-width form */
        {"𠮷a", "𠮷ａ"},
    };
    apr_pool_t *pool = *state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; ++i) {
        assert_text(text_to_full_width(pool, span_of(pairs[i][0])), pairs[i][1], pool);
        span_t again = span_of(pairs[i][1]);
        assert_ptr_equal(text_to_full_width(pool, again).at, again.at);
    }
    assert_int_equal(text_to_full_width(pool, (span_t){NULL, 0}).size, 0);
}

static void types_are_found_by_name(void **state)
{
    (void)state;
    assert_ptr_equal(text_type_find(SPAN("any")), &text_types[0]);
    assert_string_equal(text_type_find(SPAN("phone"))->input_mode, "tel");
    assert_null(text_type_find(SPAN("katakna")));
    assert_null(text_type_find(SPAN("phon")));
    assert_null(text_type_find(SPAN("phones")));
    assert_null(text_type_find((span_t){NULL, 0}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clean_text_is_clean),
        cmocka_unit_test(unclean_text_is_not),
        cmocka_unit_test(text_is_never_read_beyond),
        cmocka_unit_test(marks_in_a_row_are_limited),
        cmocka_unit_test(length_is_counted_in_composed_characters),
        cmocka_unit_test(trimming_takes_spaces_of_every_script),
        cmocka_unit_test(half_width_is_for_ascii_only),
        cmocka_unit_test(full_width_composes_marks),
        cmocka_unit_test(types_are_found_by_name),
    };
    return cmocka_run_group_tests(tests, test_pool_make, test_pool_drop);
}
