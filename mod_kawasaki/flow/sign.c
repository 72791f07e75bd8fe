/* SPDX-License-Identifier: Apache-2.0
 *
 * Signing a form: planned from what was accepted, judged by whose certificate it is, kept as evidence. Not here: what a
 * form's signature brings about (commit.c, remove.c).
 */
#include "flow/sign.h"

#include "flow/statement.h"
#include "flow/step.h"

apr_status_t sign_plan(const flow_request_t *request, const span_t *values, const char *action, const char *back,
                       sign_t *sign)
{
    ceremony_t *ceremony = &sign->ceremony;

    *sign = (sign_t){.bound = false};
    ceremony->need = step_need(request);
    ceremony->title = rules_say(request->rules, &request->form->confirm);
    ceremony->action = action;
    ceremony->back = back;
    ceremony->count = 1;
    ceremony->tasks[0] = (helper_task_t){.operation = REQUEST_SIGN,
                                         .source = ceremony->need.source,
                                         .purpose = rules_span(request->rules, request->form->name),
                                         .form = &sign->manifest};
    return ceremony_is_answered(request) ? APR_SUCCESS
                                         : statement_make(request, &request->visit->account, values, &sign->manifest);
}

/* --- Whose it is --- */

static apr_status_t find_owner(const flow_request_t *request, const cert_t *cert, apr_int64_t *owner)
{
    store_unit_t *unit;
    binding_t binding;
    bool found;
    apr_status_t status = store_open(&unit, request->ports->store, STORE_READ, request->pool);

    if (status == APR_SUCCESS)
        status =
            binding_find(unit, request->visit->account.city, span_of(cert->identity), &binding, &found, request->pool);
    store_close(unit);
    *owner = status == APR_SUCCESS && found ? binding.account : 0;
    return status;
}

static void refuse(const flow_request_t *request, sign_t *sign, sign_result_t *result, const char *rule,
                   rules_message_t message)
{
    pin_refuse(request, &sign->ceremony.tried, span_of(rule), rules_message(request->rules, message));
    *result = SIGN_REFUSED;
}

apr_status_t sign_judge(const flow_request_t *request, sign_t *sign, sign_result_t *result)
{
    const helper_task_t *task = &sign->ceremony.tasks[0];
    const account_t *account = &request->visit->account;
    const rules_kind_t *kind = holder_kind(request);
    apr_int64_t owner;
    apr_status_t status;

    *result = SIGN_REFUSED;
    if (!ceremony_judge(request, &sign->ceremony, task, RULES_DOOR_SIGN, &sign->verdict)) return APR_SUCCESS;
    status = find_owner(request, task->cert, &owner);
    if (status != APR_SUCCESS) return status;
    sign->bound = owner == account->id;
    if (sign->bound) /* What was filled in for a new certificate that waits isn't signed with the old one. */
        *result = step_has_waiting(request) && !holder_is_unchanged(task->cert, account, request->pool) ? SIGN_NEW
                                                                                                        : SIGN_GOOD;
    else if (owner || account->applicant || !kind || !holder_is(request, task->cert, kind->signs_with))
        refuse(request, sign, result, "certificate/other", RULES_MESSAGE_CERT_OTHER);
    else if (!holder_is_same(task->cert, account, request->pool))
        refuse(request, sign, result, "certificate/name", RULES_MESSAGE_CERT_OTHER_NAME);
    else
        *result = holder_is_unchanged(task->cert, account, request->pool) ? SIGN_GOOD : SIGN_NEW;
    return APR_SUCCESS;
}

/* --- Evidence --- */

static span_t issuer_of(const certificate_verdict_t *verdict, apr_pool_t *pool)
{
    unsigned char *der = NULL;
    int size = verdict->issuer ? i2d_X509(verdict->issuer, &der) : -1;
    span_t copy = size > 0 ? span_copy(pool, (span_t){(const char *)der, (apr_size_t)size}) : SPAN("");

    OPENSSL_free(der);
    return copy;
}

/* What was found at the time, in the words of the log. */
static span_t checks_of(const sign_t *sign, apr_time_t judged_at, apr_pool_t *pool)
{
    const certificate_verdict_t *verdict = &sign->verdict;
    const apr_time_t known_at = verdict->status.known_at;
    const record_pair_t checks[] = {
        {SPAN("judged-at"), manifest_time(judged_at, pool)},
        {SPAN("profile"), span_of(cert_kind_name(sign->ceremony.tasks[0].cert->kind))},
        {SPAN("issued-by-configured-authority"), SPAN("yes")},
        {SPAN("revocation"), verdict->provisional
                                 ? span_of(apr_pstrcat(pool, "unknown: ", cert_code_name(verdict->status.code), NULL))
                                 : SPAN("not revoked")},
        {SPAN("revocation-by"), span_of(verdict->asked)},
        {SPAN("revocation-known-at"), known_at ? manifest_time(known_at, pool) : SPAN("never")},
        {SPAN("rule"), verdict->rule},
        {SPAN("way"), sign->ceremony.tasks[0].id.size ? SPAN("kiosk") : SPAN("extension")}};

    return record_encode(pool, checks, sizeof checks / sizeof *checks);
}

apr_status_t sign_keep(const flow_request_t *request, store_unit_t *unit, const sign_t *sign, audit_act_t act,
                       const char *receipt, apr_time_t now)
{
    const helper_task_t *task = &sign->ceremony.tasks[0];
    const account_t *account = &request->visit->account;
    evidence_t evidence = {.city = account->city,
                           .account = account->id,
                           .account_name = account->identifier,
                           .flow = rules_span(request->rules, request->form->name),
                           .receipt = span_of(receipt),
                           .manifest = task->signed_form,
                           .cms = task->answer.cms,
                           .certificate = task->cert->der,
                           .issuer = issuer_of(&sign->verdict, request->pool),
                           .checks = checks_of(sign, request->now, request->pool),
                           .at = now};
    audit_entry_t entry = {
        .at = now, .city = account->city, .by = AUDIT_BY_RESIDENT, .account = account->id, .act = act};
    const char *digest;
    apr_status_t status = evidence_keep(unit, &evidence, &digest, request->pool);

    if (status != APR_SUCCESS) return status;
    entry.note = span_of(apr_pstrcat(request->pool, receipt, " ", digest, NULL));
    return audit_write(unit, &entry);
}
