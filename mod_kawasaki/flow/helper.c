/* SPDX-License-Identifier: Apache-2.0
 *
 * Requests to the helper, and the proof of what it answers. Not here: how a kiosk's is reached (httpd/), what a PIN may
 * cost (pin.c), and what a certificate may (certificate.c).
 */
#include "flow/helper.h"

#include "base/secret.h"
#include "cert/cms.h"
#include "cert/token.h"
#include "session/challenge.h"

#define ID_SIZE 16 /* bytes */

static const rules_message_t sentences[WIRE_CODES] = {
    [WIRE_NO_SERVICE] = RULES_MESSAGE_CARD_NO_SERVICE,
    [WIRE_NO_READER] = RULES_MESSAGE_CARD_NO_READER,
    [WIRE_NO_CARD] = RULES_MESSAGE_CARD_NO_CARD,
    [WIRE_CARD_REMOVED] = RULES_MESSAGE_CARD_REMOVED,
    [WIRE_UNSUPPORTED_CARD] = RULES_MESSAGE_CARD_UNSUPPORTED,
    [WIRE_PIN_WRONG] = RULES_MESSAGE_CARD_PIN_WRONG,
    [WIRE_PIN_LOW] = RULES_MESSAGE_CARD_PIN_LOW,
    [WIRE_PIN_BLOCKED] = RULES_MESSAGE_CARD_PIN_BLOCKED,
    [WIRE_PIN_FORM] = RULES_MESSAGE_CARD_PIN_FORM,
    [WIRE_CANCELLED] = RULES_MESSAGE_CARD_CANCELLED,
    [WIRE_TIMEOUT] = RULES_MESSAGE_CARD_TIMEOUT,
    [WIRE_CERT_MISSING] = RULES_MESSAGE_CARD_CERT_MISSING,
    [WIRE_CERT_EXPIRED] = RULES_MESSAGE_CARD_CERT_EXPIRED,
    [WIRE_FILE_MISSING] = RULES_MESSAGE_CARD_FILE_MISSING,
    [WIRE_FILE_INVALID] = RULES_MESSAGE_CARD_FILE_INVALID,
    [WIRE_ORIGIN_DENIED] = RULES_MESSAGE_CARD_ORIGIN_DENIED,
    [WIRE_REQUEST_INVALID] = RULES_MESSAGE_CARD_REQUEST_INVALID,
    [WIRE_REPLAY] = RULES_MESSAGE_CARD_REPLAY,
    [WIRE_BUSY] = RULES_MESSAGE_CARD_BUSY,
    [WIRE_FAILED] = RULES_MESSAGE_CARD_FAILED,
    [WIRE_NO_PINENTRY] = RULES_MESSAGE_CARD_NO_PINENTRY,
};

/* --- Requests --- */

static apr_status_t make_id(span_t *id, apr_pool_t *pool)
{
    unsigned char bytes[ID_SIZE];
    apr_status_t status = secret_random(bytes, sizeof bytes);

    if (status == APR_SUCCESS) *id = span_of(secret_base64url(pool, bytes, sizeof bytes));
    return status;
}

bool helper_is_kiosk(const flow_request_t *request)
{
    return request->ports->helper && request->ports->helper->ask;
}

/* The helper's own clock is the wall clock, whatever the service's is. A kiosk's request lives as long as its asker
 * waits, a page's as long as its challenge. */
static apr_status_t seal(const flow_request_t *request, request_t *question, span_t *jws)
{
    const flow_helper_t *helper = request->ports->helper;
    const apr_interval_time_t life = helper->ask ? helper->patience + apr_time_from_sec(1) : CHALLENGE_LIFE;
    apr_status_t status = make_id(&question->id, request->pool);

    question->origin = span_of(helper->origin);
    question->issued_at = apr_time_from_sec(apr_time_sec(apr_time_now()));
    question->expires_at = question->issued_at + life;
    return status == APR_SUCCESS ? request_seal(jws, question, helper->seed, request->pool) : status;
}

static const answer_t nothing = {.code = WIRE_FAILED, .tries = ANSWER_TRIES_UNKNOWN};

/* Is this the answer to the question with this id (empty: not known here)? An error may come without one, from who
 * could not read it. */
static bool is_answer_to(const answer_t *answer, span_t id, request_operation_t operation)
{
    bool same = id.size == 0 || span_equal(answer->id, id);

    if (answer->code != WIRE_OK) return answer->id.size == 0 || same;
    switch (operation) {
    case REQUEST_INFO: return same && answer->has_info;
    case REQUEST_AUTH: return same && answer->token.size > 0;
    case REQUEST_SIGN: return same && answer->cms.size > 0;
    }
    return false;
}

static void check_answer(const flow_request_t *request, answer_t *answer, span_t id, request_operation_t operation)
{
    if (is_answer_to(answer, id, operation)) return;
    base_log(request->ports->log, LOG_PORT_WARNING, 0, "KW-ASK-001", "the helper's answer is to another question");
    *answer = nothing;
}

static apr_status_t seal_info(const flow_request_t *request, request_source_t source, request_t *question, span_t *jws)
{
    *question = (request_t){.operation = REQUEST_INFO, .source = source, .manifest = SPAN("")};
    apr_status_t status = challenge_nonce(&question->nonce, request->pool);

    return status == APR_SUCCESS ? seal(request, question, jws) : status;
}

apr_status_t helper_info_request(const flow_request_t *request, request_source_t source, span_t *jws)
{
    request_t question;

    return seal_info(request, source, &question, jws);
}

static apr_status_t ask_info(const flow_request_t *request, request_source_t source, answer_t *answer)
{
    const flow_helper_t *helper = request->ports->helper;
    message_t message = {.origin = SPAN("")};
    request_t question;
    apr_status_t status = seal_info(request, source, &question, &message.request);

    if (status != APR_SUCCESS) return status;
    helper->ask(helper->context, &message, SPAN(""), answer, request->pool);
    check_answer(request, answer, question.id, REQUEST_INFO);
    if (answer->code == WIRE_OK) answer->code = answer->info.code;
    return APR_SUCCESS;
}

apr_status_t helper_info(const flow_request_t *request, request_source_t source, answer_t *answer)
{
    helper_seen_t *seen = &request->ports->helper->seen[source];
    apr_status_t status = seen->asked ? APR_SUCCESS : ask_info(request, source, &seen->answer);

    seen->asked = status == APR_SUCCESS;
    *answer = seen->asked ? seen->answer : nothing;
    return status;
}

static void forget_seen(const flow_helper_t *helper)
{
    for (int source = 0; source < REQUEST_SOURCES; source++) helper->seen[source].asked = false;
}

/* --- Tasks --- */

static challenge_t challenge_of(const flow_request_t *request, const helper_task_t *task)
{
    return (challenge_t){.city = rules_span(request->rules, rules_city(request->rules)->id),
                         .holder = request->csrf,
                         .purpose = task->purpose};
}

/* The challenge's row, and in it the bytes that are to be signed: one unit, so that none is there without the other. */
static apr_status_t store_challenge(const flow_request_t *request, helper_task_t *task, span_t *content)
{
    challenge_t challenge = challenge_of(request, task);
    store_unit_t *unit;
    apr_status_t status = store_open(&unit, request->ports->store, STORE_WRITE, request->pool);

    *content = SPAN("");
    if (status == APR_SUCCESS)
        status = challenge_begin(unit, &challenge, clock_now(request->ports->clock), request->pool);
    if (status == APR_SUCCESS && task->form) {
        task->form->origin = span_of(request->ports->helper->origin);
        task->form->nonce = challenge.nonce;
        task->form->at = apr_time_from_sec(apr_time_sec(request->now));
        status = manifest_encode(content, task->form, request->pool);
        if (status == APR_SUCCESS) status = challenge_put(unit, &challenge, *content);
    }
    if (status == APR_SUCCESS) status = store_commit(unit);
    store_close(unit);
    task->nonce = challenge.nonce;
    return status;
}

apr_status_t helper_prepare(const flow_request_t *request, helper_task_t *task)
{
    request_t question = {.operation = task->operation, .source = task->source};
    apr_status_t status = store_challenge(request, task, &question.manifest);

    question.nonce = task->nonce;
    if (status == APR_SUCCESS) status = seal(request, &question, &task->jws);
    task->id = question.id;
    return status;
}

void helper_ask(const flow_request_t *request, helper_task_t *task, span_t pin, bool last_try)
{
    const flow_helper_t *helper = request->ports->helper;
    const message_t message = {.request = task->jws, .origin = SPAN(""), .has_pin = pin.size > 0, .last_try = last_try};

    helper->ask(helper->context, &message, pin, &task->answer, request->pool);
    forget_seen(helper);
    check_answer(request, &task->answer, task->id, task->operation);
}

void helper_hear(const flow_request_t *request, helper_task_t *task, span_t json)
{
    if (answer_decode(&task->answer, json, request->pool) != APR_SUCCESS) task->answer = nothing;
    task->id = task->nonce = SPAN("");
    check_answer(request, &task->answer, task->id, task->operation);
}

static void prove(const flow_request_t *request, helper_task_t *task, const challenge_t *challenge)
{
    const char *why = "";

    if (task->operation == REQUEST_AUTH)
        task->proved = cert_token_verify(&task->cert, task->answer.token, span_of(request->ports->helper->origin),
                                         challenge->nonce, &why, request->pool);
    else if (challenge->content.size > 0)
        task->proved = cert_cms_verify(&task->cert, task->answer.cms, challenge->content, &why, request->pool);
    if (task->proved == CERT_OK)
        task->signed_form = challenge->content;
    else
        base_log(request->ports->log, LOG_PORT_WARNING, 0, "KW-ASK-002", "what the helper signed is refused: %s (%s)",
                 cert_code_name(task->proved), why ? why : "");
}

/* Committed before anything is verified: a challenge is gone, whatever comes of the answer. */
static apr_status_t take_challenge(const flow_request_t *request, challenge_t *challenge)
{
    store_unit_t *unit;
    apr_status_t status = store_open(&unit, request->ports->store, STORE_WRITE, request->pool);

    if (status == APR_SUCCESS)
        status = challenge_take(unit, challenge, clock_now(request->ports->clock), request->pool);
    if (status == APR_SUCCESS) status = store_commit(unit);
    store_close(unit);
    return status;
}

apr_status_t helper_settle(const flow_request_t *request, helper_task_t *task)
{
    challenge_t challenge = challenge_of(request, task);
    apr_status_t status;

    task->cert = NULL;
    task->proved = CERT_MALFORMED;
    task->signed_form = SPAN("");
    if (task->answer.code != WIRE_OK) return APR_SUCCESS;
    status = take_challenge(request, &challenge);
    if (status != APR_SUCCESS && status != APR_NOTFOUND) return status;
    if (status == APR_NOTFOUND || (task->nonce.size > 0 && !span_equal(challenge.nonce, task->nonce)))
        task->answer.code = WIRE_REPLAY;
    else
        prove(request, task, &challenge);
    return APR_SUCCESS;
}

/* --- Saying --- */

/* A card has two PINs: who signs is told of the other one. */
static rules_message_t of_signing(rules_message_t message)
{
    switch (message) {
    case RULES_MESSAGE_CARD_PIN_WRONG: return RULES_MESSAGE_CARD_SIGNING_PIN_WRONG;
    case RULES_MESSAGE_CARD_PIN_LOW: return RULES_MESSAGE_CARD_SIGNING_PIN_LOW;
    case RULES_MESSAGE_CARD_PIN_BLOCKED: return RULES_MESSAGE_CARD_SIGNING_PIN_BLOCKED;
    case RULES_MESSAGE_CARD_CERT_MISSING: return RULES_MESSAGE_CARD_SIGNING_CERT_MISSING;
    default: return message;
    }
}

/* A file has no PIN and lies in no reader, and somebody else than the municipality issues its certificate. */
static rules_message_t of_file(rules_message_t message)
{
    switch (message) {
    case RULES_MESSAGE_CARD_CERT_MISSING: return RULES_MESSAGE_FILE_CERT_MISSING;
    case RULES_MESSAGE_CARD_CERT_EXPIRED: return RULES_MESSAGE_FILE_CERT_EXPIRED;
    case RULES_MESSAGE_CARD_PIN_FORM: return RULES_MESSAGE_FILE_PASSWORD_FORM;
    case RULES_MESSAGE_CARD_TIMEOUT: return RULES_MESSAGE_FILE_TIMEOUT;
    case RULES_MESSAGE_CARD_BUSY: return RULES_MESSAGE_FILE_BUSY;
    case RULES_MESSAGE_CARD_FAILED: return RULES_MESSAGE_FILE_FAILED;
    default: return message;
    }
}

span_t helper_sentence(const flow_request_t *request, const answer_t *answer, request_operation_t operation,
                       request_source_t source)
{
    rules_message_t message = sentences[answer->code];
    record_pair_t tries = {SPAN("tries"), SPAN("")};

    if (answer->code == WIRE_PIN_WRONG && answer->tries == 0) message = RULES_MESSAGE_CARD_PIN_BLOCKED;
    if (answer->code == WIRE_PIN_WRONG && answer->tries < 0) message = RULES_MESSAGE_CARD_PASSWORD_WRONG;
    if (source == REQUEST_FILE)
        message = of_file(message);
    else if (operation == REQUEST_SIGN)
        message = of_signing(message);
    tries.value = span_of(apr_psprintf(request->pool, "%d", answer->tries));
    return rules_fill(rules_message(request->rules, message), &tries, 1, request->pool);
}
