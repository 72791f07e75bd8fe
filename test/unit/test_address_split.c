/* SPDX-License-Identifier: Apache-2.0
 *
 * Tests of text/address_split.h beyond single addresses (those are in test/cases/split.tsv): what is no address, and
 * laws that hold for whatever the beginning of an address may be.
 */
#include "base/utf8.h"
#include "test.h"
#include "text/address_split.h"

#define COUNT(array) (sizeof(array) / sizeof *(array))

static apr_pool_t *pool;

static int set_up(void **state)
{
    pool = test_pool(state);
    return 0;
}

static void assert_parts(span_t address, const char *const expected[MATCH_PARTS])
{
    match_parts_t parts;
    address_split(&parts, address, pool);
    for (int i = 0; i < MATCH_PARTS; ++i) assert_string_equal(span_text(pool, parts.part[i]), expected[i]);
}

static void an_address_comes_apart(void **state)
{
    (void)state;
    const char *const all[] = {"神奈川県", "川崎市宮前区", "梶ケ谷", "１２３４番地５", "コーポ多摩２０１号室"};
    const char *const some[] = {"", "川崎市川崎区", "旭町１丁目", "３番３号", ""};
    assert_parts(SPAN("神奈川県川崎市宮前区梶ケ谷１２３４番地５　コーポ多摩２０１号室"), all);
    assert_parts(SPAN("　神奈川県 川崎市宮前区　梶ケ谷 １２３４番地５　 コーポ多摩２０１号室 "), all);
    assert_parts(SPAN("川崎市川崎区旭町１丁目３番３号"), some);
}

static void nothing_comes_apart_into_nothing(void **state)
{
    (void)state;
    const char *const nothing[] = {"", "", "", "", ""};
    assert_parts(SPAN(""), nothing);
    assert_parts((span_t){NULL, 0}, nothing);
    assert_parts(SPAN(" 　"), nothing);
}

static void parts_may_be_all_there_is(void **state)
{
    (void)state;
    const char *const prefecture[] = {"神奈川県", "", "", "", ""}, *const city[] = {"", "川崎市", "", "", ""};
    const char *const town[] = {"", "", "旭町", "", ""}, *const lot[] = {"", "", "", "1-3", ""};
    assert_parts(SPAN("神奈川県"), prefecture);
    assert_parts(SPAN("川崎市"), city);
    assert_parts(SPAN("旭町"), town);
    assert_parts(SPAN("1-3"), lot);
}

static void what_is_no_text_stays_whole(void **state)
{
    (void)state;
    const char *const cut[] = {"", "", "神奈川県川崎市\xE6\x97", "", ""};
    const char *const control[] = {"", "", "神奈川県川崎市\t1番地", "", ""};
    assert_parts(SPAN("神奈川県川崎市\xE6\x97"), cut);
    assert_parts(SPAN("神奈川県川崎市\t1番地"), control);
}

/* --- Laws --- */

static const char *const addresses[] = {
    "神奈川県 川崎市宮前区梶ケ谷１２３４番地５　コーポ多摩２０１号室",
    "東京都千代田区一番町五番地三 三番館ビル３階",
    "北海道札幌市北区北二十四条西七丁目一番一号 第一ハイツ旭-101",
    "京都府京都市下京区烏丸通七条下る東塩小路町721番地の1",
    "岩手県上閉伊郡大槌町大槌第23地割字沢山12番地3",
    "石川県小松市小馬出町イ-12番地甲、13番地先",
    "高知県高知市大津乙の2500番外1 A棟B-203号",
    "奈良県高市郡明日香村大字岡無番地",
    "北海道旭川市9条通⑬丁目左10号　007",
    "新潟県三島郡出雲崎町③⑩㎡㌔番地ﾊｲﾂ旭ｶﾞ10-A 10F",
    "東京都武蔵村山市三室3番　３号　２号棟",
    "〇番〇号ー1ー番外番地の甲の乙ノ1",
};

/* Each part begins where the one before ends, but for spaces, and the last reaches to the end. */
static void assert_nothing_is_lost(const match_parts_t *parts, span_t address)
{
    const char *at = address.at, *end = address.at + address.size;
    for (int i = 0; i <= MATCH_PARTS; ++i) {
        span_t part = i < MATCH_PARTS ? parts->part[i] : (span_t){end, 0};
        if (part.size == 0 && i < MATCH_PARTS) continue;
        assert_true(part.at >= at && part.at + part.size <= end);
        span_t between = {at, (apr_size_t)(part.at - at)};
        for (apr_size_t byte = 0; byte < between.size;) {
            uint32_t code = utf8_next(between, &byte);
            assert_true(code == ' ' || code == 0x3000);
        }
        at = part.at + part.size;
    }
}

/* However many of its characters are there. */
static void every_beginning_is_its_parts(void **state)
{
    (void)state;
    for (unsigned i = 0; i < COUNT(addresses); ++i) {
        span_t whole = span_of(addresses[i]);
        for (apr_size_t size = 0; size < whole.size;) {
            match_parts_t parts;
            match_result_t result;
            utf8_next(whole, &size);
            span_t beginning = {whole.at, size};
            address_split(&parts, beginning, pool);
            assert_nothing_is_lost(&parts, beginning);
            match_parts(&result, &parts, beginning, SPAN(""), pool);
            if (result.verdict == MATCH_DIFFERENT) print_error("%s\n", span_text(pool, beginning));
            assert_int_not_equal(result.verdict, MATCH_DIFFERENT);
        }
    }
}

/* A part more behind an address takes nothing from the parts before it. */
static void a_building_changes_nothing_before_it(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 5; ++i) {
        match_parts_t alone, longer;
        span_t address = span_of(addresses[i]);
        address_split(&alone, address, pool);
        address_split(&longer, span_of(apr_pstrcat(pool, addresses[i], "　旭ビル１番館２０１号室", NULL)), pool);
        for (int part = 0; part < MATCH_BUILDING; ++part) assert_true(span_equal(alone.part[part], longer.part[part]));
        assert_int_equal(longer.part[MATCH_BUILDING].size > alone.part[MATCH_BUILDING].size, 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_address_comes_apart),       cmocka_unit_test(nothing_comes_apart_into_nothing),
        cmocka_unit_test(parts_may_be_all_there_is),    cmocka_unit_test(what_is_no_text_stays_whole),
        cmocka_unit_test(every_beginning_is_its_parts), cmocka_unit_test(a_building_changes_nothing_before_it),
    };
    return cmocka_run_group_tests(tests, set_up, test_pool_drop);
}
