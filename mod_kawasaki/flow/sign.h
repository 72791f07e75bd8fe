/* SPDX-License-Identifier: Apache-2.0
 *
 * What all signed forms share: the ceremony of signing one, whose signature it must be, and the evidence of it. For
 * flow/ alone.
 */
#ifndef FLOW_SIGN_H
#define FLOW_SIGN_H

#include "account/evidence.h"
#include "flow/holder.h"

typedef struct {
    ceremony_t ceremony;
    manifest_t manifest;
    certificate_verdict_t verdict; /* of the signer's certificate */
    bool bound;                    /* it is the account's */
} sign_t;

/* Plans the signing of the request's form with these values, for the visit's account. back: where [キャンセル] leads.
 * An error is OpenSSL's, or the form's size. */
apr_status_t sign_plan(const flow_request_t *request, const span_t *values, const char *action, const char *back,
                       sign_t *sign);

typedef enum {
    SIGN_GOOD,   /* the account's certificate, or (bound: false) a new one that says the same */
    SIGN_NEW,    /* one of the same holder, that says something else than what the form was filled in for */
    SIGN_REFUSED /* tried says why */
} sign_result_t;

/* Whose signature is it? An error is the database's. */
apr_status_t sign_judge(const flow_request_t *request, sign_t *sign, sign_result_t *result);

/* The evidence and the audit entry that vouches for it, in the unit of the act. */
apr_status_t sign_keep(const flow_request_t *request, store_unit_t *unit, const sign_t *sign, audit_act_t act,
                       const char *receipt, apr_time_t now);

#endif
