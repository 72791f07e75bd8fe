/* SPDX-License-Identifier: Apache-2.0 */
#include "desk.h"

#include "store/event.h"
#include "test.h"

kiosk_t desk;

int desk_set_up(void **state)
{
    *state = &desk;
    return kiosk_make_desk(&desk) ? 0 : -1;
}

void desk_take(flow_step_t *step, const char *form, const char *argument, const char *action, const char *draft,
               const char *const *fields)
{
    flow_request_t request = kiosk_request(&desk, form, action);

    request.now = DESK_NOW;
    request.clerk = SPAN(DESK_CLERK);
    request.draft = span_of(draft);
    request.argument = span_of(argument);
    if (fields) request.typed = kiosk_type(&request, request.form, fields);
    assert_int_equal(step(&request, &desk.outcome), APR_SUCCESS);
}

void desk_says(const char *text)
{
    kiosk_says(&desk, text);
}

void desk_silent(const char *text)
{
    kiosk_silent(&desk, text);
}

/* --- Accounts --- */

apr_int64_t desk_put_account(const char *city, const char *number, const char *kana, const char *birth_date)
{
    record_pair_t fields[] = {
        {SPAN("birth-date"), span_of(birth_date)}, {SPAN("kana"), span_of(kana)}, {SPAN("name"), SPAN("<名前>")}};
    account_t account = {
        .city = span_of(city), .kind = SPAN("card"), .identifier = span_of(number), .fields = fields, .field_count = 3};
    store_unit_t *unit = database_open(&desk.database, STORE_WRITE);

    assert_int_equal(account_insert(unit, &account, "no hash", DESK_NOW, desk.pool), APR_SUCCESS);
    database_commit(unit);
    return account.id;
}

apr_int64_t desk_put_registered(const char *kind, const char *number, const char *const *fields)
{
    record_pair_t pairs[16];
    account_t account = {
        .city = SPAN("kawasaki"), .kind = span_of(kind), .identifier = span_of(number), .fields = pairs};
    store_unit_t *unit = database_open(&desk.database, STORE_WRITE);

    for (; fields[0]; fields += 2)
        pairs[account.field_count++] = (record_pair_t){span_of(fields[0]), span_of(fields[1])};
    assert_int_equal(account_insert(unit, &account, NULL, DESK_NOW, desk.pool), APR_SUCCESS);
    database_commit(unit);
    return account.id;
}

const char *desk_number(apr_int64_t number)
{
    return apr_psprintf(desk.pool, "%" APR_INT64_T_FMT, number);
}

account_t desk_account(apr_int64_t id, const char **password)
{
    store_unit_t *unit = database_open(&desk.database, STORE_READ);
    const account_t account = database_account(unit, id, desk.pool);

    if (password) *password = database_password(unit, id, desk.pool);
    store_close(unit);
    return account;
}

void desk_act(apr_int64_t id, const char *action, apr_int64_t version, const char *document)
{
    desk_take(flow_counter_act, "counter.act", desk_number(id), action, desk_number(version),
              KIOSK_FIELDS("reason", "本人の申し出", "document", document));
}

/* --- What was written --- */

int desk_entries(apr_int64_t account, audit_entry_t **entries)
{
    int count;
    store_unit_t *unit = database_open(&desk.database, STORE_READ);

    assert_int_equal(audit_of_account(unit, account, 50, entries, &count), APR_SUCCESS);
    store_close(unit);
    return count;
}

audit_entry_t desk_entry(apr_int64_t account, audit_act_t what)
{
    audit_entry_t *entries;
    const int count = desk_entries(account, &entries);
    int at = -1;

    for (int i = 0; i < count; i++) {
        if (entries[i].act != what) continue;
        assert_int_equal(at, -1);
        at = i;
    }
    assert_true(at >= 0);
    assert_int_equal(entries[at].by, AUDIT_BY_CLERK);
    assert_true(span_is(entries[at].actor, DESK_CLERK));
    return entries[at];
}

void desk_begin_session(apr_int64_t account)
{
    session_t session = {.account = account, .city = SPAN("kawasaki"), .kind = SPAN("card"), .level = 2};
    const char *cookie;
    store_unit_t *unit = database_open(&desk.database, STORE_WRITE);

    assert_int_equal(session_begin(unit, &session, &cookie, DESK_NOW, desk.pool), APR_SUCCESS);
    database_commit(unit);
    desk.visit.session = session;
}

session_state_t desk_session(void)
{
    session_state_t state;
    store_unit_t *unit = database_open(&desk.database, STORE_READ);

    assert_int_equal(session_read(unit, &desk.visit.session, SPAN("kawasaki"), (session_life_t){1800, 28800}, DESK_NOW,
                                  &state, desk.pool),
                     APR_SUCCESS);
    store_close(unit);
    return state;
}

int desk_events(void)
{
    event_t *list;
    apr_int64_t last;
    int count;
    store_unit_t *unit = database_open(&desk.database, STORE_READ);

    assert_int_equal(event_follow(unit, 0, &list, &count, &last), APR_SUCCESS);
    store_close(unit);
    return count;
}
