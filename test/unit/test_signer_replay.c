/* SPDX-License-Identifier: Apache-2.0
 *
 * signer/replay and signer/origins: what a helper keeps and believes on disk.
 */
#include "base/error.h"
#include "base/secret.h"
#include "signer/origins.h"
#include "signer/replay.h"
#include "test.h"

#include <apr_file_io.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOW  apr_time_from_sec(1800000000)
#define HOUR apr_time_from_sec(3600)

static apr_pool_t *pool;
static char place[64];

static int begin(void **state)
{
    pool = test_pool(state);
    strcpy(place, "/tmp/signer-XXXXXX");
    umask(0077);
    return mkdtemp(place) ? 0 : -1;
}

static int end(void **state)
{
    if (fork() == 0) execl("/bin/rm", "rm", "-rf", place, (char *)NULL);
    wait(NULL);
    return test_pool_drop(state);
}

static const char *in_place(const char *name)
{
    return apr_pstrcat(pool, place, "/", name, NULL);
}

static void put(const char *name, const char *text, apr_size_t size, mode_t mode)
{
    FILE *file = fopen(in_place(name), "w");

    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(in_place(name), mode), 0);
}

static off_t size_of(const char *name)
{
    struct stat info;

    return stat(in_place(name), &info) == 0 ? info.st_size : -1;
}

/* The n-th request of an origin, ending in `life` seconds. */
static request_t request_of(const char *origin, int n, int life)
{
    const char *nonce = apr_psprintf(pool, "%043d=", n);

    return (request_t){.origin = span_of(origin), .nonce = span_of(nonce), .expires_at = NOW + apr_time_from_sec(life)};
}

static wire_code_t take(const char *directory, int n, int life, apr_time_t now)
{
    request_t request = request_of("https://a.example", n, life);

    return replay_take(in_place(directory), &request, now, pool);
}

static void test_once(void **state)
{
    request_t other = request_of("https://b.example", 1, 60);

    (void)state;
    assert_int_equal(take("once/made/here", 1, 60, NOW), WIRE_OK);
    assert_int_equal(take("once/made/here", 1, 60, NOW), WIRE_REPLAY);
    assert_int_equal(take("once/made/here", 2, 60, NOW), WIRE_OK);
    assert_int_equal(take("once/made/here", 1, 60, NOW + 1), WIRE_REPLAY);
    assert_int_equal(replay_take(in_place("once/made/here"), &other, NOW, pool), WIRE_OK);
    assert_int_equal(replay_take(in_place("once/made/here"), &other, NOW, pool), WIRE_REPLAY);
}

static void test_modes(void **state)
{
    struct stat info;

    (void)state;
    assert_int_equal(take("modes/deep", 1, 60, NOW), WIRE_OK);
    assert_int_equal(stat(in_place("modes/deep"), &info), 0);
    assert_int_equal(info.st_mode & 0777, 0700);
    assert_int_equal(stat(in_place("modes/deep/seen"), &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
}

/* Kept for an hour over its end; its place is then another's, and the file does not grow. */
static void test_ageing(void **state)
{
    off_t one;

    (void)state;
    assert_int_equal(take("age", 1, 60, NOW), WIRE_OK);
    one = size_of("age/seen");
    assert_int_equal(take("age", 1, 60, NOW + HOUR + apr_time_from_sec(60)), WIRE_REPLAY);
    assert_int_equal(take("age", 2, 10000, NOW + HOUR + apr_time_from_sec(61)), WIRE_OK);
    assert_int_equal(size_of("age/seen"), one);
    assert_int_equal(take("age", 2, 10000, NOW), WIRE_REPLAY);
}

static void test_cut_record(void **state)
{
    (void)state;
    assert_int_equal(take("cut", 1, 60, NOW), WIRE_OK);
    assert_int_equal(take("cut", 2, 60, NOW), WIRE_OK);
    assert_int_equal(truncate(in_place("cut/seen"), size_of("cut/seen") - 1), 0);
    assert_int_equal(take("cut", 1, 60, NOW), WIRE_REPLAY);
    assert_int_equal(take("cut", 3, 60, NOW), WIRE_OK);
    assert_int_equal(take("cut", 3, 60, NOW), WIRE_REPLAY);
    assert_int_equal(take("cut", 1, 60, NOW), WIRE_REPLAY);
}

/* What others could write, or is not what it should be, promises nothing. */
static void test_untrustworthy(void **state)
{
    (void)state;
    assert_int_equal(mkdir(in_place("open"), 0700), 0);
    assert_int_equal(chmod(in_place("open"), 0770), 0);
    assert_int_equal(take("open", 1, 60, NOW), WIRE_FAILED);
    assert_int_equal(size_of("open/seen"), -1);
    assert_int_equal(symlink(in_place("once"), in_place("link")), 0);
    assert_int_equal(take("link", 1, 60, NOW), WIRE_FAILED);
    assert_int_equal(mkdir(in_place("file"), 0700), 0);
    put("file/seen", "", 0, 0666);
    assert_int_equal(take("file", 1, 60, NOW), WIRE_FAILED);
    assert_int_equal(mkdir(in_place("pipe"), 0700), 0);
    assert_int_equal(mkfifo(in_place("pipe/seen"), 0600), 0);
    assert_int_equal(take("pipe", 1, 60, NOW), WIRE_FAILED);
    put("no-directory", "x", 1, 0600);
    assert_int_equal(take("no-directory", 1, 60, NOW), WIRE_FAILED);
}

/* Of many helpers that get the same request at once, one takes it. */
static void test_parallel(void **state)
{
    int taken = 0, refused = 0, status;

    (void)state;
    for (int i = 0; i < 8; i++) {
        pid_t pid = fork();
        if (pid == 0) _exit((int)take("parallel", 1, 60, NOW));
        assert_true(pid > 0);
    }
    for (int i = 0; i < 8; i++) {
        assert_true(wait(&status) > 0);
        taken += WIFEXITED(status) && WEXITSTATUS(status) == WIRE_OK;
        refused += WIFEXITED(status) && WEXITSTATUS(status) == WIRE_REPLAY;
    }
    assert_int_equal(taken, 1);
    assert_int_equal(refused, 7);
}

/* Somebody sits on the lock: an end after two seconds. */
static void test_locked(void **state)
{
    apr_time_t began;
    int fd;

    (void)state;
    assert_int_equal(take("locked", 1, 60, NOW), WIRE_OK);
    fd = open(in_place("locked/seen"), O_RDWR);
    assert_int_equal(flock(fd, LOCK_EX), 0);
    began = apr_time_now();
    assert_int_equal(take("locked", 2, 60, NOW), WIRE_FAILED);
    assert_true(apr_time_now() - began < apr_time_from_sec(10));
    close(fd);
    assert_int_equal(take("locked", 2, 60, NOW), WIRE_OK);
}

#define KEY "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"

static apr_status_t origins(const char *text, int *count, const char **error)
{
    request_pin_t *pins;

    put("origins", text, strlen(text), 0644);
    return origins_read(&pins, count, in_place("origins"), error, pool);
}

static void test_origins(void **state)
{
    request_pin_t *pins;
    const char *error;
    int count;

    (void)state;
    assert_int_equal(
        origins("# ours\n\nhttps://a.example " KEY "\n  https://b.example:8443\t" KEY " # next", &count, &error),
        APR_SUCCESS);
    assert_int_equal(count, 2);
    assert_int_equal(origins_read(&pins, &count, in_place("origins"), &error, pool), APR_SUCCESS);
    assert_string_equal(pins[1].origin, "https://b.example:8443");
    for (int i = 0; i < REQUEST_KEY_SIZE; i++) assert_int_equal(pins[1].key[i], i);
    assert_int_equal(origins("", &count, &error), APR_SUCCESS);
    assert_int_equal(count, 0);
}

static void test_bad_origins(void **state)
{
    static const char *const lines[] = {
        "https://a.example",
        "https://a.example " KEY "x",
        "https://a.example " KEY " " KEY,
        "http://a.example " KEY,
        "https://a.example/ " KEY,
        "https://A.example " KEY,
        "https://a.example:443 " KEY,
        "a.example " KEY,
    };
    request_pin_t *pins;
    const char *error, *many = "";
    int count;

    (void)state;
    for (apr_size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        assert_int_equal(origins(apr_pstrcat(pool, "\n", lines[i], "\n", NULL), &count, &error), BASE_EMALFORMED);
        assert_non_null(strstr(error, "origins:2: "));
    }
    for (int i = 0; i < ORIGINS_MAX; i++) many = apr_pstrcat(pool, many, "https://a.example " KEY "\n", NULL);
    assert_int_equal(origins(many, &count, &error), APR_SUCCESS);
    assert_int_equal(count, ORIGINS_MAX);
    assert_int_equal(origins(apr_pstrcat(pool, many, "https://a.example " KEY "\n", NULL), &count, &error),
                     BASE_EMALFORMED);
    put("origins", "", 0, 0664);
    assert_int_equal(origins_read(&pins, &count, in_place("origins"), &error, pool), BASE_EMALFORMED);
    assert_non_null(strstr(error, "write"));
    assert_int_equal(origins_read(&pins, &count, place, &error, pool), BASE_EMALFORMED);
    assert_true(APR_STATUS_IS_ENOENT(origins_read(&pins, &count, in_place("nowhere"), &error, pool)));
    assert_non_null(strstr(error, "nowhere"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_once),       cmocka_unit_test(test_modes),         cmocka_unit_test(test_ageing),
        cmocka_unit_test(test_cut_record), cmocka_unit_test(test_untrustworthy), cmocka_unit_test(test_parallel),
        cmocka_unit_test(test_locked),     cmocka_unit_test(test_origins),       cmocka_unit_test(test_bad_origins),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
