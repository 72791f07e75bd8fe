/* SPDX-License-Identifier: Apache-2.0
 *
 * account/: accounts, drafts and receipts on a real database: nobody's change is lost, nothing is written half.
 */
#include "account/draft.h"
#include "base/error.h"
#include "database.h"
#include "test.h"

#define NOW apr_time_from_sec(1795273200) /* 2026-11-22 00:00 in Japan */

static database_t database; /* with a unit that is open through each test */

static account_t insert(const char *city, const char *identifier)
{
    static record_pair_t fields[] = {
        {SPAN("town"), SPAN("砂子1丁目")}, {SPAN("name"), SPAN("髙橋 %n%s")}, {SPAN("fax"), SPAN("")}};
    account_t account = {.city = span_of(city),
                         .kind = SPAN("card"),
                         .identifier = span_of(identifier),
                         .fields = fields,
                         .field_count = 3};
    assert_int_equal(account_insert(database.unit, &account, "$y$old", NOW, database.pool), APR_SUCCESS);
    return account;
}

static account_t read_account(apr_int64_t id)
{
    return database_account(database.unit, id, database.pool);
}

static void assert_field(const account_t *account, const char *name, const char *value)
{
    assert_string_equal(span_text(database.pool, account_field(account, span_of(name))), value);
}

static void test_insert_and_find(void **state)
{
    account_t made = insert("kawasaki", "86000001"), account;
    const char *password;
    bool found;

    (void)state;
    assert_true(made.id > 0 && made.version == 1);
    assert_int_equal(account_find(database.unit, SPAN("kawasaki"), SPAN("card"), SPAN("86000001"), &account, &password,
                                  &found, database.pool),
                     APR_SUCCESS);
    assert_true(found && account.id == made.id && account.version == 1 && account.changed_at == NOW);
    assert_true(span_is(account.city, "kawasaki") && span_is(account.kind, "card"));
    assert_true(span_is(account.identifier, "86000001"));
    assert_string_equal(password, "$y$old");
    assert_int_equal(account.field_count, 2); /* the empty one is no field; sorted by name */
    assert_true(span_is(account.fields[0].name, "name") && span_is(account.fields[1].name, "town"));
    assert_field(&account, "name", "髙橋 %n%s");
    assert_field(&account, "fax", "");
}

static void test_not_found(void **state)
{
    static const char *const wrong[][3] = {{"kamakura", "card", "86000001"},
                                           {"kawasaki", "id", "86000001"},
                                           {"kawasaki", "card", "8600000"},
                                           {"kawasaki", "card", "' OR '1'='1"},
                                           {"kawasaki", "card", ""}};
    account_t account;
    const char *password = "";
    bool found = true;

    (void)state;
    insert("kawasaki", "86000001");
    for (apr_size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_int_equal(account_find(database.unit, span_of(wrong[i][0]), span_of(wrong[i][1]), span_of(wrong[i][2]),
                                      &account, &password, &found, database.pool),
                         APR_SUCCESS);
        assert_false(found);
        assert_null(password);
    }
    assert_int_equal(account_read(database.unit, 1, &account, &found, database.pool), APR_SUCCESS);
    assert_false(found);
    password = database_password(database.unit, 1, database.pool);
    assert_null(password);
}

static void test_taken_identifier(void **state)
{
    account_t again = {.city = SPAN("kawasaki"), .kind = SPAN("card"), .identifier = SPAN("86000001")};

    (void)state;
    insert("kawasaki", "86000001");
    insert("kamakura", "86000001"); /* another city's card */
    assert_int_equal(account_insert(database.unit, &again, NULL, NOW, database.pool), BASE_ECONFLICT);
    assert_string_equal(database.log, ""); /* no error of the database */
    assert_int_equal(store_commit(database.unit), APR_SUCCESS);
}

static void test_account_without_fields(void **state)
{
    account_t account = {.city = SPAN("kawasaki"), .kind = SPAN("card"), .identifier = SPAN("86000002")};
    const char *password = "";

    (void)state;
    assert_int_equal(account_insert(database.unit, &account, NULL, NOW, database.pool), APR_SUCCESS);
    assert_int_equal(read_account(account.id).field_count, 0);
    password = database_password(database.unit, account.id, database.pool);
    assert_null(password);
}

static void test_change(void **state)
{
    const record_pair_t change[] = {{SPAN("fax"), SPAN("044-000-0000")}, {SPAN("town"), SPAN("")}};
    const record_pair_t late[] = {{SPAN("name"), SPAN("lost")}};
    account_t account = insert("kawasaki", "86000001");
    const char *password;

    (void)state;
    assert_int_equal(account_change(database.unit, account.id, 1, change, 2, NULL, NOW + 1, database.pool),
                     APR_SUCCESS);
    assert_int_equal(account_change(database.unit, account.id, 1, late, 1, "$y$late", NOW + 2, database.pool),
                     BASE_ECONFLICT);
    assert_int_equal(account_change(database.unit, account.id + 1, 1, late, 1, NULL, NOW + 2, database.pool),
                     BASE_ECONFLICT);

    account = read_account(account.id);
    assert_true(account.version == 2 && account.changed_at == NOW + 1);
    assert_int_equal(account.field_count, 2);
    assert_field(&account, "fax", "044-000-0000");
    assert_field(&account, "town", "");
    assert_field(&account, "name", "髙橋 %n%s");
    password = database_password(database.unit, account.id, database.pool);
    assert_string_equal(password, "$y$old");

    assert_int_equal(account_change(database.unit, account.id, 2, NULL, 0, "$y$new", NOW + 3, database.pool),
                     APR_SUCCESS);
    password = database_password(database.unit, account.id, database.pool);
    assert_string_equal(password, "$y$new");
    assert_true(read_account(account.id).version == 3);
}

static void test_random_ids(void **state)
{
    apr_int64_t last = 0, bits = 0;

    (void)state;
    for (int i = 0; i < 64; i++) {
        account_t account = insert("kawasaki", apr_itoa(database.pool, i));
        assert_true(account.id > 0 && account.id != last + 1);
        bits |= account.id;
        last = account.id;
    }
    assert_true(bits > APR_INT64_MAX / 2); /* up to the highest bit */
}

/* --- Drafts --- */

static draft_t read_draft(apr_int64_t account)
{
    draft_t draft;
    assert_int_equal(draft_read(database.unit, account, SPAN("card.edit"), &draft, database.pool), APR_SUCCESS);
    return draft;
}

static void test_draft(void **state)
{
    account_t account = insert("kawasaki", "86000001");
    draft_t draft = read_draft(account.id), other;

    (void)state;
    assert_true(draft.version == 0 && draft.step == DRAFT_NONE && draft.fields.size == 0);
    other = draft;
    draft.step = DRAFT_ACCEPTED;
    draft.base = 7;
    draft.fields = SPAN("kana\tタカハシ\\n\n");
    draft.password = SPAN("$y$new");
    assert_int_equal(draft_write(database.unit, &draft, NOW), APR_SUCCESS);
    assert_true(draft.version == 1);
    assert_int_equal(draft_write(database.unit, &other, NOW), BASE_ECONFLICT); /* two first pages at once */
    assert_true(other.version == 0);

    other = read_draft(account.id);
    assert_true(other.version == 1 && other.step == DRAFT_ACCEPTED && other.base == 7 && other.changed_at == NOW);
    assert_true(span_equal(other.fields, draft.fields) && span_equal(other.password, draft.password));
    assert_int_equal(draft_write(database.unit, &other, NOW + 1), APR_SUCCESS);
    assert_int_equal(draft_write(database.unit, &draft, NOW + 2), BASE_ECONFLICT);
    assert_int_equal(draft_read(database.unit, account.id, SPAN("card.other"), &other, database.pool), APR_SUCCESS);
    assert_true(other.version == 0);
}

static void test_emptied_draft_keeps_its_version(void **state)
{
    account_t account = insert("kawasaki", "86000001");
    draft_t draft = read_draft(account.id), old;

    (void)state;
    draft.step = DRAFT_TYPED;
    draft.fields = SPAN("kana\tx\n");
    assert_int_equal(draft_write(database.unit, &draft, NOW), APR_SUCCESS);
    old = draft;
    draft.step = DRAFT_NONE;
    assert_int_equal(draft_write(database.unit, &draft, NOW), APR_SUCCESS);
    draft = read_draft(account.id);
    assert_true(draft.version == 2 && draft.step == DRAFT_NONE && draft.fields.size == 0);
    assert_int_equal(draft_write(database.unit, &old, NOW), BASE_ECONFLICT);
}

static void test_draft_purge(void **state)
{
    account_t account = insert("kawasaki", "86000001");
    draft_t draft = read_draft(account.id);

    (void)state;
    draft.step = DRAFT_ACCEPTED;
    draft.fields = SPAN("kana\tx\n");
    draft.password = SPAN("$y$new");
    assert_int_equal(draft_write(database.unit, &draft, NOW), APR_SUCCESS);
    assert_int_equal(draft_purge(database.unit, SPAN("kawasaki"), NOW), APR_SUCCESS);
    assert_int_equal(draft_purge(database.unit, SPAN("kamakura"), NOW + 1), APR_SUCCESS);
    assert_true(read_draft(account.id).step == DRAFT_ACCEPTED);
    assert_int_equal(draft_purge(database.unit, SPAN("kawasaki"), NOW + 1), APR_SUCCESS);
    assert_int_equal(draft_purge(database.unit, SPAN("kawasaki"), NOW + 1), APR_SUCCESS);
    draft = read_draft(account.id);
    assert_true(draft.step == DRAFT_NONE && draft.version == 2 && draft.fields.size == 0 && draft.password.size == 0);
}

/* --- Receipts --- */

static void assert_number(const char *typed, const char *number)
{
    assert_string_equal(receipt_number(span_of(typed), database.pool).at, number);
}

static void test_typed_receipt(void **state)
{
    (void)state;
    assert_number("20261122-7KQ4-M2RD", "20261122-7KQ4-M2RD");
    assert_number("20261122-7kq4-m2rd", "20261122-7KQ4-M2RD");
    assert_number(" 2o26Il22 7kq4m2rd-", "20261122-7KQ4-M2RD");
    assert_number("", "");
    assert_number("20261122-7kq4-m2r", "20261122-7kq4-m2r");
    assert_number("20261122-7kq4-m2rdd", "20261122-7kq4-m2rdd");
    assert_number("20261122-7kq4-m2ru", "20261122-7kq4-m2ru");
}

static void test_receipt(void **state)
{
    account_t account = insert("kawasaki", "86000001");
    const char *number, *second;
    apr_time_t at;
    bool found;

    (void)state;
    assert_int_equal(receipt_issue(database.unit, account.id, SPAN("card.edit"), NOW, &number, database.pool),
                     APR_SUCCESS);
    assert_int_equal(strlen(number), 18);
    assert_memory_equal(number, "20261122-", 9);
    assert_int_equal(number[13], '-');
    assert_int_equal(strspn(number + 9, "0123456789ABCDEFGHJKMNPQRSTVWXYZ-"), 9);
    assert_int_equal(receipt_issue(database.unit, account.id, SPAN("card.edit"), NOW - 1, &second, database.pool),
                     APR_SUCCESS);
    assert_memory_equal(second, "20261121-", 9); /* a microsecond before midnight in Japan */

    assert_int_equal(
        receipt_read(database.unit, account.id, SPAN("card.edit"), span_of(number), &at, &found, database.pool),
        APR_SUCCESS);
    assert_true(found && at == NOW);
    assert_int_equal(
        receipt_read(database.unit, account.id + 1, SPAN("card.edit"), span_of(number), &at, &found, database.pool),
        APR_SUCCESS);
    assert_false(found);
    assert_int_equal(
        receipt_read(database.unit, account.id, SPAN("card.other"), span_of(number), &at, &found, database.pool),
        APR_SUCCESS);
    assert_false(found);
    assert_int_equal(
        receipt_read(database.unit, account.id, SPAN("card.edit"), SPAN("20261122"), &at, &found, database.pool),
        APR_SUCCESS);
    assert_false(found);
}

/* Change, draft consumed, receipt: one unit; whatever fails, none of it happened. */
static void test_commit_is_one(void **state)
{
    const record_pair_t change[] = {{SPAN("fax"), SPAN("044-000-0000")}};
    account_t account = insert("kawasaki", "86000001");
    const char *number;
    draft_t draft;
    apr_time_t at;
    bool found;

    (void)state;
    database_commit(database.unit);
    database.unit = database_open(&database, STORE_WRITE);
    assert_int_equal(account_change(database.unit, account.id, 1, change, 1, NULL, NOW, database.pool), APR_SUCCESS);
    assert_int_equal(receipt_issue(database.unit, account.id, SPAN("card.edit"), NOW, &number, database.pool),
                     APR_SUCCESS);
    draft = (draft_t){.account = account.id, .form = SPAN("card.edit"), .version = 5, .step = DRAFT_DONE};
    assert_int_equal(draft_write(database.unit, &draft, NOW), BASE_ECONFLICT);
    store_close(database.unit);

    database.unit = database_open(&database, STORE_WRITE);
    account = read_account(account.id);
    assert_true(account.version == 1);
    assert_field(&account, "fax", "");
    assert_int_equal(
        receipt_read(database.unit, account.id, SPAN("card.edit"), span_of(number), &at, &found, database.pool),
        APR_SUCCESS);
    assert_false(found);
}

#define TEST(name) DATABASE_UNIT_TEST(name, &database)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_insert_and_find),
        TEST(test_not_found),
        TEST(test_taken_identifier),
        TEST(test_account_without_fields),
        TEST(test_change),
        TEST(test_random_ids),
        TEST(test_draft),
        TEST(test_emptied_draft_keeps_its_version),
        TEST(test_draft_purge),
        TEST(test_typed_receipt),
        TEST(test_receipt),
        TEST(test_commit_is_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
