/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/native.h"

#include "base/error.h"
#include "wire/frame.h"

#include <unistd.h>

#define FOR_EVER 0
#define WRITING  apr_time_from_sec(10)

static apr_status_t converse(const perform_t *front, apr_pool_t *pool)
{
    message_t message;
    answer_t answer = {.code = WIRE_REQUEST_INVALID, .tries = ANSWER_TRIES_UNKNOWN};
    span_t frame;
    apr_status_t status = frame_read(&frame, STDIN_FILENO, MESSAGE_MAX, FOR_EVER, pool);

    if (status != APR_SUCCESS) return status;
    status = message_decode(&message, frame, pool);
    if (status == APR_SUCCESS && message.origin.size > 0 && !message.has_pin)
        perform(front, &message, &answer, pool);
    else
        base_log(front->log, LOG_PORT_WARNING, status, "KW-SIGNER-020",
                 "a message without an origin, with a PIN, or malformed");
    return frame_write(STDOUT_FILENO, answer_encode(&answer, pool), frame_clock() + WRITING);
}

apr_status_t native_serve(const perform_t *front, apr_pool_t *pool)
{
    apr_status_t status = APR_SUCCESS;

    while (status == APR_SUCCESS) {
        apr_pool_t *own;
        status = apr_pool_create(&own, pool);
        if (status != APR_SUCCESS) break;
        status = converse(front, own);
        apr_pool_destroy(own);
    }
    if (APR_STATUS_IS_EOF(status)) return APR_SUCCESS;
    base_log(front->log, LOG_PORT_WARNING, status, "KW-SIGNER-021", "the browser's messages broke off");
    return status;
}
