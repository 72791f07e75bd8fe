/* SPDX-License-Identifier: Apache-2.0
 *
 * session/challenge: used once, by whom and for what it was made, within five minutes; also when two ask at once.
 */
#include "base/error.h"
#include "database.h"
#include "session/challenge.h"
#include "test.h"

#include <pthread.h>

#define START apr_time_from_sec(1800000000)

static database_t database;

static challenge_t of(const char *city, const char *holder, const char *purpose)
{
    return (challenge_t){.city = span_of(city), .holder = span_of(holder), .purpose = span_of(purpose)};
}

/* A new challenge of the usual three; its nonce. */
static span_t begin(apr_time_t now, const char *content)
{
    challenge_t challenge = of("kawasaki", "token", "check");
    store_unit_t *unit = database_open(&database, STORE_WRITE);

    assert_int_equal(challenge_begin(unit, &challenge, now, database.pool), APR_SUCCESS);
    if (content) assert_int_equal(challenge_put(unit, &challenge, span_of(content)), APR_SUCCESS);
    database_commit(unit);
    assert_int_equal(challenge.nonce.size, CHALLENGE_NONCE);
    assert_int_equal(challenge.created_at, now);
    return challenge.nonce;
}

static apr_status_t take_with(const store_t *store, challenge_t *challenge, apr_time_t now, apr_pool_t *pool)
{
    store_unit_t *unit;
    apr_status_t status = store_open(&unit, store, STORE_WRITE, pool);

    if (status == APR_SUCCESS) status = challenge_take(unit, challenge, now, pool);
    if (status == APR_SUCCESS) status = store_commit(unit);
    store_close(unit);
    return status;
}

static apr_status_t take(challenge_t challenge, apr_time_t now, challenge_t *taken)
{
    apr_status_t status = take_with(database.store, &challenge, now, database.pool);
    if (taken) *taken = challenge;
    return status;
}

static void is_taken_once(void **state)
{
    challenge_t taken;
    span_t nonce = begin(START, "品名\tりんご\n");

    (void)state;
    assert_int_equal(take(of("kawasaki", "token", "check"), START + 1, &taken), APR_SUCCESS);
    assert_true(span_equal(taken.nonce, nonce));
    assert_true(span_is(taken.content, "品名\tりんご\n"));
    assert_int_equal(taken.created_at, START);
    assert_int_equal(take(of("kawasaki", "token", "check"), START + 1, NULL), APR_NOTFOUND);
}

static void is_nobody_elses(void **state)
{
    (void)state;
    begin(START, NULL);
    assert_int_equal(take(of("kawasaki", "other", "check"), START, NULL), APR_NOTFOUND);
    assert_int_equal(take(of("kawasaki", "token", "log-in"), START, NULL), APR_NOTFOUND);
    assert_int_equal(take(of("kamakura", "token", "check"), START, NULL), APR_NOTFOUND);
    assert_int_equal(take(of("kawasaki", "", "check"), START, NULL), APR_NOTFOUND);
    assert_int_equal(take(of("kawasaki", "token", "check"), START, NULL), APR_SUCCESS); /* none of them took it away */
}

static void lives_five_minutes(void **state)
{
    (void)state;
    begin(START, NULL);
    assert_int_equal(take(of("kawasaki", "token", "check"), START + apr_time_from_sec(300), NULL), APR_NOTFOUND);
    assert_int_equal(take(of("kawasaki", "token", "check"), START + apr_time_from_sec(300) - 1, NULL), APR_SUCCESS);
}

/* The next one begins empty, and the former one's content can't come into it any more. */
static void the_next_replaces_it(void **state)
{
    challenge_t former = of("kawasaki", "token", "check"), taken;
    span_t first = begin(START, "old"), second = begin(START + 5, NULL);
    store_unit_t *unit;

    (void)state;
    assert_false(span_equal(first, second));
    former.nonce = first;
    unit = database_open(&database, STORE_WRITE);
    assert_int_equal(challenge_put(unit, &former, SPAN("late")), APR_NOTFOUND);
    store_close(unit);
    assert_int_equal(take(of("kawasaki", "token", "check"), START + 6, &taken), APR_SUCCESS);
    assert_true(span_equal(taken.nonce, second));
    assert_int_equal(taken.content.size, 0);
    assert_int_equal(taken.created_at, START + 5);
    assert_int_equal(take(of("kawasaki", "token", "check"), START + 6, NULL), APR_NOTFOUND);
}

/* What was not committed was not taken. */
static void a_rollback_gives_it_back(void **state)
{
    challenge_t challenge = of("kawasaki", "token", "check");
    store_unit_t *unit;

    (void)state;
    begin(START, NULL);
    unit = database_open(&database, STORE_WRITE);
    assert_int_equal(challenge_take(unit, &challenge, START, database.pool), APR_SUCCESS);
    store_close(unit);
    assert_int_equal(take(of("kawasaki", "token", "check"), START, NULL), APR_SUCCESS);
}

#define TOKEN_HASHED "PEaenWxYddN6Q_NT1PiOYfz4EsZu7jRXRlpAsNpBU-A" /* SHA-256 of "token", base64url */

/* What stands in the database opens nothing. */
static void the_holder_is_hashed(void **state)
{
    (void)state;
    begin(START, NULL);
    assert_int_equal(take(of("kawasaki", TOKEN_HASHED, "check"), START, NULL), APR_NOTFOUND);
    assert_int_equal(
        database_run(&database.source, "DELETE FROM challenge WHERE holder = '" TOKEN_HASHED "'", database.pool), 0);
    assert_int_equal(take(of("kawasaki", "token", "check"), START, NULL), APR_NOTFOUND);
}

static void the_old_are_forgotten(void **state)
{
    store_unit_t *unit;

    (void)state;
    begin(START, NULL);
    for (int i = 0; i < 2; i++) {
        const bool old = i == 1;
        unit = database_open(&database, STORE_WRITE);
        assert_int_equal(challenge_purge(unit, SPAN("kamakura"), START + 2 * CHALLENGE_LIFE), APR_SUCCESS);
        assert_int_equal(challenge_purge(unit, SPAN("kawasaki"), START + CHALLENGE_LIFE - (old ? 0 : 1)), APR_SUCCESS);
        assert_int_equal(store_commit(unit), APR_SUCCESS);
        store_close(unit);
        /* As if no time had passed: is the row there? */
        assert_int_equal(take(of("kawasaki", "token", "check"), START, NULL), old ? APR_NOTFOUND : APR_SUCCESS);
        begin(START, NULL);
    }
}

/* --- At once --- */

#define TAKERS 2
#define ROUNDS 20

typedef struct {
    const store_t *store;
    apr_pool_t *pool;
    pthread_barrier_t *barrier;
    int taken, missed, other;
} taker_t;

static void *race(void *context)
{
    taker_t *taker = context;

    pthread_barrier_wait(taker->barrier);
    for (;;) {
        challenge_t challenge = of("kawasaki", "token", "check");
        apr_status_t status = take_with(taker->store, &challenge, START, taker->pool);
        if (status == BASE_EBUSY) continue;
        taker->taken += status == APR_SUCCESS;
        taker->missed += status == APR_NOTFOUND;
        taker->other += status != APR_SUCCESS && status != APR_NOTFOUND;
        return NULL;
    }
}

static void exactly_one_gets_it(void **state)
{
    taker_t takers[TAKERS] = {{0}};
    pthread_barrier_t barrier;
    pthread_t threads[TAKERS];

    (void)state;
    assert_int_equal(pthread_barrier_init(&barrier, NULL, TAKERS), 0);
    for (int i = 0; i < TAKERS; i++) {
        takers[i].store = database_connect(&database);
        takers[i].barrier = &barrier;
        assert_non_null(takers[i].store);
        assert_int_equal(apr_pool_create(&takers[i].pool, NULL), APR_SUCCESS);
    }
    for (int round = 0; round < ROUNDS; round++) {
        begin(START, NULL);
        for (int i = 0; i < TAKERS; i++) assert_int_equal(pthread_create(&threads[i], NULL, race, &takers[i]), 0);
        for (int i = 0; i < TAKERS; i++) assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(takers[0].taken + takers[1].taken, round + 1);
        assert_int_equal(takers[0].missed + takers[1].missed, round + 1);
    }
    assert_int_equal(takers[0].other + takers[1].other, 0);
    for (int i = 0; i < TAKERS; i++) apr_pool_destroy(takers[i].pool);
    pthread_barrier_destroy(&barrier);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        DATABASE_TEST(is_taken_once, &database),
        DATABASE_TEST(is_nobody_elses, &database),
        DATABASE_TEST(lives_five_minutes, &database),
        DATABASE_TEST(the_next_replaces_it, &database),
        DATABASE_TEST(a_rollback_gives_it_back, &database),
        DATABASE_TEST(the_holder_is_hashed, &database),
        DATABASE_TEST(the_old_are_forgotten, &database),
        DATABASE_TEST(exactly_one_gets_it, &database),
    };
    return cmocka_run_group_tests_name("session: challenge", tests, NULL, NULL);
}
