/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/frame.h"

#include "base/error.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdint.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

apr_time_t frame_clock(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return apr_time_make((apr_time_t)now.tv_sec, (apr_time_t)now.tv_nsec / 1000);
}

/* For poll: -1 is for ever; rounded up, so that a wait never ends before its time. */
static int milliseconds_until(apr_time_t until)
{
    apr_interval_time_t left;

    if (until == 0) return -1;
    left = until - frame_clock();
    if (left <= 0) return 0;
    return left > apr_time_from_msec(INT_MAX - 1) ? INT_MAX : (int)((left + 999) / 1000);
}

/* Waits until something can be done with the descriptor; an error of it counts, the call that follows will say which.
 */
static apr_status_t wait_for(int fd, short events, apr_time_t until)
{
    for (;;) {
        struct pollfd poll_fd = {fd, events, 0};
        int timeout = milliseconds_until(until), ready;

        if (timeout == 0) return APR_TIMEUP;
        ready = poll(&poll_fd, 1, timeout);
        if (ready > 0) return APR_SUCCESS;
        if (ready < 0 && errno != EINTR) return APR_FROM_OS_ERROR(errno);
    }
}

static bool is_passing(int error)
{
    return error == EINTR || error == EAGAIN || error == EWOULDBLOCK;
}

/* *done says how much there was when it ended otherwise. */
static apr_status_t read_all(int fd, void *bytes, apr_size_t size, apr_size_t *done, apr_time_t until)
{
    for (*done = 0; *done < size;) {
        apr_status_t status = wait_for(fd, POLLIN, until);
        ssize_t got;

        if (status != APR_SUCCESS) return status;
        got = read(fd, (char *)bytes + *done, size - *done);
        if (got == 0) return APR_EOF;
        if (got > 0)
            *done += (apr_size_t)got;
        else if (!is_passing(errno))
            return APR_FROM_OS_ERROR(errno);
    }
    return APR_SUCCESS;
}

static apr_status_t read_length(apr_size_t *length, int fd, apr_size_t max, apr_time_t until)
{
    uint32_t announced;
    apr_size_t done;
    apr_status_t status = read_all(fd, &announced, sizeof announced, &done, until);

    if (status != APR_SUCCESS) return APR_STATUS_IS_EOF(status) && done ? BASE_EMALFORMED : status;
    *length = announced;
    return announced > max ? BASE_ETOOBIG : APR_SUCCESS;
}

static apr_status_t read_body(int fd, void *bytes, apr_size_t size, apr_time_t until)
{
    apr_size_t done;
    apr_status_t status = read_all(fd, bytes, size, &done, until);

    return APR_STATUS_IS_EOF(status) ? BASE_EMALFORMED : status;
}

apr_status_t frame_read(span_t *frame, int fd, apr_size_t max, apr_time_t until, apr_pool_t *pool)
{
    apr_size_t size;
    apr_status_t status = read_length(&size, fd, max, until);
    char *bytes;

    if (status != APR_SUCCESS) return status;
    bytes = apr_palloc(pool, size + 1);
    status = read_body(fd, bytes, size, until);
    if (status == APR_SUCCESS) *frame = (span_t){bytes, size};
    return status;
}

apr_status_t frame_read_into(void *bytes, apr_size_t room, apr_size_t *size, int fd, apr_time_t until)
{
    apr_size_t announced;
    apr_status_t status = read_length(&announced, fd, room, until);

    *size = 0;
    if (status == APR_SUCCESS) status = read_body(fd, bytes, announced, until);
    if (status == APR_SUCCESS) *size = announced;
    return status;
}

/* As much as goes without waiting, also where the descriptor is a blocking one: a socket is asked not to block, and a
 * pipe that poll calls ready takes PIPE_BUF bytes (pipe(7)). */
static ssize_t write_some(int fd, const char *bytes, apr_size_t size)
{
    ssize_t put = send(fd, bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL);

    if (put < 0 && errno == ENOTSOCK) put = write(fd, bytes, size < PIPE_BUF ? size : PIPE_BUF);
    return put;
}

static apr_status_t write_all(int fd, span_t bytes, apr_time_t until)
{
    for (apr_size_t done = 0; done < bytes.size;) {
        apr_status_t status = wait_for(fd, POLLOUT, until);
        ssize_t put;

        if (status != APR_SUCCESS) return status;
        put = write_some(fd, bytes.at + done, bytes.size - done);
        if (put >= 0)
            done += (apr_size_t)put;
        else if (!is_passing(errno))
            return APR_FROM_OS_ERROR(errno);
    }
    return APR_SUCCESS;
}

apr_status_t frame_write(int fd, span_t frame, apr_time_t until)
{
    uint32_t length = (uint32_t)frame.size;
    apr_status_t status;

    if (frame.size > UINT32_MAX) return BASE_ETOOBIG;
    status = write_all(fd, (span_t){(const char *)&length, sizeof length}, until);
    return status == APR_SUCCESS ? write_all(fd, frame, until) : status;
}
