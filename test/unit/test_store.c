/* SPDX-License-Identifier: Apache-2.0
 *
 * store/: units of work on a real sqlite3 database: what is kept, what is rolled back, what two connections do to each
 * other, and what the log may say.
 */
#include "base/error.h"
#include "database.h"
#include "store/unit.h"
#include "test.h"

#include <apr_file_io.h>

static database_t database;

static int make_empty(void **state)
{
    return database_make(*state) ? 0 : -1;
}

static store_unit_t *open_unit(const store_t *store, store_mode_t mode)
{
    store_unit_t *unit;
    assert_int_equal(store_open(&unit, store, mode, database.pool), APR_SUCCESS);
    return unit;
}

static apr_status_t insert(store_unit_t *unit, apr_int64_t id, const char *identifier, apr_int64_t *changed)
{
    return store_change(unit, STORE_QUERY_ACCOUNT_INSERT,
                        (store_value_t[]){STORE_INTEGER(id), STORE_TEXT("kawasaki"), STORE_TEXT("card"),
                                          STORE_TEXT(identifier), STORE_NULL, STORE_INTEGER(0), STORE_INTEGER(0),
                                          STORE_INTEGER(1), STORE_INTEGER(1)},
                        9, changed);
}

static apr_status_t put(store_unit_t *unit, apr_int64_t id, const char *name, const char *value)
{
    return store_change(unit, STORE_QUERY_FIELD_PUT,
                        (store_value_t[]){STORE_INTEGER(id), STORE_TEXT(name), STORE_TEXT(value)}, 3, NULL);
}

static store_rows_t read_account(store_unit_t *unit, apr_int64_t id)
{
    store_rows_t rows;
    assert_int_equal(store_select(unit, STORE_QUERY_ACCOUNT_READ, (store_value_t[]){STORE_INTEGER(id)}, 1, &rows),
                     APR_SUCCESS);
    return rows;
}

static int count_rows(const store_t *store, apr_int64_t id)
{
    store_unit_t *unit = open_unit(store, STORE_READ);
    int count = read_account(unit, id).count;
    store_close(unit);
    return count;
}

/* The name of the account's first field, "" when it has none. */
static const char *first_field(store_unit_t *unit, apr_int64_t id)
{
    store_rows_t rows = read_account(unit, id);
    return store_text(&rows, 0, 10);
}

/* An account with row 1, committed. */
static void insert_one(void)
{
    store_unit_t *unit = open_unit(database.store, STORE_WRITE);
    assert_int_equal(insert(unit, 1, "86000001", NULL), APR_SUCCESS);
    database_commit(unit);
}

static bool logged(const char *piece)
{
    return strstr(database.log, piece) != NULL;
}

/* --- The file of queries --- */

static void assert_refused(const char *queries, const char *expected)
{
    store_t *store;
    const char *error = NULL;

    database_file(&database, "queries.sql", queries);
    assert_int_equal(store_create(&store, database.directory, &database.source, NULL, &error, database.pool),
                     BASE_EMALFORMED);
    assert_string_equal(error, apr_pstrcat(database.pool, database.directory, "/queries.sql", expected, NULL));
}

static void test_queries_file(void **state)
{
    store_t *store;
    const char *error;

    (void)state;
    assert_refused("", ": the query schema-version is missing");
    assert_refused("-- name: schema-version\nSELECT 1;\n", ": the query account-find is missing");
    assert_refused("-- name: drop-all\nSELECT\n 1;", ":2: no query of the name drop-all is known");
    assert_refused("\n\nSELECT 1;\n", ":3: a query without `-- name:`");
    assert_refused("-- name: schema-version\nSELECT 1;\n-- name: schema-version\nSELECT 2;\n",
                   ":4: a second query of the name schema-version");
    assert_refused("-- name: schema-version\nSELECT 1;\nSELECT 2;\n", ":3: a query without `-- name:`");
    assert_refused("-- name: schema-version\n\nSELECT 1\n", ":3: a statement without its ;");
    assert_refused("-- name: schema-version\nSELECT %d;", ":2: only %s and %lld are known");
    assert_refused("-- name: schema-version\nSELECT '%';", ":2: only %s and %lld are known");
    assert_refused("-- name: schema-version\nSELECT %s%s%s%s%s%s%s%s%s%s%s%s%s;", ":2: too many parameters");
    assert_int_not_equal(store_create(&store, "/nowhere", &database.source, NULL, &error, database.pool), APR_SUCCESS);
    assert_non_null(strstr(error, "/nowhere/queries.sql: "));
}

/* Each can be prepared, and run with values of its types, on the schema as it is. */
static void test_every_query(void **state)
{
    store_unit_t *unit = open_unit(database.store, STORE_WRITE);

    (void)state;
    for (int query = 0; query < STORE_QUERY_COUNT; query++) {
        const store_query_text_t *text = &database.store->queries[query];
        store_value_t values[STORE_PARAMETERS];
        store_rows_t rows;
        for (int i = 0; i < text->parameters; i++)
            values[i] = text->types[i] == 's' ? STORE_TEXT("1") : STORE_INTEGER(1);
        if (strncmp(text->text, "SELECT", 6) == 0 || strstr(text->text, "RETURNING"))
            assert_int_equal(store_select(unit, (store_query_t)query, values, text->parameters, &rows), APR_SUCCESS);
        else
            assert_int_equal(store_change(unit, (store_query_t)query, values, text->parameters, NULL), APR_SUCCESS);
    }
    database_commit(unit);
    assert_string_equal(database.log, "");
}

/* --- Schema --- */

static void test_migration(void **state)
{
    apr_int64_t from = -1, to = -1, version = -1;

    (void)state;
    assert_int_equal(store_check_schema(database.store, &version, database.pool), BASE_ESCHEMA);
    assert_true(version == 0 && logged("KW-STORE-007") && logged("run kawasaki db migrate"));
    assert_int_equal(store_migrate(database.store, "sql", &from, &to, database.pool), APR_SUCCESS);
    assert_true(from == 0 && to == STORE_SCHEMA);
    assert_int_equal(store_migrate(database.store, "sql", &from, &to, database.pool), APR_SUCCESS);
    assert_true(from == STORE_SCHEMA && to == STORE_SCHEMA);
    assert_int_equal(store_check_schema(database.store, &version, database.pool), APR_SUCCESS);
    assert_true(version == STORE_SCHEMA);
}

static void test_newer_schema(void **state)
{
    apr_int64_t from, to;

    (void)state;
    assert_int_equal(database_run(&database.source, "UPDATE schema_version SET version = 99", database.pool), 0);
    assert_int_equal(store_check_schema(database.store, &from, database.pool), BASE_ESCHEMA);
    assert_true(from == 99 && logged("belongs to a newer program"));
    assert_int_equal(store_migrate(database.store, "sql", &from, &to, database.pool), BASE_ESCHEMA);
    assert_true(to == 99);
}

/* A migration is all or nothing, also where a later statement is wrong, or it forgets the version. */
static void test_bad_migrations(void **state)
{
    static const struct {
        const char *text, *logged;
    } cases[] = {
        {"CREATE TABLE schema_version (version INTEGER);\nINSERT INTO schema_version VALUES (1);\nCREATE TABLE;\n",
         "001-x.sql:3: sqlite3"},
        {"CREATE TABLE schema_version (version INTEGER);\nINSERT INTO schema_version VALUES (7);\n", "KW-STORE-010"},
        {"CREATE TABLE schema_version (version INTEGER);\nINSERT INTO", "KW-STORE-009"},
    };
    apr_int64_t from, to, version = -1;

    (void)state;
    assert_int_not_equal(store_migrate(database.store, database.directory, &from, &to, database.pool), APR_SUCCESS);
    assert_int_equal(apr_dir_make(apr_pstrcat(database.pool, database.directory, "/sqlite3", NULL),
                                  APR_FPROT_OS_DEFAULT, database.pool),
                     APR_SUCCESS);
    assert_int_not_equal(store_migrate(database.store, database.directory, &from, &to, database.pool), APR_SUCCESS);
    assert_true(logged("KW-STORE-008"));
    for (apr_size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        database_file(&database, "sqlite3/001-x.sql", cases[i].text);
        assert_int_not_equal(store_migrate(database.store, database.directory, &from, &to, database.pool), APR_SUCCESS);
        assert_true(to == 0 && logged(cases[i].logged));
        assert_int_equal(store_check_schema(database.store, &version, database.pool), BASE_ESCHEMA);
        assert_true(version == 0);
    }
}

/* --- Units of work --- */

static void test_commit_and_rollback(void **state)
{
    store_unit_t *unit;

    (void)state;
    insert_one();
    assert_int_equal(count_rows(database.store, 1), 1);

    unit = open_unit(database.store, STORE_WRITE);
    assert_int_equal(insert(unit, 2, "86000002", NULL), APR_SUCCESS);
    store_close(unit);
    assert_int_equal(count_rows(database.store, 2), 0);
    store_close(NULL);
}

static void test_failed_unit(void **state)
{
    store_unit_t *unit;

    (void)state;
    insert_one();
    unit = open_unit(database.store, STORE_WRITE);
    assert_int_equal(insert(unit, 2, "86000002", NULL), APR_SUCCESS);
    assert_int_equal(insert(unit, 1, "86000003", NULL), BASE_EDATABASE); /* the row's id is taken */
    assert_true(logged("KW-STORE-006 account-insert: sqlite3"));
    assert_false(logged("86000003"));
    assert_int_equal(insert(unit, 4, "86000004", NULL), BASE_EDATABASE);
    assert_int_equal(store_commit(unit), BASE_EDATABASE);
    store_close(unit);
    assert_int_equal(count_rows(database.store, 2), 0);

    unit = open_unit(database.store, STORE_WRITE); /* the connection is as good as before */
    assert_int_equal(insert(unit, 2, "86000002", NULL), APR_SUCCESS);
    database_commit(unit);
    assert_int_equal(count_rows(database.store, 2), 1);
}

static void test_changed_rows(void **state)
{
    store_unit_t *unit = open_unit(database.store, STORE_WRITE);
    apr_int64_t changed = -1;

    (void)state;
    assert_int_equal(insert(unit, 1, "86000001", &changed), APR_SUCCESS);
    assert_true(changed == 1);
    assert_int_equal(insert(unit, 2, "86000001", &changed), APR_SUCCESS); /* the identifier is taken */
    assert_true(changed == 0);
    assert_int_equal(store_change(unit, STORE_QUERY_SESSION_END, (store_value_t[]){STORE_TEXT("none")}, 1, &changed),
                     APR_SUCCESS);
    assert_true(changed == 0);
    store_close(unit);
}

static void test_values(void **state)
{
    static const char *const texts[] = {
        "川崎市川崎区砂子1丁目", "%n%s%lld",          "'; DROP TABLE account; --", "\"", "",
        "𠮷田\xef\xb8\x80",      "line\nbreak\ttab\\"};
    char large[20001];
    store_unit_t *unit = open_unit(database.store, STORE_WRITE);
    store_rows_t rows;

    (void)state;
    assert_int_equal(insert(unit, APR_INT64_MAX, "86000001", NULL), APR_SUCCESS);
    for (apr_size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_int_equal(put(unit, APR_INT64_MAX, "name", texts[i]), APR_SUCCESS);
        rows = read_account(unit, APR_INT64_MAX);
        assert_int_equal(rows.count, 1);
        assert_string_equal(store_text(&rows, 0, 11), texts[i]);
    }
    memset(large, 'x', sizeof large - 1);
    large[sizeof large - 1] = '\0';
    assert_int_equal(put(unit, APR_INT64_MAX, large, large), APR_SUCCESS);
    rows = read_account(unit, APR_INT64_MAX);
    assert_int_equal(rows.count, 2);
    assert_string_equal(store_text(&rows, 1, 10), large);
    assert_true(store_integer(&rows, 0, 0) == APR_INT64_MAX);
    store_close(unit);
}

static void test_nulls(void **state)
{
    store_unit_t *unit = open_unit(database.store, STORE_WRITE);
    store_rows_t rows;

    (void)state;
    assert_int_equal(insert(unit, 1, "", NULL), APR_SUCCESS);
    rows = read_account(unit, 1);
    assert_int_equal(rows.columns, 12);
    assert_null(rows.cells[6]);             /* the password */
    assert_string_equal(rows.cells[3], ""); /* the identifier: empty is not NULL */
    assert_string_equal(store_text(&rows, 0, 6), "");
    assert_true(store_integer(&rows, 0, 6) == 0);
    assert_string_equal(store_text(&rows, 1, 0), ""); /* no such row, no such column */
    assert_string_equal(store_text(&rows, 0, 12), "");
    store_close(unit);
}

/* As only another program can write it. */
static void test_number_with_letters_behind(void **state)
{
    store_unit_t *unit;
    store_rows_t rows;

    (void)state;
    unit = open_unit(database.store, STORE_WRITE);
    assert_int_equal(insert(unit, 1, "86000001", NULL), APR_SUCCESS);
    assert_int_equal(put(unit, 1, "name", "川崎"), APR_SUCCESS);
    database_commit(unit);
    assert_int_equal(
        database_run(&database.source, "UPDATE account SET version = version || 'x', changed_at = -12", database.pool),
        0);
    unit = open_unit(database.store, STORE_READ);
    rows = read_account(unit, 1);
    assert_int_equal(rows.count, 1);
    assert_int_equal(store_integer(&rows, 0, 4), 0);
    assert_int_equal(store_integer(&rows, 0, 5), -12);
    store_close(unit);
}

static void test_values_that_do_not_fit(void **state)
{
    store_unit_t *unit;
    store_rows_t rows;

    (void)state;
    unit = open_unit(database.store, STORE_READ);
    assert_int_equal(store_select(unit, STORE_QUERY_ACCOUNT_READ, NULL, 0, &rows), BASE_EDATABASE);
    store_close(unit);
    unit = open_unit(database.store, STORE_READ);
    assert_int_equal(store_select(unit, STORE_QUERY_ACCOUNT_READ, (store_value_t[]){STORE_TEXT("1")}, 1, &rows),
                     BASE_EDATABASE);
    assert_int_equal(rows.count, 0);
    store_close(unit);
    assert_true(logged("KW-STORE-005 account-read"));
}

static void test_foreign_keys(void **state)
{
    store_unit_t *unit = open_unit(database.store, STORE_WRITE);

    (void)state;
    assert_int_equal(put(unit, 5, "name", "nobody"), BASE_EDATABASE);
    store_close(unit);

    insert_one();
    unit = open_unit(database.store, STORE_WRITE);
    assert_int_equal(put(unit, 1, "name", "somebody"), APR_SUCCESS);
    database_commit(unit);
    assert_int_equal(database_run(&database.source, "DELETE FROM account", database.pool), 0);
    insert_one();
    unit = open_unit(database.store, STORE_READ);
    assert_string_equal(first_field(unit, 1), "");
    store_close(unit);
}

/* --- Trouble --- */

static void test_two_connections(void **state)
{
    store_t *second = database_connect(&database);
    store_unit_t *first, *other;

    (void)state;
    insert_one();
    first = open_unit(database.store, STORE_WRITE);
    assert_int_equal(insert(first, 2, "86000002", NULL), APR_SUCCESS);
    assert_int_equal(count_rows(second, 2), 0); /* readers neither wait nor see what isn't committed */
    assert_int_equal(store_open(&other, second, STORE_WRITE, database.pool), BASE_EBUSY);
    assert_null(other);
    assert_true(logged("KW-STORE-001 begin: sqlite3 "));
    database_commit(first);

    assert_int_equal(count_rows(second, 2), 1);
    other = open_unit(second, STORE_WRITE);
    assert_int_equal(insert(other, 3, "86000003", NULL), APR_SUCCESS);
    database_commit(other);
    assert_int_equal(count_rows(database.store, 3), 1);
}

static void test_one_unit_at_a_time(void **state)
{
    store_unit_t *first = open_unit(database.store, STORE_READ), *second;

    (void)state;
    assert_int_equal(store_open(&second, database.store, STORE_READ, database.pool), BASE_EDATABASE);
    assert_null(second);
    assert_true(logged("KW-STORE-002"));
    store_close(first);
    store_close(open_unit(database.store, STORE_READ));
}

static void test_missing_table(void **state)
{
    store_unit_t *unit = open_unit(database.store, STORE_READ);
    store_rows_t rows;
    apr_int64_t from, to;

    (void)state;
    assert_int_equal(store_select(unit, STORE_QUERY_ACCOUNT_READ, (store_value_t[]){STORE_INTEGER(1)}, 1, &rows),
                     BASE_EDATABASE);
    assert_true(logged("no such table: account"));
    store_close(unit);
    assert_int_equal(store_migrate(database.store, "sql", &from, &to, database.pool), APR_SUCCESS);
    assert_int_equal(count_rows(database.store, 1), 0);
}

/* Somebody altered a table beside us: sqlite3 then refuses statements that were prepared before. */
static void test_altered_schema(void **state)
{
    store_source_t other;
    const char *error;
    store_unit_t *unit;

    (void)state;
    insert_one();
    assert_int_equal(count_rows(database.store, 1), 1);
    assert_int_equal(store_source_single(&other, "sqlite3", database.path, &error, database.pool), APR_SUCCESS);
    assert_int_equal(database_run(&other, "ALTER TABLE account ADD COLUMN note TEXT", database.pool), 0);
    assert_int_equal(count_rows(database.store, 1), 1);
    assert_int_equal(database_run(&other, "ALTER TABLE account ADD COLUMN remark TEXT", database.pool), 0);
    unit = open_unit(database.store, STORE_WRITE);
    assert_int_equal(insert(unit, 2, "86000002", NULL), APR_SUCCESS);
    database_commit(unit);
    assert_string_equal(database.log, "");
}

static void test_full_disk(void **state)
{
    char large[8000];
    apr_status_t status = APR_SUCCESS;
    store_unit_t *unit;

    (void)state;
    memset(large, 'x', sizeof large - 1);
    large[sizeof large - 1] = '\0';
    insert_one();
    assert_int_equal(database_run(&database.source, "PRAGMA max_page_count=40", database.pool), 0);
    unit = open_unit(database.store, STORE_WRITE);
    for (int i = 0; i < 40 && status == APR_SUCCESS; i++) status = put(unit, 1, apr_itoa(database.pool, i), large);
    assert_int_equal(status, BASE_EDATABASE);
    assert_true(logged("full"));
    assert_false(logged("xxxx"));
    assert_int_equal(store_commit(unit), BASE_EDATABASE);
    store_close(unit);

    unit = open_unit(database.store, STORE_WRITE);
    assert_string_equal(first_field(unit, 1), "");
    assert_int_equal(put(unit, 1, "name", "short"), APR_SUCCESS);
    database_commit(unit);
}

/* --- The lock of writers --- */

typedef struct {
    int held, taken;
    apr_status_t trouble;
} turn_t;

static store_source_t inner;
static turn_t turn;

static apr_status_t acquire(void *context, store_connection_t *connection, apr_pool_t *pool)
{
    (void)context;
    return inner.acquire(inner.context, connection, pool);
}

static void release(void *context, store_connection_t *connection)
{
    (void)context;
    assert_int_equal(turn.held, 0); /* whoever gets the connection next may need the lock */
    inner.release(inner.context, connection);
}

static apr_status_t lock(void *context)
{
    (void)context;
    if (turn.trouble == APR_SUCCESS) turn.held++, turn.taken++;
    return turn.trouble;
}

static void unlock(void *context)
{
    (void)context;
    turn.held--;
}

static void test_lock(void **state)
{
    const store_source_t source = {acquire, release, lock, unlock, NULL};
    const char *error;
    store_t *store;
    store_unit_t *unit;

    (void)state;
    inner = database.source;
    turn = (turn_t){0, 0, APR_SUCCESS};
    assert_int_equal(store_create(&store, "sql", &source, &database.port, &error, database.pool), APR_SUCCESS);
    store_close(open_unit(store, STORE_READ));
    assert_int_equal(turn.taken, 0);

    unit = open_unit(store, STORE_WRITE);
    assert_int_equal(turn.held, 1);
    assert_int_equal(put(unit, 9, "a", "b"), BASE_EDATABASE);
    store_close(unit);
    assert_true(turn.held == 0 && turn.taken == 1);

    turn.trouble = APR_TIMEUP;
    assert_int_equal(store_open(&unit, store, STORE_WRITE, database.pool), BASE_EBUSY);
    turn.trouble = APR_EINVAL;
    assert_int_equal(store_open(&unit, store, STORE_WRITE, database.pool), BASE_EDATABASE);
    assert_true(logged("KW-STORE-004"));
    turn.trouble = APR_SUCCESS;
    store_close(open_unit(store, STORE_WRITE));
    assert_int_equal(turn.held, 0);
}

/* --- What the log may hold --- */

static void assert_reason(const char *driver, const char *message, const char *expected)
{
    assert_string_equal(store_driver_reason(store_driver_find(driver), message, database.pool), expected);
}

static void test_reasons(void **state)
{
    (void)state;
    assert_reason("sqlite3", "UNIQUE constraint failed: session.hash", "UNIQUE constraint failed: session.hash");
    assert_reason("pgsql",
                  "ERROR:  duplicate key value violates unique constraint \"session_pkey\"\n"
                  "DETAIL:  Key (hash)=(secret) already exists.\n",
                  "ERROR:  duplicate key value violates unique constraint \"session_pkey\"");
    assert_reason("pgsql", "ERROR:  invalid input syntax for type bigint: \"secret\"\nCONTEXT: x",
                  "ERROR:  invalid input syntax for type bigint");
    assert_reason("pgsql", "", "");
    assert_true(store_driver_is_busy(store_driver_find("pgsql"), "ERROR:  deadlock detected\n"));
    assert_false(store_driver_is_busy(store_driver_find("pgsql"), "ERROR:  relation \"x\" does not exist\n"));
    assert_false(store_driver_is_stale(store_driver_find("pgsql"), "schema has changed"));
    assert_null(store_driver_find("oracle"));
}

static void test_unknown_database(void **state)
{
    store_source_t source;
    const char *error = NULL;

    (void)state;
    assert_int_not_equal(store_source_single(&source, "oracle", "x", &error, database.pool), APR_SUCCESS);
    assert_string_equal(error, "no database driver oracle");
    assert_int_not_equal(store_source_single(&source, "sqlite3", "/nowhere/at/all.db", &error, database.pool),
                         APR_SUCCESS);
    assert_non_null(error);
}

#define TEST(name)       DATABASE_TEST(name, &database)
#define EMPTY_TEST(name) cmocka_unit_test_prestate_setup_teardown(name, make_empty, database_tear_down, &database)

int main(void)
{
    const struct CMUnitTest tests[] = {
        EMPTY_TEST(test_queries_file),
        TEST(test_every_query),
        EMPTY_TEST(test_migration),
        TEST(test_newer_schema),
        EMPTY_TEST(test_bad_migrations),
        TEST(test_commit_and_rollback),
        TEST(test_failed_unit),
        TEST(test_changed_rows),
        TEST(test_values),
        TEST(test_nulls),
        TEST(test_number_with_letters_behind),
        TEST(test_values_that_do_not_fit),
        TEST(test_foreign_keys),
        TEST(test_two_connections),
        TEST(test_one_unit_at_a_time),
        EMPTY_TEST(test_missing_table),
        TEST(test_altered_schema),
        TEST(test_full_disk),
        TEST(test_lock),
        TEST(test_reasons),
        EMPTY_TEST(test_unknown_database),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
