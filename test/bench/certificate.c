/* SPDX-License-Identifier: Apache-2.0
 *
 * certificate PKI: what it costs to verify a log-in token and a signed form, trust in their certificates included,
 * beside a program's smallest way to the same answer: the OpenSSL calls alone, on the same bytes. Prints "token",
 * "token-direct", "cms", "cms-direct" with their medians in microseconds of processor time.
 */
#include "cert/cms.h"
#include "cert/token.h"
#include "cert/trust.h"
#include "measure.h"

#include <apr_general.h>
#include <openssl/cms.h>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>
#include <stdio.h>

#define ROUNDS  41
#define REPEATS 100 /* a round */

#define ORIGIN "https://bench.example"
#define NONCE  "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

typedef struct {
    span_t bytes;   /* token or CMS */
    span_t content; /* what the CMS signs */
    /* What the direct way needs, as somebody would have it at hand who knows that all is well. */
    span_t der, signature;
    X509_STORE *store;
    cert_trust_t *trust;
    apr_time_t now;
    apr_pool_t *pool; /* cleared after each, as a request's would be */
} bench_t;

_Noreturn static void fail(const char *what)
{
    fprintf(stderr, "certificate: %s\n", what);
    exit(1);
}

static void check(bool good, const char *what)
{
    if (!good) fail(what);
}

static void ours_token(bench_t *bench)
{
    cert_t *cert;

    check(cert_token_verify(&cert, bench->bytes, SPAN(ORIGIN), SPAN(NONCE), NULL, bench->pool) == CERT_OK &&
              cert_trust_judge(bench->trust, cert, bench->now, NULL) == CERT_OK,
          "the token doesn't verify");
}

static void ours_cms(bench_t *bench)
{
    cert_t *cert;

    check(cert_cms_verify(&cert, bench->bytes, bench->content, NULL, bench->pool) == CERT_OK &&
              cert_trust_judge(bench->trust, cert, bench->now, NULL) == CERT_OK,
          "the CMS doesn't verify");
}

static void trusted(const bench_t *bench, X509 *x509)
{
    X509_STORE_CTX *path = X509_STORE_CTX_new();

    check(X509_STORE_CTX_init(path, bench->store, x509, NULL) == 1 && X509_verify_cert(path) == 1, "no path");
    X509_STORE_CTX_free(path);
}

static void direct_token(bench_t *bench)
{
    const unsigned char *at = (const unsigned char *)bench->der.at;
    X509 *x509 = d2i_X509(NULL, &at, (long)bench->der.size);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    unsigned char message[64];

    EVP_Digest(ORIGIN, strlen(ORIGIN), message, NULL, EVP_sha256(), NULL);
    EVP_Digest(NONCE, strlen(NONCE), message + 32, NULL, EVP_sha256(), NULL);
    check(EVP_DigestVerifyInit(context, NULL, EVP_sha256(), NULL, X509_get0_pubkey(x509)) == 1 &&
              EVP_DigestVerify(context, (const unsigned char *)bench->signature.at, bench->signature.size, message,
                               sizeof message) == 1,
          "directly, the token doesn't verify");
    trusted(bench, x509);
    EVP_MD_CTX_free(context);
    X509_free(x509);
}

static void direct_cms(bench_t *bench)
{
    const unsigned char *at = (const unsigned char *)bench->bytes.at;
    CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &at, (long)bench->bytes.size);
    BIO *content = BIO_new_mem_buf(bench->content.at, (int)bench->content.size);
    STACK_OF(X509) * signers;

    check(CMS_verify(cms, NULL, NULL, content, NULL, CMS_BINARY | CMS_NO_SIGNER_CERT_VERIFY) == 1,
          "directly, the CMS doesn't verify");
    signers = CMS_get0_signers(cms);
    trusted(bench, sk_X509_value(signers, 0));
    sk_X509_free(signers);
    BIO_free(content);
    CMS_ContentInfo_free(cms);
}

static double once(void (*way)(bench_t *), bench_t *bench)
{
    const double began = measure_spent_us();

    for (int i = 0; i < REPEATS; i++) {
        way(bench);
        apr_pool_clear(bench->pool);
    }
    return (measure_spent_us() - began) / REPEATS;
}

/* In turns: neighbours met the same machine. */
static void measure(const char *name, void (*ours)(bench_t *), void (*direct)(bench_t *), bench_t *bench)
{
    double times[2][ROUNDS];

    for (int round = 0; round < ROUNDS; round++) {
        times[0][round] = once(ours, bench);
        times[1][round] = once(direct, bench);
    }
    for (int i = 0; i < 2; i++) printf("%s%s\t%.3f\n", name, i ? "-direct" : "", measure_median(times[i], ROUNDS));
}

static FILE *open_file(const char *directory, const char *name, apr_pool_t *pool)
{
    FILE *file = fopen(apr_pstrcat(pool, directory, "/", name, NULL), "r");
    if (!file) fail(name);
    return file;
}

/* The authority of the kind, signature and certificate of one, and with them what is measured. */
static void prepare(bench_t *bench, const char *keys, const char *kind, const char *name, X509 **x509, EVP_PKEY **key,
                    apr_pool_t *pool)
{
    FILE *key_file = open_file(keys, apr_pstrcat(pool, name, ".key", NULL), pool);
    FILE *x509_file = open_file(keys, apr_pstrcat(pool, name, ".crt", NULL), pool);
    FILE *issuer_file = open_file(keys, apr_pstrcat(pool, "trust/", kind, "/3.pem", NULL), pool);
    X509 *issuer = PEM_read_X509(issuer_file, NULL, NULL, NULL);
    unsigned char *der = NULL;

    *key = PEM_read_PrivateKey(key_file, NULL, NULL, NULL);
    *x509 = PEM_read_X509(x509_file, NULL, NULL, NULL);
    check(*key && *x509 && issuer, name);
    bench->der.size = (apr_size_t)i2d_X509(*x509, &der);
    bench->der.at = (const char *)der;
    bench->store = X509_STORE_new();
    X509_STORE_add_cert(bench->store, issuer);
    X509_free(issuer);
    fclose(key_file);
    fclose(x509_file);
    fclose(issuer_file);
}

static span_t bare_signature(EVP_PKEY *key, apr_pool_t *pool)
{
    unsigned char message[64], *signature = apr_palloc(pool, 512);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    size_t size = 512;

    EVP_Digest(ORIGIN, strlen(ORIGIN), message, NULL, EVP_sha256(), NULL);
    EVP_Digest(NONCE, strlen(NONCE), message + 32, NULL, EVP_sha256(), NULL);
    check(EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key) == 1 &&
              EVP_DigestSign(context, signature, &size, message, sizeof message) == 1,
          "no signature");
    EVP_MD_CTX_free(context);
    return (span_t){(const char *)signature, size};
}

int main(int argc, char **argv)
{
    apr_pool_t *pool;
    const char *error;
    bench_t bench = {.now = apr_time_now()};
    EVP_PKEY *key;
    X509 *x509;

    if (argc != 2) fail("usage: certificate PKI");
    apr_initialize();
    apr_pool_create(&pool, NULL);
    apr_pool_create(&bench.pool, pool);
    check(cert_trust_load(&bench.trust, apr_pstrcat(pool, argv[1], "/trust", NULL), &error, pool) == APR_SUCCESS,
          error);

    prepare(&bench, argv[1], "jpki-authentication", "card/auth", &x509, &key, pool);
    bench.signature = bare_signature(key, pool);
    check(cert_token_make(&bench.bytes, key, x509, SPAN(ORIGIN), SPAN(NONCE), "bench", pool) == APR_SUCCESS,
          "no token");
    measure("token", ours_token, direct_token, &bench);

    prepare(&bench, argv[1], "jpki-signing", "card/sign", &x509, &key, pool);
    char *form = apr_palloc(pool, 4096);
    memset(form, 'x', 4096);
    bench.content = (span_t){form, 4096};
    check(cert_cms_make(&bench.bytes, key, x509, bench.content, pool) == APR_SUCCESS, "no CMS");
    measure("cms", ours_cms, direct_cms, &bench);
    return 0;
}
