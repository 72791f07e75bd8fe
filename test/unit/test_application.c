/* SPDX-License-Identifier: Apache-2.0
 *
 * account/application: what another program wrote, as docs/storage.md lets it.
 */
#include "account/account.h"
#include "account/application.h"
#include "database.h"
#include "test.h"

#define NOW apr_time_from_sec(1795273200)
#define ALL (APPLICATION_RECEIVED | APPLICATION_EXAMINATION | APPLICATION_EXAMINED)

static database_t database;
static apr_int64_t account;

static int make(void **state)
{
    account_t made = {.city = SPAN("kawasaki"), .kind = SPAN("jpki"), .identifier = SPAN("1")};

    if (database_set_up(state)) return -1;
    store_unit_t *unit = database_open(&database, STORE_WRITE);
    assert_int_equal(account_insert(unit, &made, NULL, NOW, database.pool), APR_SUCCESS);
    database_commit(unit);
    account = made.id;
    return 0;
}

/* The driver's code. The account is found as the document says. */
static int write_one(const char *number, int state, int received_at, const char *identifier)
{
    return database_run(&database.source,
                        apr_psprintf(database.pool,
                                     "INSERT INTO application (city, number, account, procedure, title, received_at, "
                                     "state, changed_at) SELECT 'kawasaki', '%s', id, 'dog-registration', "
                                     "'犬の登録申請', %d, %d, %d FROM account WHERE city = 'kawasaki' AND "
                                     "kind = 'jpki' AND identifier = '%s' AND state <> 2",
                                     number, received_at, state, received_at, identifier),
                        database.pool);
}

static int list(uint32_t states, application_t **applications)
{
    int count;
    store_unit_t *unit = database_open(&database, STORE_READ);
    assert_int_equal(application_list(unit, account, states, applications, &count, database.pool), APR_SUCCESS);
    store_close(unit);
    return count;
}

static void test_states(void **state)
{
    application_t *found;

    (void)state;
    assert_int_equal(list(ALL, &found), 0);
    assert_int_equal(write_one("A-3", APPLICATION_EXAMINED, 30, "1"), 0);
    assert_int_equal(write_one("A-1", APPLICATION_RECEIVED, 20, "1"), 0);
    assert_int_equal(write_one("A-2", APPLICATION_EXAMINATION, 10, "1"), 0);
    assert_int_equal(write_one("A-4", APPLICATION_RECEIVED, 5, "2"), 0); /* of nobody: no row */
    assert_int_equal(list(ALL, &found), 3);
    assert_true(span_is(found[0].number, "A-2") && span_is(found[1].number, "A-1") && span_is(found[2].number, "A-3"));
    assert_true(span_is(found[0].procedure, "dog-registration") && span_is(found[0].title, "犬の登録申請"));
    assert_true(found[0].state == APPLICATION_EXAMINATION && found[0].received_at == 10);
    assert_int_equal(list(APPLICATION_RECEIVED | APPLICATION_EXAMINATION, &found), 2);
    assert_int_equal(list(APPLICATION_EXAMINED, &found), 1);
    assert_true(span_is(found[0].number, "A-3"));
    assert_int_equal(list(0, &found), 0);
}

static void test_no_other_states(void **state)
{
    (void)state;
    assert_int_not_equal(write_one("A-1", 0, 1, "1"), 0);
    assert_int_not_equal(write_one("A-1", 3, 1, "1"), 0);
    assert_int_not_equal(write_one("A-1", 8, 1, "1"), 0);
    assert_int_equal(write_one("A-1", 4, 1, "1"), 0);
    assert_int_not_equal(write_one("A-1", 4, 1, "1"), 0); /* the number is taken */
}

static void test_at_most(void **state)
{
    application_t *found;

    (void)state;
    for (int i = 0; i <= APPLICATION_LIST_MAX; i++)
        assert_int_equal(write_one(apr_itoa(database.pool, i), APPLICATION_RECEIVED, 1000 - i, "1"), 0);
    assert_int_equal(list(ALL, &found), APPLICATION_LIST_MAX);
    assert_true(span_is(found[0].number, "100")); /* the oldest */
}

/* The application stays, without its applicant. */
static void test_account_gone(void **state)
{
    application_t *found;
    store_unit_t *unit;

    (void)state;
    assert_int_equal(write_one("A-1", APPLICATION_EXAMINED, 1, "1"), 0);
    unit = database_open(&database, STORE_WRITE);
    assert_int_equal(account_remove(unit, account, 1), APR_SUCCESS);
    database_commit(unit);
    assert_int_equal(list(ALL, &found), 0);
    assert_int_not_equal(database_run(&database.source,
                                      "INSERT INTO application (city, number, procedure, title, received_at, state, "
                                      "changed_at) VALUES ('kawasaki', 'A-1', '', '', 1, 1, 1)",
                                      database.pool),
                         0); /* its number is still taken */
}

#define TEST(name) cmocka_unit_test_prestate_setup_teardown(name, make, database_tear_down, &database)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_states),
        TEST(test_no_other_states),
        TEST(test_at_most),
        TEST(test_account_gone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
