/* SPDX-License-Identifier: Apache-2.0
 *
 * The gate from several processes at once, each with a connection of its own to one database: the sum of what they
 * compare is what counts.
 */
#include "test_limit_fixture.h"

#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define PROCESSES 8
#define TRIES     50

static gate_t gate;

/* What all processes see. */
typedef struct {
    _Atomic int waiting, compared, opened, locked, busy;
} shared_t;

static shared_t *shared;

/* A connection to sqlite3 must not be carried over a fork: made here, closed, and opened again by whoever needs one. */
static bool make_database(void)
{
    static char path[128];
    database_t *database = &gate.database;

    if (!database_make_ready(database)) return false;
    apr_cpystrn(path, database->path, sizeof path);
    apr_pool_destroy(database->pool);
    database->path = path;
    database->store = NULL;
    return apr_pool_create(&database->pool, NULL) == APR_SUCCESS;
}

static void open_database(void)
{
    gate.ports.store = gate.database.store = database_connect(&gate.database);
    if (!gate.ports.store) abort();
}

/* Memory is shared by all, as in the server. */
static int make(void **state)
{
    apr_size_t size = limit_table_size(64);

    (void)state;
    shared = mmap(NULL, 4096 + size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared == MAP_FAILED || !make_database()) return -1;
    gate_fill(&gate);
    gate.ports.table = limit_table_init((char *)shared + 4096, 64);
    return 0;
}

static int drop(void **state)
{
    (void)state;
    munmap(shared, 4096 + limit_table_size(64));
    database_drop(&gate.database);
    return 0;
}

/* The other processes hold the database for a moment; a driver without the server's lock of writers says so. */
static apr_status_t reserve(limit_permit_t *permit, apr_time_t now)
{
    apr_status_t status;
    do status = limit_reserve(&gate.ports, gate.rules, gate.limit, &gate.subject, now, permit, gate.database.pool);
    while (status == BASE_EBUSY);
    return status;
}

static apr_status_t fail_try(limit_permit_t *permit, apr_time_t now)
{
    apr_status_t status;
    do status = limit_fail(&gate.ports, gate.rules, gate.limit, &gate.subject, now, permit, gate.database.pool);
    while (status == BASE_EBUSY);
    return status;
}

static apr_status_t refund(const limit_permit_t *permit)
{
    store_unit_t *unit = NULL;
    apr_status_t status;
    do {
        status = store_open(&unit, gate.ports.store, STORE_WRITE, gate.database.pool);
        if (status == APR_SUCCESS)
            status = limit_refund(&gate.ports, unit, gate.rules, gate.limit, &gate.subject, permit, NULL,
                                  gate.database.pool);
        if (status == APR_SUCCESS) status = store_commit(unit);
        store_close(unit);
    } while (status == BASE_EBUSY);
    return status;
}

/* All begin at the same moment. */
static void wait_for_all(int processes)
{
    atomic_fetch_add(&shared->waiting, 1);
    while (atomic_load(&shared->waiting) < processes) usleep(100);
}

static void count_refusal(const limit_permit_t *permit)
{
    atomic_fetch_add(permit->state == LIMIT_LOCKED ? &shared->locked : &shared->busy, 1);
}

/* Runs `work` in so many processes; each ends with 0 if all went well. */
static void run(int processes, int (*work)(int number))
{
    pid_t children[PROCESSES];
    for (int i = 0; i < processes; i++) {
        children[i] = fork();
        if (children[i]) continue;
        open_database();
        wait_for_all(processes);
        _exit(work(i));
    }
    for (int i = 0; i < processes; i++) {
        int status = -1;
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_int_equal(status, 0);
    }
}

/* --- Wrong secrets --- */

static int guess(int number)
{
    limit_permit_t permit;

    (void)number;
    for (int i = 0; i < TRIES; i++) {
        if (reserve(&permit, NOW) != APR_SUCCESS) return 1;
        if (permit.state != LIMIT_OPEN) {
            count_refusal(&permit);
            continue;
        }
        atomic_fetch_add(&shared->compared, 1);
        if (fail_try(&permit, NOW) != APR_SUCCESS) return 1;
    }
    return 0;
}

static void test_guessing(void **state)
{
    limit_permit_t permit;

    (void)state;
    run(PROCESSES, guess);
    assert_int_equal(shared->compared, 3);
    assert_int_equal(shared->compared + shared->locked + shared->busy, PROCESSES * TRIES);
    open_database();
    permit = gate_reserve(&gate, NOW + 5 * MINUTE - 1);
    assert_locked(&gate, &permit, "password/1", NOW + 5 * MINUTE);
}

static void test_guessing_without_memory(void **state)
{
    gate.ports.table = NULL;
    test_guessing(state);
}

/* Every process other accounts, all from one address. */
static int guess_accounts(int number)
{
    limit_permit_t permit;

    for (int i = 0; i < TRIES; i++) {
        gate.subject.identifier = span_of(apr_psprintf(gate.database.pool, "%d-%d", number, i));
        if (reserve(&permit, NOW) != APR_SUCCESS) return 1;
        if (permit.state != LIMIT_OPEN) continue;
        atomic_fetch_add(&shared->compared, 1);
        if (fail_try(&permit, NOW) != APR_SUCCESS) return 1;
    }
    return 0;
}

static void test_guessing_accounts(void **state)
{
    (void)state;
    run(PROCESSES, guess_accounts);
    assert_int_equal(shared->compared, 6);
}

/* --- Right secrets --- */

static int enter(int number)
{
    limit_permit_t permit;

    (void)number;
    do {
        if (reserve(&permit, NOW) != APR_SUCCESS) return 1;
        if (permit.state == LIMIT_LOCKED) return 3;
    } while (permit.state == LIMIT_BUSY);
    atomic_fetch_add(&shared->opened, 1);
    return refund(&permit) == APR_SUCCESS ? 0 : 1;
}

/* One more than the threshold, and more than that: all come in, nobody is locked, nothing stays counted. */
static void test_owner(void **state)
{
    (void)state;
    gate.ports.table = NULL;
    run(4, enter);
    assert_int_equal(shared->opened, 4);
    shared->waiting = 0;
    run(PROCESSES, enter);
    open_database();
    for (int i = 0; i < 2; i++) assert_int_equal(gate_wrong(&gate, NOW).state, LIMIT_OPEN);
    assert_int_equal(gate_wrong(&gate, NOW).state, LIMIT_LOCKED);
}

static int enter_or_guess(int number)
{
    limit_permit_t permit;

    if (number > 0) gate.subject.source = SPAN("203.0.113.7");
    for (int i = 0; i < 10; i++) {
        if (reserve(&permit, NOW) != APR_SUCCESS) return 1;
        if (permit.state != LIMIT_OPEN) {
            count_refusal(&permit);
        } else if (number == 0) {
            atomic_fetch_add(&shared->opened, 1);
            if (refund(&permit) != APR_SUCCESS) return 1;
        } else {
            atomic_fetch_add(&shared->compared, 1);
            if (fail_try(&permit, NOW) != APR_SUCCESS) return 1;
        }
    }
    return 0;
}

/* The owner's successes give guessers from elsewhere no try more, and take none from them either. */
static void test_owner_among_guessers(void **state)
{
    (void)state;
    run(PROCESSES, enter_or_guess);
    open_database();
    while (gate_reserve(&gate, NOW + 2 * MINUTE).state == LIMIT_OPEN) shared->compared++;
    assert_int_equal(shared->compared, 3);
}

/* --- Killed --- */

static int die_in_flight(int number)
{
    limit_permit_t permit;

    (void)number;
    if (reserve(&permit, NOW) != APR_SUCCESS || permit.state != LIMIT_OPEN) return 1;
    atomic_fetch_add(&shared->compared, 1);
    kill(getpid(), SIGKILL);
    return 1;
}

static void test_killed_between_reserve_and_fail(void **state)
{
    limit_permit_t permit;
    int status;

    (void)state;
    for (int i = 0; i < 3; i++) {
        pid_t child = fork();
        if (child == 0) {
            open_database();
            _exit(die_in_flight(i));
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    }
    assert_int_equal(shared->compared, 3);
    open_database();
    assert_int_equal(gate_reserve(&gate, NOW + LIMIT_SETTLE).state, LIMIT_BUSY);
    permit = gate_reserve(&gate, NOW + LIMIT_SETTLE + 1);
    assert_locked(&gate, &permit, "password/1", NOW + LIMIT_SETTLE + 1 + 5 * MINUTE);
}

/* Anywhere, also inside a unit: what was compared is never forgotten. */
static void test_killed_anywhere(void **state)
{
    int status;

    (void)state;
    gate.subject.trusted_source = true;
    for (int i = 0; i < 40; i++) {
        pid_t child = fork();
        if (child == 0) {
            open_database();
            atomic_fetch_add(&shared->waiting, 1);
            _exit(guess(i));
        }
        while (atomic_load(&shared->waiting) <= i) usleep(50);
        usleep((useconds_t)(i * 40));
        kill(child, SIGKILL);
        assert_int_equal(waitpid(child, &status, 0), child);
    }
    assert_true(shared->compared <= 3);
    open_database();
    assert_int_not_equal(gate_reserve(&gate, NOW + 2 * MINUTE).state, LIMIT_BUSY);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make, drop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_guessing),        TEST(test_guessing_without_memory), TEST(test_guessing_accounts),
        TEST(test_owner),           TEST(test_owner_among_guessers),    TEST(test_killed_between_reserve_and_fail),
        TEST(test_killed_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
