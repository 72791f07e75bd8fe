/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/serve.h"

#include "base/error.h"
#include "wire/frame.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define INHERITED 3 /* sd_listen_fds(3) */
#define BACKLOG   16
#define DEADLINE  apr_time_from_sec(5) /* for a message to come, and for an answer to go */
#define PAUSE     apr_time_from_msec(100)

typedef struct {
    const serve_t *serve;
    const perform_t *perform;
    int listener, signals;
} server_t;

/* Given by whoever started us, if it is what it should be. */
static int inherit(void)
{
    const char *count = getenv("LISTEN_FDS"), *pid = getenv("LISTEN_PID");
    int listens = 0, domain = 0;
    socklen_t size = sizeof(int);

    if (!count || strcmp(count, "1") != 0) return -1;
    if (pid && apr_atoi64(pid) != getpid()) return -1;
    if (getsockopt(INHERITED, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) != 0 || !listens) return -1;
    if (getsockopt(INHERITED, SOL_SOCKET, SO_DOMAIN, &domain, &size) != 0 || domain != AF_UNIX) return -1;
    return INHERITED;
}

static bool is_private_place(const char *path, apr_pool_t *pool)
{
    const char *slash = strrchr(path, '/');
    const char *directory = slash ? apr_pstrmemdup(pool, path, (apr_size_t)(slash - path) + 1) : ".";
    struct stat info;

    return stat(directory, &info) == 0 && S_ISDIR(info.st_mode) && info.st_uid == geteuid() &&
           (info.st_mode & 077) == 0;
}

/* What a helper that was killed has left there goes: the directory is ours alone. */
static int make(const char *path, apr_pool_t *pool)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct stat info;
    int fd;

    if (strlen(path) >= sizeof address.sun_path || !is_private_place(path, pool)) return -1;
    apr_cpystrn(address.sun_path, path, sizeof address.sun_path);
    if (lstat(path, &info) == 0 && S_ISSOCK(info.st_mode)) unlink(path);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return -1;
    if (bind(fd, (const struct sockaddr *)&address, sizeof address) == 0 && listen(fd, BACKLOG) == 0) return fd;
    close(fd);
    return -1;
}

/* Readable at SIGTERM and SIGINT, which interrupt nothing else from now on. */
static int watch_signals(void)
{
    sigset_t ends;

    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    return sigprocmask(SIG_BLOCK, &ends, NULL) == 0 ? signalfd(-1, &ends, SFD_CLOEXEC) : -1;
}

static bool may_connect(const server_t *server, int fd)
{
    struct ucred peer;
    socklen_t size = sizeof peer;

    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return false;
    for (int i = 0; i < server->serve->peer_count; i++)
        if (server->serve->peers[i] == peer.uid) return true;
    base_log(server->perform->log, LOG_PORT_WARNING, 0, "KW-SIGNER-010", "user %ld may not connect", (long)peer.uid);
    return false;
}

/* The PIN that a message announces, in a frame of its own. */
static apr_status_t read_pin(pin_t **pin, int fd, apr_time_t until, apr_pool_t *pool)
{
    apr_status_t status = pin_create(pin, pool);

    if (status == APR_SUCCESS) status = frame_read_into((*pin)->bytes, PIN_MAX, &(*pin)->size, fd, until);
    return status;
}

/* Who waited in the queue until his own patience was over: a PIN that nobody waits for any more is shown to no card. */
static bool has_left(int fd)
{
    struct pollfd at = {fd, POLLRDHUP, 0};

    return poll(&at, 1, 0) > 0 && (at.revents & (POLLRDHUP | POLLHUP | POLLERR));
}

/* The message and its answer. Nothing is answered to what is no message: a kiosk's page doesn't send such. */
static apr_status_t converse(const server_t *server, int fd, apr_pool_t *pool)
{
    perform_t one = *server->perform;
    apr_time_t until = frame_clock() + DEADLINE;
    message_t message;
    answer_t answer;
    span_t frame;
    pin_t *pin = NULL;
    apr_status_t status = frame_read(&frame, fd, MESSAGE_MAX, until, pool);

    if (status == APR_SUCCESS) status = message_decode(&message, frame, pool);
    if (status == APR_SUCCESS && message.has_pin) status = read_pin(&pin, fd, until, pool);
    if (status == APR_SUCCESS && has_left(fd)) status = APR_EOF;
    if (status == APR_SUCCESS) {
        one.ask = ask_given(pin, message.last_try, pool);
        one.same_clock = true;
        perform(&one, &message, &answer, pool);
        status = frame_write(fd, answer_encode(&answer, pool), frame_clock() + DEADLINE);
    }
    pin_free(pin);
    return status;
}

static void accept_one(const server_t *server, apr_pool_t *pool)
{
    apr_pool_t *own;
    apr_status_t status = APR_SUCCESS;
    int fd = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

    if (fd < 0) {
        if (errno != EAGAIN && errno != EINTR && errno != ECONNABORTED) apr_sleep(PAUSE); /* out of descriptors */
        return;
    }
    if (may_connect(server, fd)) {
        status = apr_pool_create(&own, pool);
        if (status == APR_SUCCESS) {
            status = converse(server, fd, own);
            apr_pool_destroy(own);
        }
    }
    close(fd);
    if (status != APR_SUCCESS)
        base_log(server->perform->log, LOG_PORT_WARNING, status, "KW-SIGNER-011", "a connection was dropped");
}

static void serve_until_told(const server_t *server, apr_pool_t *pool)
{
    struct pollfd at[] = {{server->signals, POLLIN, 0}, {server->listener, POLLIN, 0}};

    for (;;) {
        int ready = poll(at, 2, -1);
        if (ready < 0 && errno != EINTR) return;
        if (ready > 0 && at[0].revents) return;
        if (ready > 0 && at[1].revents) accept_one(server, pool);
    }
}

apr_status_t serve(const serve_t *serve, const perform_t *perform, apr_pool_t *pool)
{
    server_t server = {.serve = serve, .perform = perform};

    closefrom(serve->socket ? INHERITED : INHERITED + 1); /* whatever else we were started with */
    server.listener = serve->socket ? make(serve->socket, pool) : inherit();
    server.signals = watch_signals();
    if (server.listener < 0 || server.signals < 0) {
        base_log(perform->log, LOG_PORT_ERROR, 0, "KW-SIGNER-012",
                 serve->socket ? "the socket can't be made: its directory must be there and its owner's alone (0700)"
                               : "no listening socket was handed over as descriptor 3 (LISTEN_FDS=1)");
        return BASE_EMALFORMED;
    }
    base_log(perform->log, LOG_PORT_NOTICE, 0, "KW-SIGNER-013", "serving");
    serve_until_told(&server, pool);
    if (serve->socket) unlink(serve->socket);
    base_log(perform->log, LOG_PORT_NOTICE, 0, "KW-SIGNER-014", "ended");
    return APR_SUCCESS;
}
