/* SPDX-License-Identifier: Apache-2.0
 *
 * The card helper's process, and who stands between it and httpd. httpd stops the whole server when a process of its
 * own exits with APEXIT_CHILDFATAL (15), so no program may be its child that can choose its exit status; and httpd's
 * parent waits for the end of its processes, so its child must be one that goes at once. The keeper has the time: it
 * waits before a new attempt, gives a helper that is told to go a while to do so, and takes it with it when httpd dies
 * in whatever way.
 *
 *   httpd (parent) -- stand-in: its status is 0, its end is immediate
 *                       -- keeper: waits, starts, ends
 *                            -- kawasaki-signer serve: another user, clean, the socket as fd 3
 */
#ifndef HTTPD_KIOSK_PROCESS_H
#define HTTPD_KIOSK_PROCESS_H

#include <apr_thread_proc.h>
#include <apr_time.h>
#include <stdbool.h>

/* The helper's exit status when it could not even begin; the reason is a line on the error log. */
#define KIOSK_PROCESS_NO_RIGHTS  126 /* it could not become its user */
#define KIOSK_PROCESS_NO_PROGRAM 127

typedef struct {
    const char *const *command;     /* path, arguments, NULL */
    const char *const *environment; /* all of it, NULL at the end */
    int listener;                   /* its descriptor 3 */
    const char *user;               /* NULL: runs as whoever starts it; else with its groups and no other rights */
    uid_t uid;
    gid_t gid;
} kiosk_program_t;

/* Forks the stand-in, whose keeper waits, then starts the program and waits for its end; returns at once. A signal that
 * ends the stand-in ends all: the helper is told to go, and killed when it has not after KIOSK_PROCESS_PATIENCE; it
 * takes no new request meanwhile. *ended, in shared memory, is set to the helper's status (waitpid(2)) when it has
 * ended. */
#define KIOSK_PROCESS_PATIENCE apr_time_from_sec(2)
apr_status_t kiosk_process_start(apr_proc_t *process, const kiosk_program_t *program, apr_interval_time_t delay,
                                 int *ended);

#endif
