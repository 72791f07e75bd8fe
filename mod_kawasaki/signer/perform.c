/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/perform.h"

#include "cert/cms.h"
#include "cert/token.h"
#include "signer/replay.h"
#include "wire/frame.h"
#include "wire/manifest.h"

#define APP_VERSION "kawasaki-signer/1.0"

/* One request on its way. */
typedef struct {
    const perform_t *perform;
    request_t request;
    apr_time_t until; /* frame_clock: the holder's time is over */
    source_t *source; /* that the request wants */
    source_prompt_t prompt;
    int tries;
    X509 *x509; /* the source's, like its key */
    EVP_PKEY *key;
    answer_t *answer;
    apr_pool_t *pool;
} work_t;

/* The form names the place and the challenge it is for, so that nobody can use its signature elsewhere. */
static bool is_form(const request_t *request, apr_pool_t *pool)
{
    manifest_t manifest;

    return manifest_decode(&manifest, request->manifest, pool) == APR_SUCCESS &&
           span_equal(manifest.origin, request->origin) && span_equal(manifest.nonce, request->nonce);
}

/* By a clock that is some minutes fast the holder would have next to no time. So he has the request's whole life from
 * now on, unless it is known whose clock is right; what comes too late, the server's challenge refuses. */
static apr_time_t end_of(const request_t *request, bool same_clock, apr_time_t now)
{
    return frame_clock() + request->expires_at - (same_clock ? now : request->issued_at);
}

/* All that is refused before a card or its holder is troubled. */
static wire_code_t admit(work_t *work, const message_t *message)
{
    const perform_t *perform = work->perform;
    request_t *request = &work->request;
    apr_time_t now = apr_time_now();
    wire_code_t code = request_open(request, message->request, perform->pins, perform->pin_count, now, work->pool);

    if (code != WIRE_OK) return code;
    work->until = end_of(request, perform->same_clock, now);
    if (message->origin.size > 0 && !span_equal(message->origin, request->origin)) return WIRE_ORIGIN_DENIED;
    if (perform->only && request->operation != *perform->only) return WIRE_REQUEST_INVALID;
    code = replay_take(perform->state, request, now, work->pool);
    if (code == WIRE_FAILED)
        base_log(perform->log, LOG_PORT_ERROR, 0, "KW-SIGNER-004",
                 "the memory of requests can't be used: a directory is needed that its owner alone can write");
    if (code == WIRE_OK && request->operation == REQUEST_SIGN && !is_form(request, work->pool))
        return WIRE_REQUEST_INVALID;
    return code;
}

/* Valid at both ends, and in every second between them. */
static bool is_of_this_time(const X509 *x509)
{
    time_t now = (time_t)apr_time_sec(apr_time_now());
    int begun = ASN1_TIME_cmp_time_t(X509_get0_notBefore(x509), now);
    int ended = ASN1_TIME_cmp_time_t(X509_get0_notAfter(x509), now);

    return (begun == 0 || begun == -1) && (ended == 0 || ended == 1);
}

static wire_code_t fetch_key(work_t *work)
{
    wire_code_t code = work->source->calls->key(work->source, &work->x509, &work->key);

    return code == WIRE_OK && !is_of_this_time(work->x509) ? WIRE_CERT_EXPIRED : code;
}

static wire_code_t unlock(work_t *work, source_key_t key)
{
    const perform_t *perform = work->perform;
    pin_t *pin = NULL;
    wire_code_t code;

    if (!work->prompt.pinpad && pin_create(&pin, work->pool) != APR_SUCCESS) {
        base_log(perform->log, LOG_PORT_ERROR, 0, "KW-SIGNER-002", "there is no locked memory for a PIN");
        return WIRE_FAILED;
    }
    work->tries = work->prompt.tries;
    code = perform->ask->pin(perform->ask, &work->request, key, &work->prompt, work->until, pin);
    if (code == WIRE_OK && frame_clock() > work->until) code = WIRE_TIMEOUT;
    if (code == WIRE_OK) code = work->source->calls->unlock(work->source, pin, work->until, &work->tries);
    pin_free(pin);
    return code;
}

static wire_code_t sign(work_t *work)
{
    const request_t *request = &work->request;
    answer_t *answer = work->answer;
    wire_code_t code;
    apr_status_t status;

    if (request->operation == REQUEST_AUTH)
        status = cert_token_make(&answer->token, work->key, work->x509, request->origin, request->nonce, APP_VERSION,
                                 work->pool);
    else
        status = cert_cms_make(&answer->cms, work->key, work->x509, request->manifest, work->pool);
    if (status == APR_SUCCESS) return WIRE_OK;
    code = work->source->calls->trouble(work->source);
    if (code != WIRE_OK) return code;
    base_log(work->perform->log, LOG_PORT_ERROR, status, "KW-SIGNER-003",
             "the key was there, but no signature came of it");
    return WIRE_FAILED;
}

/* With the card, from taking it to giving it back. Where the certificate can be read before, one that has expired costs
 * the holder no PIN. */
static wire_code_t use_source(work_t *work)
{
    source_t *source = work->source;
    source_key_t key = work->request.operation == REQUEST_SIGN ? SOURCE_SIGNING : SOURCE_AUTHENTICATION;
    wire_code_t code = source->calls->open(source, key, &work->prompt, work->pool);

    work->prompt.pinpad = work->prompt.pinpad && !work->perform->ask->given;
    if (code == WIRE_OK && work->prompt.tries == 0) code = WIRE_PIN_BLOCKED;
    if (code == WIRE_OK && work->prompt.readable) code = fetch_key(work);
    if (code == WIRE_OK) code = unlock(work, key);
    if (code == WIRE_OK && !work->prompt.readable) code = fetch_key(work);
    if (code == WIRE_OK) code = sign(work);
    source->calls->close(source);
    work->answer->insertion = work->prompt.insertion;
    work->answer->holder = work->prompt.holder;
    return code;
}

/* Whose holder nobody can ask is not ready, whatever lies there. */
static wire_code_t tell(work_t *work)
{
    const ask_t *ask = work->perform->ask;
    answer_t *answer = work->answer;

    work->source->calls->info(work->source, &answer->info, work->pool);
    work->source->calls->close(work->source);
    if (answer->info.code == WIRE_OK && ask->ready) answer->info.code = ask->ready(ask);
    answer->has_info = true;
    answer->insertion = answer->info.insertion;
    answer->holder = answer->info.holder;
    return WIRE_OK;
}

void perform(const perform_t *perform, const message_t *message, answer_t *answer, apr_pool_t *pool)
{
    static const char *const operations[] = {"info", "auth", "sign"};
    work_t work = {.perform = perform,
                   .prompt = {.insertion = SPAN(""), .holder = SPAN("")},
                   .tries = ANSWER_TRIES_UNKNOWN,
                   .answer = answer,
                   .pool = pool};
    wire_code_t code;

    *answer = (answer_t){.tries = ANSWER_TRIES_UNKNOWN};
    code = admit(&work, message);
    answer->id = work.request.id;
    work.source = perform->sources[work.request.source];
    if (code == WIRE_OK) code = work.request.operation == REQUEST_INFO ? tell(&work) : use_source(&work);
    answer->code = code;
    answer->tries = work.tries;
    if (code == WIRE_OK && work.request.operation == REQUEST_INFO) return; /* asked at each request of a kiosk */
    base_log(perform->log, code == WIRE_OK ? LOG_PORT_INFO : LOG_PORT_NOTICE, 0, "KW-SIGNER-001", "%s: %s",
             work.request.origin.size ? operations[work.request.operation] : "a request", wire_code_name(code));
}
