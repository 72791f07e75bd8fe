/* SPDX-License-Identifier: Apache-2.0
 *
 * A web server for tests, on the loopback address and in a thread of the test: one connection at a time is read up to
 * the end of its request's body and given to a function, which writes whatever a bad server would write.
 */
#ifndef TEST_WEB_SERVER_H
#define TEST_WEB_SERVER_H

#include "base/span.h"

#include <apr_thread_proc.h>

typedef struct {
    /* Runs in the server's thread; the connection is closed behind it. */
    void (*serve)(int connection, span_t body, void *context);
    void *context;
    int listener, port;
    apr_thread_t *thread;
} web_server_t;

/* serve and context are set by the caller; port is set here. Fails the test when it can't. */
void web_server_start(web_server_t *server, apr_pool_t *pool);
void web_server_stop(web_server_t *server);

/* Writes all of it; false when the other end is gone. */
bool web_server_write(int connection, span_t bytes);

#endif
