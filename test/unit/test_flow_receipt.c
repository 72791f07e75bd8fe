/* SPDX-License-Identifier: Apache-2.0
 *
 * flow/counter*: locks at the counter: what a receipt tells a clerk, what ends a lock and what doesn't, what is
 * recorded.
 */
#include "desk.h"
#include "test.h"

#include <apr_lib.h>

static apr_interval_time_t later; /* than DESK_NOW, of wrong secrets */

static int set_up(void **state)
{
    later = 0;
    return desk_set_up(state);
}

/* A wrong secret that this limit counts, of that number or card. */
static limit_permit_t try_at(const char *city, const char *name, const char *kind, const char *number)
{
    const limit_subject_t subject = {span_of(city), span_of(kind), span_of(number), SPAN("192.0.2.1"), false};
    const rules_limit_t *limit = rules_limit(desk.rules, span_of(name));
    limit_permit_t permit;

    assert_int_equal(limit_reserve(&desk.limits, desk.rules, limit, &subject, DESK_NOW + later, &permit, desk.pool),
                     APR_SUCCESS);
    if (permit.state == LIMIT_OPEN)
        assert_int_equal(limit_fail(&desk.limits, desk.rules, limit, &subject, DESK_NOW + later, &permit, desk.pool),
                         APR_SUCCESS);
    return permit;
}

static limit_permit_t try_wrong(const char *number)
{
    return try_at("kawasaki", "password", "card", number);
}

static const char *lock_at(const char *city, const char *name, const char *holder)
{
    limit_permit_t permit = {.state = LIMIT_OPEN};

    for (int i = 0; i < 5 && permit.state == LIMIT_OPEN; i++) permit = try_at(city, name, name, holder);
    assert_int_equal(permit.state, LIMIT_LOCKED);
    return permit.receipt;
}

/* The receipt as a clerk types it, and the page that comes of it. */
static void look_up(const char *typed, const char *receipt)
{
    desk_take(flow_counter_receipt, "counter.receipt", "", "", "", KIOSK_FIELDS("receipt", typed));
    assert_int_equal(desk.outcome.result, FLOW_REDIRECT);
    assert_string_equal(desk.outcome.location, apr_pstrcat(desk.pool, "/counter/receipt/", receipt, NULL));
    desk_take(flow_counter_lock, "counter.act", receipt, "", "", NULL);
    assert_int_equal(desk.outcome.result, FLOW_PAGE);
}

static void end_lock(const char *receipt, const char *action, const char *reason, const char *document)
{
    desk_take(flow_counter_unlock, "counter.act", receipt, action, "",
              KIOSK_FIELDS("reason", reason, "document", document));
}

static void a_lock_is_explained_and_ended(void **state)
{
    const apr_int64_t id = desk_put_account("kawasaki", "1", "カワサキタロウ", "1980-03-04");
    limit_permit_t permit = {.state = LIMIT_OPEN};
    (void)state;

    for (int i = 0; i < 5; i++) permit = try_wrong("1");
    assert_int_equal(permit.state, LIMIT_LOCKED);
    look_up(permit.receipt, permit.receipt);
    desk_says("0時05分まで");
    desk_says("password/1");
    desk_silent("value=\"unlock\""); /* the account's page has that button */
    end_lock(permit.receipt, "unlock", "本人の申し出", "licence");
    assert_int_equal(desk.outcome.result, FLOW_MISSING);
    assert_int_equal(try_wrong("1").state, LIMIT_LOCKED);
    desk_take(flow_counter_account, "counter.act", desk_number(id), "", "", NULL);
    desk_says(permit.receipt);
    desk_says("value=\"unlock\"");

    desk_act(id, "unlock", 1, "none");
    assert_int_equal(desk.outcome.result, FLOW_REDIRECT);
    assert_true(span_is(desk_entry(id, AUDIT_UNLOCK).rule, "password/1"));
    assert_int_equal(try_wrong("1").state, LIMIT_OPEN);
    desk_act(id, "unlock", 1, "none");
    assert_int_equal(desk.outcome.result, FLOW_REDIRECT);
    desk_entry(id, AUDIT_UNLOCK);
}

/* Nobody knows whose card it is: the receipt is all there is. */
static void the_lock_of_a_card_ends_by_its_receipt(void **state)
{
    static const struct {
        const char *limit, *says;
    } secrets[] = {{"signing-pin", "署名用電子証明書の暗証番号（英数字6～16文字）</dd>"},
                   {"authentication-pin", "利用者証明用電子証明書の暗証番号（数字4けた）</dd>"},
                   {"file-password", "会社の電子証明書ファイルのパスワード</dd>"}};
    (void)state;

    for (apr_size_t i = 0; i < sizeof secrets / sizeof *secrets; i++) {
        const char *limit = secrets[i].limit, *receipt = lock_at("kawasaki", limit, "a holder");
        char *typed = apr_pstrdup(desk.pool, receipt);

        for (char *at = typed; *at; at++) *at = (char)apr_tolower(*at);
        look_up(typed, receipt);
        desk_says(secrets[i].says);
        desk_says("value=\"unlock\"");
        assert_int_equal(try_at("kawasaki", limit, limit, "a holder").state, LIMIT_LOCKED);
        end_lock(receipt, "unlock", "本人の申し出", "licence");
        assert_int_equal(desk.outcome.result, FLOW_REDIRECT);
        assert_string_equal(desk.outcome.location, apr_pstrcat(desk.pool, "/counter/receipt/", receipt, NULL));
        desk_take(flow_counter_lock, "counter.act", receipt, "", "", NULL);
        desk_says("role=\"status\">止めていた受け付けを、再開しました。");
        desk_says("いまは止められていません");
        desk_silent("value=\"unlock\"");
        assert_int_equal(try_at("kawasaki", limit, limit, "a holder").state, LIMIT_OPEN);
    }
    assert_int_equal(desk_events(), 6); /* a lock's beginning is one, too */
}

static void the_end_of_a_card_s_lock_is_recorded_once(void **state)
{
    const char *receipt = lock_at("kawasaki", "signing-pin", "a holder");
    audit_entry_t entry, *entries;
    (void)state;

    look_up(receipt, receipt);
    desk_take(flow_counter_lock, "counter.act", receipt, "", "", NULL);
    assert_true(span_is(desk_entry(0, AUDIT_RECEIPT).note, receipt)); /* one visit, one entry */
    end_lock(receipt, "unlock", "本人の申し出", "passport");
    end_lock(receipt, "unlock", "本人の申し出", "passport");
    assert_int_equal(desk.outcome.result, FLOW_REDIRECT);
    desk_take(flow_counter_lock, "counter.act", receipt, "", "", NULL);
    entry = desk_entry(0, AUDIT_UNLOCK);
    assert_true(span_is(entry.rule, "signing-pin/1"));
    assert_true(span_is(entry.note, apr_pstrcat(desk.pool, receipt, " 本人の申し出（パスポート）", NULL)));
    assert_int_equal(desk_entries(0, &entries), 2);
    assert_int_equal(desk_events(), 2);
}

static void a_card_s_lock_ends_for_good_reasons_only(void **state)
{
    const char *receipt = lock_at("kawasaki", "signing-pin", "a holder");
    const char *foreign = lock_at("kamakura", "signing-pin", "a holder");
    (void)state;

    end_lock(receipt, "unlock", " ", "passport");
    assert_int_equal(desk.outcome.result, FLOW_INVALID);
    desk_says("id=\"reason-error\"");
    end_lock(receipt, "unlock", "本人の申し出", "none");
    assert_int_equal(desk.outcome.result, FLOW_INVALID);
    desk_says("id=\"document-error\"");
    desk_says("value=\"本人の申し出\"");
    end_lock(receipt, "", "本人の申し出", "passport");
    assert_int_equal(desk.outcome.result, FLOW_BAD_REQUEST);
    end_lock("ABCD-EFGH", "unlock", "本人の申し出", "passport");
    assert_int_equal(desk.outcome.result, FLOW_MISSING);
    end_lock(foreign, "unlock", "本人の申し出", "passport");
    assert_int_equal(desk.outcome.result, FLOW_MISSING);
    desk_take(flow_counter_lock, "counter.act", foreign, "", "", NULL);
    assert_int_equal(desk.outcome.result, FLOW_MISSING);
    desk_take(flow_counter_receipt, "counter.receipt", "", "", "", KIOSK_FIELDS("receipt", foreign));
    assert_int_equal(desk.outcome.result, FLOW_INVALID);
    assert_int_equal(try_at("kawasaki", "signing-pin", "signing-pin", "a holder").state, LIMIT_LOCKED);
    assert_int_equal(try_at("kamakura", "signing-pin", "signing-pin", "a holder").state, LIMIT_LOCKED);
    assert_int_equal(desk_events(), 2);
}

/* The next lock of the same card has a receipt of its own: a page from before ends nothing. */
static void an_old_receipt_ends_no_new_lock(void **state)
{
    const char *old = lock_at("kawasaki", "signing-pin", "a holder"), *receipt;
    (void)state;

    end_lock(old, "unlock", "本人の申し出", "passport");
    later = apr_time_from_sec(60);
    receipt = lock_at("kawasaki", "signing-pin", "a holder");
    assert_string_not_equal(receipt, old);
    end_lock(old, "unlock", "本人の申し出", "passport");
    assert_int_equal(desk.outcome.result, FLOW_MISSING);
    assert_int_equal(try_at("kawasaki", "signing-pin", "signing-pin", "a holder").state, LIMIT_LOCKED);
}

static void a_receipt_nobody_gave_is_unknown(void **state)
{
    (void)state;
    desk_take(flow_counter_show, "counter.search", "", "", "", NULL);
    assert_int_equal(desk.outcome.result, FLOW_PAGE);
    desk_take(flow_counter_receipt, "counter.receipt", "", "", "", KIOSK_FIELDS("receipt", "ABCD-EFGH"));
    assert_int_equal(desk.outcome.result, FLOW_INVALID);
    desk_says("id=\"receipt-error\"");
    desk_take(flow_counter_receipt, "counter.receipt", "", "", "", KIOSK_FIELDS("receipt", "ABC"));
    assert_int_equal(desk.outcome.result, FLOW_INVALID);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_lock_is_explained_and_ended, set_up, kiosk_tear_down),
        cmocka_unit_test_setup_teardown(the_lock_of_a_card_ends_by_its_receipt, set_up, kiosk_tear_down),
        cmocka_unit_test_setup_teardown(the_end_of_a_card_s_lock_is_recorded_once, set_up, kiosk_tear_down),
        cmocka_unit_test_setup_teardown(a_card_s_lock_ends_for_good_reasons_only, set_up, kiosk_tear_down),
        cmocka_unit_test_setup_teardown(an_old_receipt_ends_no_new_lock, set_up, kiosk_tear_down),
        cmocka_unit_test_setup_teardown(a_receipt_nobody_gave_is_unknown, set_up, kiosk_tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
