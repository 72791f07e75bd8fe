/* SPDX-License-Identifier: Apache-2.0
 *
 * flow/counter*: a clerk's acts on a real database, by the city's own rule file and templates: what is changed, what is
 * refused, what is recorded, and what a page says of it. And the resident's ledger of all that.
 */
#include "account/password.h"
#include "desk.h"
#include "test.h"

static apr_int64_t issue(const char *number, const char *kana, const char *birth_date)
{
    account_t account;
    const char *password;
    store_unit_t *unit;
    bool found;

    desk_take(flow_counter_issue, "counter.issue", "", "", "",
              KIOSK_FIELDS("number", number, "name", "川崎 太郎", "kana", kana, "birth-date", birth_date, "post-code",
                           "2100001", "city", "川崎市川崎区", "document", "licence"));
    assert_int_equal(desk.outcome.page, VIEW_PAGE_COUNTER_PASSWORD);
    unit = database_open(&desk.database, STORE_READ);
    assert_int_equal(
        account_find(unit, SPAN("kawasaki"), SPAN("card"), span_of(number), &account, &password, &found, desk.pool),
        APR_SUCCESS);
    store_close(unit);
    assert_true(found);
    return account.id;
}

/* --- Issuing --- */

static void a_card_is_issued_once(void **state)
{
    const char *password, *shown, *page;
    audit_entry_t *entries;
    account_t account;
    apr_int64_t id;
    (void)state;

    id = issue("86000077", "カワサキタロウ", "昭和55年3月4日");
    page = kiosk_html(&desk);
    shown = strstr(page, "class=\"one-time\">");
    assert_non_null(shown);
    assert_non_null(strstr(page, "2026年12月6日(令和8年) 0時00分まで使えます"));
    shown = apr_pstrmemdup(desk.pool, shown + strlen("class=\"one-time\">"), 12);
    account = desk_account(id, &password);
    assert_true(password_matches(span_of(shown), password));
    assert_true(account.must_change);
    assert_true(account.password_expires_at == DESK_NOW + apr_time_from_sec(14 * 24 * 60 * 60));
    assert_true(span_is(account_field(&account, SPAN("birth-date")), "1980-03-04"));
    assert_int_equal(account_field(&account, SPAN("number")).size, 0);
    assert_int_equal(account_field(&account, SPAN("document")).size, 0);
    assert_true(span_is(desk_entry(id, AUDIT_ISSUE).note, "運転免許証"));

    desk_take(flow_counter_issue, "counter.issue", "", "", "",
              KIOSK_FIELDS("number", "86000077", "name", "別 人", "kana", "ベツジン", "birth-date", "1990-1-1",
                           "post-code", "2100001", "city", "川崎市", "document", "licence"));
    assert_int_equal(desk.outcome.result, FLOW_INVALID);
    desk_says("すでに登録されています");
    assert_true(span_is(desk.outcome.rule, "counter/number"));
    assert_int_equal(desk_entries(id, &entries), 1);
}

static void nothing_is_issued_without_a_document(void **state)
{
    (void)state;
    desk_take(flow_counter_issue_show, "counter.issue", "", "", "", NULL);
    assert_int_equal(desk.outcome.result, FLOW_PAGE);
    desk_take(flow_counter_issue, "counter.issue", "", "", "",
              KIOSK_FIELDS("number", "86000078", "name", "川崎 太郎", "kana", "カワサキ", "birth-date", "1980-3-4",
                           "post-code", "2100001", "city", "川崎市", "document", "none"));
    assert_int_equal(desk.outcome.result, FLOW_INVALID);
    desk_says("id=\"document-error\"");
    assert_true(span_is(desk.outcome.rule, "counter/document"));
}

/* --- Finding --- */

static void accounts_are_found_by_what_is_known(void **state)
{
    audit_entry_t *entries;
    (void)state;
    desk_put_account("kawasaki", "1", "カワサキタロウ", "1980-03-04");
    desk_put_account("kawasaki", "2", "カワサキハナコ", "1985-05-05");
    desk_put_account("kamakura", "3", "カワサキジロウ", "1980-03-04");

    desk_take(flow_counter_search, "counter.search", "", "", "", KIOSK_FIELDS("kana", "かわさき"));
    assert_int_equal(desk.outcome.result, FLOW_PAGE);
    desk_says("検索結果　2件");
    desk_says("&lt;名前&gt;");
    desk_take(flow_counter_search, "counter.search", "", "", "",
              KIOSK_FIELDS("kana", "カワサキ", "birth-date", "S55.3.4"));
    desk_says("検索結果　1件");
    desk_says("1980年3月4日(昭和55年)");
    desk_take(flow_counter_search, "counter.search", "", "", "", KIOSK_FIELDS("number", "２"));
    desk_says("検索結果　1件");
    desk_take(flow_counter_search, "counter.search", "", "", "", KIOSK_FIELDS("number", "2", "kana", "サトウ"));
    desk_says("検索結果　0件");
    desk_says("見つかりませんでした");
    desk_take(flow_counter_search, "counter.search", "", "", "", KIOSK_FIELDS("number", " "));
    assert_int_equal(desk.outcome.result, FLOW_INVALID);
    desk_says("どれかを入力してください");

    assert_int_equal(desk_entries(0, &entries), 4);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(entries[i].act, AUDIT_SEARCH);
        assert_int_equal(entries[i].note.size, 0);
    }
}

static void a_number_is_found_in_any_spelling(void **state)
{
    static const char *const person[] = {"J4821-0937-5516", "j482109375516", "Ｊ４８２１ー０９３７ー５５１６",
                                         " j4821 0937　5516 ", "J4821‐0937−5516"};
    static const char *const card[] = {"86000020", "８６０００ー０２０", "8600 0020", "8600-0020"};
    static const char *const nobody[] = {
        "482109375516", "C4821-0937-5516", "J4821-0937-551", "J", "J4821-0937-5516x", "-", "川崎"};
    (void)state;
    desk_put_registered("jpki", "J4821-0937-5516",
                        KIOSK_FIELDS("municipality", "川崎市川崎区", "name", "川崎 太郎", "town", "旭町１丁目"));
    desk_put_account("kawasaki", "86000020", "カワサキ", "1980-03-04");
    for (apr_size_t i = 0; i < sizeof person / sizeof *person; i++) {
        desk_take(flow_counter_search, "counter.search", "", "", "", KIOSK_FIELDS("number", person[i]));
        desk_says("検索結果　1件");
        desk_says("川崎市川崎区旭町１丁目");
        desk_says("公的認証(個人) J4821-0937-5516");
    }
    for (apr_size_t i = 0; i < sizeof card / sizeof *card; i++) {
        desk_take(flow_counter_search, "counter.search", "", "", "", KIOSK_FIELDS("number", card[i]));
        desk_says("検索結果　1件");
        desk_says("市民カード 86000020");
    }
    for (apr_size_t i = 0; i < sizeof nobody / sizeof *nobody; i++) {
        desk_take(flow_counter_search, "counter.search", "", "", "", KIOSK_FIELDS("number", nobody[i]));
        desk_says("検索結果　0件");
    }
}

static void too_many_are_said_to_be_too_many(void **state)
{
    (void)state;
    for (int i = 0; i < ACCOUNT_SEARCH_MAX + 1; i++)
        desk_put_account("kawasaki", apr_psprintf(desk.pool, "%d", i + 1), "サトウ", i ? "1980-03-04" : "1990-01-01");
    desk_take(flow_counter_search, "counter.search", "", "", "", KIOSK_FIELDS("kana", "サト"));
    desk_says("検索結果　50件");
    desk_says("ほかにも該当する人がいるかもしれません");
    desk_take(flow_counter_search, "counter.search", "", "", "",
              KIOSK_FIELDS("kana", "サト", "birth-date", "1990-01-01"));
    desk_says("検索結果　1件");
    desk_silent("ほかにも該当する人がいるかもしれません");
}

static void an_account_is_seen_and_that_is_recorded(void **state)
{
    const apr_int64_t id = desk_put_account("kawasaki", "1", "カワサキタロウ", "1980-03-04");
    const apr_int64_t foreign = desk_put_account("kamakura", "2", "カマクラ", "1980-03-04");
    static const char *const wrong[] = {"", "0", "-1", "1x", "9223372036854775808", "99999999999999999999"};
    audit_entry_t *entries;
    (void)state;

    desk_take(flow_counter_account, "counter.act", desk_number(id), "", "", NULL);
    assert_int_equal(desk.outcome.result, FLOW_PAGE);
    desk_says("&lt;名前&gt;");
    desk_says("1980年3月4日(昭和55年)");
    desk_says("value=\"freeze\"");
    desk_silent("value=\"release\"");
    desk_silent("value=\"unlock\"");
    desk_entry(id, AUDIT_VIEW);
    desk_take(flow_counter_account, "counter.act", desk_number(id), "", "", NULL);
    assert_int_equal(desk_entries(id, &entries), 1); /* one visit, one entry */
    desk_take(flow_counter_account, "counter.act", desk_number(foreign), "", "", NULL);
    assert_int_equal(desk.outcome.result, FLOW_MISSING);
    assert_int_equal(desk_entries(foreign, &entries), 0);
    for (apr_size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        desk_take(flow_counter_account, "counter.act", wrong[i], "", "", NULL);
        assert_int_equal(desk.outcome.result, FLOW_MISSING);
    }
}

static void an_account_by_certificate_shows_who_it_is(void **state)
{
    const apr_int64_t person = desk_put_registered(
        "jpki", "J0000-0000-0001",
        KIOSK_FIELDS("address", "神奈川県川崎市川崎区旭町一丁目", "birth-date", "1980-03-04", "municipality",
                     "川崎市川崎区", "name", "川崎 太郎", "prefecture", "神奈川県"));
    const apr_int64_t company = desk_put_registered(
        "corporate", "C0000-0000-0002",
        KIOSK_FIELDS("company-number", "020001012345", "name", "宮本町商事株式会社", "registry-office",
                     "横浜地方法務局", "representative", "宮本 一郎", "title", "代表取締役"));
    (void)state;

    desk_take(flow_counter_account, "counter.act", desk_number(person), "", "", NULL);
    desk_says("1980年3月4日(昭和55年)");
    desk_says("神奈川県川崎市川崎区旭町一丁目");
    desk_says("<dd>川崎市川崎区");
    desk_silent("代表者名");
    desk_take(flow_counter_account, "counter.act", desk_number(company), "", "", NULL);
    desk_says("020001012345");
    desk_says("宮本 一郎");
    desk_says("代表取締役");
    desk_says("横浜地方法務局");
    desk_silent("生年月日");
}

/* --- Acting --- */

static void freezing_ends_sessions_and_is_done_once(void **state)
{
    const apr_int64_t id = desk_put_account("kawasaki", "1", "カワサキタロウ", "1980-03-04");
    const uint64_t epoch = session_epoch_of_account(&desk.cache, id);
    (void)state;

    desk_begin_session(id);
    assert_int_equal(desk_session(), SESSION_LIVE);
    desk_act(id, "freeze", 1, "none");
    assert_int_equal(desk.outcome.result, FLOW_REDIRECT);
    assert_string_equal(desk.outcome.location, apr_pstrcat(desk.pool, "/counter/account/", desk_number(id), NULL));
    assert_true(desk_account(id, NULL).frozen);
    assert_int_equal(desk_session(), SESSION_NONE);
    assert_true(session_epoch_of_account(&desk.cache, id) != epoch);
    assert_int_equal(desk_events(), 1);
    assert_true(span_is(desk_entry(id, AUDIT_FREEZE).note, "本人の申し出"));
    desk_take(flow_counter_account, "counter.act", desk_number(id), "", "", NULL);
    desk_says("role=\"status\">利用者登録を使えないようにしました。");

    desk_act(id, "freeze", 1, "none");
    assert_int_equal(desk.outcome.result, FLOW_CONFLICT);
    desk_says("今回の操作は行っていません");
    desk_says("凍結中");
    desk_entry(id, AUDIT_FREEZE);
    desk_act(id, "release", 2, "none");
    assert_int_equal(desk.outcome.result, FLOW_REDIRECT);
    assert_false(desk_account(id, NULL).frozen);
    desk_entry(id, AUDIT_RELEASE);
}

static void acts_need_a_reason_a_button_and_a_version(void **state)
{
    const apr_int64_t id = desk_put_account("kawasaki", "1", "カワサキタロウ", "1980-03-04");
    const apr_int64_t foreign = desk_put_account("kamakura", "2", "カマクラ", "1980-03-04");
    audit_entry_t *entries;
    (void)state;

    desk_take(flow_counter_act, "counter.act", desk_number(id), "freeze", "1", KIOSK_FIELDS("reason", " "));
    assert_int_equal(desk.outcome.result, FLOW_INVALID);
    desk_says("id=\"reason-error\"");
    desk_act(id, "reset", 1, "none");
    assert_int_equal(desk.outcome.result, FLOW_INVALID);
    desk_says("id=\"document-error\"");
    desk_says("value=\"本人の申し出\"");
    desk_act(id, "erase", 1, "none");
    assert_int_equal(desk.outcome.result, FLOW_BAD_REQUEST);
    desk_take(flow_counter_act, "counter.act", desk_number(id), "freeze", "1 ", KIOSK_FIELDS("reason", "x"));
    assert_int_equal(desk.outcome.result, FLOW_BAD_REQUEST);
    desk_act(foreign, "freeze", 1, "none");
    assert_int_equal(desk.outcome.result, FLOW_MISSING);
    assert_false(desk_account(foreign, NULL).frozen);
    assert_int_equal(desk_entries(foreign, &entries), 0);
    assert_int_equal(desk_account(id, NULL).version, 1);
    assert_int_equal(desk_events(), 0);
}

static void a_reset_gives_one_password_once(void **state)
{
    const apr_int64_t id = desk_put_account("kawasaki", "1", "カワサキタロウ", "1980-03-04");
    const char *password, *shown;
    (void)state;

    desk_begin_session(id);
    desk_act(id, "reset", 1, "passport");
    assert_int_equal(desk.outcome.page, VIEW_PAGE_COUNTER_PASSWORD);
    shown = strstr(kiosk_html(&desk), "class=\"one-time\">");
    assert_non_null(shown);
    shown = apr_pstrmemdup(desk.pool, shown + strlen("class=\"one-time\">"), 12);
    assert_true(desk_account(id, &password).must_change);
    assert_true(password_matches(span_of(shown), password));
    assert_int_equal(desk_session(), SESSION_NONE);
    assert_true(span_is(desk_entry(id, AUDIT_RESET).note, "本人の申し出（パスポート）"));
    assert_null(strstr(desk.database.log, shown));

    desk_act(id, "reset", 1, "passport");
    assert_int_equal(desk.outcome.result, FLOW_CONFLICT);
    desk_silent("one-time");
    desk_account(id, &password);
    assert_true(password_matches(span_of(shown), password));
}

/* --- The ledger --- */

static void write_entry(apr_int64_t id, audit_actor_t by, audit_act_t act, const char *note)
{
    const audit_entry_t entry = {
        .at = DESK_NOW, .city = SPAN("kawasaki"), .account = id, .by = by, .act = act, .note = span_of(note)};
    store_unit_t *unit = database_open(&desk.database, STORE_WRITE);

    assert_int_equal(audit_write(unit, &entry), APR_SUCCESS);
    database_commit(unit);
}

/* Who never saw the last page, because the connection broke, finds the number of his receipt. */
static void the_ledger_has_the_receipts(void **state)
{
    const apr_int64_t id = desk_put_account("kawasaki", "1", "カワサキタロウ", "1980-03-04");
    (void)state;

    write_entry(id, AUDIT_BY_RESIDENT, AUDIT_REGISTER, "20261122-AAAA-AAAA the-digest");
    write_entry(id, AUDIT_BY_RESIDENT, AUDIT_CHANGE, "20261122-BBBB-BBBB");
    write_entry(id, AUDIT_BY_CLERK, AUDIT_CHANGE, "a-reason of the clerk's");
    write_entry(id, AUDIT_BY_RESIDENT, AUDIT_EVIDENCE, "20261122-CCCC-CCCC");
    desk.visit.account = desk_account(id, NULL);
    desk_take(flow_ledger, "counter.act", "", "", "", NULL);
    desk_says("受付番号 20261122-AAAA-AAAA<");
    desk_says("受付番号 20261122-BBBB-BBBB<");
    desk_silent("the-digest");
    desk_silent("a-reason");
    desk_silent("CCCC");
}

static void the_ledger_tells_what_was_done_but_no_clerk_s_name(void **state)
{
    const apr_int64_t id = desk_put_account("kawasaki", "1", "カワサキタロウ", "1980-03-04");
    const audit_entry_t refused = {
        .at = DESK_NOW, .city = SPAN("kawasaki"), .account = id, .by = AUDIT_BY_RESIDENT, .act = AUDIT_LOGIN_REFUSED};
    store_unit_t *unit;
    (void)state;

    desk_act(id, "freeze", 1, "none");
    unit = database_open(&desk.database, STORE_WRITE);
    assert_int_equal(audit_write(unit, &refused), APR_SUCCESS);
    database_commit(unit);
    desk.visit.account = desk_account(id, NULL);
    desk_take(flow_ledger, "counter.act", "", "", "", NULL);
    assert_int_equal(desk.outcome.page, VIEW_PAGE_LEDGER);
    desk_says("利用者登録を使えないようにしました。");
    desk_says("ログインに失敗しました。");
    desk_says("インターネットから");
    desk_silent(DESK_CLERK);
    desk_silent("本人の申し出");
    desk_take(flow_counter_account, "counter.act", desk_number(id), "", "", NULL);
    desk_says(DESK_CLERK);
    desk_says("本人の申し出");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        DESK_TEST(a_card_is_issued_once),
        DESK_TEST(nothing_is_issued_without_a_document),
        DESK_TEST(accounts_are_found_by_what_is_known),
        DESK_TEST(a_number_is_found_in_any_spelling),
        DESK_TEST(too_many_are_said_to_be_too_many),
        DESK_TEST(an_account_is_seen_and_that_is_recorded),
        DESK_TEST(an_account_by_certificate_shows_who_it_is),
        DESK_TEST(freezing_ends_sessions_and_is_done_once),
        DESK_TEST(acts_need_a_reason_a_button_and_a_version),
        DESK_TEST(a_reset_gives_one_password_once),
        DESK_TEST(the_ledger_has_the_receipts),
        DESK_TEST(the_ledger_tells_what_was_done_but_no_clerk_s_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
