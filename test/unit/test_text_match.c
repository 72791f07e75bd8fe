/* SPDX-License-Identifier: Apache-2.0
 *
 * Tests of text/match.h beyond single pairs (those are in test/cases/(address|name|birth-date).tsv): parts, substituted
 * characters, what is no text, and laws that must hold for every text.
 */
#include "test.h"
#include "text/match.h"

#include <time.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static apr_pool_t *pool;

static int set_up(void **state)
{
    pool = test_pool(state);
    return 0;
}

static match_verdict_t address(const char *typed, const char *certificate)
{
    match_result_t result;
    match_address(&result, span_of(typed), span_of(certificate), SPAN(""), pool);
    return result.verdict;
}

static void assert_piece(const match_result_t *result, int part, match_verdict_t verdict, const char *certificate)
{
    const match_piece_t *piece = &result->piece[part];
    assert_string_equal(span_text(pool, piece->certificate), certificate);
    assert_int_equal(piece->verdict, verdict);
}

static match_result_t parts(const char *const typed[MATCH_PARTS], const char *certificate, const char *flags)
{
    match_result_t result;
    match_parts_t parts;
    for (int i = 0; i < MATCH_PARTS; ++i) parts.part[i] = span_of(typed[i]);
    match_parts(&result, &parts, span_of(certificate), span_of(flags), pool);
    return result;
}

/* --- Verdicts --- */

static void three_verdicts(void **state)
{
    (void)state;
    assert_int_equal(address("旭町1-3-3", "旭町1-3-3"), MATCH_SAME);
    assert_int_equal(address("旭町1-3-3", "旭町１丁目３番３号"), MATCH_NOTATION);
    assert_int_equal(address("旭町1-3-3", "旭町1-3-4"), MATCH_DIFFERENT);
    assert_int_equal(match_birth_date(SPAN("1980-03-04"), SPAN("1980-03-04"), pool), MATCH_SAME);
    assert_int_equal(match_birth_date(SPAN("1980-03-04"), SPAN("319800304"), pool), MATCH_NOTATION);
    assert_int_equal(match_birth_date(SPAN("1980-03-04"), SPAN("319800305"), pool), MATCH_DIFFERENT);
}

static void the_first_difference_is_told(void **state)
{
    (void)state;
    match_result_t result;
    match_address(&result, SPAN("旭町1-３-3"), SPAN("旭町1丁目13番3号"), SPAN(""), pool);
    assert_string_equal(span_text(pool, result.typed), "３");
    assert_string_equal(span_text(pool, result.certificate), "13");
    match_address(&result, SPAN("東京都府中市1"), SPAN("広島県府中市1"), SPAN(""), pool);
    assert_string_equal(span_text(pool, result.typed), "東京都");
    assert_string_equal(span_text(pool, result.certificate), "広島県");
    match_name(&result, SPAN("渡邉太郎"), SPAN("渡辺太郎"), SPAN(""), pool);
    assert_string_equal(span_text(pool, result.typed), "邉");
    assert_string_equal(span_text(pool, result.certificate), "辺");
    match_name(&result, SPAN("川崎太"), SPAN("川崎太郎"), SPAN(""), pool);
    assert_int_equal(result.typed.size, 0);
    assert_string_equal(span_text(pool, result.certificate), "郎");
}

static void what_is_no_text_matches_nothing(void **state)
{
    (void)state;
    static const char *const texts[] = {"", " ", "　", "-", "ー--", "\xFF", "旭町\xE6", "旭\n町", "\xED\xA0\x80", "\t"};
    for (apr_size_t i = 0; i < COUNT(texts); ++i) {
        match_result_t result;
        assert_int_equal(address(texts[i], texts[i]), MATCH_DIFFERENT);
        assert_int_equal(address(texts[i], "旭町1"), MATCH_DIFFERENT);
        assert_int_equal(address("旭町1", texts[i]), MATCH_DIFFERENT);
        match_name(&result, span_of(texts[i]), SPAN("川崎太郎"), SPAN(""), pool);
        assert_int_equal(result.verdict, MATCH_DIFFERENT);
        assert_int_equal(match_birth_date(span_of(texts[i]), span_of(texts[i]), pool), MATCH_DIFFERENT);
    }
}

/* --- Substituted characters --- */

static match_result_t flagged(const char *typed, const char *certificate, const char *flags)
{
    match_result_t result;
    match_address(&result, span_of(typed), span_of(certificate), span_of(flags), pool);
    return result;
}

static void a_substituted_character_is_any_one(void **state)
{
    (void)state;
    match_result_t result = flagged("𠮟町1-3", "〓町1番3号", "1000000");
    assert_int_equal(result.verdict, MATCH_DIFFERENT); /* six characters, seven flags: they say nothing */
    result = flagged("𠮟町1-3", "〓町1番3号", "100000");
    assert_int_equal(result.verdict, MATCH_NOTATION);
    assert_true(result.substituted);
    assert_int_equal(flagged("叱󠄀町1-3", "〓町1番3号", "100000").verdict, MATCH_NOTATION);
    assert_int_equal(flagged("町1-3", "〓町1番3号", "100000").verdict, MATCH_DIFFERENT);
    assert_int_equal(flagged("旭旭町1-3", "〓町1番3号", "100000").verdict, MATCH_DIFFERENT);
    assert_int_equal(flagged("𠮟村1-3", "〓町1番3号", "100000").verdict, MATCH_DIFFERENT);
    assert_int_equal(flagged("𠮟町1-4", "〓町1番3号", "100000").verdict, MATCH_DIFFERENT);
    assert_int_equal(flagged("𠮟町1-3", "〓町1番3号", "000000").verdict, MATCH_DIFFERENT);
    result = flagged("旭町1-3", "旭町1番3号", "000000");
    assert_int_equal(result.verdict, MATCH_NOTATION);
    assert_false(result.substituted);
    /* a letter of a name: 大字, 字 and が say as little beside it */
    assert_int_equal(flagged("大字靍田1", "大字■田1", "00100").verdict, MATCH_NOTATION);
    assert_int_equal(flagged("靍田1", "大字■田1", "00100").verdict, MATCH_NOTATION);
    assert_int_equal(flagged("字靍1", "字■1", "010").verdict, MATCH_NOTATION);
    assert_int_equal(flagged("霞ケ関1", "■が関1", "1000").verdict, MATCH_NOTATION);
    /* whatever was written in its place: a dash, a digit, a unit's kanji */
    assert_int_equal(flagged("𠮟町1-3", "-町1番3号", "100000").verdict, MATCH_NOTATION);
    assert_int_equal(flagged("𠮟町1-3", "9町1番3号", "100000").verdict, MATCH_NOTATION);
    assert_int_equal(flagged("𠮟町1-3", "番町1番3号", "100000").verdict, MATCH_NOTATION);
}

static void a_substituted_character_of_a_name(void **state)
{
    (void)state;
    match_result_t result;
    match_name(&result, SPAN("渡𨕙　太郎"), SPAN("渡辺　太郎"), SPAN("01000"), pool);
    assert_int_equal(result.verdict, MATCH_NOTATION);
    assert_true(result.substituted);
    match_name(&result, SPAN("渡𨕙　次郎"), SPAN("渡辺　太郎"), SPAN("01000"), pool);
    assert_int_equal(result.verdict, MATCH_DIFFERENT);
    match_name(&result, SPAN("渡　太郎"), SPAN("渡辺　太郎"), SPAN("01000"), pool);
    assert_int_equal(result.verdict, MATCH_DIFFERENT);
    match_name(&result, SPAN("渡𨕙　太郎"), SPAN("渡辺　太郎"), SPAN("0100"), pool);
    assert_int_equal(result.verdict, MATCH_DIFFERENT);
}

/* --- Parts --- */

static void parts_that_are_written_otherwise(void **state)
{
    (void)state;
    static const char *const typed[] = {"神奈川県", "川崎市川崎区", "旭町１丁目", "3-10-405", "○○アパート101"};
    match_result_t result = parts(typed, "神奈川県川崎市川崎区旭町1丁目3番10-405号○○アパート101号室", "");
    assert_int_equal(result.verdict, MATCH_NOTATION);
    assert_piece(&result, MATCH_PREFECTURE, MATCH_SAME, "神奈川県");
    assert_piece(&result, MATCH_CITY, MATCH_SAME, "川崎市川崎区");
    assert_piece(&result, MATCH_TOWN, MATCH_NOTATION, "旭町1丁目");
    assert_piece(&result, MATCH_LOT, MATCH_NOTATION, "3番10-405号");
    assert_piece(&result, MATCH_BUILDING, MATCH_NOTATION, "○○アパート101号室");
    assert_string_equal(span_text(pool, result.piece[MATCH_TOWN].typed), "旭町１丁目");
}

static void the_same_parts(void **state)
{
    (void)state;
    static const char *const typed[] = {"神奈川県", "川崎市川崎区", "旭町1丁目", "3番3号", ""};
    match_result_t result = parts(typed, "神奈川県川崎市川崎区旭町1丁目3番3号", "");
    assert_int_equal(result.verdict, MATCH_SAME);
    for (int i = 0; i < MATCH_PARTS; ++i) assert_int_equal(result.piece[i].verdict, MATCH_SAME);
}

static void each_part_that_differs_is_named(void **state)
{
    (void)state;
    static const char *const typed[] = {"神奈川県", "川崎市幸区", "旭町1丁目", "3-3", "旭荘"};
    match_result_t result = parts(typed, "神奈川県川崎市川崎区旭町1丁目33番旭荘", "");
    assert_int_equal(result.verdict, MATCH_DIFFERENT);
    assert_piece(&result, MATCH_PREFECTURE, MATCH_SAME, "神奈川県");
    assert_piece(&result, MATCH_CITY, MATCH_DIFFERENT, "川崎市川崎区");
    assert_piece(&result, MATCH_TOWN, MATCH_SAME, "旭町1丁目");
    assert_piece(&result, MATCH_LOT, MATCH_DIFFERENT, "33番");
    assert_piece(&result, MATCH_BUILDING, MATCH_SAME, "旭荘");
}

static void what_only_the_certificate_has_is_in_the_empty_part(void **state)
{
    (void)state;
    static const char *const no_building[] = {"神奈川県", "川崎市川崎区", "旭町1丁目", "3", ""};
    match_result_t result = parts(no_building, "神奈川県川崎市川崎区旭町1丁目3番3号ハイツ旭101号室", "");
    assert_piece(&result, MATCH_LOT, MATCH_DIFFERENT, "3番3号");
    assert_piece(&result, MATCH_BUILDING, MATCH_DIFFERENT, "ハイツ旭101号室");
    static const char *const no_town[] = {"神奈川県", "川崎市川崎区", "", "3-3", ""};
    result = parts(no_town, "神奈川県川崎市川崎区旭町3番3号", "");
    assert_piece(&result, MATCH_CITY, MATCH_SAME, "川崎市川崎区");
    assert_piece(&result, MATCH_TOWN, MATCH_DIFFERENT, "旭町");
    assert_piece(&result, MATCH_LOT, MATCH_NOTATION, "3番3号");
    static const char *const no_lot[] = {"神奈川県", "川崎市川崎区", "旭町1丁目", "", ""};
    result = parts(no_lot, "神奈川県川崎市川崎区旭町1丁目3番3号ハイツ旭", "");
    assert_piece(&result, MATCH_LOT, MATCH_DIFFERENT, "3番3号");
    assert_piece(&result, MATCH_BUILDING, MATCH_DIFFERENT, "ハイツ旭");
}

static void what_only_was_typed_has_no_counterpart(void **state)
{
    (void)state;
    static const char *const typed[] = {"神奈川県", "川崎市川崎区", "旭町1丁目", "3-3", "旭荘"};
    match_result_t result = parts(typed, "神奈川県川崎市川崎区旭町1丁目3番3号", "");
    assert_piece(&result, MATCH_LOT, MATCH_NOTATION, "3番3号");
    assert_piece(&result, MATCH_BUILDING, MATCH_DIFFERENT, "");
}

static void prefecture_and_district_may_be_left_out(void **state)
{
    (void)state;
    static const char *const typed[] = {"神奈川県", "箱根町", "湯本", "256", ""};
    match_result_t result = parts(typed, "神奈川県足柄下郡箱根町湯本256番地", "");
    assert_int_equal(result.verdict, MATCH_NOTATION);
    assert_piece(&result, MATCH_PREFECTURE, MATCH_SAME, "神奈川県");
    assert_piece(&result, MATCH_CITY, MATCH_NOTATION, "足柄下郡箱根町");
    static const char *const elsewhere[] = {"東京都", "川崎市川崎区", "旭町1丁目", "3-3", ""};
    result = parts(elsewhere, "川崎市川崎区旭町1丁目3番3号", "");
    assert_int_equal(result.verdict, MATCH_DIFFERENT);
    assert_piece(&result, MATCH_PREFECTURE, MATCH_DIFFERENT, "");
    assert_piece(&result, MATCH_CITY, MATCH_SAME, "川崎市川崎区");
    assert_piece(&result, MATCH_LOT, MATCH_NOTATION, "3番3号");
}

/* The prefecture is found wherever the address begins. */
static void a_prefecture_in_another_part(void **state)
{
    (void)state;
    static const char *const behind[] = {"", "神奈川県川崎市川崎区", "旭町1丁目", "3-3", ""};
    match_result_t result = parts(behind, "神奈川県川崎市川崎区旭町1丁目3番3号", "");
    assert_int_equal(result.verdict, MATCH_NOTATION);
    result = parts(behind, "東京都川崎市川崎区旭町1丁目3番3号", "");
    assert_int_equal(result.verdict, MATCH_DIFFERENT);
    assert_string_equal(span_text(pool, result.typed), "神奈川県");
    assert_string_equal(span_text(pool, result.certificate), "東京都");
    static const char *const torn[] = {"神奈", "川県川崎市", "旭町", "3-3", ""};
    result = parts(torn, "東京都川崎市旭町3-3", "");
    assert_int_equal(result.verdict, MATCH_DIFFERENT);
    assert_string_equal(span_text(pool, result.typed), "川県");
}

static void a_substituted_character_is_told_of_its_part(void **state)
{
    (void)state;
    static const char *const typed[] = {"神奈川県", "川崎市", "𠮟町", "3", ""};
    match_result_t result = parts(typed, "神奈川県川崎市〓町3番地", "000000010000");
    assert_int_equal(result.verdict, MATCH_NOTATION);
    assert_false(result.piece[MATCH_CITY].substituted);
    assert_true(result.piece[MATCH_TOWN].substituted);
    assert_piece(&result, MATCH_TOWN, MATCH_NOTATION, "〓町");
    assert_piece(&result, MATCH_LOT, MATCH_NOTATION, "3番地");
}

/* --- Laws --- */

static uint32_t next_random(uint32_t *random)
{
    *random ^= *random << 13;
    *random ^= *random >> 17;
    return *random ^= *random << 5;
}

/* Pieces that mean something somewhere, so that random texts meet the code's cases. */
static const char *const pieces[] = {
    "神奈川県", "東京都", "川崎市", "足柄下郡", "箱根町",  "旭",   "町",       "丁目", "丁",   "番", "番地", "号",
    "室",       "の",     "ノ",     "之",       "-",       "ー",   "−",        " ",    "　",   "1",  "２",   "34",
    "0",        "一",     "十",     "〇",       "百",      "万",   "三田",     "大字", "字",   "甲", "A",    "f",
    "ケ",       "ヶ",     "が",     "々",       "澤",      "髙",   "①",        "⑩",    "㈱",   "・", "、",   "#",
    "上る",     "ル",     "コ",     "タワー",   "葛󠄀", "カ゛", "か\u3099", "ﾊﾞ",   "地割", "第", "階",   "條"};

static span_t random_text(uint32_t *random, apr_size_t most)
{
    apr_size_t count = next_random(random) % (most + 1);
    const char *text = "";
    while (count-- > 0) text = apr_pstrcat(pool, text, pieces[next_random(random) % COUNT(pieces)], NULL);
    return span_of(text);
}

/* Two texts that differ in few pieces. */
static void random_pair(uint32_t *random, span_t *a, span_t *b)
{
    const char *first = "旭", *second = "旭"; /* never dashes and spaces alone */
    for (apr_size_t count = next_random(random) % 14; count > 0; --count) {
        const char *piece = pieces[next_random(random) % COUNT(pieces)];
        first = apr_pstrcat(pool, first, piece, NULL);
        if (next_random(random) % 8 == 0) piece = pieces[next_random(random) % COUNT(pieces)];
        second = apr_pstrcat(pool, second, piece, NULL);
    }
    *a = span_of(first);
    *b = span_of(second);
}

static void assert_within(span_t part, span_t whole)
{
    if (part.size == 0) return;
    assert_true(part.at >= whole.at && part.at + part.size <= whole.at + whole.size);
}

static void every_address_is_itself_and_order_says_nothing(void **state)
{
    (void)state;
    uint32_t random = 20261122;
    for (int i = 0; i < 5000; ++i) {
        span_t a, b;
        match_result_t itself, forth, back;
        random_pair(&random, &a, &b);
        match_address(&itself, a, a, SPAN(""), pool);
        if (itself.verdict != MATCH_SAME) fail_msg("%s", a.at);
        match_address(&forth, a, b, SPAN(""), pool);
        match_address(&back, b, a, SPAN(""), pool);
        if (forth.verdict != back.verdict) fail_msg("%s / %s", a.at, b.at);
        assert_within(forth.typed, a);
        assert_within(forth.certificate, b);
        if (i % 100 == 0) apr_pool_clear(pool);
    }
}

static void parts_stay_within_their_texts(void **state)
{
    (void)state;
    uint32_t random = 4;
    for (int i = 0; i < 3000; ++i) {
        match_parts_t parts;
        match_result_t result;
        bool differs = false;
        for (int part = 0; part < MATCH_PARTS; ++part) parts.part[part] = random_text(&random, 4);
        span_t certificate = random_text(&random, 16), flags = SPAN("0101010101010101010101010101");
        flags.size = next_random(&random) % flags.size;
        match_parts(&result, &parts, certificate, flags, pool);
        for (int part = 0; part < MATCH_PARTS; ++part) {
            assert_true(span_equal(result.piece[part].typed, parts.part[part]));
            assert_within(result.piece[part].certificate, certificate);
            differs = differs || result.piece[part].verdict == MATCH_DIFFERENT;
        }
        if (result.verdict != MATCH_DIFFERENT) assert_false(differs);
        if (i % 100 == 0) apr_pool_clear(pool);
    }
}

/* The same address in parts, in one line, and with every digit full width. */
static void writings_of_one_address_match(void **state)
{
    (void)state;
    uint32_t random = 7;
    for (int i = 0; i < 500; ++i) {
        unsigned a = next_random(&random) % 40 + 1, b = next_random(&random) % 400 + 1,
                 c = next_random(&random) % 30 + 1;
        const char *units = apr_psprintf(pool, "旭町%u丁目%u番%u号", a, b, c);
        const char *dashes = apr_psprintf(pool, "旭町%u-%u-%u", a, b, c);
        assert_int_equal(address(units, dashes), MATCH_NOTATION);
        assert_int_equal(address(apr_psprintf(pool, "旭町%u%u-%u", a, b, c), dashes), MATCH_DIFFERENT);
        assert_int_equal(address(apr_psprintf(pool, "旭町%u-%u%u", a, b, c), dashes), MATCH_DIFFERENT);
        assert_int_equal(address(apr_psprintf(pool, "旭町%u-%u-%u", a, b, c + 1), dashes), MATCH_DIFFERENT);
    }
}

static void long_texts_are_bounded(void **state)
{
    (void)state;
    const char *text = "旭町1-3-3";
    for (int i = 0; i < 10; ++i) text = apr_pstrcat(pool, text, text, NULL);
    assert_int_equal(address(text, text), MATCH_SAME);
    assert_int_equal(address(text, apr_pstrcat(pool, text, "1", NULL)), MATCH_DIFFERENT);
    assert_int_equal(address(apr_pstrcat(pool, "x", text, NULL), text), MATCH_DIFFERENT);
    match_parts_t parts = {.part = {SPAN(""), SPAN("川崎市"), SPAN("旭町"), SPAN("1"), SPAN("")}};
    match_result_t result;
    clock_t begin = clock();
    for (int i = 0; i < 5; ++i) text = apr_pstrcat(pool, text, text, NULL);
    match_parts(&result, &parts, span_of(text), SPAN(""), pool);
    assert_int_equal(result.verdict, MATCH_DIFFERENT);
    assert_true(clock() - begin < 2 * CLOCKS_PER_SEC);
    char digits[2000];
    memset(digits, '7', sizeof digits - 1);
    digits[sizeof digits - 1] = '\0';
    assert_int_equal(address(digits, digits), MATCH_SAME);
    assert_int_equal(address(digits, digits + 1), MATCH_DIFFERENT);
    assert_int_equal(match_birth_date(span_of(digits), span_of(digits), pool), MATCH_DIFFERENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_verdicts),
        cmocka_unit_test(the_first_difference_is_told),
        cmocka_unit_test(what_is_no_text_matches_nothing),
        cmocka_unit_test(a_substituted_character_is_any_one),
        cmocka_unit_test(a_substituted_character_of_a_name),
        cmocka_unit_test(parts_that_are_written_otherwise),
        cmocka_unit_test(the_same_parts),
        cmocka_unit_test(each_part_that_differs_is_named),
        cmocka_unit_test(what_only_the_certificate_has_is_in_the_empty_part),
        cmocka_unit_test(what_only_was_typed_has_no_counterpart),
        cmocka_unit_test(prefecture_and_district_may_be_left_out),
        cmocka_unit_test(a_prefecture_in_another_part),
        cmocka_unit_test(a_substituted_character_is_told_of_its_part),
        cmocka_unit_test(every_address_is_itself_and_order_says_nothing),
        cmocka_unit_test(parts_stay_within_their_texts),
        cmocka_unit_test(writings_of_one_address_match),
        cmocka_unit_test(long_texts_are_bounded),
    };
    return cmocka_run_group_tests(tests, set_up, test_pool_drop);
}
