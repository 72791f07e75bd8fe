/* SPDX-License-Identifier: Apache-2.0 */
#include "web_server.h"
#include "test.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define REQUEST_MAX 8192

bool web_server_write(int connection, span_t bytes)
{
    while (bytes.size > 0) {
        ssize_t sent = send(connection, bytes.at, bytes.size, MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes = (span_t){bytes.at + sent, bytes.size - (apr_size_t)sent};
    }
    return true;
}

/* Where the body begins, once it has all come; NULL before. request ends with a NUL. */
static const char *whole_body(const char *request, apr_size_t size, apr_size_t *body_size)
{
    const char *end = strstr(request, "\r\n\r\n");
    const char *length = strcasestr(request, "\nContent-Length:");
    if (!end || !length) return NULL;
    *body_size = strtoul(length + strlen("\nContent-Length:"), NULL, 10);
    return size - (apr_size_t)(end + 4 - request) >= *body_size ? end + 4 : NULL;
}

static void serve(const web_server_t *server, int connection)
{
    char request[REQUEST_MAX + 1];
    apr_size_t used = 0;
    apr_size_t size;
    const char *body = NULL;
    while (!body) {
        ssize_t got = recv(connection, request + used, REQUEST_MAX - used, 0);
        if (got <= 0) return;
        used += (apr_size_t)got;
        request[used] = '\0';
        body = whole_body(request, used, &size);
    }
    server->serve(connection, (span_t){body, size}, server->context);
}

static void *APR_THREAD_FUNC run(apr_thread_t *thread, void *data)
{
    const web_server_t *server = data;
    for (;;) {
        int connection = accept(server->listener, NULL, NULL);
        if (connection < 0) break;
        serve(server, connection);
        close(connection);
    }
    apr_thread_exit(thread, APR_SUCCESS);
    return NULL;
}

void web_server_start(web_server_t *server, apr_pool_t *pool)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    server->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(server->listener >= 0);
    assert_int_equal(bind(server->listener, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(server->listener, 8), 0);
    assert_int_equal(getsockname(server->listener, (struct sockaddr *)&address, &size), 0);
    server->port = ntohs(address.sin_port);
    assert_int_equal(apr_thread_create(&server->thread, NULL, run, server, pool), APR_SUCCESS);
}

void web_server_stop(web_server_t *server)
{
    apr_status_t result;
    shutdown(server->listener, SHUT_RDWR);
    apr_thread_join(&result, server->thread);
    close(server->listener);
}
