/* SPDX-License-Identifier: Apache-2.0
 *
 * seeds CORPUS: what the fuzzers begin with, in CORPUS/TARGET/: right certificates, answers, requests, tokens and
 * forms, in the form that each target takes, made by the program's own functions with the test certificates of
 * FUZZ_PKI.
 */
#include "cert/cms.h"
#include "cert/profile.h"
#include "cert/token.h"
#include "fuzz.h"
#include "signer/source.h"
#include "wire/answer.h"
#include "wire/manifest.h"
#include "wire/message.h"

#include <apr_file_io.h>
#include <apr_general.h>
#include <jansson.h>

typedef struct {
    const char *corpus;
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

/* Behind the bytes by which a target chooses what the rest is. */
static void put_choice(const seeds_t *seeds, const char *target, const char *name, span_t choice, span_t bytes)
{
    char *both = apr_palloc(seeds->pool, choice.size + bytes.size);

    memcpy(both, choice.at, choice.size);
    memcpy(both + choice.size, bytes.at, bytes.size);
    put(seeds, target, name, (span_t){both, choice.size + bytes.size});
}

#define CHOICE(bytes) ((span_t){bytes, sizeof bytes - 1})

static span_t encode(const seeds_t *seeds, X509 *x509)
{
    unsigned char *der = NULL;
    const int size = i2d_X509(x509, &der);

    FUZZ_HOLDS(size > 0);
    const span_t copy = span_copy(seeds->pool, (span_t){(const char *)der, (apr_size_t)size});
    OPENSSL_free(der);
    return copy;
}

static void certificate(const seeds_t *seeds, const char *name, const char *seed)
{
    X509 *x509 = pki_certificate(name);

    put(seeds, "fuzz_certificate", seed, encode(seeds, x509));
    X509_free(x509);
}

/* choice: the template's place in fuzz_profile.c. */
static void extension(const seeds_t *seeds, const char *name, const char *oid, span_t choice, const char *seed)
{
    X509 *x509 = pki_certificate(name);
    const ASN1_OCTET_STRING *value = X509_EXTENSION_get_data(profile_extension(x509, oid));

    put_choice(seeds, "fuzz_profile", seed, choice,
               (span_t){(const char *)ASN1_STRING_get0_data(value), (apr_size_t)ASN1_STRING_length(value)});
    X509_free(x509);
}

static void certificates(const seeds_t *seeds)
{
    certificate(seeds, "card/sign", "sign");
    certificate(seeds, "card/auth", "auth");
    certificate(seeds, "person/es256", "es256");
    certificate(seeds, "company/company", "company");
    certificate(seeds, "company/company-old", "company-old");
    certificate(seeds, "ca/registry", "authority");
    extension(seeds, "card/sign", "2.5.29.17", CHOICE("\0"), "holder");
    extension(seeds, "card/sign", "2.5.29.32", CHOICE("\1"), "policies");
    extension(seeds, "company/company", "1.2.392.100300.1.1.3", CHOICE("\2"), "company");
    extension(seeds, "company/company-old", "1.2.392.100300.1.1.1", CHOICE("\3"), "company-policies");
}

/* The signature's own bytes, out of the token's base64. */
static span_t signature_of(const seeds_t *seeds, span_t token)
{
    json_t *json = json_loadb(token.at, token.size, 0, NULL);
    const char *text = json_string_value(json_object_get(json, "signature"));
    const size_t size = strlen(text);
    unsigned char *bytes = apr_palloc(seeds->pool, size);
    const int padded = EVP_DecodeBlock(bytes, (const unsigned char *)text, (int)size);

    const int padding = (text[size - 1] == '=') + (text[size - 2] == '=');
    json_decref(json);
    return (span_t){(const char *)bytes, (apr_size_t)(padded - padding)};
}

static void token(const seeds_t *seeds, int signer)
{
    const char *seed = apr_psprintf(seeds->pool, "%d", signer), choice[] = {(char)signer, (char)signer};
    EVP_PKEY *key = pki_key(fuzz_token_signers[signer]);
    X509 *x509 = pki_certificate(fuzz_token_signers[signer]);
    span_t bytes;

    FUZZ_HOLDS(cert_token_make(&bytes, key, x509, SPAN(FUZZ_ORIGIN), SPAN(FUZZ_NONCE), "seed", seeds->pool) ==
               APR_SUCCESS);
    put(seeds, "fuzz_token", seed, bytes);
    put_choice(seeds, "fuzz_signature", seed, (span_t){choice, sizeof choice}, signature_of(seeds, bytes));
    EVP_PKEY_free(key);
    X509_free(x509);
}

static void form(const seeds_t *seeds, int signer)
{
    EVP_PKEY *key = pki_key(fuzz_form_signers[signer]);
    X509 *x509 = pki_certificate(fuzz_form_signers[signer]);
    span_t bytes;

    FUZZ_HOLDS(cert_cms_make(&bytes, key, x509, SPAN(FUZZ_CONTENT), seeds->pool) == APR_SUCCESS);
    put(seeds, "fuzz_cms", apr_psprintf(seeds->pool, "%d", signer), bytes);
    EVP_PKEY_free(key);
    X509_free(x509);
}

#define DIGEST "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static void messages(const seeds_t *seeds)
{
    const manifest_line_t lines[] = {{SPAN("kana"), SPAN("氏名カナ"), SPAN("カワサキタロウ")},
                                     {SPAN("note"), SPAN("備考"), SPAN("一行目\n\t二行目\\")}};
    const manifest_t manifest = {
        .rules = SPAN(DIGEST),
        .city = SPAN("kawasaki"),
        .flow = SPAN("jpki.register"),
        .origin = SPAN(FUZZ_ORIGIN),
        .nonce = SPAN(FUZZ_NONCE),
        .at = apr_time_from_sec(1800000000),
        .lines = lines,
        .count = 2,
    };
    const answer_t answers[] = {
        {.id = SPAN("a1"), .tries = ANSWER_TRIES_UNKNOWN, .token = SPAN("{\"format\":\"web-eid:1.0\"}")},
        {.id = SPAN("a2"), .tries = ANSWER_TRIES_UNKNOWN, .cms = SPAN("\x30\x03\x02\x01\x01")},
        {.id = SPAN("a3"), .code = WIRE_PIN_WRONG, .tries = 2, .holder = SPAN(DIGEST)},
        {.id = SPAN("a4"),
         .tries = ANSWER_TRIES_UNKNOWN,
         .has_info = true,
         .info = {.source = SPAN("card"),
                  .reader = SPAN("Virtual PCD 00 00"),
                  .card = SPAN("my-number-card"),
                  .insertion = SPAN("0001"),
                  .holder = SPAN(DIGEST),
                  .has_signing = true,
                  .signing_tries = 5,
                  .authentication_tries = 3}},
    };
    const message_t message = {.request = SPAN("e30.e30.AAAA"), .origin = SPAN(FUZZ_ORIGIN), .has_pin = true};
    span_t bytes;

    if (manifest_encode(&bytes, &manifest, seeds->pool)) abort();
    put(seeds, "fuzz_answer", "manifest", bytes);
    for (int i = 0; i < 4; i++)
        put(seeds, "fuzz_answer", apr_psprintf(seeds->pool, "answer%d", i), answer_encode(&answers[i], seeds->pool));
    put(seeds, "fuzz_answer", "message", message_encode(&message, seeds->pool));
    put(seeds, "fuzz_request", "info",
        SPAN("{\"id\":\"a\",\"operation\":\"info\",\"source\":\"card\",\"origin\":\"" FUZZ_ORIGIN
             "\",\"nonce\":\"" FUZZ_NONCE "\",\"iat\":1799999990,\"exp\":1800000100}"));
    put(seeds, "fuzz_request", "sign",
        SPAN("{\"id\":\"a\",\"operation\":\"sign\",\"source\":\"file\",\"origin\":\"" FUZZ_ORIGIN
             "\",\"nonce\":\"" FUZZ_NONCE
             "\",\"iat\":1799999990,\"exp\":1800000100,\"manifest\":\"kawasaki-manifest 1\\n\"}"));
}

/* A card's answers, one after another, as fuzz_apdu.c takes them. */
typedef struct {
    char bytes[8192];
    apr_size_t size;
} card_t;

static void add(card_t *card, const char *data, apr_size_t size, const char status[3])
{
    card->bytes[card->size++] = (char)(size + 2);
    memcpy(card->bytes + card->size, data, size);
    memcpy(card->bytes + card->size + size, status, 2);
    card->size += size + 2;
}

#define OK "\x90\x00"

/* The two parts of a certificate of 300 bytes, as far as its head goes; the second may be cut into several. */
static void add_certificate(card_t *card)
{
    char part[256] = "\x30\x82\x01\x28";

    add(card, part, 250, OK);
    memset(part, 'c', sizeof part);
    add(card, part, 50, OK);
}

/* With the authentication certificate, or without it and with one of an authority's. */
static void add_identity(card_t *card, char key)
{
    if (key == SOURCE_SIGNING) {
        add(card, "", 0, "\x6A\x82");
        add(card, "", 0, "\x6A\x82");
    }
    add(card, "", 0, OK);
    add_certificate(card);
}

/* A good card, in the order of fuzz_apdu.c: selected, label, presence, identity, tries, PIN, certificate, signature. */
static void card(const seeds_t *seeds, char key, const char *label, const char *name)
{
    card_t card = {.bytes = {key}, .size = 1};
    char signature[248] = {1};

    add(&card, "", 0, OK);
    add(&card, "", 0, OK);
    add(&card, label, 32, OK);
    add(&card, "", 0, OK);
    add(&card, "\x8F\x8F", 3, OK);
    add_identity(&card, key);
    add(&card, "", 0, OK);
    add(&card, "", 0, "\x63\xC3");
    add(&card, "", 0, OK);
    add(&card, "", 0, OK);
    add(&card, "", 0, OK);
    add_certificate(&card);
    add(&card, "", 0, OK);
    add(&card, "", 0, "\x61\x08");
    add(&card, signature, sizeof signature, "\x61\x08");
    add(&card, signature, 8, OK);
    put(seeds, "fuzz_apdu", name, (span_t){card.bytes, card.size});
}

/* An answer in as many parts as there is room for: the same one again and again. */
static void chain(const seeds_t *seeds)
{
    card_t card = {.size = 1};
    char part[248] = {0};

    add(&card, part, sizeof part, "\x61\xF8");
    memset(card.bytes + card.size, 0, 15);
    card.size += 15;
    add(&card, "", 0, OK);
    put(seeds, "fuzz_apdu", "chain", (span_t){card.bytes, card.size});
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: seeds CORPUS\n");
        return 2;
    }
    apr_initialize();
    seeds_t seeds = {.corpus = argv[1]};
    apr_pool_create(&seeds.pool, NULL);
    certificates(&seeds);
    for (int i = 0; i < FUZZ_SIGNERS; i++) {
        token(&seeds, i);
        form(&seeds, i);
    }
    messages(&seeds);
    card(&seeds, SOURCE_AUTHENTICATION, "JPKIAPICCTOKEN2                 ", "authentication");
    card(&seeds, SOURCE_SIGNING, "JPKIAPICCTOKEN                  ", "signing");
    chain(&seeds);
    return 0;
}
