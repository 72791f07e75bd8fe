/* SPDX-License-Identifier: Apache-2.0
 *
 * account/binding: whose a certificate is; one account's at most, and one of each kind.
 */
#include "account/account.h"
#include "account/binding.h"
#include "base/error.h"
#include "database.h"
#include "test.h"

#define NOW apr_time_from_sec(1795273200)

static database_t database; /* with a unit that is open through each test */

static apr_int64_t insert(const char *identifier)
{
    account_t account = {.city = SPAN("kawasaki"), .kind = SPAN("jpki"), .identifier = span_of(identifier)};
    assert_int_equal(account_insert(database.unit, &account, NULL, NOW, database.pool), APR_SUCCESS);
    return account.id;
}

static apr_status_t put(const char *city, const char *identity, const char *kind, apr_int64_t account)
{
    const binding_t binding = {.account = account,
                               .city = span_of(city),
                               .kind = span_of(kind),
                               .identity = span_of(identity),
                               .fingerprint = SPAN("f0"),
                               .ends_at = NOW + 7};
    return binding_put(database.unit, &binding, NOW);
}

/* Whose it is; 0 for nobody's. */
static apr_int64_t owner(const char *city, const char *identity)
{
    binding_t binding;
    bool found;
    assert_int_equal(binding_find(database.unit, span_of(city), span_of(identity), &binding, &found, database.pool),
                     APR_SUCCESS);
    return found ? binding.account : 0;
}

/* The account's as "kind=identity", with spaces between. */
static const char *all_of(apr_int64_t account)
{
    const char *text = "";
    binding_t *bindings;
    int count;

    assert_int_equal(binding_list(database.unit, account, &bindings, &count, database.pool), APR_SUCCESS);
    for (int i = 0; i < count; i++)
        text = apr_pstrcat(database.pool, text, i ? " " : "", span_text(database.pool, bindings[i].kind), "=",
                           span_text(database.pool, bindings[i].identity), NULL);
    return text;
}

static void test_put_and_find(void **state)
{
    apr_int64_t account = insert("1");
    binding_t binding;
    bool found;

    (void)state;
    assert_string_equal(all_of(account), "");
    assert_int_equal(put("kawasaki", "ca:aki:01", "jpki-signing", account), APR_SUCCESS);
    assert_int_equal(binding_find(database.unit, SPAN("kawasaki"), SPAN("ca:aki:01"), &binding, &found, database.pool),
                     APR_SUCCESS);
    assert_true(found && binding.account == account && binding.ends_at == NOW + 7);
    assert_true(span_is(binding.city, "kawasaki") && span_is(binding.kind, "jpki-signing"));
    assert_true(span_is(binding.identity, "ca:aki:01") && span_is(binding.fingerprint, "f0"));
    assert_true(owner("kamakura", "ca:aki:01") == 0);
    assert_true(owner("kawasaki", "ca:aki:0") == 0);
    assert_true(owner("kawasaki", "") == 0);
}

static void test_one_of_each_kind(void **state)
{
    apr_int64_t account = insert("1"), other = insert("2");

    (void)state;
    assert_int_equal(put("kawasaki", "a", "jpki-signing", account), APR_SUCCESS);
    assert_int_equal(put("kawasaki", "b", "jpki-authentication", account), APR_SUCCESS);
    assert_int_equal(put("kawasaki", "c", "jpki-signing", other), APR_SUCCESS);
    assert_string_equal(all_of(account), "jpki-authentication=b jpki-signing=a");
    assert_int_equal(put("kawasaki", "d", "jpki-signing", account), APR_SUCCESS); /* the next card */
    assert_string_equal(all_of(account), "jpki-authentication=b jpki-signing=d");
    assert_true(owner("kawasaki", "a") == 0);
    assert_string_equal(all_of(other), "jpki-signing=c");
    assert_int_equal(put("kawasaki", "d", "jpki-signing", account), APR_SUCCESS); /* the same once more */
    assert_string_equal(all_of(account), "jpki-authentication=b jpki-signing=d");
}

static void test_of_another_account(void **state)
{
    apr_int64_t account = insert("1"), other = insert("2");

    (void)state;
    assert_int_equal(put("kawasaki", "a", "jpki-signing", account), APR_SUCCESS);
    assert_int_equal(put("kawasaki", "b", "jpki-signing", other), APR_SUCCESS);
    assert_int_equal(put("kawasaki", "a", "jpki-signing", other), BASE_ECONFLICT);
    assert_true(owner("kawasaki", "a") == account && owner("kawasaki", "b") == other); /* nothing was lost */
    assert_int_equal(put("kamakura", "a", "jpki-signing", other), APR_SUCCESS);        /* each city has its own */
    assert_string_equal(database.log, "");
}

static void test_ends_with_its_account(void **state)
{
    apr_int64_t account = insert("1"), other = insert("2");

    (void)state;
    assert_int_equal(put("kawasaki", "a", "jpki-signing", account), APR_SUCCESS);
    assert_int_equal(put("kawasaki", "b", "jpki-signing", other), APR_SUCCESS);
    assert_int_equal(account_remove(database.unit, account, 1), APR_SUCCESS);
    assert_true(owner("kawasaki", "a") == 0 && owner("kawasaki", "b") == other);
    assert_int_equal(put("kawasaki", "a", "jpki-signing", other), APR_SUCCESS);
    assert_int_equal(put("kawasaki", "c", "jpki-signing", account), BASE_EDATABASE); /* of no account */
}

#define TEST(name) DATABASE_UNIT_TEST(name, &database)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_put_and_find),
        TEST(test_one_of_each_kind),
        TEST(test_of_another_account),
        TEST(test_ends_with_its_account),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
