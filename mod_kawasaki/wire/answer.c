/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/answer.h"

#include "base/base64.h"
#include "base/error.h"
#include "base/secret.h"
#include "wire/object.h"
#include "wire/shape.h"

#define TRIES_MAX 15 /* a card says 63Cx */

static void put_tries(object_t *object, const char *name, int tries)
{
    if (tries >= 0 && tries <= TRIES_MAX) object_put_number(object, name, tries);
}

static void put_info(object_t *object, const answer_info_t *info)
{
    object_t inner = object_new(object->pool);

    object_put_text(&inner, "code", span_of(wire_code_name(info->code)));
    object_put_text(&inner, "source", info->source);
    object_put_text(&inner, "reader", info->reader);
    object_put_text(&inner, "card", info->card);
    object_put_text(&inner, "insertion", info->insertion);
    object_put_text(&inner, "holder", info->holder);
    object_put_flag(&inner, "signing", info->has_signing);
    object_put_flag(&inner, "authentication", info->has_authentication);
    object_put_flag(&inner, "pinpad", info->has_pinpad);
    put_tries(&inner, "signing_tries", info->signing_tries);
    put_tries(&inner, "authentication_tries", info->authentication_tries);
    object_put_inner(object, "info", &inner);
}

static bool tells_tries(wire_code_t code)
{
    return code == WIRE_PIN_WRONG || code == WIRE_PIN_LOW;
}

static void put_error(object_t *object, wire_code_t code, int tries)
{
    object_put_text(object, "error", span_of(wire_code_name(code)));
    if (tells_tries(code)) put_tries(object, "tries", tries);
}

static void put_cms(object_t *object, span_t cms)
{
    const unsigned char *der = (const unsigned char *)cms.at;
    object_put_text(object, "cms", span_of(secret_base64url(object->pool, der, cms.size)));
}

span_t answer_encode(const answer_t *answer, apr_pool_t *pool)
{
    object_t object = object_new(pool);

    object_put_text(&object, "id", answer->id);
    if (answer->code != WIRE_OK)
        put_error(&object, answer->code, answer->tries);
    else if (answer->has_info)
        put_info(&object, &answer->info);
    else if (answer->token.size)
        object_put_text(&object, "token", answer->token);
    else
        put_cms(&object, answer->cms);
    object_put_text(&object, "insertion", answer->insertion);
    object_put_text(&object, "holder", answer->holder);
    return object_write(&object);
}

/* A code by its name; another word makes the object malformed. */
static wire_code_t take_code(object_t *object, const char *name)
{
    wire_code_t code = wire_code_of(object_text(object, name));

    if (code != WIRE_CODES) return code;
    object->malformed = true;
    return WIRE_FAILED;
}

static span_t take_holder(object_t *object)
{
    span_t holder = object_text(object, "holder");

    if (holder.size > 0 && !shape_is_digest(holder)) object->malformed = true;
    return holder;
}

static int take_tries(object_t *object, const char *name)
{
    return (int)object_number(object, name, 0, TRIES_MAX, ANSWER_TRIES_UNKNOWN);
}

static apr_status_t take_info(object_t *object, answer_info_t *info)
{
    object_t inner = object_inner(object, "info");

    info->code = take_code(&inner, "code");
    info->source = object_text(&inner, "source");
    info->reader = object_text(&inner, "reader");
    info->card = object_text(&inner, "card");
    info->insertion = object_text(&inner, "insertion");
    info->holder = take_holder(&inner);
    info->has_signing = object_flag(&inner, "signing");
    info->has_authentication = object_flag(&inner, "authentication");
    info->has_pinpad = object_flag(&inner, "pinpad");
    info->signing_tries = take_tries(&inner, "signing_tries");
    info->authentication_tries = take_tries(&inner, "authentication_tries");
    if (!span_is(info->source, "card") && !span_is(info->source, "file")) inner.malformed = true;
    return object_close(&inner);
}

/* The one of the four that the answer is. Others beside it are left over, and so refused. */
static apr_status_t take_result(object_t *object, answer_t *answer)
{
    if (object_has(object, "info")) {
        answer->has_info = true;
        return take_info(object, &answer->info);
    }
    if (object_has(object, "cms")) return base64url_decode(&answer->cms, object_text(object, "cms"), object->pool);
    if (object_has(object, "token")) {
        answer->token = object_text(object, "token");
        return APR_SUCCESS;
    }
    answer->code = take_code(object, "error");
    if (tells_tries(answer->code)) answer->tries = take_tries(object, "tries");
    return answer->code == WIRE_OK ? BASE_EMALFORMED : APR_SUCCESS;
}

apr_status_t answer_decode(answer_t *answer, span_t json, apr_pool_t *pool)
{
    object_t object = object_open(json, ANSWER_MAX, pool);
    apr_status_t status, closed;

    memset(answer, 0, sizeof *answer);
    answer->tries = ANSWER_TRIES_UNKNOWN;
    answer->id = object_text(&object, "id");
    answer->insertion = object_text(&object, "insertion");
    answer->holder = take_holder(&object);
    status = take_result(&object, answer);
    closed = object_close(&object);
    if (status == APR_SUCCESS) status = closed;
    if (answer->id.size ? !shape_is_id(answer->id) : answer->code == WIRE_OK) status = BASE_EMALFORMED;
    if (status != APR_SUCCESS) *answer = (answer_t){.code = WIRE_FAILED, .tries = ANSWER_TRIES_UNKNOWN};
    return status;
}
