/* SPDX-License-Identifier: Apache-2.0
 *
 * store/event: what is written is followed in its order, once committed; nothing is missed when there is much of it.
 */
#include "database.h"
#include "store/event.h"
#include "test.h"

#define NOW apr_time_from_sec(1795273200)

static database_t database;

static void write_events(int count, event_kind_t kind, const char *subject, apr_time_t now, bool commit)
{
    store_unit_t *unit = database_open(&database, STORE_WRITE);
    for (int i = 0; i < count; i++) assert_int_equal(event_write(unit, kind, subject, now), APR_SUCCESS);
    if (commit) assert_int_equal(store_commit(unit), APR_SUCCESS);
    store_close(unit);
}

static int follow(apr_int64_t after, event_t **events, apr_int64_t *last)
{
    store_unit_t *unit = database_open(&database, STORE_READ);
    int count = -1;
    assert_int_equal(event_follow(unit, after, events, &count, last), APR_SUCCESS);
    store_close(unit);
    return count;
}

static void test_none(void **state)
{
    event_t *events;
    apr_int64_t last = -1;

    (void)state;
    assert_int_equal(follow(0, &events, &last), 0);
    assert_int_equal(last, 0);
}

static void test_order(void **state)
{
    event_t *events;
    apr_int64_t last;

    (void)state;
    write_events(1, EVENT_ACCOUNT, "12", NOW, true);
    write_events(1, EVENT_LOCK, "lost", NOW, false);
    write_events(1, EVENT_LOCK, "a-lock", NOW, true);
    assert_int_equal(follow(0, &events, &last), 2);
    assert_int_equal(last, 2);
    assert_true(events[0].number == 1 && events[0].kind == EVENT_ACCOUNT);
    assert_string_equal(events[0].subject, "12");
    assert_true(events[1].number == 2 && events[1].kind == EVENT_LOCK);
    assert_string_equal(events[1].subject, "a-lock");
    assert_int_equal(follow(1, &events, &last), 1);
    assert_int_equal(events[0].number, 2);
    assert_int_equal(follow(2, &events, &last), 0);
    assert_int_equal(last, 2);
}

static void test_many(void **state)
{
    event_t *events;
    apr_int64_t last;

    (void)state;
    write_events(1001, EVENT_LOCK, "x", NOW, true);
    assert_int_equal(follow(0, &events, &last), 1000);
    assert_int_equal(events[999].number, 1000);
    assert_int_equal(last, 1001);
    assert_int_equal(follow(events[999].number, &events, &last), 1);
    assert_int_equal(events[0].number, 1001);
}

/* Numbers are never given twice: a follower's last one stays right. */
static void test_purge(void **state)
{
    event_t *events;
    apr_int64_t last;
    store_unit_t *unit;

    (void)state;
    write_events(2, EVENT_LOCK, "old", NOW - 1, true);
    write_events(1, EVENT_LOCK, "new", NOW, true);
    unit = database_open(&database, STORE_WRITE);
    assert_int_equal(event_purge(unit, NOW), APR_SUCCESS);
    database_commit(unit);
    assert_int_equal(follow(0, &events, &last), 1);
    assert_string_equal(events[0].subject, "new");
    unit = database_open(&database, STORE_WRITE);
    assert_int_equal(event_purge(unit, NOW + 1), APR_SUCCESS);
    database_commit(unit);
    assert_int_equal(follow(0, &events, &last), 0);
    assert_int_equal(last, 3);
    write_events(1, EVENT_LOCK, "next", NOW, true);
    assert_int_equal(follow(last, &events, &last), 1);
    assert_int_equal(events[0].number, 4);
}

#define TEST(name) DATABASE_TEST(name, &database)

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_none), TEST(test_order), TEST(test_many), TEST(test_purge)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
