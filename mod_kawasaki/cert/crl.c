/* SPDX-License-Identifier: Apache-2.0 */
#include "cert/crl.h"

#include "base/error.h"
#include "cert/algorithm.h"

#include <limits.h>
#include <openssl/pem.h>
#include <time.h>

bool crl_time(apr_time_t *time, const ASN1_TIME *asn1)
{
    struct tm parts;
    if (!asn1 || !ASN1_TIME_to_tm(asn1, &parts)) return false;
    *time = apr_time_from_sec(timegm(&parts));
    return true;
}

const char *crl_reason(long code)
{
    static const char *const words[] = {"unspecified",        "keyCompromise", "cACompromise",
                                        "affiliationChanged", "superseded",    "cessationOfOperation",
                                        "certificateHold",    "unspecified",   "removeFromCRL",
                                        "privilegeWithdrawn", "aACompromise"};
    return code >= 0 && code < (long)(sizeof words / sizeof *words) ? words[code] : words[0];
}

/* Two lists in one file would be one that nobody reads. */
static bool is_at_end(BIO *text)
{
    char byte;

    while (BIO_read(text, &byte, 1) == 1)
        if (!strchr(" \t\r\n", byte) || byte == '\0') return false;
    return true;
}

/* One PEM block, white space behind it at most, or one DER object, and nothing behind it. */
static X509_CRL *parse(span_t bytes)
{
    const unsigned char *at = (const unsigned char *)bytes.at;
    span_t mark = SPAN("-----BEGIN");
    if (bytes.size < mark.size || bytes.size > INT_MAX) return NULL;
    if (memcmp(bytes.at, mark.at, mark.size) == 0) {
        BIO *text = BIO_new_mem_buf(bytes.at, (int)bytes.size);
        X509_CRL *list = text ? PEM_read_bio_X509_CRL(text, NULL, NULL, NULL) : NULL;
        const bool whole = list && is_at_end(text);
        BIO_free(text);
        if (whole) return list;
        X509_CRL_free(list);
        return NULL;
    }
    X509_CRL *list = d2i_X509_CRL(NULL, &at, (long)bytes.size);
    if (!list || at == (const unsigned char *)bytes.at + bytes.size) return list;
    X509_CRL_free(list);
    return NULL;
}

/* A scope (issuingDistributionPoint) is understood; nothing else is that is critical, in the list or in an entry, and
 * no list of changes only. */
static bool is_understood(X509_CRL *list)
{
    for (int i = 0; i < X509_CRL_get_ext_count(list); i++) {
        X509_EXTENSION *extension = X509_CRL_get_ext(list, i);
        int nid = OBJ_obj2nid(X509_EXTENSION_get_object(extension));
        if (nid == NID_delta_crl) return false;
        if (X509_EXTENSION_get_critical(extension) && nid != NID_issuing_distribution_point) return false;
    }
    STACK_OF(X509_REVOKED) *entries = X509_CRL_get_REVOKED(list);
    for (int i = 0; i < sk_X509_REVOKED_num(entries); i++) {
        if (X509_REVOKED_get_ext_by_critical(sk_X509_REVOKED_value(entries, i), 1, -1) >= 0) return false;
    }
    return true;
}

/* Of certificates of persons, for all reasons, by its own issuer. */
static bool is_whole(const ISSUING_DIST_POINT *scope)
{
    return !scope->onlyCA && !scope->onlyattr && !scope->indirectCRL && !scope->onlysomereasons &&
           (!scope->distpoint || scope->distpoint->type == 0);
}

/* An extension that is there must be readable, and there once: *value is NULL where there is none. */
static bool read_extension(void **value, const X509_CRL *list, int nid)
{
    int critical;
    *value = X509_CRL_get_ext_d2i(list, nid, &critical, NULL);
    return *value || critical == -1;
}

static apr_status_t free_crl(void *data)
{
    crl_t *crl = data;
    X509_CRL_free(crl->list);
    ISSUING_DIST_POINT_free(crl->scope);
    AUTHORITY_KEYID_free(crl->key_id);
    X509_free(crl->signer);
    return APR_SUCCESS;
}

apr_status_t crl_read(crl_t **crl, span_t bytes, apr_pool_t *pool)
{
    crl_t *made = apr_pcalloc(pool, sizeof *made);
    void *scope, *key_id;
    made->list = parse(bytes);
    if (!made->list) return BASE_EMALFORMED;
    apr_pool_cleanup_register(pool, made, free_crl, apr_pool_cleanup_null);
    bool scope_read = read_extension(&scope, made->list, NID_issuing_distribution_point);
    bool key_id_read = read_extension(&key_id, made->list, NID_authority_key_identifier);
    made->scope = scope;
    made->key_id = key_id;
    if (!scope_read || !key_id_read || (made->scope && !is_whole(made->scope)) || !is_understood(made->list) ||
        !crl_time(&made->this_update, X509_CRL_get0_lastUpdate(made->list)) ||
        !crl_time(&made->next_update, X509_CRL_get0_nextUpdate(made->list))) {
        return BASE_EMALFORMED;
    }
    *crl = made;
    return APR_SUCCESS;
}

static bool share_a_name(const GENERAL_NAMES *a, const GENERAL_NAMES *b)
{
    for (int i = 0; i < sk_GENERAL_NAME_num(a); i++) {
        for (int k = 0; k < sk_GENERAL_NAME_num(b); k++) {
            if (GENERAL_NAME_cmp(sk_GENERAL_NAME_value(a, i), sk_GENERAL_NAME_value(b, k)) == 0) return true;
        }
    }
    return false;
}

/* A list for a part of the certificates covers those that name this part (RFC 5280 section 6.3.3 (b)(2)). */
static bool is_in_scope(const ISSUING_DIST_POINT *scope, X509 *x509)
{
    bool found = false;
    if (!scope || !scope->distpoint) return true;
    CRL_DIST_POINTS *points = X509_get_ext_d2i(x509, NID_crl_distribution_points, NULL, NULL);
    for (int i = 0; i < sk_DIST_POINT_num(points) && !found; i++) {
        const DIST_POINT *point = sk_DIST_POINT_value(points, i);
        found = point->distpoint && point->distpoint->type == 0 && !point->reasons && !point->CRLissuer &&
                share_a_name(scope->distpoint->name.fullname, point->distpoint->name.fullname);
    }
    CRL_DIST_POINTS_free(points);
    return found;
}

/* The signature is tested once: a long list takes long. */
static bool is_signed_by(crl_t *crl, X509 *issuer)
{
    if (crl->signer && X509_cmp(crl->signer, issuer) == 0) return crl->signer_is_it;
    if (X509_up_ref(issuer) != 1) return false;
    X509_free(crl->signer);
    crl->signer = issuer;
    crl->signer_is_it = cert_algorithm_is_strong(X509_CRL_get_signature_nid(crl->list)) &&
                        X509_CRL_verify(crl->list, X509_get0_pubkey(issuer)) == 1;
    return crl->signer_is_it;
}

bool crl_covers(crl_t *crl, X509 *x509, X509 *issuer)
{
    return X509_NAME_cmp(X509_CRL_get_issuer(crl->list), X509_get_subject_name(issuer)) == 0 &&
           X509_NAME_cmp(X509_get_issuer_name(x509), X509_get_subject_name(issuer)) == 0 &&
           (!crl->key_id || X509_check_akid(issuer, crl->key_id) == X509_V_OK) && is_in_scope(crl->scope, x509) &&
           is_signed_by(crl, issuer);
}

bool crl_names(const crl_t *crl, X509 *x509, apr_time_t *revoked_at, const char **reason)
{
    X509_REVOKED *entry;
    if (X509_CRL_get0_by_cert(crl->list, &entry, x509) != 1) return false; /* 2: taken off the list again */
    ASN1_ENUMERATED *code = X509_REVOKED_get_ext_d2i(entry, NID_crl_reason, NULL, NULL);
    *reason = crl_reason(code ? ASN1_ENUMERATED_get(code) : -1);
    ASN1_ENUMERATED_free(code);
    if (!crl_time(revoked_at, X509_REVOKED_get0_revocationDate(entry))) *revoked_at = 0;
    return true;
}
