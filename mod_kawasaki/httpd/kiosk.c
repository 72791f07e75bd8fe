/* SPDX-License-Identifier: Apache-2.0
 *
 * Starting and watching. The parent never waits here: what takes time is done by the keeper (kiosk_process.h), and
 * httpd says when that has ended. Each process has a pool of its own below pconf, whose end is its end. A helper of an
 * earlier configuration may finish what it does beside the next one, but takes nothing new.
 */
#include "httpd/kiosk.h"

#include "httpd/kiosk_directory.h"
#include "httpd/kiosk_process.h"
#include "httpd/kiosk_socket.h"
#include "wire/frame.h"

#include <apr_shm.h>
#include <apr_strings.h>
#include <http_log.h>
#include <pwd.h>
#include <sys/wait.h>
#include <unistd.h>

APLOG_USE_MODULE(kawasaki);

#define STATE_DIRECTORY "kawasaki-helper"
#define COMMAND_PATH    "PATH=/usr/local/bin:/usr/bin:/bin"

#define FIRST_DELAY apr_time_from_sec(1)
#define LAST_DELAY  apr_time_from_sec(60)
#define HEALTHY     apr_time_from_sec(60) /* who ran so long begins at FIRST_DELAY again */

#define UNKNOWN (-1) /* how it ended, as long as nobody has said */

typedef struct {
    server_rec *server;
    apr_pool_t *pconf;
    kiosk_program_t program;
    int *ended; /* in shared memory */
    apr_interval_time_t delay;
    bool stopping;
    /* Of the process at hand. */
    apr_pool_t *pool;
    apr_proc_t process;
    apr_time_t begins_at; /* frame_clock */
} kiosk_t;

static bool check_user(const config_helper_t *helper, const char **error, apr_pool_t *pool)
{
    const struct passwd *user = geteuid() == 0 ? getpwnam(helper->user) : NULL;
    const uid_t uid = user ? user->pw_uid : geteuid();

    if (geteuid() == 0 && !user)
        *error = apr_psprintf(pool, "KawasakiHelperUser: there is no user %s", helper->user);
    else if (user && user->pw_uid == 0)
        *error = "KawasakiHelperUser: the card helper never runs as root";
    else
        return kiosk_directory_check(ap_runtime_dir_relative(pool, STATE_DIRECTORY), uid, error, pool) &&
               kiosk_directory_check(kiosk_socket_directory(pool), kiosk_socket_owner(), error, pool);
    return false;
}

bool kiosk_check(const config_helper_t *helper, const char **error, apr_pool_t *pool)
{
    apr_finfo_t info;

    if (apr_stat(&info, helper->command[0], APR_FINFO_TYPE, pool) != APR_SUCCESS || info.filetype != APR_REG ||
        access(helper->command[0], X_OK) != 0)
        *error = apr_psprintf(pool, "KawasakiHelper: %s is no program that can be started", helper->command[0]);
    else if (!kiosk_socket_path(pool))
        *error = "KawasakiHelper: DefaultRuntimeDir is too long a name for a socket";
    else
        return check_user(helper, error, pool);
    return false;
}

static void launch(kiosk_t *kiosk);

static const char *how_it_ended(int ended, apr_pool_t *pool)
{
    if (ended == UNKNOWN) return "it never began, or its keeper was killed";
    if (WIFSIGNALED(ended)) return apr_psprintf(pool, "signal %d", WTERMSIG(ended));
    return apr_psprintf(pool, "exit status %d", WEXITSTATUS(ended));
}

/* It has ended by itself. */
static void succeed(kiosk_t *kiosk)
{
    if (frame_clock() - kiosk->begins_at >= HEALTHY || kiosk->delay == 0)
        kiosk->delay = FIRST_DELAY;
    else
        kiosk->delay = kiosk->delay * 2 > LAST_DELAY ? LAST_DELAY : kiosk->delay * 2;
    ap_log_error(APLOG_MARK, APLOG_ERR, 0, kiosk->server,
                 "KW-KIOSK-001: the card helper has ended (%s); the next one starts in %" APR_TIME_T_FMT " s",
                 how_it_ended(*kiosk->ended, kiosk->pool), apr_time_sec(kiosk->delay));
    apr_pool_destroy(kiosk->pool);
    launch(kiosk);
}

/* Called by httpd, in the parent, between two looks at its children. */
static void notice(int reason, void *data, int status)
{
    kiosk_t *kiosk = data;
    (void)status; /* the keeper's: the helper's is in kiosk->ended */
    switch (reason) {
    case APR_OC_REASON_RESTART: kiosk->stopping = true; break; /* pconf will end it, when the children have gone */
    case APR_OC_REASON_DEATH:
    case APR_OC_REASON_LOST:
        if (kiosk->stopping)
            apr_pool_destroy(kiosk->pool);
        else
            succeed(kiosk);
        break;
    case APR_OC_REASON_UNREGISTER: /* our own doing */
    case APR_OC_REASON_UNWRITABLE: /* it has no pipe to httpd */
    case APR_OC_REASON_RUNNING: break;
    }
}

static void launch(kiosk_t *kiosk)
{
    apr_status_t status;

    apr_pool_create(&kiosk->pool, kiosk->pconf);
    *kiosk->ended = UNKNOWN;
    kiosk->begins_at = frame_clock() + kiosk->delay;
    status = kiosk_process_start(&kiosk->process, &kiosk->program, kiosk->delay, kiosk->ended);
    if (status != APR_SUCCESS) {
        ap_log_error(APLOG_MARK, APLOG_CRIT, status, kiosk->server,
                     "KW-KIOSK-002: no process for the card helper: it stays away until the next restart");
        return;
    }
    apr_pool_note_subprocess(kiosk->pool, &kiosk->process, APR_KILL_ALWAYS);
    apr_proc_other_child_register(&kiosk->process, notice, kiosk, NULL, kiosk->pool);
}

/* PROGRAM serve --state DIRECTORY --peer UID ARGUMENT...: later options win. */
static const char *const *command_line(const config_helper_t *helper, const char *state, apr_pool_t *pool)
{
    apr_array_header_t *words = apr_array_make(pool, 16, sizeof(const char *));

    APR_ARRAY_PUSH(words, const char *) = helper->command[0];
    APR_ARRAY_PUSH(words, const char *) = "serve";
    APR_ARRAY_PUSH(words, const char *) = "--state";
    APR_ARRAY_PUSH(words, const char *) = state;
    APR_ARRAY_PUSH(words, const char *) = "--peer";
    APR_ARRAY_PUSH(words, const char *) = apr_psprintf(pool, "%lu", (unsigned long)kiosk_socket_owner());
    for (const char *const *word = helper->command + 1; *word; word++) APR_ARRAY_PUSH(words, const char *) = *word;
    APR_ARRAY_PUSH(words, const char *) = NULL;
    return (const char *const *)(const void *)words->elts;
}

/* Nothing of httpd's own, but where the PC/SC service is, if that was said. */
static const char *const *environment(apr_pool_t *pool)
{
    const char **lines = apr_pcalloc(pool, 5 * sizeof *lines);
    const char *service = getenv("PCSCLITE_CSOCK_NAME");

    lines[0] = COMMAND_PATH;
    lines[1] = "LANG=C.UTF-8";
    lines[2] = "LISTEN_FDS=1";
    if (service) lines[3] = apr_pstrcat(pool, "PCSCLITE_CSOCK_NAME=", service, NULL);
    return lines;
}

static void choose_user(kiosk_program_t *program, const config_helper_t *helper, server_rec *server, apr_pool_t *pool)
{
    const struct passwd *user = geteuid() == 0 ? getpwnam(helper->user) : NULL;

    program->uid = geteuid();
    if (user) {
        program->user = apr_pstrdup(pool, user->pw_name);
        program->uid = user->pw_uid;
        program->gid = user->pw_gid;
    } else {
        ap_log_error(APLOG_MARK, APLOG_NOTICE, 0, server,
                     "KW-KIOSK-003: httpd was not started by root, so the card helper runs as the same user as httpd");
    }
}

apr_status_t kiosk_start(const config_helper_t *helper, server_rec *main, apr_pool_t *pconf)
{
    kiosk_t *kiosk = apr_pcalloc(pconf, sizeof *kiosk);
    const char *state = ap_runtime_dir_relative(pconf, STATE_DIRECTORY);
    apr_shm_t *memory;
    apr_status_t status;

    kiosk->server = main;
    kiosk->pconf = pconf;
    choose_user(&kiosk->program, helper, main, pconf);
    kiosk->program.command = command_line(helper, state, pconf);
    kiosk->program.environment = environment(pconf);
    status = kiosk_directory_make(state, kiosk->program.uid, pconf);
    if (status == APR_SUCCESS) status = kiosk_socket_open(&kiosk->program.listener, kiosk_socket_path(pconf), pconf);
    if (status == APR_SUCCESS) status = apr_shm_create(&memory, sizeof *kiosk->ended, NULL, pconf);
    if (status != APR_SUCCESS) {
        ap_log_error(APLOG_MARK, APLOG_EMERG, status, main,
                     "KW-KIOSK-004: the card helper's socket in %s, or its directory %s, can't be made",
                     kiosk_socket_directory(pconf), state);
        return status;
    }
    kiosk->ended = apr_shm_baseaddr_get(memory);
    launch(kiosk);
    return APR_SUCCESS;
}
