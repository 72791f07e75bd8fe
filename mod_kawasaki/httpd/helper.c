/* SPDX-License-Identifier: Apache-2.0 */
#include "httpd/helper.h"

#include "base/error.h"
#include "base/keyfile.h"
#include "httpd/kiosk_socket.h"
#include "wire/frame.h"
#include "wire/request.h"

#include <apr_portable.h>
#include <apr_strings.h>
#include <http_core.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

_Static_assert(KEYFILE_SIZE == REQUEST_KEY_SIZE, "request.key holds the seed of an Ed25519 key");

/* The host's way there. */
typedef struct way_t {
    struct sockaddr_un address;
    apr_interval_time_t deadline;
    const log_port_t *log;
} way_t;

/* Behind the port: a request of the kiosk's. */
typedef struct {
    const way_t *way;
    const request_rec *request;
} asker_t;

/* Does httpd's parent listen there? It is root, or whom we run as, too. */
static apr_status_t check_peer(int fd)
{
    struct ucred peer;
    socklen_t size = sizeof peer;

    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return errno;
    return peer.uid == 0 || peer.uid == geteuid() ? APR_SUCCESS : APR_EACCES;
}

/* Never waits: a socket of this machine takes a connection at once, or its queue is full (APR_EAGAIN). */
static apr_status_t reach(const way_t *way, int *fd)
{
    *fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (*fd < 0) return errno;
    if (connect(*fd, (const struct sockaddr *)(const void *)&way->address, sizeof way->address) != 0) return errno;
    return check_peer(*fd);
}

/* One question and its answer. *step says how far it came. */
static apr_status_t talk(const way_t *way, int *fd, const message_t *message, span_t pin, answer_t *answer,
                         const char **step, apr_pool_t *pool)
{
    const apr_time_t until = frame_clock() + way->deadline;
    span_t json;
    apr_status_t status;

    *step = "it can't be reached";
    status = reach(way, fd);
    if (status != APR_SUCCESS) return status;
    *step = "it does not take the request";
    status = frame_write(*fd, message_encode(message, pool), until);
    if (status == APR_SUCCESS && message->has_pin) status = frame_write(*fd, pin, until);
    if (status != APR_SUCCESS) return status;
    *step = "it does not answer";
    status = frame_read(&json, *fd, ANSWER_MAX, until, pool);
    if (status != APR_SUCCESS) return status;
    *step = "its answer can't be read";
    return answer_decode(answer, json, pool);
}

static wire_code_t code_of(apr_status_t status)
{
    if (APR_STATUS_IS_TIMEUP(status)) return WIRE_TIMEOUT;
    return APR_STATUS_IS_EAGAIN(status) ? WIRE_BUSY : WIRE_FAILED;
}

/* Who pressed キャンセル has closed the connection, or, over HTTP/2, the stream (mod_http2 tells by `aborted`). */
static bool has_hung_up(const request_rec *request)
{
    apr_socket_t *socket = ap_get_conn_socket(request->connection);
    struct pollfd look = {.fd = -1, .events = POLLRDHUP};

    if (request->connection->aborted) return true;
    if (request->connection->master || !socket || apr_os_sock_get(&look.fd, socket) != APR_SUCCESS) return false;
    return poll(&look, 1, 0) == 1 && (look.revents & (POLLRDHUP | POLLHUP | POLLERR));
}

/* What was signed for somebody who is gone is not used: it was cancelled. */
static void ask(void *context, const message_t *message, span_t pin, answer_t *answer, apr_pool_t *pool)
{
    const asker_t *asker = context;
    const way_t *way = asker->way;
    const char *step;
    int fd = -1;
    apr_status_t status = talk(way, &fd, message, pin, answer, &step, pool);

    if (fd >= 0) close(fd);
    if (status == APR_SUCCESS && message->has_pin && answer->code == WIRE_OK && has_hung_up(asker->request))
        *answer = (answer_t){.id = answer->id, .code = WIRE_CANCELLED, .tries = ANSWER_TRIES_UNKNOWN};
    if (status == APR_SUCCESS) return;
    *answer = (answer_t){.code = code_of(status), .tries = ANSWER_TRIES_UNKNOWN};
    base_log(way->log, LOG_PORT_ERROR, status, "KW-HELPER-001", "the card helper: %s", step);
}

/* A host that believes no authority has no use for a card. */
apr_status_t helper_open(host_t *host, const server_config_t *config, const char **error, apr_pool_t *pool)
{
    const char *path = kiosk_socket_path(pool);
    struct flow_helper_t *helper;
    way_t *way;
    span_t seed;
    apr_status_t status;

    if (!config->authorities) return APR_SUCCESS;
    status = keyfile_read(&seed, config->keys, "request", error, pool);
    if (status != APR_SUCCESS) return status;
    host->helper = helper = apr_pcalloc(pool, sizeof *helper);
    helper->origin = config->origin;
    helper->seed = (const unsigned char *)seed.at;
    if (!config->kiosk || !path) return APR_SUCCESS; /* kiosk_check has refused such a path */
    way = apr_palloc(pool, sizeof *way);
    *way = (way_t){{.sun_family = AF_UNIX}, config_helper()->deadline, &host->log};
    apr_cpystrn(way->address.sun_path, path, sizeof way->address.sun_path);
    host->kiosks = config->kiosk;
    host->kiosk = way;
    return APR_SUCCESS;
}

static const struct flow_helper_t *helper_for(const host_t *host, const request_rec *request)
{
    asker_t *asker = apr_palloc(request->pool, sizeof *asker);
    struct flow_helper_t *helper = apr_palloc(request->pool, sizeof *helper);

    *asker = (asker_t){host->kiosk, request};
    *helper = (struct flow_helper_t){.ask = ask,
                                     .context = asker,
                                     .seen = apr_pcalloc(request->pool, REQUEST_SOURCES * sizeof(helper_seen_t)),
                                     .patience = host->kiosk->deadline,
                                     .origin = host->helper->origin,
                                     .seed = host->helper->seed};
    return helper;
}

const struct flow_helper_t *helper_of(const host_t *host, const request_rec *request)
{
    for (int i = 0; host->kiosk && i < host->kiosks->nelts; i++)
        if (apr_ipsubnet_test(APR_ARRAY_IDX(host->kiosks, i, apr_ipsubnet_t *), request->connection->client_addr))
            return helper_for(host, request);
    return host->helper;
}
