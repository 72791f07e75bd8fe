/* SPDX-License-Identifier: Apache-2.0
 *
 * May this certificate through this door? Profile, authority, time and revocation (cert/), under what the rule file
 * says of certificates of its kind. The one place where flows judge certificates.
 */
#ifndef FLOW_CERTIFICATE_H
#define FLOW_CERTIFICATE_H

#include "cert/revocation.h"
#include "cert/trust.h"
#include "flow/flow.h"

/* What a host knows of authorities and revocation; read-only. */
typedef struct flow_certificates_t {
    const cert_trust_t *trust;
    cert_lists_t *lists;               /* NULL: none are configured */
    const cert_responder_t *responder; /* NULL: none is configured */
} flow_certificates_t;

typedef struct {
    cert_code_t code;
    cert_status_t status; /* of revocation, as far as it was asked */
    const char *asked;    /* who was: "list", "responder", "nobody" */
    bool provisional;     /* accepted without knowing whether it is revoked, as the rules say */
    X509 *issuer;         /* the authority's, with CERT_OK and where trust was found; the host's */
    span_t rule;          /* the declaration that decided: "certificate.jpki-signing" */
} certificate_verdict_t;

/* door: one of rules_door_t (rules/image.h). Writes one log line for each refusal and each provisional acceptance, with
 * the code, never with anything of the certificate but its kind. */
void certificate_judge(const flow_request_t *request, const cert_t *cert, rules_door_t door,
                       certificate_verdict_t *verdict);

/* The sentence for the resident, with time and reason of a revocation filled in. */
span_t certificate_sentence(const flow_request_t *request, const certificate_verdict_t *verdict);

#endif
