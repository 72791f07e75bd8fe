/* SPDX-License-Identifier: Apache-2.0
 *
 * limit_table [full]: what one look into the table of locks costs, in one process and in two, beside a chain of random
 * atomic loads, each waiting for the one before, in a segment of the same size; and beside Redis INCR over a socket in
 * the file system, if redis-server is installed. Prints lines of name, value, unit, ratio, against with tabs between.
 * With full: 10^7 keys too, in 4 GiB. Not here: mod_socache_shmcb (socache.c).
 */
#include "measure.h"

#include <apr_general.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NOW         apr_time_from_sec(1800000000)
#define ROUNDS      9
#define LOOKS       1000000 /* a round */
#define PROCESSES   2
#define REDIS_CALLS 20000

typedef struct {
    limit_table_t *table;
    _Atomic uint64_t *segment; /* of the same size, for the atomics alone */
    uint64_t words, keys;
} bench_t;

/* What is measured: so many steps, each of which needs the result of the one before. Returns something of all. */
typedef uint64_t chain_t(const bench_t *bench, uint64_t start, uint32_t steps);

/* Shared by the processes of one round. */
typedef struct {
    _Atomic int ready;
    double nanoseconds[PROCESSES];
} meeting_t;

_Noreturn static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static void *map(apr_size_t size)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) fail("limit_table: memory");
    return memory;
}

/* One of `count` (multiplied, since a division would cost as much as the rest). */
static uint64_t one_of(uint64_t random, uint64_t count)
{
    return (random >> 32) * count >> 32;
}

/* --- The chains --- */

static uint64_t look(const bench_t *bench, uint64_t start, uint32_t steps, uint64_t first)
{
    uint64_t state = start;
    for (uint32_t i = 0; i < steps; i++) {
        apr_time_t until = 0;
        uint64_t mark = 0;
        limit_table_find(bench->table, measure_key(first + one_of(state, bench->keys)), NOW, &until, &mark);
        state = measure_random(state + mark + (uint64_t)until + 1);
    }
    return state;
}

static uint64_t hits(const bench_t *bench, uint64_t start, uint32_t steps)
{
    return look(bench, start, steps, 0);
}

/* A miss yields nothing that the next step could wait for: the processor guesses it and runs ahead. */
static uint64_t misses(const bench_t *bench, uint64_t start, uint32_t steps)
{
    return look(bench, start, steps, bench->keys);
}

/* With the same arithmetic around it as a look has. */
static uint64_t atomics(const bench_t *bench, uint64_t start, uint32_t steps)
{
    uint64_t state = start;
    for (uint32_t i = 0; i < steps; i++) {
        uint64_t word = measure_key(one_of(state, bench->words)).low & (bench->words - 1);
        state = measure_random(state + atomic_load_explicit(&bench->segment[word], memory_order_acquire) + 1);
    }
    return state;
}

/* --- Measuring --- */

static void run(chain_t *chain, const bench_t *bench, uint64_t start, meeting_t *meeting, int process, int processes)
{
    atomic_fetch_add(&meeting->ready, 1);
    while (atomic_load(&meeting->ready) < processes) continue;
    double began = measure_ns();
    volatile uint64_t result = chain(bench, start, LOOKS);
    (void)result;
    meeting->nanoseconds[process] = (measure_ns() - began) / LOOKS;
}

/* Nanoseconds of one step, the mean of the processes that run at once. */
static double measure(chain_t *chain, const bench_t *bench, int processes, uint64_t start)
{
    meeting_t *meeting = map(sizeof *meeting);
    double sum = 0;
    pid_t other = processes > 1 ? fork() : 0;
    if (other < 0) fail("limit_table: fork");
    if (processes > 1 && other == 0) {
        run(chain, bench, measure_random(start), meeting, 1, processes);
        _exit(0);
    }
    run(chain, bench, start, meeting, 0, processes);
    if (processes > 1 && waitpid(other, NULL, 0) != other) fail("limit_table: waitpid");
    for (int i = 0; i < processes; i++) sum += meeting->nanoseconds[i];
    munmap(meeting, sizeof *meeting);
    return sum / processes;
}

static void row(const char *name, uint64_t keys, int processes, double value, double against, const char *what)
{
    printf("%s-%llu-keys-%d-processes\t%.3g\tns\t%.3g\t%s: %.3g\n", name, (unsigned long long)keys, processes, value,
           value / against, what, against);
    fflush(stdout);
}

/* In turns: what drifts on the machine meets all three. Returns the median of a hit. */
static double compare(const bench_t *bench, int processes)
{
    static const char *const what = "a dependent random atomic load in as large a segment";
    double hit[ROUNDS], miss[ROUNDS], atomic[ROUNDS];
    for (uint64_t i = 0; i < ROUNDS; i++) {
        hit[i] = measure(hits, bench, processes, measure_random(3 * i + 1));
        miss[i] = measure(misses, bench, processes, measure_random(3 * i + 2));
        atomic[i] = measure(atomics, bench, processes, measure_random(3 * i + 3));
    }
    double base = measure_median(atomic, ROUNDS), found = measure_median(hit, ROUNDS);
    row("limit-find-hit", bench->keys, processes, found, base, what);
    row("limit-find-miss", bench->keys, processes, measure_median(miss, ROUNDS), base, "the same, which waits");
    return found;
}

static double measure_size(uint32_t keys)
{
    apr_size_t size = limit_table_size(keys);
    bench_t bench = {.table = limit_table_init(map(size), keys), .segment = map(size), .keys = keys};
    limit_table_stats_t stats;
    bench.words = (size - 128) / sizeof *bench.segment;
    for (uint64_t i = 0; i < bench.words; i++) atomic_store_explicit(&bench.segment[i], i, memory_order_relaxed);
    for (uint64_t i = 0; i < keys; i++) limit_table_put(bench.table, measure_key(i), NOW, INT64_MAX, i);
    limit_table_stats(bench.table, NOW, &stats);
    printf("limit-refused-%u-keys\t%.3g\t%%\t\tkeys as many as were asked for\n", keys,
           100.0 * (double)stats.refused / keys);
    double found = compare(&bench, 1);
    for (int processes = 2; processes <= PROCESSES; processes++) compare(&bench, processes);
    munmap(bench.table, size);
    munmap(bench.segment, size);
    return found;
}

/* --- Redis --- */

static pid_t start_redis(const char *path)
{
    pid_t pid = fork();
    if (pid == 0) {
        if (!freopen("/dev/null", "w", stdout)) _exit(1);
        execlp("redis-server", "redis-server", "--port", "0", "--unixsocket", path, "--save", "", "--appendonly", "no",
               (char *)NULL);
        _exit(127);
    }
    return pid;
}

/* Looked at only: its process id stays taken until it is waited for. */
static bool has_ended(pid_t pid)
{
    siginfo_t info = {.si_pid = 0};
    return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == pid;
}

/* -1: it does not come up. */
static int connect_redis(const char *path, pid_t pid)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    apr_cpystrn(address.sun_path, path, sizeof address.sun_path);
    for (int i = 0; i < 100; i++) {
        int fd = socket(AF_UNIX, SOCK_STREAM, 0);
        if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0) return fd;
        if (fd >= 0) close(fd);
        if (has_ended(pid)) return -1;
        usleep(50000);
    }
    return -1;
}

/* Nanoseconds of a call; negative: the server is gone. */
static double time_redis(int fd)
{
    static const char request[] = "*2\r\n$4\r\nINCR\r\n$3\r\nkey\r\n";
    char answer[64];
    double began = measure_ns();
    for (int i = 0; i < REDIS_CALLS; i++) {
        if (write(fd, request, sizeof request - 1) != sizeof request - 1) return -1;
        if (read(fd, answer, sizeof answer) < 4 || answer[0] != ':') return -1;
    }
    return (measure_ns() - began) / REDIS_CALLS;
}

static void measure_redis(int fd, double found)
{
    double rounds[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
        rounds[i] = time_redis(fd);
        if (rounds[i] < 0) {
            puts("limit-find-hit-1000-keys-1-processes\t\t\t\tfailed: redis-server went away");
            return;
        }
    }
    row("limit-find-hit", 1000, 1, found, measure_median(rounds, ROUNDS), "Redis INCR over a Unix socket");
}

/* A server of its own, on a socket of its own, and no port. */
static void compare_redis(double found)
{
    char directory[] = "/tmp/kawasaki-limit.XXXXXX", path[64];
    if (!mkdtemp(directory)) fail("limit_table: directory");
    apr_snprintf(path, sizeof path, "%s/redis", directory);
    pid_t pid = start_redis(path);
    if (pid < 0) fail("limit_table: fork");
    int fd = connect_redis(path, pid);
    if (fd >= 0) {
        measure_redis(fd, found);
        close(fd);
    } else {
        puts("limit-find-hit-1000-keys-1-processes\t\t\t\tskipped: no redis-server, or it does not start");
    }
    if (kill(pid, SIGTERM) == 0) waitpid(pid, NULL, 0);
    unlink(path);
    rmdir(directory);
}

int main(int argc, char **argv)
{
    bool full = argc > 1 && strcmp(argv[1], "full") == 0;
    double smallest = measure_size(1000);
    compare_redis(smallest);
    for (uint32_t keys = 10000; keys <= (full ? 10000000 : 1000000); keys *= 10) measure_size(keys);
    return 0;
}
