/* SPDX-License-Identifier: Apache-2.0
 *
 * One question to an OCSP responder (RFC 6960) over plain HTTP, whose answer's signature is what counts. Nothing is
 * kept, nothing is followed: no redirection, no proxy, no address out of a certificate.
 */
#include "cert/algorithm.h"
#include "cert/crl.h"
#include "cert/revocation.h"
#include "wire/frame.h"

#include <openssl/err.h>
#include <openssl/http.h>
#include <openssl/ocsp.h>
#include <poll.h>

#define ANSWER_MAX         (64 * 1024)
#define HEADERS_MAX        (16 * 1024)
#define SKEW               apr_time_from_sec(60)
#define FRESH_UNCHALLENGED apr_time_from_sec(300)
#define SECURITY_LEVEL     2 /* 112 bits: no SHA-1, no RSA under 2048 bits */

typedef struct {
    const cert_responder_t *responder;
    X509 *issuer;
    OCSP_REQUEST *request;
    OCSP_CERTID *id; /* the request's */
    apr_interval_time_t fresh;
    apr_time_t now;
} question_t;

/* OpenSSL bounds the body, but not the number of header lines: all that one connection brings is counted here. */
static long count_down(BIO *bio, int what, const char *bytes, size_t size, int number, long argument, int result,
                       size_t *processed)
{
    apr_size_t *left = (apr_size_t *)(void *)BIO_get_callback_arg(bio);
    (void)bytes, (void)size, (void)number, (void)argument;
    if (what == (BIO_CB_READ | BIO_CB_RETURN) && result > 0 && processed) {
        *left -= *processed < *left ? *processed : *left;
    }
    if (what != BIO_CB_READ || *left > 0) return result;
    BIO_clear_retry_flags(bio);
    return -1;
}

/* Waits until the connection can go on; false when the time is up or it is broken. */
static bool wait_for(BIO *connection, apr_time_t until)
{
    int socket;
    apr_interval_time_t left = until - frame_clock();
    if (!BIO_should_retry(connection) || left <= 0 || BIO_get_fd(connection, &socket) < 0) return false;
    struct pollfd ready = {socket, BIO_should_read(connection) ? POLLIN : POLLOUT, 0};
    return poll(&ready, 1, (int)apr_time_as_msec(left) + 1) > 0;
}

/* Connected, or NULL at the first refusal: OpenSSL's own loop would try again until the time is up. */
static BIO *dial(const char *host, const char *port, apr_time_t until)
{
    BIO *bio = BIO_new(BIO_s_connect());
    if (!bio) return NULL;
    BIO_set_conn_hostname(bio, host);
    BIO_set_conn_port(bio, port);
    BIO_set_nbio(bio, 1);
    while (BIO_do_connect(bio) <= 0) {
        if (!wait_for(bio, until)) {
            BIO_free_all(bio);
            return NULL;
        }
    }
    return bio;
}

/* Sends the request and reads the answer's bytes; NULL: none came, or none of OCSP. */
static BIO *exchange(BIO *connection, const char *host, const char *port, const char *path, BIO *request,
                     apr_time_t until)
{
    int result = 0;
    BIO *answer = NULL;
    /* Its time-out is of no use here, since it is in whole seconds: the loop below has ours. */
    OSSL_HTTP_REQ_CTX *context = OSSL_HTTP_open(host, port, NULL, NULL, 0, connection, NULL, NULL, NULL, 0, 1);
    if (context && OSSL_HTTP_set1_request(context, path, NULL, "application/ocsp-request", request,
                                          "application/ocsp-response", 1, ANSWER_MAX, 1, 0)) {
        do result = OSSL_HTTP_REQ_CTX_nbio(context);
        while (result == -1 && wait_for(connection, until));
    }
    if (result == 1) answer = OSSL_HTTP_REQ_CTX_get0_mem_bio(context);
    if (answer && BIO_up_ref(answer) != 1) answer = NULL;
    OSSL_HTTP_close(context, result == 1);
    return answer;
}

static BIO *post(const cert_responder_t *responder, BIO *request)
{
    char *host = NULL, *port = NULL, *path = NULL;
    int is_tls;
    BIO *answer = NULL;
    BIO *connection = NULL;
    apr_size_t left = ANSWER_MAX + HEADERS_MAX;
    apr_time_t until = frame_clock() + responder->patience;
    if (OSSL_HTTP_parse_url(responder->url, &is_tls, NULL, &host, &port, NULL, &path, NULL, NULL) && !is_tls) {
        connection = dial(host, port, until);
    }
    if (connection) {
        BIO_set_callback_arg(connection, (char *)&left);
        BIO_set_callback_ex(connection, count_down);
        answer = exchange(connection, host, port, path, request, until);
    }
    BIO_free_all(connection);
    OPENSSL_free(host);
    OPENSSL_free(port);
    OPENSSL_free(path);
    return answer;
}

static OCSP_BASICRESP *decode(BIO *answer, const char **why)
{
    const unsigned char *at;
    OCSP_BASICRESP *basic = NULL;
    long size = BIO_get_mem_data(answer, (char **)&at);
    OCSP_RESPONSE *response = d2i_OCSP_RESPONSE(NULL, &at, size);
    *why = "it is not an answer of OCSP";
    if (response) {
        *why = "the responder says that it can't answer";
        if (OCSP_response_status(response) == OCSP_RESPONSE_STATUS_SUCCESSFUL) {
            basic = OCSP_response_get1_basic(response);
        }
    }
    OCSP_RESPONSE_free(response);
    return basic;
}

static OCSP_BASICRESP *transfer(const question_t *question, const char **why)
{
    OCSP_BASICRESP *basic = NULL;
    BIO *request = BIO_new(BIO_s_mem());
    *why = "no answer came in time";
    if (request && i2d_OCSP_REQUEST_bio(request, question->request) == 1) {
        BIO *answer = post(question->responder, request);
        if (answer) basic = decode(answer, why);
        BIO_free(answer);
    }
    BIO_free(request);
    return basic;
}

/* The issuer as the only authority, at this time. */
static X509_STORE *store_of(X509 *issuer, apr_time_t now)
{
    X509_STORE *store = X509_STORE_new();
    if (!store || X509_STORE_add_cert(store, issuer) != 1) {
        X509_STORE_free(store);
        return NULL;
    }
    X509_VERIFY_PARAM *parameters = X509_STORE_get0_param(store);
    X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_PARTIAL_CHAIN);
    X509_VERIFY_PARAM_set_time(parameters, (time_t)apr_time_sec(now));
    X509_VERIFY_PARAM_set_auth_level(parameters, SECURITY_LEVEL);
    return store;
}

/* By the configured certificate and no other; or by the issuer, or one it issued for OCSP signing: OpenSSL's own check
 * (RFC 6960 section 4.2.2.2), with this issuer alone in the store. */
static bool is_signed(const question_t *question, OCSP_BASICRESP *basic)
{
    X509 *responder = question->responder->responder;
    X509_STORE *store = store_of(question->issuer, question->now);
    STACK_OF(X509) *known = sk_X509_new_null();
    bool ok = store && known && sk_X509_push(known, responder ? responder : question->issuer) > 0 &&
              cert_algorithm_is_strong(OBJ_obj2nid(OCSP_resp_get0_tbs_sigalg(basic)->algorithm));
    if (ok && responder) {
        const X509_VERIFY_PARAM *at = X509_STORE_get0_param(store);
        ok = X509_cmp_timeframe(at, X509_get0_notBefore(responder), X509_get0_notAfter(responder)) == 0 &&
             OCSP_basic_verify(basic, known, store, OCSP_TRUSTOTHER | OCSP_NOINTERN) == 1;
    } else if (ok) {
        ok = OCSP_basic_verify(basic, known, store, 0) == 1;
    }
    sk_X509_free(known);
    X509_STORE_free(store);
    return ok;
}

/* An answer without our nonce (RFC 6960 allows it) may be a repeated one: it must at least be young. */
static const char *judge_times(const question_t *question, apr_time_t this_update, const ASN1_TIME *next,
                               bool has_nonce)
{
    apr_time_t next_update;
    apr_interval_time_t fresh = question->fresh;
    if (!fresh && !has_nonce) fresh = FRESH_UNCHALLENGED;
    if (this_update > question->now + SKEW) return "it is of the future";
    if (next && (!crl_time(&next_update, next) || question->now > next_update + SKEW)) return "it is out of date";
    if (fresh && question->now - this_update > fresh) return "it is too old";
    return NULL;
}

/* NULL when the answer answers the question; else why not. */
static const char *read_answer(const question_t *question, OCSP_BASICRESP *basic, cert_status_t *status)
{
    int said, reason;
    ASN1_GENERALIZEDTIME *revoked = NULL, *this = NULL, *next = NULL;
    apr_time_t this_update;
    apr_time_t revoked_at = 0;
    int nonce = OCSP_check_nonce(question->request, basic);
    if (!is_signed(question, basic)) return "it is not signed by whom it should be";
    if (nonce == 0) return "it answers another question";
    if (OCSP_resp_find_status(basic, question->id, &said, &reason, &revoked, &this, &next) != 1) {
        return "it is about another certificate";
    }
    if (!crl_time(&this_update, this)) return "it has no time";
    const char *why = judge_times(question, this_update, next, nonce > 0);
    if (why) return why;
    if (said == V_OCSP_CERTSTATUS_UNKNOWN) return "the responder doesn't know the certificate";
    if (said == V_OCSP_CERTSTATUS_REVOKED) {
        if (!crl_time(&revoked_at, revoked)) return "it has no time of revocation";
        *status = (cert_status_t){CERT_REVOKED, revoked_at, crl_reason(reason), this_update};
    } else {
        *status = (cert_status_t){.code = CERT_OK, .known_at = this_update};
    }
    return NULL;
}

static const char *ask(question_t *question, X509 *x509, cert_status_t *status)
{
    const char *why;
    /* SHA-1 names the issuer here, as every responder knows it (RFC 5019 section 2.1.1); nothing rests on it. */
    OCSP_CERTID *id = OCSP_cert_to_id(EVP_sha1(), x509, question->issuer);
    if (!id || !OCSP_request_add0_id(question->request, id)) {
        OCSP_CERTID_free(id);
        return "the question can't be put";
    }
    question->id = id;
    if (OCSP_request_add1_nonce(question->request, NULL, -1) != 1) return "there is no nonce to be had";
    OCSP_BASICRESP *basic = transfer(question, &why);
    if (basic) why = read_answer(question, basic, status);
    OCSP_BASICRESP_free(basic);
    return why;
}

void cert_responder_ask(const cert_responder_t *responder, const cert_t *cert, X509 *issuer, apr_interval_time_t fresh,
                        apr_time_t now, cert_status_t *status, const log_port_t *log, apr_pool_t *pool)
{
    question_t question = {responder, issuer, OCSP_REQUEST_new(), NULL, fresh, now};
    const char *why = "memory is short";
    (void)pool;
    *status = (cert_status_t){.code = CERT_UNREACHABLE};
    if (question.request) why = ask(&question, cert->x509, status);
    if (why) base_log(log, LOG_PORT_WARNING, 0, "KW-CERT-003", "no status from the OCSP responder: %s", why);
    OCSP_REQUEST_free(question.request);
    ERR_clear_error(); /* the line says it, and the queue is the whole thread's */
}
