/* SPDX-License-Identifier: Apache-2.0
 *
 * account/csv, account/import, account/export: the forms a file may have, every mistake with its line, all or nothing.
 */
#include "account/csv.h"
#include "account/export.h"
#include "account/import.h"
#include "account/password.h"
#include "base/error.h"
#include "database.h"
#include "test.h"

#define HEADER "number,password,name,name_kana,birth_date"
#define TARO   "86000001,Tamagawa01,川崎　太郎,カワサキタロウ,1980-03-04"

static database_t database;

/* --- CSV --- */

/* Rows as "line:cell|cell;…", or "!line:reason". */
static const char *read_csv(span_t text)
{
    apr_array_header_t *rows;
    const char *reason, *result = "";
    int line;

    if (csv_read(&rows, text, &line, &reason, database.pool) != APR_SUCCESS)
        return apr_psprintf(database.pool, "!%d:%s", line, reason);
    for (int i = 0; i < rows->nelts; i++) {
        const csv_row_t *row = &APR_ARRAY_IDX(rows, i, csv_row_t);
        result = apr_psprintf(database.pool, "%s%d:", result, row->line);
        for (int k = 0; k < row->cells->nelts; k++)
            result = apr_pstrcat(database.pool, result, span_text(database.pool, APR_ARRAY_IDX(row->cells, k, span_t)),
                                 k + 1 < row->cells->nelts ? "|" : ";", NULL);
    }
    return result;
}

static void test_csv(void **state)
{
    (void)state;
    assert_string_equal(read_csv(SPAN("")), "");
    assert_string_equal(read_csv(SPAN("\xef\xbb\xbf")), "");
    assert_string_equal(read_csv(SPAN("a,b\nc,d")), "1:a|b;2:c|d;");
    assert_string_equal(read_csv(SPAN("\xef\xbb\xbf"
                                      "a,b\r\n\r\nc,\r\n")),
                        "1:a|b;3:c|;");
    assert_string_equal(read_csv(SPAN(",\n\"\"\n")), "1:|;2:;");
    assert_string_equal(read_csv(SPAN("\"a,\"\"b\"\"\",\"c\nd\"\ne\n")), "1:a,\"b\"|c\nd;3:e;");
    assert_string_equal(read_csv(SPAN("a\rb\n")), "1:a\rb;");
    assert_string_equal(read_csv(SPAN("a\nb,\"c\nd\n")), "!2:a quote is not closed");
    assert_string_equal(read_csv(SPAN("\"a\"b\n")), "!1:text after a closing quote");
    assert_string_equal(read_csv(SPAN("a\n\nb\"c\n")), "!3:a quote inside a cell that has none around it");
    assert_string_equal(read_csv(SPAN("\"")), "!1:a quote is not closed");
}

static void test_csv_write(void **state)
{
    const span_t cells[] = {SPAN("a"), SPAN(""), SPAN("b,c"), SPAN("\"d\""), SPAN("e\nf"), SPAN("g\r"), SPAN(" h ")};
    span_t text = csv_write(cells, 7, database.pool);

    (void)state;
    assert_string_equal(text.at, "a,,\"b,c\",\"\"\"d\"\"\",\"e\nf\",\"g\r\", h \r\n");
    assert_int_equal(text.size, strlen(text.at));
    assert_string_equal(read_csv(text), "1:a||b,c|\"d\"|e\nf|g\r| h ;");
    assert_string_equal(csv_write(cells, 1, database.pool).at, "a\r\n");
    assert_string_equal(csv_write(cells, 0, database.pool).at, "\r\n");
}

/* --- Import --- */

static import_t read_import(const char *text)
{
    import_t import;
    assert_int_equal(import_read(&import, span_of(text), SPAN("kawasaki"), IMPORT_WITH_PASSWORDS, database.pool),
                     APR_SUCCESS);
    return import;
}

/* As the tool does it: hashed before, and nothing committed after a conflict. */
static apr_status_t write_import(import_t *import)
{
    store_unit_t *unit;
    apr_status_t status;

    assert_int_equal(import_hash(import, NULL, database.pool), APR_SUCCESS);
    unit = database_open(&database, STORE_WRITE);
    status = import_write(import, unit, 1, database.pool);
    if (status == APR_SUCCESS) status = store_commit(unit);
    store_close(unit);
    return status;
}

/* All mistakes, as "line: text\n". */
static const char *mistakes_of(const import_t *import)
{
    const char *result = "";
    for (int i = 0; i < import->mistakes->nelts; i++) {
        const import_mistake_t *mistake = &APR_ARRAY_IDX(import->mistakes, i, import_mistake_t);
        result = apr_psprintf(database.pool, "%s%d: %s\n", result, mistake->line, mistake->text);
    }
    return result;
}

static bool find(const char *number, account_t *account, const char **password)
{
    bool found;
    store_unit_t *unit = database_open(&database, STORE_READ);
    assert_int_equal(
        account_find(unit, SPAN("kawasaki"), SPAN("card"), span_of(number), account, password, &found, database.pool),
        APR_SUCCESS);
    store_close(unit);
    return found;
}

static void test_import(void **state)
{
    import_t import = read_import("\xef\xbb\xbf"
                                  "email," HEADER ",building,services\r\n"
                                  "taro@example.jp,８６０００００１,Tamagawa01,川崎　太郎,ｶﾜｻｷﾀﾛｳ,1980-03-04,,"
                                  "application inkan\r\n");
    account_t account;
    const char *password;

    (void)state;
    assert_string_equal(mistakes_of(&import), "");
    assert_int_equal(write_import(&import), APR_SUCCESS);
    assert_true(find("86000001", &account, &password));
    assert_true(password_matches(SPAN("Tamagawa01"), password));
    assert_int_equal(account.field_count, 5);
    assert_string_equal(span_text(database.pool, account_field(&account, SPAN("kana"))), "カワサキタロウ");
    assert_string_equal(span_text(database.pool, account_field(&account, SPAN("birth-date"))), "1980-03-04");
    assert_string_equal(span_text(database.pool, account_field(&account, SPAN("email"))), "taro@example.jp");
    assert_string_equal(span_text(database.pool, account_field(&account, SPAN("services"))), "application inkan");
    assert_int_equal(account_field(&account, SPAN("building")).size, 0);
    assert_int_equal(account_field(&account, SPAN("password")).size, 0);
}

static void test_header_mistakes(void **state)
{
    import_t import;

    (void)state;
    import = read_import("");
    assert_string_equal(mistakes_of(&import), "1: no line with the columns' names\n");
    import = read_import("number,password,name,nickname,number\n" TARO "\n");
    assert_string_equal(mistakes_of(&import), "1: column 4: no column of this name is known\n"
                                              "1: column number: stands here twice\n"
                                              "1: column name_kana: is missing\n"
                                              "1: column birth_date: is missing\n");
    import = read_import(HEADER "\n\"" TARO);
    assert_string_equal(mistakes_of(&import), "2: a quote is not closed\n");
}

/* All of them, in the file's order, and no value among them. */
static void test_all_mistakes(void **state)
{
    import_t import = read_import(HEADER ",phone\n" TARO ",\n"
                                         ",,,,,\n"
                                         "86-A,secret,x,taro,1980-02-30,12\n"
                                         "86000001,secret\n"
                                         "86000001,secret,x,タロウ,1980-03-04,\n"
                                         "86000002,secret,x\ty,タロウ,昭和55年,\n");

    (void)state;
    assert_string_equal(mistakes_of(&import), "3: column number: must be given\n"
                                              "3: column password: must be given\n"
                                              "3: column name: must be given\n"
                                              "3: column name_kana: must be given\n"
                                              "3: column birth_date: must be given\n"
                                              "4: column number: not in the form that is asked for\n"
                                              "4: column name_kana: not in the form that is asked for\n"
                                              "4: column birth_date: not in the form that is asked for\n"
                                              "4: column phone: not in the form that is asked for\n"
                                              "5: 2 cells, but 6 columns\n"
                                              "6: column number: is that of line 2, too\n"
                                              "7: column name: not UTF-8, or with control characters\n"
                                              "7: column birth_date: not in the form that is asked for\n");
}

static void test_password_lengths(void **state)
{
    char secret[258];

    (void)state;
    memset(secret, 'a', sizeof secret);
    for (apr_size_t size = 255; size <= 257; size++) {
        import_t import =
            read_import(apr_psprintf(database.pool, HEADER "\n1,%.*s,x,タロウ,1980-03-04\n", (int)size, secret));
        assert_int_equal(import.mistakes->nelts, size == 257);
    }
}

static void test_taken_numbers(void **state)
{
    import_t import = read_import(HEADER "\n" TARO "\n");
    account_t account;
    const char *password;

    (void)state;
    assert_int_equal(write_import(&import), APR_SUCCESS);
    import = read_import(HEADER "\n86000002,secret,x,タロウ,1980-03-04\n" TARO "\n");
    assert_string_equal(mistakes_of(&import), "");
    assert_int_equal(write_import(&import), BASE_ECONFLICT);
    assert_string_equal(mistakes_of(&import), "3: column number: is taken already\n");
    assert_false(find("86000002", &account, &password)); /* nothing was written */
}

static void test_without_passwords(void **state)
{
    import_t import;

    (void)state;
    assert_int_equal(
        import_read(&import, SPAN(HEADER "\n" TARO "\n"), SPAN("kawasaki"), IMPORT_WITHOUT_PASSWORDS, database.pool),
        APR_SUCCESS);
    assert_string_equal(mistakes_of(&import), "1: column 2: no column of this name is known\n");
    assert_int_equal(import_read(&import, SPAN("number,name,name_kana,birth_date\n1,x,タロウ,S55.3.4\n"),
                                 SPAN("kawasaki"), IMPORT_WITHOUT_PASSWORDS, database.pool),
                     APR_SUCCESS);
    assert_string_equal(mistakes_of(&import), "");
    assert_int_equal(import.cards->nelts, 1);
    assert_int_equal(APR_ARRAY_IDX(import.cards, 0, import_card_t).password.size, 0);
}

/* What is exported is read again as the same. */
static void test_export(void **state)
{
    import_t import = read_import(HEADER ",building,services\n" TARO ",\"A \"\"1\"\", 2\",application inkan\n");
    const account_t *account = &APR_ARRAY_IDX(import.cards, 0, import_card_t).account;
    span_t header = export_header(database.pool), row = export_row(account, database.pool);
    const char *text = apr_pstrcat(database.pool, header.at, row.at, NULL);

    (void)state;
    assert_null(strstr(header.at, "password"));
    assert_null(strstr(row.at, "Tamagawa"));
    assert_string_equal(row.at, "86000001,川崎　太郎,カワサキタロウ,1980-03-04,,,,,\"A \"\"1\"\", 2\",,,,,,"
                                "application inkan\r\n");
    assert_int_equal(import_read(&import, span_of(text), SPAN("kawasaki"), IMPORT_WITHOUT_PASSWORDS, database.pool),
                     APR_SUCCESS);
    assert_string_equal(mistakes_of(&import), "");
    assert_string_equal(export_row(&APR_ARRAY_IDX(import.cards, 0, import_card_t).account, database.pool).at, row.at);
}

#define TEST(name) DATABASE_TEST(name, &database)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_csv),          TEST(test_csv_write),        TEST(test_without_passwords),
        TEST(test_export),       TEST(test_import),           TEST(test_header_mistakes),
        TEST(test_all_mistakes), TEST(test_password_lengths), TEST(test_taken_numbers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
