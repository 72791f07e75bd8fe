/* SPDX-License-Identifier: Apache-2.0
 *
 * What travels to the helper, around a request: {"request": JWS}, with "origin" where a browser's extension vouches for
 * the page it came from, "pin": true where a PIN follows in a frame of its own (kiosk socket only), so that no JSON
 * parser ever holds it, and "last_try": true where the holder has said yes to the last try.
 */
#ifndef WIRE_MESSAGE_H
#define WIRE_MESSAGE_H

#include "base/span.h"

#include <apr_errno.h>

#define MESSAGE_MAX (300 * 1024) /* bytes of JSON */

typedef struct {
    span_t request;
    span_t origin; /* empty: nobody vouches */
    bool has_pin;
    bool last_try; /* the holder said yes to the last try */
} message_t;

/* The message as JSON, in the pool. Empty if memory ran out. */
span_t message_encode(const message_t *message, apr_pool_t *pool);

/* BASE_EMALFORMED: anything else than the above. Strings are the pool's. */
apr_status_t message_decode(message_t *message, span_t json, apr_pool_t *pool);

#endif
