/* SPDX-License-Identifier: Apache-2.0
 *
 * flow_logout and flow_watch_card: whose session ends, and what the audit log says of it.
 */
#include "desk.h"
#include "test.h"

static int log_outs(apr_int64_t account, span_t *rule)
{
    audit_entry_t *entries;
    const int count = desk_entries(account, &entries);
    int found = 0;

    for (int i = 0; i < count; i++) {
        if (entries[i].act != AUDIT_LOGOUT) continue;
        assert_int_equal(entries[i].by, AUDIT_BY_RESIDENT);
        *rule = entries[i].rule;
        found++;
    }
    return found;
}

static void who_logs_out_is_recorded_once(void **state)
{
    const apr_int64_t id = desk_put_account("kawasaki", "1", "カワサキタロウ", "1980-03-04");
    span_t rule;
    (void)state;

    desk_begin_session(id);
    desk.visit.state = SESSION_TIMED_OUT;
    desk_take(flow_logout, NULL, "", "", "", NULL);
    assert_int_equal(log_outs(id, &rule), 0);
    desk_begin_session(id);
    desk.visit.state = SESSION_LIVE;
    desk_take(flow_logout, NULL, "", "", "", NULL);
    assert_int_equal(log_outs(id, &rule), 1);
    assert_int_equal(rule.size, 0);
    assert_int_equal(desk_session(), SESSION_NONE);
    desk_take(flow_logout, NULL, "", "", "", NULL); /* of another tab, which doesn't know yet */
    assert_int_equal(log_outs(id, &rule), 1);
    desk.visit.state = SESSION_NONE;
    desk_take(flow_logout, NULL, "", "", "", NULL);
    assert_int_equal(log_outs(id, &rule), 1);
}

static void an_applicant_s_leaving_is_no_log_out(void **state)
{
    const apr_int64_t id = desk_put_account("kawasaki", "1", "カワサキタロウ", "1980-03-04");
    span_t rule;
    (void)state;

    desk_begin_session(id);
    desk.visit.state = SESSION_LIVE;
    desk.visit.account = desk_account(id, NULL);
    desk.visit.account.applicant = true;
    desk_take(flow_logout, NULL, "", "", "", NULL);
    assert_int_equal(log_outs(id, &rule), 0);
    assert_int_equal(desk_session(), SESSION_NONE);
}

static void a_card_that_leaves_logs_out(void **state)
{
    const apr_int64_t id = desk_put_account("kawasaki", "1", "カワサキタロウ", "1980-03-04");
    const flow_request_t request = kiosk_request(&desk, NULL, "");
    span_t rule;
    (void)state;

    desk_begin_session(id);
    desk.visit.session.insertion = SPAN("7");
    for (int ends = 0; ends < 2; ends++) {
        desk.visit.state = SESSION_LIVE;
        assert_int_equal(flow_watch_card(&request, &desk.visit, ends), APR_SUCCESS);
        assert_true(desk.visit.card_gone);
        assert_int_equal(log_outs(id, &rule), ends);
    }
    assert_true(span_is(rule, "card-gone"));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        DESK_TEST(who_logs_out_is_recorded_once),
        DESK_TEST(an_applicant_s_leaving_is_no_log_out),
        DESK_TEST(a_card_that_leaves_logs_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
