/* SPDX-License-Identifier: Apache-2.0
 *
 * flow/counter*: a clerk's acts on a real database, by the city's own rule file and templates: what is changed, what is
 * refused, what is recorded, and what a page says of it. And the resident's ledger of all that.
 */
#include "account/audit.h"
#include "account/password.h"
#include "kiosk.h"
#include "store/event.h"
#include "test.h"

#define NOW   apr_time_from_sec(1795273200) /* 2026-11-22 00:00 in Japan */
#define CLERK "sakura"

static kiosk_t desk;

/* --- The desk and its world --- */

static int make(void **state)
{
    *state = &desk;
    return kiosk_make_desk(&desk) ? 0 : -1;
}

/* One step. */
static void take(flow_step_t *step, const char *form, const char *argument, const char *action, const char *draft,
                 const char *const *fields)
{
    flow_request_t request = kiosk_request(&desk, form, action);

    request.now = NOW;
    request.clerk = SPAN(CLERK);
    request.draft = span_of(draft);
    request.argument = span_of(argument);
    if (fields) request.typed = kiosk_type(&request, request.form, fields);
    assert_int_equal(step(&request, &desk.outcome), APR_SUCCESS);
}

static void assert_says(const char *text)
{
    kiosk_says(&desk, text);
}

static void assert_silent(const char *text)
{
    kiosk_silent(&desk, text);
}

static apr_int64_t issue(const char *number, const char *kana, const char *birth_date)
{
    account_t account;
    const char *password;
    store_unit_t *unit;
    bool found;

    take(flow_counter_issue, "counter.issue", "", "", "",
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

static account_t account_now(apr_int64_t id, const char **password)
{
    store_unit_t *unit = database_open(&desk.database, STORE_READ);
    const account_t account = database_account(unit, id, desk.pool);

    if (password) *password = database_password(unit, id, desk.pool);
    store_close(unit);
    return account;
}

/* Its password fits nothing: no test of this needs to wait for a hash. */
static apr_int64_t put_account(const char *city, const char *number, const char *kana, const char *birth_date)
{
    record_pair_t fields[] = {
        {SPAN("birth-date"), span_of(birth_date)}, {SPAN("kana"), span_of(kana)}, {SPAN("name"), SPAN("<名前>")}};
    account_t account = {
        .city = span_of(city), .kind = SPAN("card"), .identifier = span_of(number), .fields = fields, .field_count = 3};
    store_unit_t *unit = database_open(&desk.database, STORE_WRITE);

    assert_int_equal(account_insert(unit, &account, "no hash", NOW, desk.pool), APR_SUCCESS);
    database_commit(unit);
    return account.id;
}

static const char *text_of(apr_int64_t number)
{
    return apr_psprintf(desk.pool, "%" APR_INT64_T_FMT, number);
}

static void act(apr_int64_t id, const char *action, apr_int64_t version, const char *document)
{
    take(flow_counter_act, "counter.act", text_of(id), action, text_of(version),
         KIOSK_FIELDS("reason", "本人の申し出", "document", document));
}

/* The newest entries of the account, or of no account. */
static int entries_of(apr_int64_t account, audit_entry_t **entries)
{
    int count;
    store_unit_t *unit = database_open(&desk.database, STORE_READ);

    assert_int_equal(audit_of_account(unit, account, 50, entries, &count), APR_SUCCESS);
    store_close(unit);
    return count;
}

/* The one entry of this act. */
static audit_entry_t entry_of(apr_int64_t account, audit_act_t what)
{
    audit_entry_t *entries;
    const int count = entries_of(account, &entries);
    int at = -1;

    for (int i = 0; i < count; i++) {
        if (entries[i].act != what) continue;
        assert_int_equal(at, -1);
        at = i;
    }
    assert_true(at >= 0);
    assert_int_equal(entries[at].by, AUDIT_BY_CLERK);
    assert_true(span_is(entries[at].actor, CLERK));
    return entries[at];
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
    assert_non_null(strstr(page, "2026年12月6日(令和8年) 00時00分まで使えます"));
    shown = apr_pstrmemdup(desk.pool, shown + strlen("class=\"one-time\">"), 12);
    account = account_now(id, &password);
    assert_true(password_matches(span_of(shown), password));
    assert_true(account.must_change);
    assert_true(account.password_expires_at == NOW + apr_time_from_sec(14 * 24 * 60 * 60));
    assert_true(span_is(account_field(&account, SPAN("birth-date")), "1980-03-04"));
    assert_int_equal(account_field(&account, SPAN("number")).size, 0);
    assert_int_equal(account_field(&account, SPAN("document")).size, 0);
    assert_true(span_is(entry_of(id, AUDIT_ISSUE).note, "運転免許証"));

    take(flow_counter_issue, "counter.issue", "", "", "",
         KIOSK_FIELDS("number", "86000077", "name", "別 人", "kana", "ベツジン", "birth-date", "1990-1-1", "post-code",
                      "2100001", "city", "川崎市", "document", "licence"));
    assert_int_equal(desk.outcome.result, FLOW_INVALID);
    assert_says("すでに登録されています");
    assert_true(span_is(desk.outcome.rule, "counter/number"));
    assert_int_equal(entries_of(id, &entries), 1);
}

static void nothing_is_issued_without_a_document(void **state)
{
    (void)state;
    take(flow_counter_issue_show, "counter.issue", "", "", "", NULL);
    assert_int_equal(desk.outcome.result, FLOW_PAGE);
    take(flow_counter_issue, "counter.issue", "", "", "",
         KIOSK_FIELDS("number", "86000078", "name", "川崎 太郎", "kana", "カワサキ", "birth-date", "1980-3-4",
                      "post-code", "2100001", "city", "川崎市", "document", "none"));
    assert_int_equal(desk.outcome.result, FLOW_INVALID);
    assert_says("id=\"document-error\"");
    assert_true(span_is(desk.outcome.rule, "counter/document"));
}

/* --- Finding --- */

static void accounts_are_found_by_what_is_known(void **state)
{
    audit_entry_t *entries;
    (void)state;
    put_account("kawasaki", "1", "カワサキタロウ", "1980-03-04");
    put_account("kawasaki", "2", "カワサキハナコ", "1985-05-05");
    put_account("kamakura", "3", "カワサキジロウ", "1980-03-04");

    take(flow_counter_search, "counter.search", "", "", "", KIOSK_FIELDS("kana", "かわさき"));
    assert_int_equal(desk.outcome.result, FLOW_PAGE);
    assert_says("検索結果　2件");
    assert_says("&lt;名前&gt;");
    take(flow_counter_search, "counter.search", "", "", "", KIOSK_FIELDS("kana", "カワサキ", "birth-date", "S55.3.4"));
    assert_says("検索結果　1件");
    assert_says("1980年3月4日(昭和55年)");
    take(flow_counter_search, "counter.search", "", "", "", KIOSK_FIELDS("number", "２"));
    assert_says("検索結果　1件");
    take(flow_counter_search, "counter.search", "", "", "", KIOSK_FIELDS("number", "2", "kana", "サトウ"));
    assert_says("検索結果　0件");
    assert_says("見つかりませんでした");
    take(flow_counter_search, "counter.search", "", "", "", KIOSK_FIELDS("number", " "));
    assert_int_equal(desk.outcome.result, FLOW_INVALID);
    assert_says("どれかを入力してください");

    assert_int_equal(entries_of(0, &entries), 4);
    for (int i = 0; i < 4; i++) {
        assert_int_equal(entries[i].act, AUDIT_SEARCH);
        assert_int_equal(entries[i].note.size, 0);
    }
}

static void too_many_are_said_to_be_too_many(void **state)
{
    (void)state;
    for (int i = 0; i < ACCOUNT_SEARCH_MAX + 1; i++)
        put_account("kawasaki", apr_psprintf(desk.pool, "%d", i + 1), "サトウ", i ? "1980-03-04" : "1990-01-01");
    take(flow_counter_search, "counter.search", "", "", "", KIOSK_FIELDS("kana", "サト"));
    assert_says("検索結果　50件");
    assert_says("ほかにも該当する人がいるかもしれません");
    take(flow_counter_search, "counter.search", "", "", "", KIOSK_FIELDS("kana", "サト", "birth-date", "1990-01-01"));
    assert_says("検索結果　1件");
    assert_silent("ほかにも該当する人がいるかもしれません");
}

static void an_account_is_seen_and_that_is_recorded(void **state)
{
    const apr_int64_t id = put_account("kawasaki", "1", "カワサキタロウ", "1980-03-04");
    const apr_int64_t foreign = put_account("kamakura", "2", "カマクラ", "1980-03-04");
    static const char *const wrong[] = {"", "0", "-1", "1x", "9223372036854775808", "99999999999999999999"};
    audit_entry_t *entries;
    (void)state;

    take(flow_counter_account, "counter.act", text_of(id), "", "", NULL);
    assert_int_equal(desk.outcome.result, FLOW_PAGE);
    assert_says("&lt;名前&gt;");
    assert_says("1980年3月4日(昭和55年)");
    assert_says("value=\"freeze\"");
    assert_silent("value=\"release\"");
    assert_silent("value=\"unlock\"");
    entry_of(id, AUDIT_VIEW);
    take(flow_counter_account, "counter.act", text_of(id), "", "", NULL);
    assert_int_equal(entries_of(id, &entries), 1); /* one visit, one entry */
    take(flow_counter_account, "counter.act", text_of(foreign), "", "", NULL);
    assert_int_equal(desk.outcome.result, FLOW_MISSING);
    assert_int_equal(entries_of(foreign, &entries), 0);
    for (apr_size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        take(flow_counter_account, "counter.act", wrong[i], "", "", NULL);
        assert_int_equal(desk.outcome.result, FLOW_MISSING);
    }
}

/* --- Acting --- */

static void begin_session(apr_int64_t account)
{
    session_t session = {.account = account, .city = SPAN("kawasaki"), .kind = SPAN("card"), .level = 2};
    const char *cookie;
    store_unit_t *unit = database_open(&desk.database, STORE_WRITE);

    assert_int_equal(session_begin(unit, &session, &cookie, NOW, desk.pool), APR_SUCCESS);
    database_commit(unit);
    desk.visit.session = session;
}

static session_state_t session_now(void)
{
    session_state_t state;
    store_unit_t *unit = database_open(&desk.database, STORE_READ);

    assert_int_equal(session_read(unit, &desk.visit.session, SPAN("kawasaki"), (session_life_t){1800, 28800}, NOW,
                                  &state, desk.pool),
                     APR_SUCCESS);
    store_close(unit);
    return state;
}

static int events(void)
{
    event_t *list;
    apr_int64_t last;
    int count;
    store_unit_t *unit = database_open(&desk.database, STORE_READ);

    assert_int_equal(event_follow(unit, 0, &list, &count, &last), APR_SUCCESS);
    store_close(unit);
    return count;
}

static void freezing_ends_sessions_and_is_done_once(void **state)
{
    const apr_int64_t id = put_account("kawasaki", "1", "カワサキタロウ", "1980-03-04");
    const uint64_t epoch = session_epoch_of_account(&desk.cache, id);
    (void)state;

    begin_session(id);
    assert_int_equal(session_now(), SESSION_LIVE);
    act(id, "freeze", 1, "none");
    assert_int_equal(desk.outcome.result, FLOW_REDIRECT);
    assert_string_equal(desk.outcome.location, apr_pstrcat(desk.pool, "/counter/account/", text_of(id), NULL));
    assert_true(account_now(id, NULL).frozen);
    assert_int_equal(session_now(), SESSION_NONE);
    assert_true(session_epoch_of_account(&desk.cache, id) != epoch);
    assert_int_equal(events(), 1);
    assert_true(span_is(entry_of(id, AUDIT_FREEZE).note, "本人の申し出"));
    take(flow_counter_account, "counter.act", text_of(id), "", "", NULL);
    assert_says("role=\"status\">利用者登録を使えないようにしました。");

    act(id, "freeze", 1, "none");
    assert_int_equal(desk.outcome.result, FLOW_CONFLICT);
    assert_says("今回の操作は行っていません");
    assert_says("凍結中");
    entry_of(id, AUDIT_FREEZE);
    act(id, "release", 2, "none");
    assert_int_equal(desk.outcome.result, FLOW_REDIRECT);
    assert_false(account_now(id, NULL).frozen);
    entry_of(id, AUDIT_RELEASE);
}

static void acts_need_a_reason_a_button_and_a_version(void **state)
{
    const apr_int64_t id = put_account("kawasaki", "1", "カワサキタロウ", "1980-03-04");
    const apr_int64_t foreign = put_account("kamakura", "2", "カマクラ", "1980-03-04");
    audit_entry_t *entries;
    (void)state;

    take(flow_counter_act, "counter.act", text_of(id), "freeze", "1", KIOSK_FIELDS("reason", " "));
    assert_int_equal(desk.outcome.result, FLOW_INVALID);
    assert_says("id=\"reason-error\"");
    act(id, "reset", 1, "none");
    assert_int_equal(desk.outcome.result, FLOW_INVALID);
    assert_says("id=\"document-error\"");
    assert_says("value=\"本人の申し出\"");
    act(id, "erase", 1, "none");
    assert_int_equal(desk.outcome.result, FLOW_BAD_REQUEST);
    take(flow_counter_act, "counter.act", text_of(id), "freeze", "1 ", KIOSK_FIELDS("reason", "x"));
    assert_int_equal(desk.outcome.result, FLOW_BAD_REQUEST);
    act(foreign, "freeze", 1, "none");
    assert_int_equal(desk.outcome.result, FLOW_MISSING);
    assert_false(account_now(foreign, NULL).frozen);
    assert_int_equal(entries_of(foreign, &entries), 0);
    assert_int_equal(account_now(id, NULL).version, 1);
    assert_int_equal(events(), 0);
}

static void a_reset_gives_one_password_once(void **state)
{
    const apr_int64_t id = put_account("kawasaki", "1", "カワサキタロウ", "1980-03-04");
    const char *password, *shown;
    (void)state;

    begin_session(id);
    act(id, "reset", 1, "passport");
    assert_int_equal(desk.outcome.page, VIEW_PAGE_COUNTER_PASSWORD);
    shown = strstr(kiosk_html(&desk), "class=\"one-time\">");
    assert_non_null(shown);
    shown = apr_pstrmemdup(desk.pool, shown + strlen("class=\"one-time\">"), 12);
    assert_true(account_now(id, &password).must_change);
    assert_true(password_matches(span_of(shown), password));
    assert_int_equal(session_now(), SESSION_NONE);
    assert_true(span_is(entry_of(id, AUDIT_RESET).note, "本人の申し出（パスポート）"));
    assert_null(strstr(desk.database.log, shown));

    act(id, "reset", 1, "passport");
    assert_int_equal(desk.outcome.result, FLOW_CONFLICT);
    assert_silent("one-time");
    account_now(id, &password);
    assert_true(password_matches(span_of(shown), password));
}

/* --- Locks --- */

static limit_permit_t try_wrong(const char *number)
{
    const limit_subject_t subject = {SPAN("kawasaki"), SPAN("card"), span_of(number), SPAN("192.0.2.1"), false};
    const rules_limit_t *limit = rules_limit(desk.rules, SPAN("password"));
    limit_permit_t permit;

    assert_int_equal(limit_reserve(&desk.limits, desk.rules, limit, &subject, NOW, &permit, desk.pool), APR_SUCCESS);
    if (permit.state == LIMIT_OPEN)
        assert_int_equal(limit_fail(&desk.limits, desk.rules, limit, &subject, NOW, &permit, desk.pool), APR_SUCCESS);
    return permit;
}

static void a_lock_is_explained_and_ended(void **state)
{
    const apr_int64_t id = put_account("kawasaki", "1", "カワサキタロウ", "1980-03-04");
    limit_permit_t permit = {.state = LIMIT_OPEN};
    (void)state;

    for (int i = 0; i < 5; i++) permit = try_wrong("1");
    assert_int_equal(permit.state, LIMIT_LOCKED);
    take(flow_counter_receipt, "counter.receipt", "", "", "", KIOSK_FIELDS("receipt", permit.receipt));
    assert_int_equal(desk.outcome.result, FLOW_PAGE);
    assert_says("00時05分まで");
    assert_says("password/1");
    take(flow_counter_account, "counter.act", text_of(id), "", "", NULL);
    assert_says(permit.receipt);
    assert_says("value=\"unlock\"");

    act(id, "unlock", 1, "none");
    assert_int_equal(desk.outcome.result, FLOW_REDIRECT);
    assert_true(span_is(entry_of(id, AUDIT_UNLOCK).rule, "password/1"));
    assert_int_equal(try_wrong("1").state, LIMIT_OPEN);
    act(id, "unlock", 1, "none");
    assert_int_equal(desk.outcome.result, FLOW_REDIRECT);
    entry_of(id, AUDIT_UNLOCK);
}

static void a_receipt_nobody_gave_is_unknown(void **state)
{
    (void)state;
    take(flow_counter_show, "counter.search", "", "", "", NULL);
    assert_int_equal(desk.outcome.result, FLOW_PAGE);
    take(flow_counter_receipt, "counter.receipt", "", "", "", KIOSK_FIELDS("receipt", "ABCD-EFGH"));
    assert_int_equal(desk.outcome.result, FLOW_INVALID);
    assert_says("id=\"receipt-error\"");
    take(flow_counter_receipt, "counter.receipt", "", "", "", KIOSK_FIELDS("receipt", "ABC"));
    assert_int_equal(desk.outcome.result, FLOW_INVALID);
}

/* --- The ledger --- */

static void the_ledger_tells_what_was_done_but_no_clerk_s_name(void **state)
{
    const apr_int64_t id = put_account("kawasaki", "1", "カワサキタロウ", "1980-03-04");
    const audit_entry_t refused = {
        .at = NOW, .city = SPAN("kawasaki"), .account = id, .by = AUDIT_BY_RESIDENT, .act = AUDIT_LOGIN_REFUSED};
    store_unit_t *unit;
    (void)state;

    act(id, "freeze", 1, "none");
    unit = database_open(&desk.database, STORE_WRITE);
    assert_int_equal(audit_write(unit, &refused), APR_SUCCESS);
    database_commit(unit);
    desk.visit.account = account_now(id, NULL);
    take(flow_ledger, "counter.act", "", "", "", NULL);
    assert_int_equal(desk.outcome.page, VIEW_PAGE_LEDGER);
    assert_says("利用者登録を使えないようにしました。");
    assert_says("ログインに失敗しました。");
    assert_says("インターネットから");
    assert_silent(CLERK);
    assert_silent("本人の申し出");
    take(flow_counter_account, "counter.act", text_of(id), "", "", NULL);
    assert_says(CLERK);
    assert_says("本人の申し出");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_card_is_issued_once, make, kiosk_tear_down),
        cmocka_unit_test_setup_teardown(nothing_is_issued_without_a_document, make, kiosk_tear_down),
        cmocka_unit_test_setup_teardown(accounts_are_found_by_what_is_known, make, kiosk_tear_down),
        cmocka_unit_test_setup_teardown(too_many_are_said_to_be_too_many, make, kiosk_tear_down),
        cmocka_unit_test_setup_teardown(an_account_is_seen_and_that_is_recorded, make, kiosk_tear_down),
        cmocka_unit_test_setup_teardown(freezing_ends_sessions_and_is_done_once, make, kiosk_tear_down),
        cmocka_unit_test_setup_teardown(acts_need_a_reason_a_button_and_a_version, make, kiosk_tear_down),
        cmocka_unit_test_setup_teardown(a_reset_gives_one_password_once, make, kiosk_tear_down),
        cmocka_unit_test_setup_teardown(a_lock_is_explained_and_ended, make, kiosk_tear_down),
        cmocka_unit_test_setup_teardown(a_receipt_nobody_gave_is_unknown, make, kiosk_tear_down),
        cmocka_unit_test_setup_teardown(the_ledger_tells_what_was_done_but_no_clerk_s_name, make, kiosk_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
