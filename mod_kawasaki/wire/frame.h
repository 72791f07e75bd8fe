/* SPDX-License-Identifier: Apache-2.0
 *
 * Frames on a file descriptor: a length of 4 bytes in the machine's order, then that many bytes, as browsers' native
 * messaging has them; the kiosk socket speaks the same. Both ends wait no longer than they were told.
 */
#ifndef WIRE_FRAME_H
#define WIRE_FRAME_H

#include "base/span.h"

#include <apr_errno.h>
#include <apr_time.h>

/* Reads one frame into the pool. until: CLOCK_MONOTONIC in APR's microseconds (frame_clock), 0 = wait for ever.
 * APR_EOF: the other end closed before a frame began; BASE_EMALFORMED: in the middle of one; BASE_ETOOBIG: longer than
 * max (nothing of it is read or allocated); APR_TIMEUP. */
apr_status_t frame_read(span_t *frame, int fd, apr_size_t max, apr_time_t until, apr_pool_t *pool);

/* The same into memory of the caller's (a PIN's, locked); *size is at most room. */
apr_status_t frame_read_into(void *bytes, apr_size_t room, apr_size_t *size, int fd, apr_time_t until);

/* Writes one; EPIPE: nobody reads any more. On a socket that never raises SIGPIPE; a program that writes to pipes
 * ignores the signal itself. After any failure, in reading as well, the stream is of no more use. */
apr_status_t frame_write(int fd, span_t frame, apr_time_t until);

/* The clock that `until` is of. */
apr_time_t frame_clock(void);

#endif
