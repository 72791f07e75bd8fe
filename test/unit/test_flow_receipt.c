/* SPDX-License-Identifier: Apache-2.0
 *
 * flow/counter*: locks at the counter: what a receipt tells a clerk, what ends a lock and what doesn't, what is
 * recorded.
 */
#include "desk.h"
#include "test.h"

static limit_permit_t try_wrong(const char *number)
{
    const limit_subject_t subject = {SPAN("kawasaki"), SPAN("card"), span_of(number), SPAN("192.0.2.1"), false};
    const rules_limit_t *limit = rules_limit(desk.rules, SPAN("password"));
    limit_permit_t permit;

    assert_int_equal(limit_reserve(&desk.limits, desk.rules, limit, &subject, DESK_NOW, &permit, desk.pool),
                     APR_SUCCESS);
    if (permit.state == LIMIT_OPEN)
        assert_int_equal(limit_fail(&desk.limits, desk.rules, limit, &subject, DESK_NOW, &permit, desk.pool),
                         APR_SUCCESS);
    return permit;
}

static void a_lock_is_explained_and_ended(void **state)
{
    const apr_int64_t id = desk_put_account("kawasaki", "1", "カワサキタロウ", "1980-03-04");
    limit_permit_t permit = {.state = LIMIT_OPEN};
    (void)state;

    for (int i = 0; i < 5; i++) permit = try_wrong("1");
    assert_int_equal(permit.state, LIMIT_LOCKED);
    desk_take(flow_counter_receipt, "counter.receipt", "", "", "", KIOSK_FIELDS("receipt", permit.receipt));
    assert_int_equal(desk.outcome.result, FLOW_PAGE);
    desk_says("00時05分まで");
    desk_says("password/1");
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
        DESK_TEST(a_lock_is_explained_and_ended),
        DESK_TEST(a_receipt_nobody_gave_is_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
