/* SPDX-License-Identifier: Apache-2.0
 *
 * The source "file": a certificate file and its password. A company has one certificate for logging in and for signing,
 * so both keys are the same one here. What is inside the file is p12_content.c's.
 */
#include "signer/holder.h"
#include "signer/p12_content.h"
#include "signer/source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MAX = 64 * 1024 }; /* with a chain of certificates they have some 5 kB */

typedef struct {
    source_t source; /* first: what the table's functions are given */
    const char *path;
    PKCS12 *p12; /* from open to unlock */
    X509 *x509;  /* from unlock to close */
    EVP_PKEY *key;
} p12_t;

static p12_t *p12_of(source_t *source)
{
    return (p12_t *)source;
}

static wire_code_t read_all(int file, apr_size_t size, span_t *bytes, apr_pool_t *pool)
{
    char *buffer = apr_palloc(pool, size);
    apr_size_t got = 0;
    while (got < size) {
        ssize_t part = read(file, buffer + got, size - got);
        if (part <= 0) return WIRE_FILE_MISSING;
        got += (apr_size_t)part;
    }
    *bytes = (span_t){buffer, size};
    return WIRE_OK;
}

/* Looks before it reads: nothing that blocks, nothing that is too big. */
static wire_code_t read_file(const char *path, span_t *bytes, apr_pool_t *pool)
{
    struct stat about;
    int file = path ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY) : -1;
    if (file < 0) return WIRE_FILE_MISSING;
    wire_code_t code = WIRE_FILE_MISSING;
    if (fstat(file, &about) == 0)
        code = S_ISREG(about.st_mode) && about.st_size > 0 && about.st_size <= FILE_MAX
                   ? read_all(file, (apr_size_t)about.st_size, bytes, pool)
                   : WIRE_FILE_INVALID;
    close(file);
    return code;
}

static wire_code_t read_content(const char *path, PKCS12 **p12, span_t *holder, apr_pool_t *pool)
{
    span_t bytes;
    wire_code_t code = read_file(path, &bytes, pool);
    if (code == WIRE_OK) code = holder_name(holder, bytes, pool);
    return code == WIRE_OK ? p12_content_read(p12, bytes) : code;
}

/* What is inside is known only to who has the password: a file that can be opened is said to have both. */
static void p12_info(source_t *source, answer_info_t *info, apr_pool_t *pool)
{
    PKCS12 *p12 = NULL;

    *info = (answer_info_t){
        .source = SPAN("file"), .reader = SPAN(""), .card = SPAN(""), .insertion = SPAN(""), .holder = SPAN("")};
    info->signing_tries = info->authentication_tries = ANSWER_TRIES_UNKNOWN;
    info->code = read_content(p12_of(source)->path, &p12, &info->holder, pool);
    info->has_signing = info->has_authentication = info->code == WIRE_OK;
    PKCS12_free(p12);
}

static void p12_close(source_t *source)
{
    p12_t *file = p12_of(source);
    PKCS12_free(file->p12);
    X509_free(file->x509);
    EVP_PKEY_free(file->key);
    file->p12 = NULL;
    file->x509 = NULL;
    file->key = NULL;
}

static wire_code_t p12_open(source_t *source, source_key_t key, source_prompt_t *prompt, apr_pool_t *pool)
{
    p12_t *file = p12_of(source);
    (void)key;
    p12_close(source);
    *prompt =
        (source_prompt_t){.tries = ANSWER_TRIES_UNKNOWN, .most = PIN_MAX, .insertion = SPAN(""), .holder = SPAN("")};
    return read_content(file->path, &file->p12, &prompt->holder, pool);
}

static wire_code_t p12_unlock(source_t *source, const pin_t *pin, apr_time_t until, int *tries)
{
    p12_t *file = p12_of(source);
    (void)until;
    *tries = ANSWER_TRIES_UNKNOWN;
    if (!file->p12 || !pin) return WIRE_FAILED;
    wire_code_t code = p12_content_open(&file->x509, &file->key, file->p12, pin);
    PKCS12_free(file->p12);
    file->p12 = NULL;
    return code;
}

static wire_code_t p12_key(source_t *source, X509 **x509, EVP_PKEY **key)
{
    p12_t *file = p12_of(source);
    if (!file->key) return WIRE_FAILED;
    *x509 = file->x509;
    *key = file->key;
    return WIRE_OK;
}

/* Such a key lies in memory: what goes wrong with it OpenSSL can say. */
static wire_code_t p12_trouble(const source_t *source)
{
    (void)source;
    return WIRE_OK;
}

static apr_status_t close_with_pool(void *data)
{
    p12_close(data);
    return APR_SUCCESS;
}

source_t *source_p12(const char *path, apr_pool_t *pool)
{
    static const source_calls_t calls = {p12_info, p12_open, p12_unlock, p12_key, p12_trouble, p12_close};
    p12_t *file = apr_pcalloc(pool, sizeof *file);
    file->source = (source_t){&calls};
    file->path = apr_pstrdup(pool, path);
    apr_pool_cleanup_register(pool, file, close_with_pool, apr_pool_cleanup_null);
    return &file->source;
}
