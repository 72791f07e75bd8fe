/* SPDX-License-Identifier: Apache-2.0 */
#include "certificates.h"
#include "test.h"

#include <apr_file_io.h>
#include <openssl/pem.h>
#include <stdlib.h>

static void run(const char *command)
{
    if (system(command) != 0) fail_msg("failed: %s", command);
}

static apr_status_t remove_directory(void *data)
{
    char command[128];
    apr_snprintf(command, sizeof command, "rm -rf '%s'", (const char *)data);
    return system(command) == 0 ? APR_SUCCESS : APR_EGENERAL;
}

const char *certificates_make(apr_pool_t *pool)
{
    char *directory = apr_pstrdup(pool, "/tmp/kawasaki-test-XXXXXX");
    assert_non_null(mkdtemp(directory));
    apr_pool_cleanup_register(pool, directory, remove_directory, apr_pool_cleanup_null);
    run(apr_psprintf(pool, "test/card/certificates '%s'", directory));
    return directory;
}

void certificates_more(const char *directory, const char *format, ...)
{
    char words[32 * 1024], command[sizeof words + 128];
    va_list values;

    va_start(values, format);
    int size = vsnprintf(words, sizeof words, format, values);
    va_end(values);
    assert_in_range(size, 1, sizeof words - 1);
    apr_snprintf(command, sizeof command, "test/card/certificates '%s' %s", directory, words);
    run(command);
}

static const char *path_of(const char *directory, const char *name, const char *suffix, apr_pool_t *pool)
{
    return apr_pstrcat(pool, directory, "/", name, suffix, NULL);
}

static span_t read_file(const char *path, apr_pool_t *pool)
{
    apr_file_t *file;
    apr_finfo_t info;

    if (apr_file_open(&file, path, APR_READ | APR_BINARY, 0, pool) != APR_SUCCESS) fail_msg("no file %s", path);
    assert_int_equal(apr_file_info_get(&info, APR_FINFO_SIZE, file), APR_SUCCESS);
    char *bytes = apr_palloc(pool, (apr_size_t)info.size + 1);
    assert_int_equal(apr_file_read_full(file, bytes, (apr_size_t)info.size, NULL), APR_SUCCESS);
    bytes[info.size] = '\0';
    apr_file_close(file);
    return (span_t){bytes, (apr_size_t)info.size};
}

span_t certificates_file(const char *directory, const char *name, apr_pool_t *pool)
{
    return read_file(path_of(directory, name, "", pool), pool);
}

static apr_status_t free_key(void *key)
{
    EVP_PKEY_free(key);
    return APR_SUCCESS;
}

EVP_PKEY *certificates_key(const char *directory, const char *name, apr_pool_t *pool)
{
    span_t pem = read_file(path_of(directory, name, ".key", pool), pool);
    BIO *bio = BIO_new_mem_buf(pem.at, (int)pem.size);
    EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL);

    BIO_free(bio);
    assert_non_null(key);
    apr_pool_cleanup_register(pool, key, free_key, apr_pool_cleanup_null);
    return key;
}

static apr_status_t free_x509(void *x509)
{
    X509_free(x509);
    return APR_SUCCESS;
}

X509 *certificates_x509(const char *directory, const char *name, apr_pool_t *pool)
{
    span_t der = read_file(path_of(directory, name, ".der", pool), pool);
    const unsigned char *at = (const unsigned char *)der.at;
    X509 *x509 = d2i_X509(NULL, &at, (long)der.size);

    assert_non_null(x509);
    apr_pool_cleanup_register(pool, x509, free_x509, apr_pool_cleanup_null);
    return x509;
}
