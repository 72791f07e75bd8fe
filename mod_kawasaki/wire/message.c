/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/message.h"

#include "base/error.h"
#include "wire/object.h"
#include "wire/shape.h"

span_t message_encode(const message_t *message, apr_pool_t *pool)
{
    object_t object = object_new(pool);

    object_put_text(&object, "request", message->request);
    object_put_text(&object, "origin", message->origin);
    object_put_flag(&object, "pin", message->has_pin);
    object_put_flag(&object, "last_try", message->last_try);
    return object_write(&object);
}

apr_status_t message_decode(message_t *message, span_t json, apr_pool_t *pool)
{
    object_t object = object_open(json, MESSAGE_MAX, pool);
    apr_status_t status;

    message->request = object_text(&object, "request");
    message->origin = object_text(&object, "origin");
    message->has_pin = object_flag(&object, "pin");
    message->last_try = object_flag(&object, "last_try");
    status = object_close(&object);
    if (message->request.size == 0 || (message->origin.size && !shape_is_origin(message->origin)))
        status = BASE_EMALFORMED;
    if (status != APR_SUCCESS) memset(message, 0, sizeof *message);
    return status;
}
