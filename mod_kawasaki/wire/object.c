/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/object.h"

#include "base/error.h"
#include "base/utf8.h"

object_t object_open(span_t json, apr_size_t max, apr_pool_t *pool)
{
    object_t object = {NULL, true, pool};
    json_t *value;

    if (json.size == 0 || json.size > max) return object;
    value = json_loadb(json.at, json.size, JSON_REJECT_DUPLICATES, NULL);
    if (json_is_object(value)) {
        object.fields = value;
        object.malformed = false;
    } else {
        json_decref(value);
    }
    return object;
}

bool object_has(const object_t *object, const char *name)
{
    return json_object_get(object->fields, name) != NULL;
}

/* The field, now the caller's; NULL: absent. */
static json_t *take(object_t *object, const char *name)
{
    json_t *value = json_incref(json_object_get(object->fields, name));
    if (value) json_object_del(object->fields, name);
    return value;
}

span_t object_text(object_t *object, const char *name)
{
    json_t *value = take(object, name);
    span_t text = {"", 0};

    if (!value) return text;
    if (json_is_string(value) && json_string_length(value))
        text = span_copy(object->pool, (span_t){json_string_value(value), json_string_length(value)});
    else
        object->malformed = true;
    json_decref(value);
    return text;
}

bool object_flag(object_t *object, const char *name)
{
    json_t *value = take(object, name);
    bool flag = json_is_true(value);

    if (value && !json_is_boolean(value)) object->malformed = true;
    json_decref(value);
    return flag;
}

apr_int64_t object_number(object_t *object, const char *name, apr_int64_t least, apr_int64_t most, apr_int64_t absent)
{
    json_t *value = take(object, name);
    apr_int64_t number = absent;

    if (!value) return number;
    if (json_is_integer(value) && json_integer_value(value) >= least && json_integer_value(value) <= most)
        number = json_integer_value(value);
    else
        object->malformed = true;
    json_decref(value);
    return number;
}

object_t object_inner(object_t *object, const char *name)
{
    object_t inner = {take(object, name), false, object->pool};

    if (json_is_object(inner.fields)) return inner;
    json_decref(inner.fields);
    return (object_t){NULL, true, object->pool};
}

apr_status_t object_close(object_t *object)
{
    bool good = !object->malformed && json_object_size(object->fields) == 0;

    json_decref(object->fields);
    object->fields = NULL;
    return good ? APR_SUCCESS : BASE_EMALFORMED;
}

object_t object_new(apr_pool_t *pool)
{
    json_t *fields = json_object();
    return (object_t){fields, !fields, pool};
}

/* The value is the object's, or gone. */
static void put(object_t *object, const char *name, json_t *value)
{
    if (json_object_set_new(object->fields, name, value) != 0) object->malformed = true;
}

/* A copy that JSON can hold; one bad byte may become three. */
static span_t clean(span_t text, apr_pool_t *pool)
{
    char *copy = apr_palloc(pool, text.size * 3), *to = copy;

    for (apr_size_t at = 0; at < text.size;) {
        apr_size_t from = at;
        uint32_t code = utf8_next(text, &at);
        bool bad = code == UTF8_BAD || code == 0;
        span_t bytes = bad ? SPAN("\xEF\xBF\xBD") : (span_t){text.at + from, at - from};
        memcpy(to, bytes.at, bytes.size);
        to += bytes.size;
    }
    return (span_t){copy, (apr_size_t)(to - copy)};
}

void object_put_text(object_t *object, const char *name, span_t text)
{
    if (text.size == 0) return;
    text = clean(text, object->pool);
    put(object, name, json_stringn(text.at, text.size));
}

void object_put_flag(object_t *object, const char *name, bool flag)
{
    if (flag) put(object, name, json_true());
}

void object_put_number(object_t *object, const char *name, apr_int64_t number)
{
    put(object, name, json_integer(number));
}

void object_put_inner(object_t *object, const char *name, object_t *inner)
{
    if (inner->malformed) object->malformed = true;
    put(object, name, inner->fields);
}

span_t object_write(object_t *object)
{
    apr_size_t size = json_dumpb(object->fields, NULL, 0, JSON_COMPACT);
    char *text = apr_palloc(object->pool, size + 1);

    if (json_dumpb(object->fields, text, size, JSON_COMPACT) != size || object->malformed) size = 0;
    text[size] = '\0';
    json_decref(object->fields);
    object->fields = NULL;
    return (span_t){text, size};
}
