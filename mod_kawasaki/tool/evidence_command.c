/* SPDX-License-Identifier: Apache-2.0
 *
 * kawasaki evidence list|show: which signed forms are kept, and what stands in one. Who looked stands in the audit log
 * before anything is shown. Not for whether it still holds: evidence_check.c.
 */
#include "account/draft.h"
#include "account/evidence.h"
#include "cert/cert.h"
#include "tool/act.h"
#include "tool/command.h"
#include "tool/print.h"

#include <openssl/err.h>

/* --- List --- */

static void show_heading(print_t *print, const evidence_t *evidence)
{
    print_text(print, "id", evidence->id);
    print_text(print, "receipt", evidence->receipt);
    print_text(print, "flow", evidence->flow);
    print_text(print, "account-name", evidence->account_name);
    print_text(print, "account", span_of(apr_psprintf(print->pool, "%" APR_INT64_T_FMT, evidence->account)));
    print_time(print, "at", evidence->at);
    print_time(print, "ended", evidence->ended_at);
}

int evidence_list_command(const tool_options_t *options, apr_pool_t *pool)
{
    print_t print = {.json = options->json, .layout = PRINT_LINES, .pool = pool};
    evidence_t *evidence;
    store_t *store;
    act_t act;
    apr_status_t status;
    int count = 0, code = tool_open_ready(&store, options, pool);

    if (code != TOOL_OK) return code;
    status = act_begin(&act, store, options, pool);
    if (status != APR_SUCCESS) return tool_failed(status);
    status = evidence_newest(act.unit, span_of(options->city), span_of(options->account), options->limit, &evidence,
                             &count, pool);
    if (status == APR_SUCCESS) status = act_audit(&act, AUDIT_EVIDENCE, 0, NULL, "list");
    code = act_end(&act, status);
    for (int i = 0; code == TOOL_OK && i < count; i++) {
        print_begin(&print);
        show_heading(&print, &evidence[i]);
        print_end(&print);
    }
    return code;
}

/* --- Show --- */

static span_t serial_text(X509 *x509, apr_pool_t *pool)
{
    BIGNUM *number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(x509), NULL);
    char *digits = number ? BN_bn2hex(number) : NULL;
    span_t text = span_of(digits ? apr_pstrdup(pool, digits) : "");

    OPENSSL_free(digits);
    BN_free(number);
    return text;
}

/* RFC 2253, in UTF-8. */
static span_t name_text(const X509_NAME *name, apr_pool_t *pool)
{
    BIO *bio = BIO_new(BIO_s_mem());
    char *bytes;
    span_t text = SPAN("");

    if (bio && X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB) > 0)
        text.size = (apr_size_t)BIO_get_mem_data(bio, &bytes);
    if (text.size) text = span_copy(pool, (span_t){bytes, text.size});
    BIO_free(bio);
    return text;
}

/* Empty values where it can't be read any more. */
static void show_certificate(print_t *print, span_t der)
{
    cert_t *cert;
    bool readable;

    ERR_set_mark();
    readable = cert_read(&cert, der, NULL, print->pool) == CERT_OK;
    print_group(print, "certificate");
    print_text(print, "certificate-kind", span_of(readable ? cert_kind_name(cert->kind) : ""));
    print_text(print, "serial", readable ? serial_text(cert->x509, print->pool) : SPAN(""));
    print_text(print, "issuer", readable ? name_text(X509_get_issuer_name(cert->x509), print->pool) : SPAN(""));
    print_text(print, "fingerprint", span_of(readable ? cert->fingerprint : ""));
    print_time(print, "not-before", readable ? cert->not_before : 0);
    print_time(print, "not-after", readable ? cert->not_after : 0);
    print_group_end(print);
    ERR_pop_to_mark();
}

static void show_evidence(print_t *print, const evidence_t *evidence)
{
    record_pair_t *checks;
    apr_size_t count;

    if (record_decode(print->pool, evidence->checks, &checks, &count) != APR_SUCCESS) count = 0;
    print_begin(print);
    show_heading(print, evidence);
    show_certificate(print, evidence->certificate);
    print_group(print, "checks");
    for (apr_size_t i = 0; i < count; i++) print_text(print, span_text(print->pool, checks[i].name), checks[i].value);
    print_group_end(print);
    print_lines(print, "manifest", evidence->manifest);
    print_end(print);
}

/* In the act's unit. Other cities' evidence is as if there were none. */
static apr_status_t read_noted(const act_t *act, evidence_t *evidence)
{
    const char *name = act->options->arguments[0], *receipt;
    bool found;
    apr_status_t status =
        evidence_read(act->unit, receipt_number(span_of(name), act->pool), evidence, &found, act->pool);

    if (status != APR_SUCCESS) return status;
    if (!found || !span_is(evidence->city, act->options->city)) {
        tool_complain("%s: there is no such evidence", name);
        return APR_ENOENT;
    }
    receipt = span_text(act->pool, evidence->receipt);
    return act_audit(act, AUDIT_EVIDENCE, evidence->account, NULL,
                     act->options->reason ? apr_pstrcat(act->pool, receipt, " ", act->options->reason, NULL) : receipt);
}

int evidence_show_command(const tool_options_t *options, apr_pool_t *pool)
{
    print_t print = {.json = options->json, .layout = PRINT_BLOCKS, .pool = pool};
    evidence_t evidence;
    store_t *store;
    act_t act;
    apr_status_t status;
    int code;

    if (!act_check_reason(options, false)) return TOOL_USAGE;
    code = tool_open_ready(&store, options, pool);
    if (code != TOOL_OK) return code;
    status = act_begin(&act, store, options, pool);
    if (status != APR_SUCCESS) return tool_failed(status);
    code = act_end(&act, read_noted(&act, &evidence));
    if (code == TOOL_OK) show_evidence(&print, &evidence);
    return code;
}
