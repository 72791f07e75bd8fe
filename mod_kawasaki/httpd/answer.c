/* SPDX-License-Identifier: Apache-2.0 */
#include "httpd/answer.h"

#include "base/error.h"
#include "base/secret.h"

#include <apr_strings.h>
#include <http_log.h>
#include <http_protocol.h>
#include <util_filter.h>

APLOG_USE_MODULE(kawasaki);

#define IMMORTAL_MIN 2048 /* template text from this size on goes out without a copy; below it a bucket costs more */
#define CHUNK_SIZE   16384

static const struct {
    const char *name, *value;
} security_headers[] = {{"Content-Security-Policy",
                         "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src "
                         "'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"},
                        {"Strict-Transport-Security", "max-age=31536000"},
                        {"X-Content-Type-Options", "nosniff"},
                        {"X-Frame-Options", "DENY"},
                        {"Referrer-Policy", "no-referrer"},
                        {"Cross-Origin-Opener-Policy", "same-origin"},
                        {"Cross-Origin-Resource-Policy", "same-origin"},
                        {"Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"}};

static void put_security_headers(request_rec *request)
{
    if (!config_of(request->server)->host) return;
    for (apr_size_t i = 0; i < sizeof security_headers / sizeof *security_headers; i++)
        apr_table_setn(request->err_headers_out, security_headers[i].name, security_headers[i].value);
}

/* httpd lets a chunked body win over a length that was sent with it, and only marks the connection to be closed; who
 * sends both is up to something (RFC 9112 section 6.1). */
static bool has_two_lengths(const request_rec *request)
{
    return apr_table_get(request->headers_in, "Transfer-Encoding") && request->connection->keepalive == AP_CONN_CLOSE;
}

int answer_secure(request_rec *request)
{
    put_security_headers(request);
    return config_of(request->server)->host && has_two_lengths(request) ? HTTP_BAD_REQUEST : DECLINED;
}

void answer_secure_error(request_rec *request)
{
    put_security_headers(request);
}

static const char *cookie_name(request_rec *request, const host_t *host, answer_cookie_t cookie)
{
    return apr_pstrcat(request->pool, "__Host-", host->id, cookie == ANSWER_COOKIE_SESSION ? "-session" : "-form",
                       NULL);
}

void answer_set_cookie(request_rec *request, const host_t *host, answer_cookie_t cookie, const char *text)
{
    apr_table_addn(request->err_headers_out, "Set-Cookie",
                   apr_pstrcat(request->pool, cookie_name(request, host, cookie), "=", text ? text : "",
                               "; Path=/; Secure; HttpOnly; SameSite=Lax", text ? "" : "; Max-Age=0", NULL));
}

/* The first cookie of the name (RFC 6265 section 5.4); its text is checked by whoever uses it. */
span_t answer_cookie(request_rec *request, const host_t *host, answer_cookie_t cookie)
{
    const char *header = apr_table_get(request->headers_in, "Cookie");
    const char *name = cookie_name(request, host, cookie);
    apr_size_t size = strlen(name);

    while (header && *header) {
        while (*header == ' ' || *header == ';') header++;
        if (strncmp(header, name, size) == 0 && header[size] == '=')
            return (span_t){header + size + 1, strcspn(header + size + 1, "; ")};
        header = strchr(header, ';');
    }
    return SPAN("");
}

/* Gathers what is written into buckets of some size: a bucket a piece would cost more than the copy. */
typedef struct {
    apr_bucket_brigade *brigade;
    char *chunk; /* being filled; the bucket allocator's */
    apr_size_t used;
} gather_t;

static void end_chunk(gather_t *gather)
{
    if (gather->used)
        APR_BRIGADE_INSERT_TAIL(gather->brigade, apr_bucket_heap_create(gather->chunk, gather->used, apr_bucket_free,
                                                                        gather->brigade->bucket_alloc));
    else if (gather->chunk)
        apr_bucket_free(gather->chunk);
    gather->chunk = NULL;
    gather->used = 0;
}

static apr_status_t into_brigade(void *context, const char *at, apr_size_t size, bool lasting)
{
    gather_t *gather = context;

    if (lasting && size >= IMMORTAL_MIN) {
        end_chunk(gather);
        APR_BRIGADE_INSERT_TAIL(gather->brigade, apr_bucket_immortal_create(at, size, gather->brigade->bucket_alloc));
        return APR_SUCCESS;
    }
    if (gather->chunk && size < CHUNK_SIZE - gather->used) {
        memcpy(gather->chunk + gather->used, at, size);
        gather->used += size;
        return APR_SUCCESS;
    }
    while (size > 0) {
        apr_size_t part = size < CHUNK_SIZE - gather->used ? size : CHUNK_SIZE - gather->used;
        if (!gather->chunk) gather->chunk = apr_bucket_alloc(CHUNK_SIZE, gather->brigade->bucket_alloc);
        memcpy(gather->chunk + gather->used, at, part);
        gather->used += part;
        at += part;
        size -= part;
        if (gather->used == CHUNK_SIZE) end_chunk(gather);
    }
    return APR_SUCCESS;
}

int answer_page(request_rec *request, const host_t *host, int status, view_page_t page, const page_map_t *view)
{
    apr_bucket_brigade *brigade = apr_brigade_create(request->pool, request->connection->bucket_alloc);
    gather_t gather = {brigade, NULL, 0};
    page_sink_t sink = {into_brigade, &gather};
    apr_status_t rendered = page_render(host->pages, host->templates[page], view, &sink, request->pool);

    if (rendered != APR_SUCCESS) {
        ap_log_rerror(APLOG_MARK, APLOG_ERR, rendered, request, "KW-ANSWER-001: the page can't be rendered");
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    request->status = status;
    ap_set_content_type(request, "text/html; charset=utf-8");
    apr_table_setn(request->err_headers_out, "Cache-Control", "no-store");
    /* Tokens stand beside what a stranger may have chosen: compression would tell one from the other (BREACH). */
    apr_table_setn(request->subprocess_env, "no-gzip", "1");
    apr_table_setn(request->subprocess_env, "no-brotli", "1");
    end_chunk(&gather);
    APR_BRIGADE_INSERT_TAIL(brigade, apr_bucket_eos_create(brigade->bucket_alloc));
    return ap_pass_brigade(request->output_filters, brigade) == APR_SUCCESS ? OK : AP_FILTER_ERROR;
}

int answer_empty(request_rec *request, int status)
{
    request->status = status;
    apr_table_setn(request->err_headers_out, "Cache-Control", "no-store");
    if (status != HTTP_NO_CONTENT) ap_set_content_length(request, 0);
    return DONE;
}

int answer_redirect(request_rec *request, const char *location)
{
    const server_config_t *config = config_of(request->server);
    apr_table_setn(request->headers_out, "Location", apr_pstrcat(request->pool, config->origin, location, NULL));
    return answer_empty(request, HTTP_SEE_OTHER);
}

/* Eight letters that a resident can read out on the telephone. */
static const char *request_number(request_rec *request)
{
    static const char letters[] = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    unsigned char bytes[8] = {0};
    char *number = apr_palloc(request->pool, sizeof bytes + 2);

    if (secret_random(bytes, sizeof bytes) != APR_SUCCESS) memset(bytes, 0, sizeof bytes);
    for (apr_size_t i = 0; i < sizeof bytes; i++) number[i + (i > 3)] = letters[bytes[i] % 32];
    number[4] = '-';
    number[9] = '\0';
    return number;
}

int answer_error(request_rec *request, const host_t *host, const flow_request_t *flow, int status,
                 rules_message_t message, const char *why)
{
    const char *number = request_number(request);
    page_map_t *view = flow_error_view(flow, message);

    page_put_text(view, VIEW_status, span_of(apr_itoa(request->pool, status)));
    page_put_text(view, VIEW_request_id, span_of(number));
    ap_log_rerror(APLOG_MARK, status >= 500 ? APLOG_ERR : APLOG_INFO, 0, request, "KW-ANSWER-002: %d, %s, number %s",
                  status, why, number);
    return answer_page(request, host, status, VIEW_PAGE_ERROR, view);
}
