/* SPDX-License-Identifier: Apache-2.0
 *
 * wire/frame: frames over sockets and pipes, blocking or not; ends that close, drip, or never read.
 */
#include "base/error.h"
#include "test.h"
#include "wire/frame.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX     (300 * 1024)
#define PATIENT apr_time_from_sec(20) /* a test that waits this long has failed */

enum { SOCKET, PIPE, KINDS };

static apr_pool_t *pool;
static int in = -1, out = -1; /* where the test reads and writes */

static int begin(void **state)
{
    signal(SIGPIPE, SIG_IGN); /* as programs that write to pipes do */
    pool = test_pool(state);
    return 0;
}

static void close_end(int *fd)
{
    if (*fd >= 0) close(*fd);
    *fd = -1;
}

static int close_ends(void **state)
{
    (void)state;
    close_end(&in);
    close_end(&out);
    return 0;
}

static void connect_ends(int kind, bool blocking)
{
    int ends[2];

    close_ends(NULL);
    assert_int_equal(kind == PIPE ? pipe(ends) : socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    in = ends[0];
    out = ends[1];
    if (blocking) return;
    assert_int_equal(fcntl(in, F_SETFL, O_NONBLOCK), 0);
    assert_int_equal(fcntl(out, F_SETFL, O_NONBLOCK), 0);
}

static void put(const void *bytes, apr_size_t size)
{
    assert_int_equal(write(out, bytes, size), size);
}

static void put_length(uint32_t length)
{
    put(&length, sizeof length);
}

static apr_time_t in_ms(int milliseconds)
{
    return frame_clock() + apr_time_from_msec(milliseconds);
}

static span_t noise(apr_size_t size)
{
    char *bytes = apr_palloc(pool, size + 1);
    for (apr_size_t i = 0; i < size; i++) bytes[i] = (char)(i * 7 + i / 256);
    return (span_t){bytes, size};
}

/* A process that writes the frame, `step` bytes at a time with a pause behind each; 0: by frame_write. */
static pid_t start_writer(span_t frame, apr_size_t step, useconds_t pause)
{
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid) return pid;
    close(in); /* else it would never learn that the test has closed its own */
    if (step == 0) _exit(frame_write(out, frame, frame_clock() + PATIENT) == APR_SUCCESS ? 0 : 1);
    uint32_t length = (uint32_t)frame.size;
    char *all = apr_palloc(pool, frame.size + 4);
    memcpy(all, &length, 4);
    memcpy(all + 4, frame.at, frame.size);
    for (apr_size_t at = 0; at < frame.size + 4; at += step) {
        apr_size_t left = frame.size + 4 - at;
        if (write(out, all + at, left < step ? left : step) < 0) break;
        usleep(pause);
    }
    _exit(0);
}

static int finish(pid_t pid)
{
    int status = -1;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

static void frames_of_all_sizes_arrive(void **state)
{
    static const apr_size_t sizes[] = {0, 1, 3, 4, 4095, 4096, 4097, 65536, MAX};

    (void)state;
    for (int way = 0; way < 2 * KINDS; way++) {
        for (apr_size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            span_t sent = noise(sizes[i]), got;
            connect_ends(way % KINDS, way < KINDS);
            pid_t writer = start_writer(sent, 0, 0);
            close_end(&out);
            assert_int_equal(frame_read(&got, in, MAX, frame_clock() + PATIENT, pool), APR_SUCCESS);
            assert_true(span_equal(got, sent));
            assert_int_equal(finish(writer), 0);
            assert_int_equal(frame_read(&got, in, MAX, frame_clock() + PATIENT, pool), APR_EOF);
        }
    }
}

static void one_frame_is_read_and_not_the_next(void **state)
{
    const uint32_t three = 3;
    char bytes[8];
    span_t got;

    (void)state;
    connect_ends(SOCKET, true);
    assert_int_equal(frame_write(out, SPAN("one"), 0), APR_SUCCESS);
    assert_int_equal(frame_write(out, SPAN("two"), 0), APR_SUCCESS);
    assert_int_equal(frame_write(out, SPAN("end"), 0), APR_SUCCESS);
    assert_int_equal(frame_read(&got, in, 3, 0, pool), APR_SUCCESS);
    assert_true(span_is(got, "one"));
    assert_int_equal(frame_read(&got, in, 3, 0, pool), APR_SUCCESS);
    assert_true(span_is(got, "two"));
    assert_int_equal(read(in, bytes, sizeof bytes), 7); /* the form on the wire */
    assert_memory_equal(bytes, &three, 4);
    assert_memory_equal(bytes + 4, "end", 3);
}

static void too_long_is_refused_unread(void **state)
{
    static const uint32_t lengths[] = {MAX + 1, 1u << 30, UINT32_MAX};
    span_t got = SPAN("untouched");

    (void)state;
    for (apr_size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        size_t before = mallinfo2().uordblks + mallinfo2().hblkhd;
        connect_ends(SOCKET, true);
        put_length(lengths[i]);
        put("body", 4);
        assert_int_equal(frame_read(&got, in, MAX, 0, pool), BASE_ETOOBIG);
        assert_true(mallinfo2().uordblks + mallinfo2().hblkhd < before + 65536);
        assert_true(span_is(got, "untouched"));
    }
}

static void callers_memory_is_never_overrun(void **state)
{
    char room[6] = "......";
    apr_size_t size = 9;

    (void)state;
    connect_ends(SOCKET, true);
    assert_int_equal(frame_write(out, SPAN("12345"), 0), APR_SUCCESS);
    assert_int_equal(frame_read_into(room, 5, &size, in, 0), APR_SUCCESS);
    assert_int_equal(size, 5);
    assert_memory_equal(room, "12345.", 6);
    assert_int_equal(frame_write(out, SPAN("abcdef"), 0), APR_SUCCESS);
    assert_int_equal(frame_read_into(room, 5, &size, in, 0), BASE_ETOOBIG);
    assert_int_equal(size, 0);
    assert_memory_equal(room, "12345.", 6);

    connect_ends(SOCKET, true);
    assert_int_equal(frame_write(out, SPAN(""), 0), APR_SUCCESS);
    assert_int_equal(frame_read_into(room, 0, &size, in, 0), APR_SUCCESS);
    put_length(5);
    put("1234", 4);
    close_end(&out);
    assert_int_equal(frame_read_into(room, 5, &size, in, 0), BASE_EMALFORMED);
    assert_int_equal(size, 0);
}

static void an_end_in_the_middle_is_no_end(void **state)
{
    const uint32_t length = 4;
    char all[8] = "....body";
    span_t got;

    (void)state;
    memcpy(all, &length, sizeof length);
    for (int way = 0; way < KINDS; way++) {
        for (apr_size_t size = 0; size < sizeof all; size++) {
            connect_ends(way, true);
            if (size) put(all, size);
            close_end(&out);
            assert_int_equal(frame_read(&got, in, MAX, 0, pool), size ? BASE_EMALFORMED : APR_EOF);
        }
    }
}

static void assert_took(apr_time_t since, int least, int most)
{
    apr_time_t took = frame_clock() - since;
    assert_true(took >= apr_time_from_msec(least));
    assert_true(took < apr_time_from_msec(most));
}

static void a_silent_writer_is_waited_for_no_longer_than_said(void **state)
{
    span_t got;

    (void)state;
    for (int way = 0; way < 2 * KINDS; way++) {
        apr_time_t start;
        connect_ends(way % KINDS, way < KINDS);
        start = frame_clock();
        assert_int_equal(frame_read(&got, in, MAX, in_ms(50), pool), APR_TIMEUP);
        assert_took(start, 50, 5000);
        put_length(4);
        put("bod", 3);
        assert_int_equal(frame_read(&got, in, MAX, in_ms(50), pool), APR_TIMEUP);
        assert_took(start, 100, 5000);
    }
}

/* Each byte comes soon; the frame does not. */
static void a_dripping_writer_is_waited_for_no_longer_than_said(void **state)
{
    apr_time_t start;
    pid_t writer;
    span_t got;

    (void)state;
    connect_ends(SOCKET, true);
    writer = start_writer(noise(1000), 1, 10000);
    start = frame_clock();
    assert_int_equal(frame_read(&got, in, MAX, in_ms(200), pool), APR_TIMEUP);
    assert_took(start, 200, 5000);
    close_ends(NULL); /* ends the writer */
    finish(writer);
}

static void a_deadline_that_has_passed_has_passed(void **state)
{
    span_t got;

    (void)state;
    connect_ends(SOCKET, true);
    assert_int_equal(frame_write(out, SPAN("body"), 0), APR_SUCCESS);
    assert_int_equal(frame_read(&got, in, MAX, frame_clock() - 1, pool), APR_TIMEUP);
    assert_int_equal(frame_write(out, SPAN("body"), 1), APR_TIMEUP);
    assert_int_equal(frame_read(&got, in, MAX, INT64_MAX, pool), APR_SUCCESS);
}

static void on_alarm(int number)
{
    (void)number;
}

static void signals_and_pieces_change_nothing(void **state)
{
    const struct itimerval often = {{0, 3000}, {0, 3000}}, never = {{0, 0}, {0, 0}};
    struct sigaction action = {.sa_handler = on_alarm};
    span_t sent = noise(50), got;

    (void)state;
    for (int way = 0; way < 2 * KINDS; way++) {
        connect_ends(way % KINDS, way < KINDS);
        pid_t writer = start_writer(sent, 7, 10000);
        assert_int_equal(sigaction(SIGALRM, &action, NULL), 0);
        assert_int_equal(setitimer(ITIMER_REAL, &often, NULL), 0);
        apr_status_t status = frame_read(&got, in, MAX, frame_clock() + PATIENT, pool);
        apr_time_t start = frame_clock();
        apr_status_t late = frame_read(&got, in, MAX, in_ms(40), pool);
        apr_time_t took = frame_clock() - start;
        assert_int_equal(setitimer(ITIMER_REAL, &never, NULL), 0);
        assert_int_equal(status, APR_SUCCESS);
        assert_int_equal(late, APR_TIMEUP);
        assert_true(took >= apr_time_from_msec(40));
        assert_true(span_equal(got, sent));
        finish(writer);
    }
}

/* The pipe or socket fills up; a blocking descriptor must not make the writer wait past its time. */
static void a_reader_that_never_reads_is_given_up(void **state)
{
    span_t much = noise(MAX * 4);

    (void)state;
    for (int way = 0; way < 2 * KINDS; way++) {
        apr_time_t start;
        connect_ends(way % KINDS, way < KINDS);
        start = frame_clock();
        assert_int_equal(frame_write(out, much, in_ms(50)), APR_TIMEUP);
        assert_took(start, 50, 5000);
    }
}

static void a_reader_that_is_gone_is_an_error_and_no_signal(void **state)
{
    (void)state;
    connect_ends(SOCKET, true);
    close_end(&in);
    signal(SIGPIPE, SIG_DFL); /* a socket's end must not rely on its being ignored */
    assert_int_equal(frame_write(out, SPAN("body"), 0), EPIPE);
    signal(SIGPIPE, SIG_IGN);
    connect_ends(PIPE, true);
    close_end(&in);
    assert_int_equal(frame_write(out, SPAN("body"), 0), EPIPE);
}

static void what_is_no_descriptor_is_an_error(void **state)
{
    span_t got;

    (void)state;
    connect_ends(PIPE, true);
    int closed = out;
    close_end(&out);
    assert_int_equal(frame_read(&got, closed, MAX, 0, pool), EBADF);
    assert_int_equal(frame_write(closed, SPAN("body"), 0), EBADF);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(frames_of_all_sizes_arrive, close_ends),
        cmocka_unit_test_teardown(one_frame_is_read_and_not_the_next, close_ends),
        cmocka_unit_test_teardown(too_long_is_refused_unread, close_ends),
        cmocka_unit_test_teardown(callers_memory_is_never_overrun, close_ends),
        cmocka_unit_test_teardown(an_end_in_the_middle_is_no_end, close_ends),
        cmocka_unit_test_teardown(a_silent_writer_is_waited_for_no_longer_than_said, close_ends),
        cmocka_unit_test_teardown(a_dripping_writer_is_waited_for_no_longer_than_said, close_ends),
        cmocka_unit_test_teardown(a_deadline_that_has_passed_has_passed, close_ends),
        cmocka_unit_test_teardown(signals_and_pieces_change_nothing, close_ends),
        cmocka_unit_test_teardown(a_reader_that_never_reads_is_given_up, close_ends),
        cmocka_unit_test_teardown(a_reader_that_is_gone_is_an_error_and_no_signal, close_ends),
        cmocka_unit_test_teardown(what_is_no_descriptor_is_an_error, close_ends),
    };
    return cmocka_run_group_tests(tests, begin, test_pool_drop);
}
