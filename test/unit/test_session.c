/* SPDX-License-Identifier: Apache-2.0
 *
 * session/: ids and hashes, the edges of a session's life, and a cache that is never believed too long.
 */
#include "account/account.h"
#include "base/error.h"
#include "database.h"
#include "session/cache.h"
#include "test.h"

#include <stdlib.h>

#define START apr_time_from_sec(1800000000)

static database_t database;
static const session_life_t life = {1800, 28800};

static apr_time_t after(apr_int64_t seconds)
{
    return START + apr_time_from_sec(seconds);
}

static apr_int64_t insert_account(store_unit_t *unit, const char *identifier)
{
    account_t account = {.city = SPAN("kawasaki"), .kind = SPAN("card"), .identifier = span_of(identifier)};
    assert_int_equal(account_insert(unit, &account, NULL, START, database.pool), APR_SUCCESS);
    return account.id;
}

static const char *begin(store_unit_t *unit, session_t *session, apr_int64_t account)
{
    const char *cookie;
    *session = (session_t){.account = account, .city = SPAN("kawasaki"), .kind = SPAN("card"), .level = 2};
    assert_int_equal(session_begin(unit, session, &cookie, START, database.pool), APR_SUCCESS);
    return cookie;
}

static session_state_t read_at(store_unit_t *unit, session_t *session, const char *city, apr_time_t now)
{
    session_state_t state;
    session_t read = {.level = 0};
    memcpy(read.hash, session->hash, sizeof read.hash);
    assert_int_equal(session_read(unit, &read, span_of(city), life, now, &state, database.pool), APR_SUCCESS);
    if (state != SESSION_NONE) *session = read;
    return state;
}

static void test_row(void **state)
{
    session_t session, other;
    unsigned char hash[SESSION_HASH_SIZE];
    const char *cookie;
    store_unit_t *unit;

    (void)state;
    unit = database_open(&database, STORE_WRITE);
    apr_int64_t account = insert_account(unit, "86000001");
    cookie = begin(unit, &session, account);
    begin(unit, &other, account);

    assert_int_equal(strlen(cookie), 43); /* 256 bits */
    assert_int_equal(session.csrf.size, 22);
    assert_int_equal(session_hash(span_of(cookie), hash), APR_SUCCESS);
    assert_memory_equal(hash, session.hash, sizeof hash);
    assert_memory_not_equal(hash, other.hash, sizeof hash);
    assert_false(span_equal(session.csrf, other.csrf));

    span_t csrf = session.csrf;
    assert_int_equal(read_at(unit, &session, "kawasaki", after(1)), SESSION_LIVE);
    assert_int_equal(session.account, account);
    assert_true(span_is(session.city, "kawasaki") && span_is(session.kind, "card") && span_equal(session.csrf, csrf));
    assert_int_equal(session.level, 2);
    assert_true(session.created_at == START && session.touched_at == START);
    assert_int_equal(session.insertion.size, 0);
    assert_int_equal(read_at(unit, &session, "kamakura", after(1)), SESSION_NONE);

    bool ended;
    assert_int_equal(session_end(unit, session.hash, &ended), APR_SUCCESS);
    assert_true(ended);
    assert_int_equal(session_end(unit, session.hash, &ended), APR_SUCCESS);
    assert_false(ended);
    assert_int_equal(read_at(unit, &session, "kawasaki", after(1)), SESSION_NONE);
    assert_int_equal(read_at(unit, &other, "kawasaki", after(1)), SESSION_LIVE);
    assert_int_equal(session_end_account(unit, account), APR_SUCCESS);
    assert_int_equal(read_at(unit, &other, "kawasaki", after(1)), SESSION_NONE);
    store_close(unit);
}

/* A log-in after a time-out keeps the token, so that the form that was open can still be sent. */
static void test_given_token(void **state)
{
    session_t session = {.city = SPAN("kawasaki"), .kind = SPAN("card"), .csrf = SPAN("given")};
    const char *cookie;
    store_unit_t *unit;

    (void)state;
    unit = database_open(&database, STORE_WRITE);
    session.account = insert_account(unit, "86000001");
    assert_int_equal(session_begin(unit, &session, &cookie, START, database.pool), APR_SUCCESS);
    assert_int_equal(read_at(unit, &session, "kawasaki", START), SESSION_LIVE);
    assert_true(span_is(session.csrf, "given"));
    store_close(unit);
}

/* Of the card that a kiosk's session lives by. */
static void test_insertion(void **state)
{
    session_t session = {.city = SPAN("kawasaki"), .kind = SPAN("jpki"), .insertion = SPAN("7f3a-1")};
    const char *cookie;
    store_unit_t *unit;

    (void)state;
    unit = database_open(&database, STORE_WRITE);
    session.account = insert_account(unit, "86000001");
    assert_int_equal(session_begin(unit, &session, &cookie, START, database.pool), APR_SUCCESS);
    session.insertion = SPAN("");
    assert_int_equal(read_at(unit, &session, "kawasaki", after(1)), SESSION_LIVE);
    assert_true(span_is(session.insertion, "7f3a-1"));
    assert_true(session.created_at == START && session.touched_at == START);
    store_close(unit);
}

static void test_cookie_refusals(void **state)
{
    static const char *const wrong[] = {"",
                                        "A",
                                        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                                        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                                        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB",
                                        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
                                        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'A"};
    unsigned char hash[SESSION_HASH_SIZE];

    (void)state;
    for (apr_size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_int_equal(session_hash(span_of(wrong[i]), hash), BASE_EMALFORMED);
}

static void test_life(void **state)
{
    session_t session = {.created_at = START, .touched_at = START};

    (void)state;
    assert_int_equal(session_state(&session, life, after(1799)), SESSION_LIVE);
    assert_int_equal(session_state(&session, life, after(1800) - 1), SESSION_LIVE);
    assert_int_equal(session_state(&session, life, after(1800)), SESSION_TIMED_OUT);
    session.touched_at = after(28700);
    assert_int_equal(session_state(&session, life, after(28799)), SESSION_LIVE);
    assert_int_equal(session_state(&session, life, after(28800)), SESSION_TIMED_OUT);
    assert_int_equal(session_state(&session, life, after(-86400)), SESSION_LIVE); /* a clock put back */
}

static void test_touch(void **state)
{
    session_t session;
    store_unit_t *unit;

    (void)state;
    unit = database_open(&database, STORE_WRITE);
    begin(unit, &session, insert_account(unit, "86000001"));
    assert_false(session_touch_due(&session, after(59)));
    assert_true(session_touch_due(&session, after(60)));
    assert_false(session_touch_due(&session, after(-60)));
    assert_int_equal(session_touch(unit, &session, after(1000)), APR_SUCCESS);
    assert_true(session.touched_at == after(1000));
    assert_int_equal(read_at(unit, &session, "kawasaki", after(2799)), SESSION_LIVE);
    assert_int_equal(read_at(unit, &session, "kawasaki", after(2800)), SESSION_TIMED_OUT);
    store_close(unit);
}

static void test_purge(void **state)
{
    session_t idle, old, live;
    store_unit_t *unit;

    (void)state;
    unit = database_open(&database, STORE_WRITE);
    apr_int64_t account = insert_account(unit, "86000001");
    begin(unit, &idle, account);
    begin(unit, &old, account);
    begin(unit, &live, account);
    assert_int_equal(session_touch(unit, &live, after(1)), APR_SUCCESS);

    assert_int_equal(session_purge(unit, SPAN("kamakura"), life, after(90000)), APR_SUCCESS);
    assert_int_equal(session_purge(unit, SPAN("kawasaki"), life, after(1799)), APR_SUCCESS);
    assert_int_equal(read_at(unit, &idle, "kawasaki", after(1)), SESSION_LIVE);
    assert_int_equal(session_touch(unit, &old, after(28799)), APR_SUCCESS);
    assert_int_equal(session_purge(unit, SPAN("kawasaki"), life, after(1800)), APR_SUCCESS);
    assert_int_equal(read_at(unit, &idle, "kawasaki", after(1)), SESSION_NONE);
    assert_int_equal(read_at(unit, &live, "kawasaki", after(1)), SESSION_LIVE);
    assert_int_equal(session_purge(unit, SPAN("kawasaki"), life, after(28800)), APR_SUCCESS);
    assert_int_equal(read_at(unit, &old, "kawasaki", after(1)), SESSION_NONE);
    store_close(unit);
}

/* --- The cache --- */

/* One drawer: what was put last, whatever its key. */
typedef struct {
    unsigned char record[SESSION_RECORD_MAX];
    unsigned int size;
    apr_time_t expires_at;
    apr_status_t trouble;
    int puts;
} drawer_t;

static apr_status_t get(void *context, const unsigned char *key, unsigned char *buffer, unsigned int *size,
                        apr_pool_t *pool)
{
    drawer_t *drawer = context;
    (void)key;
    (void)pool;
    if (drawer->trouble != APR_SUCCESS || !drawer->puts) return drawer->trouble ? drawer->trouble : APR_NOTFOUND;
    assert_true(*size == SESSION_RECORD_MAX);
    memcpy(buffer, drawer->record, drawer->size < *size ? drawer->size : *size);
    *size = drawer->size;
    return APR_SUCCESS;
}

static apr_status_t put(void *context, const unsigned char *key, const unsigned char *record, unsigned int size,
                        apr_time_t expires_at, apr_pool_t *pool)
{
    drawer_t *drawer = context;
    (void)key;
    (void)pool;
    assert_true(size <= sizeof drawer->record);
    memcpy(drawer->record, record, size);
    drawer->size = size;
    drawer->expires_at = expires_at;
    drawer->puts++;
    return drawer->trouble;
}

static session_epochs_t epochs;
static drawer_t drawer;
static const session_cache_t cache = {{get, put, &drawer}, &epochs};
static const unsigned char hash[SESSION_HASH_SIZE] = {1, 2, 3};
static const apr_int64_t owner = 0x123456789abcdef;

static int make_cache(void **state)
{
    memset(&drawer, 0, sizeof drawer);
    return session_epochs_init(&epochs) == APR_SUCCESS ? database_set_up(state) : -1;
}

static session_epoch_t now_epoch(void)
{
    return (session_epoch_t){session_epoch_of_session(&cache, hash), session_epoch_of_account(&cache, owner)};
}

static bool cached(span_t expected)
{
    span_t payload;
    apr_int64_t account = 0;
    apr_status_t status = session_cache_get(&cache, hash, &account, &payload, database.pool);
    if (status != APR_SUCCESS) {
        assert_int_equal(status, APR_NOTFOUND);
        return false;
    }
    assert_true(account == owner && span_equal(payload, expected));
    return true;
}

static void test_cache_believes(void **state)
{
    (void)state;
    assert_false(cached(SPAN("")));
    session_cache_put(&cache, hash, owner, now_epoch(), SPAN("川崎\0x"), after(5), database.pool);
    assert_true(cached(SPAN("川崎\0x")));
    assert_true(drawer.expires_at == after(5));
    session_cache_put(&cache, hash, owner, now_epoch(), (span_t){NULL, 0}, after(5), database.pool);
    assert_true(cached(SPAN("")));
    drawer.trouble = APR_EGENERAL;
    assert_false(cached(SPAN("")));
}

static void test_cache_epochs(void **state)
{
    session_epoch_t before = now_epoch();

    (void)state;
    session_cache_put(&cache, hash, owner, before, SPAN("a"), after(5), database.pool);
    session_epoch_bump_session(&cache, hash);
    assert_false(cached(SPAN("a")));
    /* Read before the change, stored after it: the slow filler. */
    session_cache_put(&cache, hash, owner, before, SPAN("a"), after(5), database.pool);
    assert_false(cached(SPAN("a")));
    session_cache_put(&cache, hash, owner, now_epoch(), SPAN("a"), after(5), database.pool);
    assert_true(cached(SPAN("a")));
    session_epoch_bump_account(&cache, owner);
    assert_false(cached(SPAN("a")));
    session_cache_put(&cache, hash, owner, now_epoch(), SPAN("a"), after(5), database.pool);
    session_epoch_bump_account(&cache, owner + 1); /* another's word */
    assert_true(cached(SPAN("a")));
    assert_int_equal(session_epochs_init(&epochs), APR_SUCCESS); /* the server's next life */
    assert_false(cached(SPAN("a")));
}

static void test_cache_lengths(void **state)
{
    static char large[SESSION_RECORD_MAX];
    const apr_size_t head = 32;

    (void)state;
    memset(large, 'x', sizeof large);
    session_cache_put(&cache, hash, owner, now_epoch(), (span_t){large, sizeof large - head}, after(5), database.pool);
    assert_int_equal(drawer.puts, 1);
    assert_true(cached((span_t){large, sizeof large - head}));
    session_cache_put(&cache, hash, owner, now_epoch(), (span_t){large, sizeof large - head + 1}, after(5),
                      database.pool);
    assert_int_equal(drawer.puts, 1);

    session_cache_put(&cache, hash, owner, now_epoch(), SPAN("abc"), after(5), database.pool);
    for (unsigned int size = 0; size < head + 6; size++) {
        drawer.size = size;
        assert_int_equal(cached(SPAN("abc")), size == head + 3);
    }
    drawer.size = SESSION_RECORD_MAX + 1;
    assert_false(cached(SPAN("abc")));
}

/* Every bit of the head counts, but for the account's, which only leads to another word. */
static void test_cache_damage(void **state)
{
    (void)state;
    session_cache_put(&cache, hash, owner, now_epoch(), SPAN("abc"), after(5), database.pool);
    for (int bit = 0; bit < 32 * 8; bit++) {
        drawer.record[bit / 8] ^= (unsigned char)(1 << bit % 8);
        if (bit / 8 < 8 || bit / 8 >= 16) assert_false(cached(SPAN("abc")));
        drawer.record[bit / 8] ^= (unsigned char)(1 << bit % 8);
    }
    assert_true(cached(SPAN("abc")));
}

static void test_epochs_are_random(void **state)
{
    static session_epochs_t other;
    int equal = 0;

    (void)state;
    assert_int_equal(session_epochs_init(&other), APR_SUCCESS);
    for (unsigned int i = 0; i < SESSION_EPOCHS; i++) equal += epochs.words[i] == other.words[i] || !other.words[i];
    assert_int_equal(equal, 0);
}

#define CACHE_TEST(name) cmocka_unit_test_prestate_setup_teardown(name, make_cache, database_tear_down, &database)
#define ROW_TEST(name)   DATABASE_TEST(name, &database)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROW_TEST(test_row),
        ROW_TEST(test_given_token),
        ROW_TEST(test_insertion),
        cmocka_unit_test(test_cookie_refusals),
        cmocka_unit_test(test_life),
        ROW_TEST(test_touch),
        ROW_TEST(test_purge),
        CACHE_TEST(test_cache_believes),
        CACHE_TEST(test_cache_epochs),
        CACHE_TEST(test_cache_lengths),
        CACHE_TEST(test_cache_damage),
        CACHE_TEST(test_epochs_are_random),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
