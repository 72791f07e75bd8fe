/* SPDX-License-Identifier: Apache-2.0 */
#include "httpd/certificates.h"

#include "base/error.h"

#include <apr_strings.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>

/* A person waits meanwhile. */
#define RESPONDER_PATIENCE apr_time_from_sec(5)

static apr_status_t free_certificate(void *certificate)
{
    X509_free(certificate);
    return APR_SUCCESS;
}

static apr_status_t read_certificate(X509 **certificate, const char *path, const char **error, apr_pool_t *pool)
{
    BIO *file = BIO_new_file(path, "r");

    *certificate = file ? PEM_read_bio_X509(file, NULL, NULL, NULL) : NULL;
    BIO_free(file);
    ERR_clear_error();
    if (!*certificate) {
        *error = apr_psprintf(pool, "KawasakiResponder: %s can't be read as a certificate (PEM)", path);
        return BASE_EMALFORMED;
    }
    apr_pool_cleanup_register(pool, *certificate, free_certificate, apr_pool_cleanup_null);
    return APR_SUCCESS;
}

static apr_status_t make_responder(const cert_responder_t **responder, const config_responder_t *config,
                                   const char **error, apr_pool_t *pool)
{
    cert_responder_t *made = apr_palloc(pool, sizeof *made);

    *made = (cert_responder_t){config->url, NULL, RESPONDER_PATIENCE};
    *responder = made;
    return config->certificate ? read_certificate(&made->responder, config->certificate, error, pool) : APR_SUCCESS;
}

static apr_status_t open_lists(cert_lists_t **lists, const char *directory, const log_port_t *log, const char **error,
                               apr_pool_t *pool)
{
    apr_status_t status = cert_lists_open(lists, directory, log, pool);
    char text[128];

    if (status != APR_SUCCESS)
        *error = apr_psprintf(pool, "KawasakiRevocationLists: %s: %s", directory,
                              base_error_text(status, text, sizeof text));
    return status;
}

apr_status_t certificates_open(struct flow_certificates_t **certificates, const server_config_t *config,
                               const log_port_t *log, const char **error, apr_pool_t *pool)
{
    struct flow_certificates_t *made = apr_pcalloc(pool, sizeof *made);
    cert_trust_t *trust;
    apr_status_t status;

    *certificates = NULL;
    if (!config->authorities) return APR_SUCCESS;
    status = cert_trust_load(&trust, config->authorities, error, pool);
    if (status == APR_SUCCESS && config->revocation_lists)
        status = open_lists(&made->lists, config->revocation_lists, log, error, pool);
    if (status == APR_SUCCESS && config->responder)
        status = make_responder(&made->responder, config->responder, error, pool);
    if (status != APR_SUCCESS) return status;
    made->trust = trust;
    *certificates = made;
    return APR_SUCCESS;
}
