/* SPDX-License-Identifier: Apache-2.0 */
#include "httpd/body.h"

#include "base/error.h"
#include "base/secret.h"

#include <apr_buckets.h>
#include <http_protocol.h>
#include <util_filter.h>

typedef struct {
    char *bytes;
    apr_size_t size, limit;
} buffer_t;

static apr_status_t wipe(void *data)
{
    buffer_t *buffer = data;
    secret_wipe(buffer->bytes, buffer->limit + 1);
    return APR_SUCCESS;
}

static buffer_t *new_buffer(apr_pool_t *pool, apr_size_t limit)
{
    buffer_t *buffer = apr_palloc(pool, sizeof *buffer);
    *buffer = (buffer_t){apr_palloc(pool, limit + 1), 0, limit};
    apr_pool_cleanup_register(pool, buffer, wipe, apr_pool_cleanup_null);
    return buffer;
}

static apr_status_t take(buffer_t *buffer, apr_bucket_brigade *brigade, bool *ended)
{
    for (apr_bucket *bucket = APR_BRIGADE_FIRST(brigade); bucket != APR_BRIGADE_SENTINEL(brigade);
         bucket = APR_BUCKET_NEXT(bucket)) {
        const char *bytes;
        apr_size_t size;
        apr_status_t status;
        if (APR_BUCKET_IS_EOS(bucket)) *ended = true;
        if (APR_BUCKET_IS_METADATA(bucket)) continue;
        status = apr_bucket_read(bucket, &bytes, &size, APR_BLOCK_READ);
        if (status != APR_SUCCESS) return status;
        if (size > buffer->limit - buffer->size) return BASE_ETOOBIG;
        memcpy(buffer->bytes + buffer->size, bytes, size);
        buffer->size += size;
    }
    return APR_SUCCESS;
}

/* "application/x-www-form-urlencoded", with or without parameters. */
static bool is_form(const char *type)
{
    static const char form[] = "application/x-www-form-urlencoded";
    if (!type || strncasecmp(type, form, sizeof form - 1) != 0) return false;
    return strchr("; \t", type[sizeof form - 1]) != NULL;
}

/* How much room to make: what is announced, so that a small form costs little memory. */
static apr_status_t announced(request_rec *request, apr_size_t limit, apr_size_t *size)
{
    const char *length = apr_table_get(request->headers_in, "Content-Length");
    apr_off_t bytes;

    *size = limit;
    if (!length) return APR_SUCCESS;
    if (!ap_parse_strict_length(&bytes, length)) return BASE_EMALFORMED;
    if (bytes > (apr_off_t)limit) return BASE_ETOOBIG;
    *size = (apr_size_t)bytes;
    return APR_SUCCESS;
}

apr_status_t body_read(body_t *body, request_rec *request, apr_size_t limit)
{
    apr_bucket_brigade *brigade;
    buffer_t *buffer;
    bool ended = false;
    apr_size_t size;
    apr_status_t status = announced(request, limit, &size);

    if (status != APR_SUCCESS) return status;
    if (!is_form(apr_table_get(request->headers_in, "Content-Type"))) return BASE_EMALFORMED;
    buffer = new_buffer(request->pool, size);
    brigade = apr_brigade_create(request->pool, request->connection->bucket_alloc);
    while (!ended) {
        status = ap_get_brigade(request->input_filters, brigade, AP_MODE_READBYTES, APR_BLOCK_READ, 8192);
        if (status == APR_SUCCESS) status = take(buffer, brigade, &ended);
        apr_brigade_cleanup(brigade);
        if (status != APR_SUCCESS) return status;
    }
    return urlencoded_decode(buffer->bytes, buffer->size, body->pairs, &body->count);
}

apr_status_t body_of_query(body_t *body, request_rec *request)
{
    char *query = apr_pstrdup(request->pool, request->args ? request->args : "");
    return urlencoded_decode(query, strlen(query), body->pairs, &body->count);
}

span_t body_value(const body_t *body, span_t name)
{
    const span_t *value = urlencoded_value(body->pairs, body->count, name);
    return value ? *value : SPAN("");
}

/* "FIELD.CODE": is this pair that option, ticked? */
static bool ticks(const urlencoded_pair_t *pair, span_t field, span_t code)
{
    return pair->value.size > 0 && pair->name.size == field.size + 1 + code.size &&
           memcmp(pair->name.at, field.at, field.size) == 0 && pair->name.at[field.size] == '.' &&
           memcmp(pair->name.at + field.size + 1, code.at, code.size) == 0;
}

static span_t many(const body_t *body, const rules_t *rules, const rules_field_t *field, apr_pool_t *pool)
{
    const rules_choices_t *choices = rules_entry(rules, RULES_CHOICES, field->choices);
    const span_t name = rules_span(rules, field->name);
    const char *codes = "";

    for (uint32_t i = 0; i < choices->option_count; i++) {
        const span_t code = rules_span(rules, rules_option(rules, choices, i)->code);
        for (apr_size_t k = 0; k < body->count; k++)
            if (ticks(&body->pairs[k], name, code))
                codes = apr_pstrcat(pool, codes, *codes ? " " : "", span_text(pool, code), NULL);
    }
    return span_of(codes);
}

void body_fields(const body_t *body, const rules_t *rules, const rules_form_t *form, span_t *typed, apr_pool_t *pool)
{
    for (uint32_t i = 0; i < form->field_count; i++) {
        const rules_field_t *field = rules_field(rules, form, i);
        typed[i] = field->control == RULES_MANY ? many(body, rules, field, pool)
                                                : body_value(body, rules_span(rules, field->name));
    }
}
