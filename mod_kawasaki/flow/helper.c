/* SPDX-License-Identifier: Apache-2.0
 *
 * Asking the kiosk's helper, and proving what it answers. Not here: how it is reached (httpd/), and what a certificate
 * may (certificate.c).
 */
#include "flow/helper.h"

#include "base/secret.h"
#include "cert/token.h"
#include "session/challenge.h"
#include "wire/request.h"

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
};

/* --- Asking --- */

static apr_status_t make_id(span_t *id, apr_pool_t *pool)
{
    unsigned char bytes[ID_SIZE];
    apr_status_t status = secret_random(bytes, sizeof bytes);

    if (status == APR_SUCCESS) *id = span_of(secret_base64url(pool, bytes, sizeof bytes));
    return status;
}

/* Is this the answer to the question with this id? An error may come without one, from who could not read it. */
static bool is_answer_to(const answer_t *answer, span_t id, request_operation_t operation)
{
    if (answer->code != WIRE_OK) return answer->id.size == 0 || span_equal(answer->id, id);
    return span_equal(answer->id, id) && (operation == REQUEST_INFO ? answer->has_info : answer->token.size > 0);
}

/* The helper's own clock is the wall clock, whatever the service's is. */
static apr_status_t ask(const flow_request_t *request, request_operation_t operation, span_t nonce, span_t pin,
                        bool last_try, answer_t *answer)
{
    const flow_helper_t *helper = request->ports->helper;
    const apr_time_t issued_at = apr_time_from_sec(apr_time_sec(apr_time_now()));
    request_t question = {.operation = operation,
                          .origin = span_of(helper->origin),
                          .nonce = nonce,
                          .issued_at = issued_at,
                          .expires_at = issued_at + helper->patience + apr_time_from_sec(1),
                          .manifest = SPAN("")};
    message_t message = {.origin = SPAN(""), .has_pin = pin.size > 0, .last_try = last_try};
    apr_status_t status = make_id(&question.id, request->pool);

    if (status == APR_SUCCESS) status = request_seal(&message.request, &question, helper->seed, request->pool);
    if (status != APR_SUCCESS) return status;
    helper->ask(helper->context, &message, pin, answer, request->pool);
    if (is_answer_to(answer, question.id, operation)) return APR_SUCCESS;
    base_log(request->ports->log, LOG_PORT_WARNING, 0, "KW-ASK-001", "the helper's answer is to another question");
    *answer = (answer_t){.code = WIRE_FAILED, .tries = ANSWER_TRIES_UNKNOWN};
    return APR_SUCCESS;
}

apr_status_t helper_info(const flow_request_t *request, answer_t *answer)
{
    span_t nonce;
    apr_status_t status = challenge_nonce(&nonce, request->pool);

    if (status == APR_SUCCESS) status = ask(request, REQUEST_INFO, nonce, SPAN(""), false, answer);
    if (status == APR_SUCCESS && answer->code == WIRE_OK) answer->code = answer->info.code;
    return status;
}

/* --- Proving --- */

typedef apr_status_t challenge_act_t(store_unit_t *unit, challenge_t *challenge, apr_time_t now, apr_pool_t *pool);

/* challenge_begin or challenge_take in a unit of its own: nothing is held while the card works. */
static apr_status_t commit(const flow_request_t *request, challenge_act_t *act, challenge_t *challenge)
{
    store_unit_t *unit;
    apr_status_t status = store_open(&unit, request->ports->store, STORE_WRITE, request->pool);

    if (status == APR_SUCCESS) status = act(unit, challenge, clock_now(request->ports->clock), request->pool);
    if (status == APR_SUCCESS) status = store_commit(unit);
    store_close(unit);
    return status;
}

apr_status_t helper_authenticate(const flow_request_t *request, span_t purpose, span_t pin, bool last_try,
                                 answer_t *answer, cert_t **cert, cert_code_t *verdict)
{
    challenge_t challenge = {.city = rules_span(request->rules, rules_city(request->rules)->id),
                             .holder = request->csrf,
                             .purpose = purpose};
    const char *why = "";
    span_t nonce;
    apr_status_t status = commit(request, challenge_begin, &challenge);

    *cert = NULL;
    *verdict = CERT_MALFORMED;
    nonce = challenge.nonce;
    if (status == APR_SUCCESS) status = ask(request, REQUEST_AUTH, nonce, pin, last_try, answer);
    if (status != APR_SUCCESS || answer->code != WIRE_OK) return status;
    status = commit(request, challenge_take, &challenge);
    if (status != APR_SUCCESS && status != APR_NOTFOUND) return status;
    if (status == APR_NOTFOUND || !span_equal(challenge.nonce, nonce)) {
        answer->code = WIRE_REPLAY;
        return APR_SUCCESS;
    }
    *verdict = cert_token_verify(cert, answer->token, span_of(request->ports->helper->origin), challenge.nonce, &why,
                                 request->pool);
    if (*verdict != CERT_OK)
        base_log(request->ports->log, LOG_PORT_WARNING, 0, "KW-ASK-002", "the helper's token is refused: %s (%s)",
                 cert_code_name(*verdict), why ? why : "");
    return APR_SUCCESS;
}

/* --- Saying --- */

span_t helper_sentence(const flow_request_t *request, const answer_t *answer)
{
    rules_message_t message = sentences[answer->code];
    record_pair_t tries = {SPAN("tries"), SPAN("")};

    if (answer->code == WIRE_PIN_WRONG && answer->tries == 0) message = RULES_MESSAGE_CARD_PIN_BLOCKED;
    if (answer->code == WIRE_PIN_WRONG && answer->tries < 0) message = RULES_MESSAGE_CARD_PASSWORD_WRONG;
    tries.value = span_of(apr_psprintf(request->pool, "%d", answer->tries));
    return rules_fill(rules_message(request->rules, message), &tries, 1, request->pool);
}
