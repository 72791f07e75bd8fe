/* SPDX-License-Identifier: Apache-2.0
 *
 * Judging a certificate: first whether the rules open the door to its kind, then who issued it, then whether it was
 * revoked. What can't be found out is a refusal unless the rules say otherwise. Not here: what was signed with it.
 */
#include "flow/certificate.h"

#include "text/text.h"

static const rules_message_t sentences[CERT_CODES] = {
    [CERT_OK] = RULES_MESSAGE_CERT_ACCEPTED,
    [CERT_MALFORMED] = RULES_MESSAGE_CERT_MALFORMED,
    [CERT_UNKNOWN_CA] = RULES_MESSAGE_CERT_UNKNOWN_CA,
    [CERT_NOT_YET_VALID] = RULES_MESSAGE_CERT_NOT_YET_VALID,
    [CERT_EXPIRED] = RULES_MESSAGE_CERT_EXPIRED,
    [CERT_REVOKED] = RULES_MESSAGE_CERT_REVOKED,
    [CERT_WRONG_PURPOSE] = RULES_MESSAGE_CERT_WRONG_PURPOSE,
    [CERT_WEAK_KEY] = RULES_MESSAGE_CERT_WEAK_KEY,
    [CERT_LIST_STALE] = RULES_MESSAGE_CERT_LIST_STALE,
    [CERT_UNREACHABLE] = RULES_MESSAGE_CERT_UNREACHABLE,
    [CERT_WRONG_SIGNATURE] = RULES_MESSAGE_CERT_WRONG_SIGNATURE,
};

/* RFC 5280's words that residents are told apart; all others are "other". */
static const struct {
    const char *reason;
    rules_message_t message;
} reasons[] = {{"keyCompromise", RULES_MESSAGE_REASON_KEY_COMPROMISE},
               {"affiliationChanged", RULES_MESSAGE_REASON_AFFILIATION_CHANGED},
               {"superseded", RULES_MESSAGE_REASON_SUPERSEDED},
               {"cessationOfOperation", RULES_MESSAGE_REASON_CESSATION},
               {"certificateHold", RULES_MESSAGE_REASON_HOLD}};

/* Whom the rules name; who is not configured knows nothing. */
static cert_status_t ask(const flow_request_t *request, const rules_certificate_t *rule, const cert_t *cert,
                         X509 *issuer)
{
    const flow_certificates_t *known = request->ports->certificates;
    const apr_interval_time_t fresh = apr_time_from_sec(rule->fresh);
    cert_status_t status = {.code = CERT_UNREACHABLE};

    switch ((rules_revocation_t)rule->revocation) {
    case RULES_REVOCATION_LIST:
        status.code = CERT_LIST_STALE;
        if (known->lists) cert_lists_ask(known->lists, cert, issuer, fresh, request->now, &status);
        break;
    case RULES_REVOCATION_RESPONDER:
        if (known->responder)
            cert_responder_ask(known->responder, cert, issuer, fresh, request->now, &status, request->ports->log,
                               request->pool);
        break;
    case RULES_REVOCATION_NOBODY: break;
    }
    return status;
}

static const char *const whom[] = {
    [RULES_REVOCATION_NOBODY] = "nobody", [RULES_REVOCATION_LIST] = "list", [RULES_REVOCATION_RESPONDER] = "responder"};

static bool is_unknown(cert_code_t code)
{
    return code == CERT_LIST_STALE || code == CERT_UNREACHABLE;
}

static void judge(const flow_request_t *request, const rules_certificate_t *rule, const cert_t *cert, rules_door_t door,
                  certificate_verdict_t *verdict)
{
    const flow_certificates_t *known = request->ports->certificates;
    if (!rule || !(rule->doors & (uint32_t)door)) {
        verdict->code = CERT_WRONG_PURPOSE;
        return;
    }
    verdict->code = known ? cert_trust_judge(known->trust, cert, request->now, &verdict->issuer) : CERT_UNKNOWN_CA;
    if (verdict->code != CERT_OK) return;
    verdict->status = ask(request, rule, cert, verdict->issuer);
    verdict->asked = whom[rule->revocation];
    verdict->provisional = is_unknown(verdict->status.code) && rule->provisional;
    if (!verdict->provisional) verdict->code = verdict->status.code;
}

void certificate_judge(const flow_request_t *request, const cert_t *cert, rules_door_t door,
                       certificate_verdict_t *verdict)
{
    const char *kind = cert_kind_name(cert->kind);
    const char *rule = apr_pstrcat(request->pool, "certificate.", kind, NULL);

    *verdict = (certificate_verdict_t){.rule = span_of(rule)};
    judge(request, rules_certificate(request->rules, span_of(kind)), cert, door, verdict);
    if (verdict->code != CERT_OK)
        base_log(request->ports->log, LOG_PORT_NOTICE, 0, "KW-CERTIFICATE-001", "%s is refused: %s", rule,
                 cert_code_name(verdict->code));
    else if (verdict->provisional)
        base_log(request->ports->log, LOG_PORT_NOTICE, 0, "KW-CERTIFICATE-002",
                 "%s is accepted without knowing whether it was revoked: %s", rule,
                 cert_code_name(verdict->status.code));
}

static span_t reason_text(const flow_request_t *request, const char *reason)
{
    rules_message_t message = RULES_MESSAGE_REASON_OTHER;

    for (apr_size_t i = 0; i < sizeof reasons / sizeof *reasons; i++)
        if (reason && strcmp(reason, reasons[i].reason) == 0) message = reasons[i].message;
    return rules_message(request->rules, message);
}

span_t certificate_sentence(const flow_request_t *request, const certificate_verdict_t *verdict)
{
    const bool provisional = verdict->code == CERT_OK && verdict->provisional;
    span_t sentence =
        rules_message(request->rules, provisional ? RULES_MESSAGE_CERT_PROVISIONAL : sentences[verdict->code]);
    record_pair_t values[2] = {{SPAN("at"), SPAN("")}, {SPAN("reason"), SPAN("")}};

    if (verdict->code != CERT_REVOKED) return sentence;
    values[0].value = text_time_japanese(request->pool, verdict->status.revoked_at);
    values[1].value = reason_text(request, verdict->status.reason);
    return rules_fill(sentence, values, 2, request->pool);
}
