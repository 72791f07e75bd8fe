/* SPDX-License-Identifier: Apache-2.0 */
#include "httpd/helper.h"

#include "base/error.h"
#include "base/keyfile.h"
#include "httpd/kiosk_socket.h"
#include "wire/frame.h"
#include "wire/request.h"

#include <apr_strings.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

_Static_assert(KEYFILE_SIZE == REQUEST_KEY_SIZE, "request.key holds the seed of an Ed25519 key");

/* Behind the port. */
typedef struct {
    struct sockaddr_un address;
    apr_interval_time_t deadline;
    const log_port_t *log;
} way_t;

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

static void ask(void *context, const message_t *message, span_t pin, answer_t *answer, apr_pool_t *pool)
{
    const way_t *way = context;
    const char *step;
    int fd = -1;
    apr_status_t status = talk(way, &fd, message, pin, answer, &step, pool);

    if (fd >= 0) close(fd);
    if (status == APR_SUCCESS) return;
    *answer = (answer_t){.code = code_of(status), .tries = ANSWER_TRIES_UNKNOWN};
    base_log(way->log, LOG_PORT_ERROR, status, "KW-HELPER-001", "the card helper: %s", step);
}

/* A host that believes no authority has no use for a card. */
apr_status_t helper_open(host_t *host, const server_config_t *config, const char **error, apr_pool_t *pool)
{
    const char *path = kiosk_socket_path(pool);
    struct flow_helper_t *helpers;
    way_t *way;
    span_t seed;
    apr_status_t status;

    if (!config->authorities) return APR_SUCCESS;
    status = keyfile_read(&seed, config->keys, "request", error, pool);
    if (status != APR_SUCCESS) return status;
    helpers = apr_pcalloc(pool, 2 * sizeof *helpers);
    helpers[0].origin = config->origin;
    helpers[0].seed = (const unsigned char *)seed.at;
    host->helper = &helpers[0];
    if (!config->kiosk || !path) return APR_SUCCESS; /* kiosk_check has refused such a path */
    way = apr_palloc(pool, sizeof *way);
    *way = (way_t){{.sun_family = AF_UNIX}, config_helper()->deadline, &host->log};
    apr_cpystrn(way->address.sun_path, path, sizeof way->address.sun_path);
    helpers[1] = (struct flow_helper_t){ask, way, way->deadline, helpers[0].origin, helpers[0].seed};
    host->kiosks = config->kiosk;
    host->kiosk_helper = &helpers[1];
    return APR_SUCCESS;
}

const struct flow_helper_t *helper_of(const host_t *host, const request_rec *request)
{
    for (int i = 0; host->kiosk_helper && i < host->kiosks->nelts; i++)
        if (apr_ipsubnet_test(APR_ARRAY_IDX(host->kiosks, i, apr_ipsubnet_t *), request->connection->client_addr))
            return host->kiosk_helper;
    return host->helper;
}
