/* SPDX-License-Identifier: Apache-2.0
 *
 * account/: registrations under way, what the counter does to accounts, how it finds them, and their end.
 */
#include "account/account.h"
#include "account/draft.h"
#include "base/error.h"
#include "database.h"
#include "session/session.h"
#include "test.h"

#define NOW apr_time_from_sec(1795273200)

static database_t database; /* with a unit that is open through each test */

static account_t insert(const char *city, const char *identifier, const char *kana)
{
    record_pair_t fields[] = {{SPAN("kana"), span_of(kana)}, {SPAN("birth-date"), SPAN("1980-03-04")}};
    account_t account = {.city = span_of(city),
                         .kind = SPAN("card"),
                         .identifier = span_of(identifier),
                         .fields = fields,
                         .field_count = 2};
    assert_int_equal(account_insert(database.unit, &account, "$y$old", NOW, database.pool), APR_SUCCESS);
    return account;
}

static account_t read_account(apr_int64_t id)
{
    return database_account(database.unit, id, database.pool);
}

static void assert_password(apr_int64_t id, const char *hash)
{
    assert_string_equal(database_password(database.unit, id, database.pool), hash);
}

static void test_freeze_and_release(void **state)
{
    account_t other = insert("kawasaki", "2", "ア"), account = insert("kawasaki", "1", "ア");

    (void)state;
    account = read_account(account.id);
    assert_false(account.frozen || account.must_change);
    assert_int_equal(account_freeze(database.unit, account.id, 1, NOW + 1), APR_SUCCESS);
    assert_int_equal(account_release(database.unit, account.id, 1, NOW + 2), BASE_ECONFLICT);
    account = read_account(account.id);
    assert_true(account.frozen && account.version == 2 && account.changed_at == NOW + 1);
    assert_false(read_account(other.id).frozen);
    assert_password(account.id, "$y$old");
    assert_int_equal(account_release(database.unit, account.id, 2, NOW + 3), APR_SUCCESS);
    account = read_account(account.id);
    assert_true(!account.frozen && account.version == 3);
    assert_int_equal(account_freeze(database.unit, 1, 1, NOW), BASE_ECONFLICT); /* no such account */
}

static void test_one_time_password(void **state)
{
    const record_pair_t change[] = {{SPAN("fax"), SPAN("044-000-0000")}};
    account_t account = insert("kawasaki", "1", "ア");

    (void)state;
    assert_int_equal(account_reset_password(database.unit, account.id, 7, "$y$x", NOW + 9, NOW), BASE_ECONFLICT);
    assert_password(account.id, "$y$old");
    assert_int_equal(account_reset_password(database.unit, account.id, 1, "$y$once", NOW + 9, NOW), APR_SUCCESS);
    account = read_account(account.id);
    assert_true(account.must_change && account.password_expires_at == NOW + 9 && account.version == 2);
    assert_password(account.id, "$y$once");

    /* Another field changes nothing of it; a password of the holder's own does. */
    assert_int_equal(account_change(database.unit, account.id, 2, change, 1, NULL, NOW, database.pool), APR_SUCCESS);
    assert_true(read_account(account.id).must_change);
    assert_int_equal(account_change(database.unit, account.id, 2, NULL, 0, "$y$own", NOW, database.pool),
                     BASE_ECONFLICT);
    assert_true(read_account(account.id).must_change);
    assert_int_equal(account_change(database.unit, account.id, 3, NULL, 0, "$y$own", NOW, database.pool), APR_SUCCESS);
    account = read_account(account.id);
    assert_true(!account.must_change && account.password_expires_at == 0 && account.version == 4);
    assert_password(account.id, "$y$own");
}

/* --- Applicants --- */

static account_t apply(const char *city, const char *identifier, apr_time_t at)
{
    record_pair_t fields[] = {{SPAN("kana"), SPAN("ア")}};
    account_t account = {.city = span_of(city),
                         .kind = SPAN("jpki"),
                         .identifier = span_of(identifier),
                         .fields = fields,
                         .field_count = 1,
                         .applicant = true};
    assert_int_equal(account_insert(database.unit, &account, NULL, at, database.pool), APR_SUCCESS);
    return account;
}

static bool exists(apr_int64_t id)
{
    account_t account;
    bool found;
    assert_int_equal(account_read(database.unit, id, &account, &found, database.pool), APR_SUCCESS);
    return found;
}

static void test_registration(void **state)
{
    const record_pair_t fields[] = {{SPAN("kana"), SPAN("")}, {SPAN("name"), SPAN("川崎　太郎")}};
    account_t account = apply("kawasaki", "JP-1", NOW),
              again = {.city = SPAN("kawasaki"), .kind = SPAN("jpki"), .identifier = SPAN("JP-1"), .applicant = true};

    (void)state;
    assert_int_equal(account_insert(database.unit, &again, NULL, NOW, database.pool), BASE_ECONFLICT);
    account = read_account(account.id);
    assert_true(account.applicant && !account.frozen && !account.has_password && account.version == 1);
    assert_int_equal(account_register(database.unit, account.id, 2, fields, 2, NOW + 1, database.pool), BASE_ECONFLICT);
    assert_true(read_account(account.id).applicant);
    assert_int_equal(account_register(database.unit, account.id, 1, fields, 2, NOW + 1, database.pool), APR_SUCCESS);
    account = read_account(account.id);
    assert_true(!account.applicant && account.version == 2 && account.changed_at == NOW + 1);
    assert_int_equal(account.field_count, 1);
    assert_true(span_is(account_field(&account, SPAN("name")), "川崎　太郎"));
    /* Registered is registered. */
    assert_int_equal(account_register(database.unit, account.id, 2, fields, 2, NOW + 2, database.pool), BASE_ECONFLICT);
}

/* Otherwise to freeze and to release would be a registration that nobody signed. */
static void test_applicants_are_not_frozen(void **state)
{
    account_t account = apply("kawasaki", "JP-1", NOW);

    (void)state;
    assert_int_equal(account_freeze(database.unit, account.id, 1, NOW), BASE_ECONFLICT);
    assert_int_equal(account_release(database.unit, account.id, read_account(account.id).version, NOW), BASE_ECONFLICT);
    assert_true(read_account(account.id).applicant);
}

static void test_frozen_is_not_registered(void **state)
{
    account_t account = insert("kawasaki", "1", "ア");

    (void)state;
    assert_int_equal(account_freeze(database.unit, account.id, 1, NOW), APR_SUCCESS);
    assert_int_equal(account_register(database.unit, account.id, 2, NULL, 0, NOW, database.pool), BASE_ECONFLICT);
    assert_true(read_account(account.id).frozen);
}

static void test_remove(void **state)
{
    account_t account = insert("kawasaki", "1", "ア"), other = insert("kawasaki", "2", "ア");
    draft_t draft = {.account = account.id, .form = SPAN("card.edit"), .step = DRAFT_TYPED};
    const char *receipt;
    apr_time_t at;
    bool found;

    (void)state;
    assert_int_equal(draft_write(database.unit, &draft, NOW), APR_SUCCESS);
    assert_int_equal(receipt_issue(database.unit, account.id, SPAN("card.edit"), NOW, &receipt, database.pool),
                     APR_SUCCESS);
    assert_int_equal(account_seize(database.unit, account.id, 2), BASE_ECONFLICT);
    assert_int_equal(account_seize(database.unit, account.id, 1), APR_SUCCESS);
    assert_int_equal(account_remove(database.unit, account.id, 2), BASE_ECONFLICT);
    assert_true(exists(account.id));
    assert_int_equal(account_remove(database.unit, account.id, 1), APR_SUCCESS);
    assert_int_equal(account_remove(database.unit, account.id, 1), BASE_ECONFLICT);
    assert_true(!exists(account.id) && exists(other.id));
    assert_int_equal(draft_read(database.unit, account.id, SPAN("card.edit"), &draft, database.pool), APR_SUCCESS);
    assert_true(draft.version == 0);
    assert_int_equal(
        receipt_read(database.unit, account.id, SPAN("card.edit"), span_of(receipt), &at, &found, database.pool),
        APR_SUCCESS);
    assert_false(found);
    insert("kawasaki", "1", "ア"); /* the number is free again */
}

/* By the account's own time, its drafts' and its sessions'; only applicants, and only this city's. */
static void test_purge_of_applicants(void **state)
{
    account_t live = insert("kawasaki", "1", "ア"), old = apply("kawasaki", "a", NOW),
              typing = apply("kawasaki", "b", NOW), reading = apply("kawasaki", "c", NOW),
              elsewhere = apply("kamakura", "d", NOW), young = apply("kawasaki", "e", NOW + 10);
    draft_t draft = {.account = typing.id, .form = SPAN("jpki.register"), .step = DRAFT_TYPED};
    session_t session = {.account = reading.id, .city = SPAN("kawasaki"), .kind = SPAN("jpki")};
    const char *cookie;

    (void)state;
    assert_int_equal(draft_write(database.unit, &draft, NOW + 10), APR_SUCCESS);
    assert_int_equal(session_begin(database.unit, &session, &cookie, NOW + 10, database.pool), APR_SUCCESS);
    assert_int_equal(account_purge_applicants(database.unit, SPAN("kawasaki"), NOW), APR_SUCCESS);
    assert_true(exists(old.id));
    assert_int_equal(account_purge_applicants(database.unit, SPAN("kawasaki"), NOW + 10), APR_SUCCESS);
    assert_false(exists(old.id));
    assert_true(exists(live.id) && exists(typing.id) && exists(reading.id) && exists(elsewhere.id) && exists(young.id));
    assert_int_equal(account_purge_applicants(database.unit, SPAN("kawasaki"), NOW + 11), APR_SUCCESS);
    assert_true(exists(live.id) && exists(elsewhere.id));
    assert_false(exists(typing.id) || exists(reading.id) || exists(young.id));
}

static void test_issued_with_one_time_password(void **state)
{
    account_t account = {.city = SPAN("kawasaki"),
                         .kind = SPAN("card"),
                         .identifier = SPAN("1"),
                         .must_change = true,
                         .password_expires_at = NOW + 9};

    (void)state;
    assert_int_equal(account_insert(database.unit, &account, "$y$once", NOW, database.pool), APR_SUCCESS);
    account = read_account(account.id);
    assert_true(account.must_change && account.password_expires_at == NOW + 9 && !account.frozen);
}

/* The identifiers found, with spaces between; a + at the end: there are more. */
static const char *search(const char *field, const char *value, bool prefix)
{
    const account_search_t what = {SPAN("kawasaki"), span_of(field), span_of(value), prefix};
    const char *text = "";
    account_t *accounts;
    bool more;
    int count;

    assert_int_equal(account_search(database.unit, &what, &accounts, &count, &more, database.pool), APR_SUCCESS);
    for (int i = 0; i < count; i++)
        text = apr_pstrcat(database.pool, text, i ? " " : "", span_text(database.pool, accounts[i].identifier), NULL);
    return more ? apr_pstrcat(database.pool, text, "+", NULL) : text;
}

static void test_search(void **state)
{
    (void)state;
    insert("kawasaki", "1", "カワサキタロウ");
    insert("kawasaki", "2", "カワサキ");
    insert("kawasaki", "3", "カワシマ");
    insert("kawasaki", "12", "%_");
    insert("kamakura", "1", "カワサキ");
    assert_string_equal(search("", "1", false), "1");
    assert_string_equal(search("", "", false), "");
    assert_string_equal(search("", "' OR '1'='1", false), "");
    assert_string_equal(search("kana", "カワサキ", true), "2 1");
    assert_string_equal(search("kana", "カワサキ", false), "2");
    assert_string_equal(search("kana", "カワ", true), "2 1 3");
    assert_string_equal(search("kana", "カワス", true), "");
    assert_string_equal(search("kana", "%", true), "12"); /* no pattern: a sign like others */
    assert_string_equal(search("kana", "_", true), "");
    assert_string_equal(search("birth-date", "1980-03-04", false), "1 12 2 3");
    assert_string_equal(search("birth-date", "1980-03-0", false), "");
    assert_string_equal(search("name", "", true), "");
}

/* Neither found nor exported, until they are registered. */
static void test_search_finds_no_applicants(void **state)
{
    account_t account = apply("kawasaki", "JP-1", NOW), *accounts;
    int count;

    (void)state;
    insert("kawasaki", "1", "ア");
    assert_string_equal(search("", "JP-1", false), "");
    assert_string_equal(search("kana", "ア", true), "1");
    assert_int_equal(
        account_list(database.unit, SPAN("kawasaki"), SPAN("jpki"), SPAN(""), 2, &accounts, &count, database.pool),
        APR_SUCCESS);
    assert_int_equal(count, 0);
    assert_int_equal(account_register(database.unit, account.id, 1, NULL, 0, NOW, database.pool), APR_SUCCESS);
    assert_string_equal(search("", "JP-1", false), "JP-1");
    assert_string_equal(search("kana", "ア", true), "1 JP-1");
    assert_int_equal(
        account_list(database.unit, SPAN("kawasaki"), SPAN("jpki"), SPAN(""), 2, &accounts, &count, database.pool),
        APR_SUCCESS);
    assert_int_equal(count, 1);
}

static void test_search_says_if_there_are_more(void **state)
{
    const account_search_t what = {SPAN("kawasaki"), SPAN("kana"), SPAN("ア"), true};
    account_t *accounts;
    bool more;
    int count;

    (void)state;
    for (int i = 0; i < ACCOUNT_SEARCH_MAX; i++) insert("kawasaki", apr_itoa(database.pool, 100 + i), "アア");
    assert_int_equal(account_search(database.unit, &what, &accounts, &count, &more, database.pool), APR_SUCCESS);
    assert_true(count == ACCOUNT_SEARCH_MAX && !more);
    insert("kawasaki", "99", "アイ");
    assert_int_equal(account_search(database.unit, &what, &accounts, &count, &more, database.pool), APR_SUCCESS);
    assert_true(count == ACCOUNT_SEARCH_MAX && more);
    assert_true(span_is(account_field(&accounts[0], SPAN("kana")), "アア"));
}

static void test_list(void **state)
{
    account_t *accounts;
    int count;

    (void)state;
    insert("kawasaki", "3", "ア");
    insert("kawasaki", "1", "ア");
    insert("kawasaki", "2", "ア");
    insert("kamakura", "4", "ア");
    assert_int_equal(
        account_list(database.unit, SPAN("kawasaki"), SPAN("card"), SPAN(""), 2, &accounts, &count, database.pool),
        APR_SUCCESS);
    assert_int_equal(count, 2);
    assert_true(span_is(accounts[0].identifier, "1") && span_is(accounts[1].identifier, "2"));
    assert_true(span_is(account_field(&accounts[1], SPAN("kana")), "ア"));
    assert_int_equal(
        account_list(database.unit, SPAN("kawasaki"), SPAN("card"), SPAN("2"), 2, &accounts, &count, database.pool),
        APR_SUCCESS);
    assert_int_equal(count, 1);
    assert_int_equal(
        account_list(database.unit, SPAN("kawasaki"), SPAN("id"), SPAN(""), 2, &accounts, &count, database.pool),
        APR_SUCCESS);
    assert_int_equal(count, 0);
}

#define TEST(name) DATABASE_UNIT_TEST(name, &database)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_freeze_and_release),
        TEST(test_one_time_password),
        TEST(test_registration),
        TEST(test_applicants_are_not_frozen),
        TEST(test_frozen_is_not_registered),
        TEST(test_remove),
        TEST(test_purge_of_applicants),
        TEST(test_issued_with_one_time_password),
        TEST(test_search),
        TEST(test_search_finds_no_applicants),
        TEST(test_search_says_if_there_are_more),
        TEST(test_list),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
