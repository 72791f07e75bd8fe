/* SPDX-License-Identifier: Apache-2.0
 *
 * store/: what was deleted does not stay in sqlite3's log of writes.
 */
#include "database.h"
#include "store/unit.h"
#include "test.h"

#include <apr_file_io.h>

static database_t database;

static void change(void)
{
    assert_int_equal(database_run(&database.source, "UPDATE clock_mark SET at = at + 1", database.pool), 0);
}

static apr_off_t log_size(void)
{
    apr_finfo_t info;
    assert_int_equal(
        apr_stat(&info, apr_pstrcat(database.pool, database.path, "-wal", NULL), APR_FINFO_SIZE, database.pool),
        APR_SUCCESS);
    return info.size;
}

static void test_tidy(void **state)
{
    store_t *second = database_connect(&database);
    store_unit_t *reader;

    (void)state;
    change();
    assert_true(log_size() > 0);
    assert_int_equal(store_open(&reader, second, STORE_READ, database.pool), APR_SUCCESS);
    assert_int_equal(store_unit_run(reader, "BEGIN", "begin", NULL), APR_SUCCESS);
    assert_int_equal(store_unit_run(reader, "SELECT at FROM clock_mark", "read", NULL), APR_SUCCESS);
    change();
    assert_int_equal(store_tidy(database.store, database.pool), APR_SUCCESS);
    assert_true(log_size() > 0); /* a reader is in the way */
    assert_int_equal(store_unit_run(reader, "ROLLBACK", "rollback", NULL), APR_SUCCESS);
    store_close(reader);
    assert_int_equal(store_tidy(database.store, database.pool), APR_SUCCESS);
    assert_int_equal(log_size(), 0);
    assert_string_equal(database.log, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DATABASE_TEST(test_tidy, &database),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
