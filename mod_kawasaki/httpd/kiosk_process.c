/* SPDX-License-Identifier: Apache-2.0 */
#include "httpd/kiosk_process.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define LISTENER 3 /* SD_LISTEN_FDS_START, sd_listen_fds(3) */

static _Noreturn void fail(int code, const char *what)
{
    dprintf(STDERR_FILENO, "kawasaki: the card helper: %s: %s\n", what, strerror(errno));
    _exit(code);
}

/* Of httpd's descriptors only standard error stays: it is the error log. */
static bool keep_descriptors(int listener)
{
    int null;

    if (listener != LISTENER && dup2(listener, LISTENER) < 0) return false;
    if (fcntl(LISTENER, F_SETFD, 0) != 0) return false;
    null = open("/dev/null", O_RDWR);
    return null >= 0 && dup2(null, STDIN_FILENO) == STDIN_FILENO && dup2(null, STDOUT_FILENO) == STDOUT_FILENO &&
           close_range(LISTENER + 1, ~0U, 0) == 0;
}

/* httpd's handlers would do httpd's work in the wrong process. */
static void forget_handlers(void)
{
    /* Also blocked, SIGCHLD comes for an end only, not for a stop. */
    const struct sigaction children = {.sa_handler = SIG_DFL, .sa_flags = SA_NOCLDSTOP};

    for (int number = 1; number <= SIGRTMAX; number++) signal(number, SIG_DFL);
    sigaction(SIGCHLD, &children, NULL);
}

/* For good: no way back to root, and none by set-user-ID programs. */
static bool become(const kiosk_program_t *program)
{
    uid_t real, effective, saved;

    if (program->user) {
        if (initgroups(program->user, program->gid) != 0 || setgid(program->gid) != 0 || setuid(program->uid) != 0)
            return false;
        if (getresuid(&real, &effective, &saved) != 0) return false;
        errno = EPERM;
        if (real != program->uid || effective != program->uid || saved != program->uid || setuid(0) == 0) return false;
    }
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
}

static _Noreturn void run(const kiosk_program_t *program, pid_t keeper)
{
    sigset_t none;

    umask(0077);
    if (!become(program)) fail(KIOSK_PROCESS_NO_RIGHTS, program->user ? program->user : "its rights");
    /* After the change of user, which would undo it. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != keeper) _exit(0);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execve(program->command[0], (char *const *)program->command, (char *const *)program->environment);
    fail(KIOSK_PROCESS_NO_PROGRAM, program->command[0]);
}

/* The next of these signals; 0 when the time is up first (a negative time never is). */
static int await(const sigset_t *awaited, apr_interval_time_t patience)
{
    const struct timespec limit = {(time_t)apr_time_sec(patience), (long)apr_time_usec(patience) * 1000};
    int number;

    do number = patience < 0 ? sigwaitinfo(awaited, NULL) : sigtimedwait(awaited, NULL, &limit);
    while (number < 0 && errno == EINTR);
    return number < 0 ? 0 : number;
}

/* Starts the helper after the delay, and ends it when its time has come. */
static _Noreturn void keep(const kiosk_program_t *program, pid_t parent, const sigset_t *awaited,
                           apr_interval_time_t delay, int *ended)
{
    const pid_t self = getpid();
    pid_t helper;

    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent || await(awaited, delay) == SIGTERM) _exit(0);
    helper = fork();
    if (helper < 0) fail(0, "fork");
    if (helper == 0) run(program, self);
    if (await(awaited, -1) == SIGTERM) {
        kill(helper, SIGTERM);
        if (await(awaited, KIOSK_PROCESS_PATIENCE) != SIGCHLD) kill(helper, SIGKILL);
    }
    waitpid(helper, ended, 0);
    _exit(0);
}

/* Goes at once when it is told to; the keeper then takes its time. */
static _Noreturn void stand_in(const kiosk_program_t *program, pid_t parent, apr_interval_time_t delay, int *ended)
{
    const pid_t self = getpid();
    sigset_t awaited, none;
    pid_t keeper;

    forget_handlers();
    sigemptyset(&none);
    sigemptyset(&awaited);
    sigaddset(&awaited, SIGTERM);
    sigaddset(&awaited, SIGCHLD);
    sigprocmask(SIG_SETMASK, &awaited, NULL);
    prctl(PR_SET_NAME, "kawasaki-keeper");
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    setsid(); /* a terminal's Ctrl-C is for httpd alone */
    if (chdir("/") != 0 || !keep_descriptors(program->listener)) fail(0, "descriptors");
    if (getppid() != parent) _exit(0);
    keeper = fork();
    if (keeper < 0) fail(0, "fork");
    if (keeper == 0) keep(program, self, &awaited, delay, ended);
    close(LISTENER);
    sigprocmask(SIG_SETMASK, &none, NULL);
    waitpid(keeper, NULL, 0);
    _exit(0);
}

apr_status_t kiosk_process_start(apr_proc_t *process, const kiosk_program_t *program, apr_interval_time_t delay,
                                 int *ended)
{
    const pid_t parent = getpid();
    sigset_t all, before;
    pid_t pid;

    /* A signal to the new process waits until it can tell what to do. */
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    pid = fork();
    if (pid == 0) stand_in(program, parent, delay, ended);
    sigprocmask(SIG_SETMASK, &before, NULL);
    if (pid < 0) return EAGAIN;
    memset(process, 0, sizeof *process);
    process->pid = pid;
    return APR_SUCCESS;
}
