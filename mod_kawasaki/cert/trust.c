/* SPDX-License-Identifier: Apache-2.0
 *
 * The configured authorities, and whether one of them issued a certificate. Building and checking the path is
 * OpenSSL's; which of its complaints don't hold here, and what they are called, is decided below.
 */
#include "cert/trust.h"

#include "base/error.h"
#include "cert/profile.h"

#include <apr_file_info.h>
#include <apr_fnmatch.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#define SECURITY_LEVEL 2 /* 112 bits (SSL_CTX_set_security_level(3)): RSA-2048, no SHA-1 */

struct cert_trust_t {
    X509_STORE *stores[CERT_KINDS];
    int counts[CERT_KINDS];
};

static apr_status_t free_store(void *store)
{
    X509_STORE_free(store);
    return APR_SUCCESS;
}

static bool may_issue(X509 *x509)
{
    /* Filled in by the first question about extensions; later ones come from many threads. */
    X509_check_purpose(x509, -1, 0);
    uint32_t flags = X509_get_extension_flags(x509);
    return (flags & EXFLAG_CA) && !(flags & EXFLAG_INVALID) && (X509_get_key_usage(x509) & KU_KEY_CERT_SIGN);
}

/* Every certificate of a file; NULL, or what is wrong with it. */
static const char *add_file(cert_trust_t *trust, cert_kind_t kind, const char *path)
{
    BIO *file = BIO_new_file(path, "r");
    const char *wrong = NULL;
    int count = 0;
    X509 *x509;

    if (!file) return "it can't be read";
    while (!wrong && (x509 = PEM_read_bio_X509(file, NULL, NULL, NULL)) != NULL) {
        if (!may_issue(x509))
            wrong = "a certificate in it may not issue others";
        else if (!X509_STORE_add_cert(trust->stores[kind], x509))
            wrong = "no memory";
        else
            ++count;
        X509_free(x509);
    }
    BIO_free(file);
    if (wrong) return wrong;
    /* So ends a file whose certificates were all read. */
    if (count == 0 || ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE)
        return "something in it is no certificate in PEM";
    trust->counts[kind] += count;
    return NULL;
}

static apr_status_t add_directory(cert_trust_t *trust, cert_kind_t kind, const char *path, const char **error,
                                  apr_pool_t *pool)
{
    apr_dir_t *directory;
    apr_finfo_t entry;
    apr_status_t status = apr_dir_open(&directory, path, pool);

    if (APR_STATUS_IS_ENOENT(status)) return APR_SUCCESS;
    if (status != APR_SUCCESS) {
        *error = apr_pstrcat(pool, path, ": it can't be read", NULL);
        return status;
    }
    while ((status = apr_dir_read(&entry, APR_FINFO_NAME, directory)) == APR_SUCCESS) {
        if (apr_fnmatch("*.pem", entry.name, APR_FNM_PERIOD) != APR_SUCCESS) continue;
        const char *file = apr_pstrcat(pool, path, "/", entry.name, NULL);
        const char *wrong = add_file(trust, kind, file);
        if (!wrong) continue;
        *error = apr_pstrcat(pool, file, ": ", wrong, NULL);
        status = BASE_EMALFORMED;
        break;
    }
    apr_dir_close(directory);
    return APR_STATUS_IS_ENOENT(status) ? APR_SUCCESS : status;
}

/* Where that of a kind is missing, nobody issues it; where all are, the name is another one. */
static apr_status_t check_root(const char *path, const char **error, apr_pool_t *pool)
{
    apr_finfo_t info;
    apr_status_t status = apr_stat(&info, path, APR_FINFO_TYPE, pool);

    if (status == APR_SUCCESS && info.filetype != APR_DIR) status = APR_ENOTDIR;
    if (status != APR_SUCCESS) *error = apr_pstrcat(pool, path, ": there is no such directory", NULL);
    return status;
}

static apr_status_t load(cert_trust_t *trust, const char *directory, const char **error, apr_pool_t *pool)
{
    apr_status_t found = check_root(directory, error, pool);

    if (found != APR_SUCCESS) return found;
    for (cert_kind_t kind = 0; kind < CERT_KINDS; ++kind) {
        trust->stores[kind] = X509_STORE_new();
        if (!trust->stores[kind]) return APR_ENOMEM;
        apr_pool_cleanup_register(pool, trust->stores[kind], free_store, apr_pool_cleanup_null);
        const char *path = apr_pstrcat(pool, directory, "/", cert_kind_name(kind), NULL);
        apr_status_t status = add_directory(trust, kind, path, error, pool);
        if (status != APR_SUCCESS) return status;
    }
    return APR_SUCCESS;
}

apr_status_t cert_trust_load(cert_trust_t **trust, const char *directory, const char **error, apr_pool_t *pool)
{
    cert_trust_t *loaded = apr_pcalloc(pool, sizeof *loaded);

    *error = "no memory";
    ERR_set_mark();
    apr_status_t status = load(loaded, directory, error, pool);
    ERR_pop_to_mark();
    *trust = status == APR_SUCCESS ? loaded : NULL;
    return status;
}

int cert_trust_count(const cert_trust_t *trust, cert_kind_t kind)
{
    return trust->counts[kind];
}

static bool is_same(X509 *x509, span_t der)
{
    unsigned char *bytes = NULL;
    const int size = i2d_X509(x509, &bytes);
    const bool same = size > 0 && span_equal((span_t){(const char *)bytes, (apr_size_t)size}, der);

    OPENSSL_free(bytes);
    return same;
}

bool cert_trust_has(const cert_trust_t *trust, cert_kind_t kind, span_t der)
{
    STACK_OF(X509) *all = X509_STORE_get1_all_certs(trust->stores[kind]);
    bool has = false;

    for (int i = 0; !has && i < sk_X509_num(all); i++) has = is_same(sk_X509_value(all, i), der);
    sk_X509_pop_free(all, X509_free);
    return has;
}

/* Two complaints that don't hold: OpenSSL ends a certificate's time one second before not_after is over (RFC 5280
 * section 4.1.2.5 includes it), and knows nothing of the extensions that this room reads. */
static int decide(int ok, X509_STORE_CTX *context)
{
    X509 *x509 = X509_STORE_CTX_get_current_cert(context);
    time_t now = X509_VERIFY_PARAM_get_time(X509_STORE_CTX_get0_param(context));
    int error = X509_STORE_CTX_get_error(context);

    if (!ok && error == X509_V_ERR_CERT_HAS_EXPIRED)
        ok = ASN1_TIME_cmp_time_t(X509_get0_notAfter(x509), now) == 0;
    else if (!ok && error == X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION)
        ok = profile_understands(x509);
    if (ok) X509_STORE_CTX_set_error(context, X509_V_OK);
    return ok;
}

static cert_code_t code_of(int error)
{
    switch (error) {
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
    case X509_V_ERR_INVALID_CA:
    case X509_V_ERR_PATH_LENGTH_EXCEEDED: return CERT_UNKNOWN_CA;
    case X509_V_ERR_CERT_NOT_YET_VALID: return CERT_NOT_YET_VALID;
    case X509_V_ERR_CERT_HAS_EXPIRED: return CERT_EXPIRED;
    case X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION:
    case X509_V_ERR_PERMITTED_VIOLATION:
    case X509_V_ERR_EXCLUDED_VIOLATION: return CERT_WRONG_PURPOSE;
    case X509_V_ERR_EE_KEY_TOO_SMALL:
    case X509_V_ERR_CA_KEY_TOO_SMALL:
    case X509_V_ERR_CA_MD_TOO_WEAK:
    case X509_V_ERR_EC_KEY_EXPLICIT_PARAMS: return CERT_WEAK_KEY;
    default: return CERT_MALFORMED;
    }
}

static cert_code_t judge(X509_STORE_CTX *context, X509_STORE *store, const cert_t *cert, apr_time_t now, X509 **issuer)
{
    if (!X509_STORE_CTX_init(context, store, cert->x509, NULL)) return CERT_MALFORMED;
    X509_VERIFY_PARAM *how = X509_STORE_CTX_get0_param(context);
    X509_VERIFY_PARAM_set_time(how, (time_t)apr_time_sec(now));
    X509_VERIFY_PARAM_set_auth_level(how, SECURITY_LEVEL);
    X509_STORE_CTX_set_verify_cb(context, decide);
    if (X509_verify_cert(context) != 1) return code_of(X509_STORE_CTX_get_error(context));
    if (!profile_allows(cert->kind, cert->x509)) return CERT_WRONG_PURPOSE;
    /* The store keeps it when the path is gone. */
    if (issuer) *issuer = sk_X509_value(X509_STORE_CTX_get0_chain(context), 1);
    return CERT_OK;
}

cert_code_t cert_trust_judge(const cert_trust_t *trust, const cert_t *cert, apr_time_t now, X509 **issuer)
{
    ERR_set_mark();
    X509_STORE_CTX *context = X509_STORE_CTX_new();
    cert_code_t code = context ? judge(context, trust->stores[cert->kind], cert, now, issuer) : CERT_MALFORMED;
    X509_STORE_CTX_free(context);
    ERR_pop_to_mark();
    return code;
}
