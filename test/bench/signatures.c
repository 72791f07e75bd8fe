/* SPDX-License-Identifier: Apache-2.0
 *
 * signatures PKI: a card that takes no time, for measuring the server. Reads lines "NAME JWS" (NAME of a key and
 * certificate in PKI; the request is believed without a look), answers each with the line that a helper would give.
 */
#include "base/base64.h"
#include "cert/cms.h"
#include "cert/token.h"
#include "wire/answer.h"
#include "wire/object.h"

#include <apr_general.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Noreturn static void fail(const char *what)
{
    fprintf(stderr, "signatures: %s\n", what);
    exit(1);
}

static FILE *open_file(const char *pki, const char *name, const char *ending)
{
    char path[4096];
    FILE *file;

    snprintf(path, sizeof path, "%s/%s%s", pki, name, ending);
    file = fopen(path, "r");
    if (!file) fail(path);
    return file;
}

static object_t payload_of(const char *jws, apr_pool_t *pool)
{
    const char *begin = strchr(jws, '.'), *end = begin ? strchr(begin + 1, '.') : NULL;
    span_t json;

    if (!end || base64url_decode(&json, (span_t){begin + 1, (apr_size_t)(end - begin - 1)}, pool) != APR_SUCCESS)
        fail("this is no request");
    return object_open(json, ANSWER_MAX, pool);
}

static void answer_line(const char *pki, const char *name, const char *jws, apr_pool_t *pool)
{
    FILE *key_file = open_file(pki, name, ".key"), *cert_file = open_file(pki, name, ".crt");
    EVP_PKEY *key = PEM_read_PrivateKey(key_file, NULL, NULL, NULL);
    X509 *x509 = PEM_read_X509(cert_file, NULL, NULL, NULL);
    object_t request = payload_of(jws, pool);
    const span_t origin = object_text(&request, "origin"), nonce = object_text(&request, "nonce");
    const span_t form = object_text(&request, "manifest");
    answer_t answer = {.id = object_text(&request, "id"), .tries = ANSWER_TRIES_UNKNOWN};
    apr_status_t status = form.size ? cert_cms_make(&answer.cms, key, x509, form, pool)
                                    : cert_token_make(&answer.token, key, x509, origin, nonce, "bench", pool);
    span_t line = answer_encode(&answer, pool);

    if (status != APR_SUCCESS) fail("it can't be signed");
    printf("%.*s\n", (int)line.size, line.at);
    fflush(stdout);
    json_decref(request.fields);
    EVP_PKEY_free(key);
    X509_free(x509);
    fclose(key_file);
    fclose(cert_file);
}

int main(int argc, char **argv)
{
    static char line[512 * 1024];
    apr_pool_t *pool;

    if (argc != 2) fail("usage: signatures PKI");
    apr_initialize();
    apr_pool_create(&pool, NULL);
    while (fgets(line, sizeof line, stdin)) {
        char *jws = strchr(line, ' ');
        if (!jws) fail("NAME JWS");
        *jws++ = '\0';
        jws[strcspn(jws, "\n")] = '\0';
        answer_line(argv[1], line, jws, pool);
        apr_pool_clear(pool);
    }
    apr_terminate();
    return 0;
}
