/* SPDX-License-Identifier: Apache-2.0
 *
 * cert/revocation, OCSP: a responder that answers well, one that lies, and one that only wastes time.
 */
#include "base/log.h"
#include "cert/revocation.h"
#include "certificates.h"
#include "test.h"
#include "web_server.h"

#include <apr_file_io.h>
#include <openssl/ocsp.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#define SECOND   apr_time_from_sec(1)
#define HOUR     (3600 * SECOND)
#define PATIENCE (2 * SECOND) /* with who wastes time; others get all the time that a slow machine needs */

typedef enum { NONCE_COPIED, NONCE_LEFT_OUT, NONCE_OTHER } nonce_t;

typedef enum {
    HTTP_RIGHT,
    HTTP_NOTHING, /* closes */
    HTTP_GARBAGE,
    HTTP_RUBBISH_BODY,
    HTTP_TAIL, /* a byte behind the answer */
    HTTP_OTHER_TYPE,
    HTTP_ERROR,
    HTTP_REDIRECTION,
    HTTP_HUGE,
    HTTP_HANG,
    HTTP_DRIP,
    HTTP_HEADERS, /* without an end */
    HTTP_WAYS
} http_t;

/* What the next answer says. */
typedef struct {
    http_t http;
    nonce_t nonce;
    int status;
    int reason;                              /* -1: none */
    apr_time_t this_at, next_at, revoked_at; /* next_at 0: none */
    const char *about, *signer;              /* names of certificates */
    bool signer_inside;
    const EVP_MD *digest;
    int answered;
} answer_t;

static apr_pool_t *pool;
static const char *directory;
static cert_t *cert;
static X509 *issuer;
static web_server_t server;
static answer_t answer;
static apr_time_t now;
static apr_interval_time_t patience;
static int lines;

static void count_line(const log_port_t *port, log_level_t level, apr_status_t status, const char *tag,
                       const char *line)
{
    (void)port, (void)level, (void)status, (void)line;
    assert_string_equal(tag, "KW-CERT-003");
    lines++;
}

static const log_port_t log_port = {count_line, NULL};

static ASN1_TIME *time_of(apr_time_t at)
{
    return at ? ASN1_GENERALIZEDTIME_set(NULL, (time_t)apr_time_sec(at)) : NULL;
}

/* The answer in DER, for X509 `about` and the request. */
static span_t answer_der(OCSP_REQUEST *request, apr_pool_t *scratch)
{
    unsigned char *der = NULL;
    unsigned char nonce[16] = {1};
    OCSP_BASICRESP *basic = OCSP_BASICRESP_new();
    X509 *about = certificates_x509(directory, answer.about, scratch);
    X509 *signer = certificates_x509(directory, answer.signer, scratch);
    EVP_PKEY *key = certificates_key(directory, answer.signer, scratch);
    OCSP_CERTID *id = OCSP_cert_to_id(EVP_sha1(), about, issuer);
    ASN1_TIME *revoked_at = time_of(answer.revoked_at);
    ASN1_TIME *this_at = time_of(answer.this_at);
    ASN1_TIME *next_at = time_of(answer.next_at);
    OCSP_basic_add1_status(basic, id, answer.status, answer.reason, revoked_at, this_at, next_at);
    if (answer.nonce == NONCE_COPIED) OCSP_copy_nonce(basic, request);
    if (answer.nonce == NONCE_OTHER) OCSP_basic_add1_nonce(basic, nonce, sizeof nonce);
    OCSP_basic_sign(basic, signer, key, answer.digest, NULL, answer.signer_inside ? 0 : OCSP_NOCERTS);
    OCSP_RESPONSE *response = OCSP_response_create(OCSP_RESPONSE_STATUS_SUCCESSFUL, basic);
    int size = i2d_OCSP_RESPONSE(response, &der);
    span_t bytes = span_copy(scratch, (span_t){(const char *)der, (apr_size_t)(size > 0 ? size : 0)});
    OPENSSL_free(der);
    OCSP_RESPONSE_free(response);
    OCSP_BASICRESP_free(basic);
    OCSP_CERTID_free(id);
    ASN1_TIME_free(revoked_at);
    ASN1_TIME_free(this_at);
    ASN1_TIME_free(next_at);
    return bytes;
}

static void write_text(int connection, const char *text)
{
    web_server_write(connection, span_of(text));
}

static void write_answer(int connection, span_t body, const char *type, apr_pool_t *scratch)
{
    write_text(connection, apr_psprintf(scratch, "HTTP/1.0 200 OK\r\nContent-Type: %s\r\nContent-Length: %lu\r\n\r\n",
                                        type, (unsigned long)body.size));
    web_server_write(connection, body);
}

/* Writes the text over and over until the other end has had enough; a pause between in microseconds. */
static void flood(int connection, const char *text, useconds_t pause)
{
    for (int i = 0; i < 50 * 1000 * 1000 && web_server_write(connection, span_of(text)); i++) {
        if (pause) usleep(pause);
    }
}

static void serve_badly(int connection, span_t der, apr_pool_t *scratch)
{
    static const char *const type = "application/ocsp-response";
    char rest;
    switch (answer.http) {
    case HTTP_GARBAGE: write_text(connection, "\x7f\x45LF rubbish\n\n\n\n"); break;
    case HTTP_RUBBISH_BODY: write_answer(connection, SPAN("0\x03\x0a\x01\x09"), type, scratch); break;
    case HTTP_TAIL: write_answer(connection, (span_t){der.at, der.size + 1}, type, scratch); break;
    case HTTP_OTHER_TYPE: write_answer(connection, der, "text/html", scratch); break;
    case HTTP_ERROR: write_text(connection, "HTTP/1.0 500 No\r\nContent-Length: 0\r\n\r\n"); break;
    case HTTP_REDIRECTION:
        write_text(connection,
                   apr_psprintf(scratch, "HTTP/1.0 302 There\r\nLocation: http://127.0.0.1:%d/\r\n\r\n", server.port));
        break;
    case HTTP_HUGE:
        write_text(connection,
                   "HTTP/1.0 200 OK\r\nContent-Type: application/ocsp-response\r\n\r\n0\x84\x3f\xff\xff\xff");
        flood(connection, "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", 0);
        break;
    case HTTP_HANG:
        while (read(connection, &rest, 1) > 0) continue;
        break;
    case HTTP_DRIP:
        write_text(connection, "HTTP/1.0 200 OK\r\nContent-Type: application/ocsp-response\r\nX: ");
        flood(connection, "x", 20000);
        break;
    case HTTP_HEADERS:
        write_text(connection, "HTTP/1.0 200 OK\r\n");
        flood(connection, "X-Header: 0123456789abcdef0123456789abcdef0123456789abcdef\r\n", 0);
        break;
    default: break;
    }
}

static void serve(int connection, span_t body, void *context)
{
    apr_pool_t *scratch;
    const unsigned char *at = (const unsigned char *)body.at;
    OCSP_REQUEST *request = d2i_OCSP_REQUEST(NULL, &at, (long)body.size);
    (void)context;
    answer.answered++;
    apr_pool_create(&scratch, NULL);
    if (request) {
        bool wanted = answer.http == HTTP_RIGHT || answer.http == HTTP_TAIL || answer.http == HTTP_OTHER_TYPE;
        span_t der = wanted ? answer_der(request, scratch) : SPAN("");
        if (answer.http == HTTP_RIGHT)
            write_answer(connection, der, "application/ocsp-response", scratch);
        else
            serve_badly(connection, der, scratch);
    }
    OCSP_REQUEST_free(request);
    apr_pool_destroy(scratch);
}

/* By a responder at this URL; responder_name NULL: the issuer, or one of its own. */
static cert_status_t ask_at(const char *url, const char *responder_name, apr_interval_time_t fresh)
{
    X509 *its = responder_name ? certificates_x509(directory, responder_name, pool) : NULL;
    cert_responder_t responder = {url, its, patience};
    cert_status_t status;
    int before = lines;
    cert_responder_ask(&responder, cert, issuer, fresh, now, &status, &log_port, pool);
    assert_int_equal(lines - before, status.code == CERT_UNREACHABLE);
    assert_true((status.reason != NULL) == (status.code == CERT_REVOKED));
    return status;
}

static cert_status_t ask(void)
{
    return ask_at(apr_psprintf(pool, "http://127.0.0.1:%d/ocsp", server.port), NULL, 0);
}

static void test_status(void **state)
{
    (void)state;
    cert_status_t status = ask();
    assert_int_equal(status.code, CERT_OK);
    assert_int_equal(status.known_at, answer.this_at);
    answer.status = V_OCSP_CERTSTATUS_REVOKED;
    answer.revoked_at = now - HOUR;
    status = ask();
    assert_int_equal(status.code, CERT_REVOKED);
    assert_string_equal(status.reason, "unspecified");
    assert_int_equal(status.revoked_at, now - HOUR);
    answer.reason = 6;
    assert_string_equal(ask().reason, "certificateHold");
    answer.reason = 9;
    assert_string_equal(ask().reason, "privilegeWithdrawn");
    answer.status = V_OCSP_CERTSTATUS_UNKNOWN;
    assert_int_equal(ask().code, CERT_UNREACHABLE);
    answer.status = V_OCSP_CERTSTATUS_GOOD;
    answer.about = "person/es256";
    assert_int_equal(ask().code, CERT_UNREACHABLE);
}

static void test_signer(void **state)
{
    static const struct {
        const char *signer;
        bool inside;
        cert_code_t code;
    } cases[] = {{"ca/jpki-signing-3", false, CERT_OK},
                 {"ca/jpki-signing-3", true, CERT_OK},
                 {"ocsp/delegate", true, CERT_OK},
                 {"ocsp/delegate", false, CERT_UNREACHABLE},
                 {"ocsp/no-purpose", true, CERT_UNREACHABLE},
                 {"ocsp/expired", true, CERT_UNREACHABLE},
                 {"ocsp/of-another", true, CERT_UNREACHABLE},
                 {"ocsp/sha1", true, CERT_UNREACHABLE},
                 {"ca/jpki-signing-2", true, CERT_UNREACHABLE},
                 {"card/sign", true, CERT_UNREACHABLE}};

    (void)state;
    certificates_more(directory,
                      "one ocsp/delegate profile=responder key=%s "
                      "one ocsp/no-purpose profile=responder extended=clientAuth key=card/auth "
                      "one ocsp/expired profile=responder until=-60 key=card/auth "
                      "one ocsp/of-another profile=responder issuer=ca/jpki-signing-2 key=card/auth "
                      "one ocsp/sha1 profile=responder digest=sha1 key=card/auth",
                      "card/auth");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        answer.signer = cases[i].signer;
        answer.signer_inside = cases[i].inside;
        if (ask().code != cases[i].code) fail_msg("%s", cases[i].signer);
    }
    answer.signer = "ca/jpki-signing-3";
    answer.digest = EVP_sha1();
    assert_int_equal(ask().code, CERT_UNREACHABLE);
}

/* A configured responder is believed whoever issued it, and nobody else is. */
static void test_configured_signer(void **state)
{
    const char *url = apr_psprintf(pool, "http://127.0.0.1:%d/ocsp", server.port);

    (void)state;
    certificates_more(directory,
                      "one ocsp/own profile=responder issuer=ca/registry key=%s "
                      "one ocsp/own-late profile=responder until=-60 key=company/company",
                      "company/company");
    answer.signer = "ocsp/own";
    assert_int_equal(ask_at(url, "ocsp/own", 0).code, CERT_OK);
    answer.signer_inside = false;
    assert_int_equal(ask_at(url, "ocsp/own", 0).code, CERT_OK);
    assert_int_equal(ask_at(url, NULL, 0).code, CERT_UNREACHABLE);
    answer.signer_inside = true;
    assert_int_equal(ask_at(url, NULL, 0).code, CERT_UNREACHABLE);
    answer.signer = "ca/jpki-signing-3";
    assert_int_equal(ask_at(url, "ocsp/own", 0).code, CERT_UNREACHABLE);
    answer.signer = "ocsp/own-late";
    assert_int_equal(ask_at(url, "ocsp/own-late", 0).code, CERT_UNREACHABLE);
}

static void test_times(void **state)
{
    const struct {
        apr_time_t this_at, next_at; /* from now */
        nonce_t nonce;
        apr_interval_time_t fresh;
        cert_code_t code;
    } cases[] = {{0, 0, NONCE_COPIED, 0, CERT_OK},
                 {60 * SECOND, 0, NONCE_COPIED, 0, CERT_OK},
                 {61 * SECOND, 0, NONCE_COPIED, 0, CERT_UNREACHABLE},
                 {-100 * HOUR, HOUR, NONCE_COPIED, 0, CERT_OK},
                 {-HOUR, -60 * SECOND, NONCE_COPIED, 0, CERT_OK},
                 {-HOUR, -61 * SECOND, NONCE_COPIED, 0, CERT_UNREACHABLE},
                 {-HOUR, HOUR, NONCE_COPIED, HOUR, CERT_OK},
                 {-HOUR - SECOND, HOUR, NONCE_COPIED, HOUR, CERT_UNREACHABLE},
                 {-300 * SECOND, HOUR, NONCE_LEFT_OUT, 0, CERT_OK},
                 {-301 * SECOND, HOUR, NONCE_LEFT_OUT, 0, CERT_UNREACHABLE},
                 {-HOUR, HOUR, NONCE_LEFT_OUT, HOUR, CERT_OK},
                 {-HOUR - SECOND, HOUR, NONCE_LEFT_OUT, HOUR, CERT_UNREACHABLE},
                 {0, HOUR, NONCE_OTHER, 0, CERT_UNREACHABLE}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        answer.this_at = now + cases[i].this_at;
        answer.next_at = cases[i].next_at ? now + cases[i].next_at : 0;
        answer.nonce = cases[i].nonce;
        const char *url = apr_psprintf(pool, "http://127.0.0.1:%d/ocsp", server.port);
        if (ask_at(url, NULL, cases[i].fresh).code != cases[i].code) fail_msg("case %d", (int)i);
    }
}

/* Nothing but a right answer is one, and whatever comes, it ends in its time. */
static void test_http(void **state)
{
    (void)state;
    patience = PATIENCE;
    for (http_t way = HTTP_NOTHING; way < HTTP_WAYS; way++) {
        answer.http = way;
        answer.answered = 0;
        apr_time_t start = apr_time_now();
        if (ask().code != CERT_UNREACHABLE) fail_msg("way %d", (int)way);
        apr_time_t took = apr_time_now() - start;
        apr_time_t most =
            way == HTTP_HUGE || way == HTTP_HEADERS ? PATIENCE : PATIENCE + SECOND; /* too much is enough */
        if (took > most) fail_msg("way %d took %ld us", (int)way, (long)took);
        assert_int_equal(answer.answered, 1); /* a redirection isn't followed */
    }
}

static void test_nowhere(void **state)
{
    static const char *const urls[] = {"http://127.0.0.1:1/",         "https://127.0.0.1:1/", "ftp://127.0.0.1/",
                                       "http://127.0.0.1:99999/",     "file:///etc/passwd",   "",
                                       "http://host.invalid:80/ocsp", "http://[::1]:1/"};

    (void)state;
    patience = PATIENCE;
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
        apr_time_t start = apr_time_now();
        assert_int_equal(ask_at(urls[i], NULL, 0).code, CERT_UNREACHABLE);
        if (apr_time_now() - start > PATIENCE + SECOND) fail_msg("%s: too long", urls[i]);
    }
    patience = 60 * SECOND;
    setenv("http_proxy", "http://127.0.0.1:1/", 1);
    assert_int_equal(ask().code, CERT_OK);
    unsetenv("http_proxy");
}

/* The answers of OpenSSL's own responder, made from what we ask. */
static void serve_openssl(int connection, span_t body, void *context)
{
    apr_pool_t *scratch;
    apr_file_t *out;
    apr_pool_create(&scratch, NULL);
    const char *file = apr_psprintf(scratch, "%s/request", directory);
    if (apr_file_open(&out, file, APR_WRITE | APR_CREATE | APR_TRUNCATE, 0600, scratch) == APR_SUCCESS) {
        apr_file_write_full(out, body.at, body.size, NULL);
        apr_file_close(out);
    }
    if (system(context) == 0) {
        write_answer(connection, certificates_file(directory, "response", scratch), "application/ocsp-response",
                     scratch);
    }
    apr_pool_destroy(scratch);
}

static void test_openssl(void **state)
{
    static const char *const entries[] = {"V\\t301231235959Z\\t\\t",
                                          "R\\t301231235959Z\\t260101000000Z,keyCompromise\\t"};

    (void)state;
    now = apr_time_now();
    for (int i = 0; i < 2; i++) {
        web_server_t real = {.serve = serve_openssl};
        real.context = apr_psprintf(pool,
                                    "cd %s && printf '%s01020304\\tunknown\\t/CN=x\\n' >index && openssl ocsp "
                                    "-index index -CA ca/jpki-signing-3.crt -rsigner ca/jpki-signing-3.crt "
                                    "-rkey ca/jpki-signing-3.key -reqin request -respout response >/dev/null 2>&1",
                                    directory, entries[i]);
        web_server_start(&real, pool);
        cert_status_t status = ask_at(apr_psprintf(pool, "http://127.0.0.1:%d", real.port), NULL, 0);
        web_server_stop(&real);
        assert_int_equal(status.code, i ? CERT_REVOKED : CERT_OK);
        if (i) assert_string_equal(status.reason, "keyCompromise");
        if (i) assert_int_equal(status.revoked_at, apr_time_from_sec(1767225600)); /* 2026-01-01 */
    }
}

static int set_up_test(void **state)
{
    (void)state;
    now = apr_time_from_sec(apr_time_sec(apr_time_now()));
    patience = 60 * SECOND;
    answer = (answer_t){.reason = -1, .signer_inside = true, .digest = EVP_sha256()};
    answer.this_at = now;
    answer.next_at = now + HOUR;
    answer.about = "ocsp/cert";
    answer.signer = "ca/jpki-signing-3";
    server = (web_server_t){.serve = serve};
    web_server_start(&server, pool);
    return 0;
}

static int tear_down_test(void **state)
{
    (void)state;
    web_server_stop(&server);
    return 0;
}

static int set_up(void **state)
{
    signal(SIGPIPE, SIG_IGN);
    pool = test_pool(state);
    directory = certificates_make(pool);
    certificates_more(directory, "one ocsp/cert serial=%s", "01020304");
    issuer = certificates_x509(directory, "ca/jpki-signing-3", pool);
    return cert_read(&cert, certificates_file(directory, "ocsp/cert.der", pool), NULL, pool) == CERT_OK ? 0 : -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_status, set_up_test, tear_down_test),
        cmocka_unit_test_setup_teardown(test_signer, set_up_test, tear_down_test),
        cmocka_unit_test_setup_teardown(test_configured_signer, set_up_test, tear_down_test),
        cmocka_unit_test_setup_teardown(test_times, set_up_test, tear_down_test),
        cmocka_unit_test_setup_teardown(test_http, set_up_test, tear_down_test),
        cmocka_unit_test_setup_teardown(test_nowhere, set_up_test, tear_down_test),
        cmocka_unit_test_setup_teardown(test_openssl, set_up_test, tear_down_test),
    };
    return cmocka_run_group_tests(tests, set_up, test_pool_drop);
}
