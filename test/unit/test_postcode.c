/* SPDX-License-Identifier: Apache-2.0
 *
 * account/postcode*: what a town becomes, every mistake of a file with its place, all or nothing, and what a code
 * finds.
 */
#include "account/postcode.h"
#include "account/postcode_file.h"
#include "account/postcode_town.h"
#include "base/error.h"
#include "database.h"
#include "test.h"

#include <apr_file_io.h>

/* A line as Japan Post writes it. */
#define LINE(code, prefecture, city, town)                                                                             \
    "14131,\"210  \",\"" code "\",\"カナガワケン\",\"カワサキシカワサキク\",\"ヨミ\",\"" prefecture "\",\"" city       \
    "\",\"" town "\",0,0,1,0,0,0\r\n"
#define HERE(code, town) LINE(code, "神奈川県", "川崎市川崎区", town)
#define ASAHI            HERE("2100808", "旭町")
#define NOWHERE          HERE("2100000", "以下に掲載がない場合")

static database_t database;

/* --- Towns --- */

static void test_towns(void **state)
{
    static const struct {
        const char *town, *city, *expected;
    } cases[] = {
        {"旭町", "川崎市川崎区", "旭町"},
        {"以下に掲載がない場合", "川崎市川崎区", ""},
        {"境町の次に番地がくる場合", "猿島郡境町", ""},
        {"琴平町の次に１～４２６番地がくる場合（川東）", "仲多度郡琴平町", ""},
        {"場合田", "x市", "場合田"},
        {"小菅村一円", "北都留郡小菅村", ""},
        {"一円", "犬上郡多賀町", "一円"},
        {"小菅一円", "北都留郡小菅村", "小菅一円"},
        {"大手町（次のビルを除く）", "千代田区", "大手町"},
        {"霞が関霞が関ビル（３６階）", "千代田区", "霞が関霞が関ビル"},
        {"名駅ミッドランドスクエア（高層棟）（１階）", "名古屋市中村区", "名駅ミッドランドスクエア"},
        {"大通西（１～１９丁目）", "札幌市中央区", "大通西"},
        {"一ツ橋（１丁目）", "千代田区", "一ツ橋１丁目"},
        {"南三十条西（１１丁目）", "札幌市中央区", "南三十条西１１丁目"},
        {"旭町（丁目）", "x市", "旭町"},
        {"旭町（１、２丁目）", "x市", "旭町"},
        {"旭町（１丁目を除く）", "x市", "旭町"},
        {"旭町（１", "x市", "旭町"}, /* goes on in the next line */
        {"旭町（", "x市", "旭町"},
        {"甲、乙（大木戸）", "小豆郡土庄町", ""},
        {"種市第１５地割～第２１地割（鹿糠、小路合）", "九戸郡洋野町", "種市"},
        {"湯田１９地割〜湯田２１地割", "和賀郡西和賀町", "湯田"}, /* a wave dash */
        {"穴明２２地割、穴明２３地割", "和賀郡西和賀町", "穴明"},
        {"１地割、２地割", "x町", ""},
        {"清水ケ野１８地割", "和賀郡西和賀町", "清水ケ野１８地割"},
        {"葛巻（第４０地割～第４５地割）", "岩手郡葛巻町", "葛巻"},
        {"北二十四条西", "札幌市北区", "北二十四条西"},
        {"（１丁目）", "x市", "１丁目"},
        {"", "", ""},
    };

    (void)state;
    for (apr_size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        span_t town = postcode_town(span_of(cases[i].town), span_of(cases[i].city), database.pool);
        assert_string_equal(span_text(database.pool, town), cases[i].expected);
    }
    assert_int_equal(postcode_town_depth(SPAN("旭町（１、（２）")), 1);
    assert_int_equal(postcode_town_depth(SPAN("３）")), -1);
    assert_int_equal(postcode_town_depth(SPAN("")), 0);
}

/* --- Files --- */

static postcode_file_t check(const char *text)
{
    postcode_file_t file;
    assert_int_equal(postcode_file_check(&file, span_of(text), database.pool), APR_SUCCESS);
    return file;
}

/* As "line:column reason;…". */
static const char *mistakes_of(const char *text)
{
    postcode_file_t file = check(text);
    const char *all = "";

    for (int i = 0; i < file.mistakes->nelts; i++) {
        const postcode_mistake_t *mistake = &APR_ARRAY_IDX(file.mistakes, i, postcode_mistake_t);
        all = apr_psprintf(database.pool, "%s%d:%d %s;", all, mistake->line, mistake->column, mistake->reason);
    }
    return all;
}

static void test_mistakes(void **state)
{
    (void)state;
    assert_string_equal(mistakes_of(ASAHI NOWHERE), "");
    assert_string_equal(mistakes_of("\xef\xbb\xbf" ASAHI "\n" NOWHERE), "");
    assert_string_equal(mistakes_of(""), "1:0 no address;");
    assert_string_equal(mistakes_of("\r\n\r\n"), "1:0 no address;");
    assert_string_equal(mistakes_of(ASAHI "\x90\xec\x8d\xe8\n\x90\xec\n"),
                        "2:0 not UTF-8: the file utf_ken_all.csv is needed;");
    assert_string_equal(mistakes_of(ASAHI "14131,210,2100001,,,,x,y,z,0,0,0,0,0\n" NOWHERE "\"\n"),
                        "2:0 not the 15 columns of Japan Post's file;4:0 a quote is not closed;");
    assert_string_equal(mistakes_of("14131,,2100001,,,,x,y,z,,,,,,,\n"),
                        "1:0 not the 15 columns of Japan Post's file;");
    assert_string_equal(mistakes_of("1413,,210000,,,,,,,00,,,,2,x\x01\n" HERE("210-000", "旭\ta")),
                        "1:1 not a local government's code of 5 digits;1:3 not a post code of 7 digits;"
                        "1:7 must be given;1:8 must be given;1:9 must be given;1:10 not a mark of one digit;"
                        "1:14 abolished: this is a file of changes, not that of all codes;1:15 control characters;"
                        "2:3 not a post code of 7 digits;2:9 control characters;");
    assert_string_equal(mistakes_of("14131,,21000011,,,,x,y,z,,,,,,"), "1:3 not a post code of 7 digits;");
}

/* Older files: a parenthesis is closed some lines later. */
static void test_long_towns(void **state)
{
    postcode_file_t file = check(HERE("2100001", "協和（１、") HERE("2100001", "２、") HERE("2100001", "３）") ASAHI);

    (void)state;
    assert_int_equal(file.mistakes->nelts, 0);
    assert_true(file.lines == 4 && file.addresses->nelts == 2);
    assert_string_equal(mistakes_of(HERE("2100001", "協和（１、") ASAHI), "1:9 parentheses that don't match;");
    assert_string_equal(mistakes_of(HERE("2100001", "協和（１、") LINE("2100001", "神奈川県", "川崎市幸区", "２）")),
                        "1:9 parentheses that don't match;2:9 parentheses that don't match;");
    assert_string_equal(mistakes_of(ASAHI HERE("2100001", "協和（１、")), "2:9 parentheses that don't match;");
    assert_string_equal(mistakes_of(HERE("2100001", "協和（１、") HERE("2100001", "２））") ASAHI),
                        "1:9 parentheses that don't match;");
}

/* --- In the database --- */

static int told;

static void progress(int done, int all)
{
    assert_true(done <= all);
    told++;
}

static apr_status_t import(const char *text, bool commit)
{
    postcode_file_t file = check(text);
    store_unit_t *unit;
    apr_status_t status;

    assert_int_equal(file.mistakes->nelts, 0);
    unit = database_open(&database, STORE_WRITE);
    status = postcode_file_write(&file, unit, "2026-10-30", 77, progress);
    if (status == APR_SUCCESS && commit) status = store_commit(unit);
    store_close(unit);
    return status;
}

/* As "prefecture|city|town;…". */
static const char *find(const char *code)
{
    postcode_address_t *addresses;
    const char *all = "";
    int count;
    store_unit_t *unit = database_open(&database, STORE_READ);

    assert_int_equal(postcode_find(unit, span_of(code), &addresses, &count), APR_SUCCESS);
    for (int i = 0; i < count; i++)
        all = apr_pstrcat(database.pool, all, addresses[i].prefecture.at, "|", addresses[i].city.at, "|",
                          addresses[i].town.at, ";", NULL);
    store_close(unit);
    return all;
}

static postcode_set_t read_set(void)
{
    postcode_set_t set;
    store_unit_t *unit = database_open(&database, STORE_READ);

    assert_int_equal(postcode_set(unit, &set), APR_SUCCESS);
    store_close(unit);
    return set;
}

static void test_find(void **state)
{
    static const char *const spellings[] = {"2100808", "210-0808", "〒２１０－０８０８", " 210 0808 "};
    static const char *const others[] = {"", "210", "210-08080", "2100807", "x", "2100808' OR '1'='1", "\xff"};

    (void)state;
    assert_string_equal(find("2100808"), "");
    assert_int_equal(import(ASAHI NOWHERE, true), APR_SUCCESS);
    for (apr_size_t i = 0; i < sizeof spellings / sizeof *spellings; i++)
        assert_string_equal(find(spellings[i]), "神奈川県|川崎市川崎区|旭町;");
    for (apr_size_t i = 0; i < sizeof others / sizeof *others; i++) assert_string_equal(find(others[i]), "");
    assert_string_equal(find("210-0000"), "神奈川県|川崎市川崎区|;");
}

/* In the file's order, and what differs in remarks only is one address. */
static void test_several(void **state)
{
    (void)state;
    assert_int_equal(import(LINE("4980000", "愛知県", "弥富市", "以下に掲載がない場合")
                                ASAHI LINE("4980000", "三重県", "桑名郡木曽岬町", "以下に掲載がない場合") HERE(
                                    "2100009", "乙町（その他）") HERE("2100009", "甲町") HERE("2100009", "乙町（１）"),
                            true),
                     APR_SUCCESS);
    assert_string_equal(find("4980000"), "愛知県|弥富市|;三重県|桑名郡木曽岬町|;");
    assert_string_equal(find("2100009"), "神奈川県|川崎市川崎区|乙町;神奈川県|川崎市川崎区|甲町;");
    assert_int_equal(import(HERE("2100001", "協和（１、") HERE("2100001", "２）") HERE("2100001", "北町"), true),
                     APR_SUCCESS);
    assert_string_equal(find("2100001"), "神奈川県|川崎市川崎区|協和;神奈川県|川崎市川崎区|北町;");
}

static void test_all_or_nothing(void **state)
{
    (void)state;
    assert_true(read_set().imported_at == 0 && read_set().dated.size == 0);
    assert_int_equal(import(ASAHI NOWHERE, true), APR_SUCCESS);
    assert_true(read_set().imported_at == 77 && read_set().lines == 2);
    assert_string_equal(read_set().dated.at, "2026-10-30");
    assert_int_equal(read_set().digest.size, 64);

    assert_int_equal(import(HERE("2100001", "本町"), false), APR_SUCCESS); /* not committed */
    assert_true(*find("2100808") && !*find("2100001") && read_set().lines == 2);

    /* The third insert fails. */
    assert_int_equal(database_run(&database.source,
                                  "CREATE TRIGGER broken BEFORE INSERT ON post_code WHEN NEW.code = '2100003' "
                                  "BEGIN SELECT RAISE(ABORT, 'broken'); END",
                                  database.pool),
                     0);
    assert_int_equal(import(HERE("2100001", "本町") HERE("2100002", "榎町") HERE("2100003", "x"), true),
                     BASE_EDATABASE);
    assert_true(*find("2100808") && !*find("2100001") && read_set().lines == 2);

    assert_int_equal(import(HERE("2100001", "本町"), true), APR_SUCCESS);
    assert_true(!*find("2100808") && *find("2100001") && read_set().lines == 1);
}

/* The demo's file; progress is told on long runs only. */
static void test_sample(void **state)
{
    apr_file_t *file;
    apr_size_t size = 100000;
    char *text = apr_pcalloc(database.pool, size + 1), *many, *to;

    (void)state;
    told = 0;
    assert_int_equal(apr_file_open(&file, "demo/post-codes.csv", APR_FOPEN_READ, APR_FPROT_OS_DEFAULT, database.pool),
                     APR_SUCCESS);
    assert_int_equal(apr_file_read(file, text, &size), APR_SUCCESS);
    assert_int_equal(import(text, true), APR_SUCCESS);
    assert_string_equal(find("210-0808"), "神奈川県|川崎市川崎区|旭町;");
    assert_string_equal(find("215-0000"), "神奈川県|川崎市麻生区|;");
    assert_int_equal(told, 0);

    many = to = apr_palloc(database.pool, 20001 * sizeof ASAHI);
    for (int i = 0; i < 20001; i++, to += sizeof ASAHI - 1) memcpy(to, ASAHI, sizeof ASAHI);
    assert_int_equal(import(many, true), APR_SUCCESS);
    assert_int_equal(told, 1);
}

#define TEST(name) DATABASE_TEST(name, &database)

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_towns), TEST(test_mistakes), TEST(test_long_towns),
                                       TEST(test_find),  TEST(test_several),  TEST(test_all_or_nothing),
                                       TEST(test_sample)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
