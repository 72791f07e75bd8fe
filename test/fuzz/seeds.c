/* SPDX-License-Identifier: Apache-2.0
 *
 * seeds PKI CORPUS: what the fuzzers begin with, in CORPUS/TARGET/: right answers, requests, tokens and forms, made by
 * the program's own functions with the keys of test/card/certificates in PKI.
 */
#include "cert/cms.h"
#include "cert/token.h"
#include "wire/answer.h"
#include "wire/manifest.h"
#include "wire/message.h"

#include <apr_file_io.h>
#include <apr_general.h>
#include <openssl/pem.h>
#include <stdlib.h>

#define NONCE "BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

typedef struct {
    const char *keys, *corpus;
    apr_pool_t *pool;
} seeds_t;

static void put(const seeds_t *seeds, const char *target, const char *name, span_t bytes)
{
    const char *directory = apr_pstrcat(seeds->pool, seeds->corpus, "/", target, NULL);
    apr_file_t *file;

    apr_dir_make_recursive(directory, APR_OS_DEFAULT, seeds->pool);
    if (apr_file_open(&file, apr_pstrcat(seeds->pool, directory, "/", name, NULL),
                      APR_FOPEN_WRITE | APR_FOPEN_CREATE | APR_FOPEN_TRUNCATE, APR_OS_DEFAULT, seeds->pool) ||
        apr_file_write_full(file, bytes.at, bytes.size, NULL) || apr_file_close(file))
        abort();
}

static FILE *open_pem(const seeds_t *seeds, const char *name, const char *suffix)
{
    FILE *file = fopen(apr_pstrcat(seeds->pool, seeds->keys, "/", name, suffix, NULL), "r");
    if (!file) abort();
    return file;
}

static void signatures(const seeds_t *seeds, const char *name, const char *seed)
{
    FILE *key_file = open_pem(seeds, name, ".key"), *x509_file = open_pem(seeds, name, ".crt");
    EVP_PKEY *key = PEM_read_PrivateKey(key_file, NULL, NULL, NULL);
    X509 *x509 = PEM_read_X509(x509_file, NULL, NULL, NULL);
    span_t token, cms;

    if (cert_token_make(&token, key, x509, SPAN("https://fuzz.example"), SPAN(NONCE), "seed", seeds->pool) ||
        cert_cms_make(&cms, key, x509, SPAN("what was signed\n"), seeds->pool))
        abort();
    put(seeds, "fuzz_token", seed, token);
    put(seeds, "fuzz_cms", seed, cms);
    EVP_PKEY_free(key);
    X509_free(x509);
    fclose(key_file);
    fclose(x509_file);
}

static void messages(const seeds_t *seeds)
{
    const manifest_line_t lines[] = {{SPAN("kana"), SPAN("氏名カナ"), SPAN("カワサキタロウ")},
                                     {SPAN("note"), SPAN("備考"), SPAN("一行目\n\t二行目\\")}};
    const manifest_t manifest = {
        .rules = SPAN("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"),
        .city = SPAN("kawasaki"),
        .flow = SPAN("jpki.register"),
        .origin = SPAN("https://fuzz.example"),
        .nonce = SPAN(NONCE),
        .at = apr_time_from_sec(1800000000),
        .lines = lines,
        .count = 2,
    };
    const answer_t answers[] = {
        {.id = SPAN("a1"), .tries = ANSWER_TRIES_UNKNOWN, .token = SPAN("{\"format\":\"web-eid:1.0\"}")},
        {.id = SPAN("a2"), .tries = ANSWER_TRIES_UNKNOWN, .cms = SPAN("\x30\x03\x02\x01\x01")},
        {.id = SPAN("a3"), .code = WIRE_PIN_WRONG, .tries = 2},
        {.id = SPAN("a4"),
         .tries = ANSWER_TRIES_UNKNOWN,
         .has_info = true,
         .info = {.source = SPAN("card"),
                  .reader = SPAN("Virtual PCD 00 00"),
                  .card = SPAN("my-number-card"),
                  .insertion = SPAN("0001"),
                  .has_signing = true,
                  .signing_tries = 5,
                  .authentication_tries = 3}},
    };
    const message_t message = {
        .request = SPAN("e30.e30.AAAA"), .origin = SPAN("https://fuzz.example"), .has_pin = true};
    span_t bytes;

    if (manifest_encode(&bytes, &manifest, seeds->pool)) abort();
    put(seeds, "fuzz_answer", "manifest", bytes);
    for (int i = 0; i < 4; i++)
        put(seeds, "fuzz_answer", apr_psprintf(seeds->pool, "answer%d", i), answer_encode(&answers[i], seeds->pool));
    put(seeds, "fuzz_answer", "message", message_encode(&message, seeds->pool));
    put(seeds, "fuzz_request", "info",
        SPAN("{\"id\":\"a\",\"operation\":\"info\",\"origin\":\"https://fuzz.example\",\"nonce\":\"" NONCE
             "\",\"iat\":1799999990,\"exp\":1800000100}"));
    put(seeds, "fuzz_request", "sign",
        SPAN("{\"id\":\"a\",\"operation\":\"sign\",\"origin\":\"https://fuzz.example\",\"nonce\":\"" NONCE
             "\",\"iat\":1799999990,\"exp\":1800000100,\"manifest\":\"kawasaki-manifest 1\\n\"}"));
}

/* A good card's answers, in the order of fuzz_apdu.c: selected, label, presence, tries, PIN, certificate, signature. */
static void card(const seeds_t *seeds)
{
    static const char ok[] = "\x02\x90\x00", tries[] = "\x02\x63\xC3";
    char label[36] = "\x22JPKIAPICCTOKEN2                 ", bytes[512];
    apr_size_t size = 0;

#define ADD(piece, length) (memcpy(bytes + size, piece, length), size += (length))
    label[33] = '\x90';
    label[34] = '\0';
    ADD(ok, 3);
    ADD(ok, 3);
    ADD(label, 35);
    ADD(ok, 3);
    ADD("\x05\x8F\x8F\x00\x90\x00", 6);
    ADD(ok, 3);
    ADD(tries, 3);
    ADD(ok, 3);
    ADD(ok, 3);
    ADD(ok, 3);
    ADD("\x08\x30\x04\x02\x02\x01\x01\x90\x00", 9);
    ADD(ok, 3);
    ADD("\x04\x61\x02\x61\x02", 5);
    ADD("\x04\x01\x02\x90\x00", 5);
#undef ADD
    put(seeds, "fuzz_apdu", "card", (span_t){bytes, size});
}

int main(int argc, char **argv)
{
    seeds_t seeds = {argc == 3 ? argv[1] : NULL, argc == 3 ? argv[2] : NULL, NULL};

    if (!seeds.keys) {
        fprintf(stderr, "usage: seeds PKI CORPUS\n");
        return 2;
    }
    apr_initialize();
    apr_pool_create(&seeds.pool, NULL);
    signatures(&seeds, "card/auth", "rs256");
    signatures(&seeds, "person/auth-es256", "es256");
    signatures(&seeds, "person/auth-es384", "es384");
    messages(&seeds);
    card(&seeds);
    return 0;
}
