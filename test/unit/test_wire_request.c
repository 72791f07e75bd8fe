/* SPDX-License-Identifier: Apache-2.0
 *
 * wire/request: what a helper takes for its city's request, and that nothing else is one. Payloads that the program
 * itself would never write are signed here with the right key, so that each is refused for its own fault.
 */
#include "base/error.h"
#include "base/secret.h"
#include "test.h"
#include "wire/request.h"

#include <openssl/evp.h>
#include <stdlib.h>

#define ISSUED 1795339474 /* 2026-11-22T09:24:34Z */
#define ORIGIN "https://madoguchi.example.jp"
#define NONCE  "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
#define HEADER "{\"alg\":\"EdDSA\"}"

static const unsigned char seed[REQUEST_KEY_SIZE] = "a seed of the city's, 32 bytes..";
static const unsigned char foreign_seed[REQUEST_KEY_SIZE] = "a seed of somebody else, 32 too!";

static apr_pool_t *pool;
static request_pin_t ours, foreign;

static int begin(void **state)
{
    pool = test_pool(state);
    ours.origin = ORIGIN;
    foreign.origin = "https://elsewhere.example.jp";
    return request_public_key(ours.key, seed) == APR_SUCCESS &&
                   request_public_key(foreign.key, foreign_seed) == APR_SUCCESS
               ? 0
               : -1;
}

static request_t sample(void)
{
    return (request_t){.id = SPAN("request-1_A"),
                       .operation = REQUEST_SIGN,
                       .source = REQUEST_FILE,
                       .origin = SPAN(ORIGIN),
                       .nonce = SPAN(NONCE),
                       .issued_at = apr_time_from_sec(ISSUED),
                       .expires_at = apr_time_from_sec(ISSUED + 300),
                       .manifest = SPAN("氏名\t川崎 \"太郎\"\\n\n")};
}

static span_t seal(const request_t *request)
{
    span_t jws = SPAN("");
    assert_int_equal(request_seal(&jws, request, seed, pool), APR_SUCCESS);
    return jws;
}

static wire_code_t open_at(span_t jws, apr_time_t now)
{
    request_t request;
    return request_open(&request, jws, &ours, 1, now, pool);
}

static wire_code_t open_now(span_t jws)
{
    return open_at(jws, apr_time_from_sec(ISSUED));
}

/* A JWS of any header and payload, signed well. */
static span_t forge(span_t header, span_t payload)
{
    unsigned char signature[64];
    size_t size = sizeof signature;
    EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, seed, sizeof seed);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    const char *text = apr_pstrcat(pool, secret_base64url(pool, (const unsigned char *)header.at, header.size), ".",
                                   secret_base64url(pool, (const unsigned char *)payload.at, payload.size), NULL);

    assert_int_equal(EVP_DigestSignInit(context, NULL, NULL, NULL, key), 1);
    assert_int_equal(EVP_DigestSign(context, signature, &size, (const unsigned char *)text, strlen(text)), 1);
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    return span_of(apr_pstrcat(pool, text, ".", secret_base64url(pool, signature, sizeof signature), NULL));
}

static wire_code_t open_payload(span_t payload)
{
    return open_now(forge(SPAN(HEADER), payload));
}

static void a_request_comes_back_as_it_was_sealed(void **state)
{
    const request_t sent = sample();
    request_t got;

    (void)state;
    assert_int_equal(request_open(&got, seal(&sent), &ours, 1, sent.issued_at, pool), WIRE_OK);
    assert_true(span_equal(got.id, sent.id));
    assert_int_equal(got.operation, REQUEST_SIGN);
    assert_int_equal(got.source, REQUEST_FILE);
    assert_true(span_equal(got.origin, sent.origin));
    assert_true(span_equal(got.nonce, sent.nonce));
    assert_true(got.issued_at == sent.issued_at && got.expires_at == sent.expires_at);
    assert_true(span_equal(got.manifest, sent.manifest));

    for (int operation = REQUEST_INFO; operation <= REQUEST_AUTH; operation++) {
        request_t bare = sample();
        bare.operation = (request_operation_t)operation;
        bare.source = REQUEST_CARD;
        bare.manifest = SPAN("");
        assert_int_equal(request_open(&got, seal(&bare), &ours, 1, bare.issued_at, pool), WIRE_OK);
        assert_int_equal(got.operation, operation);
        assert_int_equal(got.source, REQUEST_CARD);
        assert_int_equal(got.manifest.size, 0);
    }
}

static void the_characters_are_those_of_rfc_8037(void **state)
{
    /* RFC 8037 appendix A.1 and A.2; the header of appendix A.4 is the one here. */
    static const char known_seed[] = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A";
    static const char known_key[] = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
    unsigned char bytes[REQUEST_KEY_SIZE], expected[REQUEST_KEY_SIZE], key[REQUEST_KEY_SIZE];

    (void)state;
    assert_int_equal(secret_base64url_decode(span_of(known_seed), bytes, sizeof bytes), APR_SUCCESS);
    assert_int_equal(secret_base64url_decode(span_of(known_key), expected, sizeof expected), APR_SUCCESS);
    assert_int_equal(request_public_key(key, bytes), APR_SUCCESS);
    assert_memory_equal(key, expected, sizeof key);

    /* Signed as this program does it, and as the test does it: Ed25519 is deterministic. */
    request_t request = sample();
    span_t jws = seal(&request);
    span_t again = forge(SPAN(HEADER),
                         SPAN("{\"id\":\"request-1_A\",\"operation\":\"sign\",\"source\":\"file\",\"origin\":\"" ORIGIN
                              "\",\"nonce\":\"" NONCE "\",\"iat\":1795339474,\"exp\":1795339774,"
                              "\"manifest\":\"氏名\\t川崎 \\\"太郎\\\"\\\\n\\n\"}"));
    assert_true(span_equal(jws, again));
}

/* At each place the next letter (which at the end of a part differs in bits that stand for nothing) and a strange one.
 */
static void every_altered_character_is_seen(void **state)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    static const char strange[] = "=.\n+/ ";
    const request_t request = sample();
    span_t jws = seal(&request);
    char *text = span_text(pool, jws);

    (void)state;
    assert_int_equal(open_now((span_t){text, jws.size}), WIRE_OK);
    for (apr_size_t i = 0; i < jws.size; i++) {
        const char *letter = strchr(alphabet, jws.at[i]);
        text[i] = letter && letter[1] ? letter[1] : 'A';
        assert_int_equal(open_now((span_t){text, jws.size}), WIRE_REQUEST_INVALID);
        text[i] = strange[i % (sizeof strange - 1)];
        if (text[i] != jws.at[i]) assert_int_equal(open_now((span_t){text, jws.size}), WIRE_REQUEST_INVALID);
        text[i] = jws.at[i];
    }
}

/* Each piece stands in memory of its own size: sanitizers and valgrind see a read behind it. */
static void every_cut_is_refused(void **state)
{
    const request_t request = sample();
    span_t jws = seal(&request);

    (void)state;
    for (apr_size_t size = 0; size < jws.size; size++) {
        char *piece = malloc(size + 1);
        assert_non_null(piece);
        memcpy(piece + 1, jws.at, size);
        assert_int_equal(open_now((span_t){piece + 1, size}), WIRE_REQUEST_INVALID);
        memcpy(piece + 1, jws.at + jws.size - size, size);
        assert_int_equal(open_now((span_t){piece + 1, size}), WIRE_REQUEST_INVALID);
        free(piece);
    }
    assert_int_equal(open_now((span_t){apr_pstrcat(pool, jws.at, "A", NULL), jws.size + 1}), WIRE_REQUEST_INVALID);
}

static void only_pinned_keys_count_each_for_its_origin(void **state)
{
    const request_t sent = sample();
    const request_pin_t both[] = {foreign, ours};
    request_pin_t wrong_origin = ours;
    request_t got;
    span_t jws = seal(&sent), by_other;

    (void)state;
    assert_int_equal(request_open(&got, jws, NULL, 0, sent.issued_at, pool), WIRE_REQUEST_INVALID);
    assert_int_equal(request_open(&got, jws, &foreign, 1, sent.issued_at, pool), WIRE_REQUEST_INVALID);
    assert_int_equal(got.id.size, 0); /* nobody vouches for it */
    assert_int_equal(request_open(&got, jws, both, 2, sent.issued_at, pool), WIRE_OK);

    assert_int_equal(request_seal(&by_other, &sent, foreign_seed, pool), APR_SUCCESS);
    assert_int_equal(request_open(&got, by_other, both, 2, sent.issued_at, pool), WIRE_ORIGIN_DENIED);
    assert_true(span_equal(got.id, sent.id));
    assert_int_equal(got.manifest.size, 0);

    wrong_origin.origin = ORIGIN ":8443";
    assert_int_equal(request_open(&got, jws, &wrong_origin, 1, sent.issued_at, pool), WIRE_ORIGIN_DENIED);
    const request_pin_t same_key_twice[] = {wrong_origin, ours};
    assert_int_equal(request_open(&got, jws, same_key_twice, 2, sent.issued_at, pool), WIRE_OK);
    wrong_origin.origin = "https://madoguchi.example.j";
    assert_int_equal(request_open(&got, jws, &wrong_origin, 1, sent.issued_at, pool), WIRE_ORIGIN_DENIED);
}

static void it_counts_in_its_time_only(void **state)
{
    const request_t request = sample();
    const apr_time_t first = request.issued_at - apr_time_from_sec(REQUEST_SKEW), last = request.expires_at;
    span_t jws = seal(&request);
    request_t got;

    (void)state;
    assert_int_equal(open_at(jws, first), WIRE_OK);
    assert_int_equal(open_at(jws, last), WIRE_OK);
    assert_int_equal(open_at(jws, first - 1), WIRE_REQUEST_INVALID);
    assert_int_equal(open_at(jws, last + 1), WIRE_REQUEST_INVALID);
    assert_int_equal(open_at(jws, 0), WIRE_REQUEST_INVALID);
    assert_int_equal(request_open(&got, jws, &ours, 1, last + 1, pool), WIRE_REQUEST_INVALID);
    assert_true(span_equal(got.id, request.id)); /* the answer says whose time is up */
    assert_int_equal(got.manifest.size, 0);
}

static void other_headers_are_refused(void **state)
{
    static const char *const headers[] = {
        "{\"alg\":\"none\"}",
        "{\"alg\": \"EdDSA\"}",
        "{\"alg\":\"EdDSA\",\"kid\":\"1\"}",
        "{\"alg\":\"HS256\"}",
        "{}",
        "{\"ALG\":\"EdDSA\"}",
        "",
    };
    const request_t request = sample();
    span_t jws = seal(&request);

    (void)state;
    span_t payload = SPAN("{\"id\":\"a\",\"operation\":\"info\",\"source\":\"card\",\"origin\":\"" ORIGIN
                          "\",\"nonce\":\"" NONCE "\",\"iat\":1795339474,\"exp\":1795339475}");
    assert_int_equal(open_payload(payload), WIRE_OK);
    for (apr_size_t i = 0; i < sizeof headers / sizeof *headers; i++)
        assert_int_equal(open_now(forge(span_of(headers[i]), payload)), WIRE_REQUEST_INVALID);
    /* The general and the flattened form of a JWS are none here. */
    assert_int_equal(open_now(span_of(apr_psprintf(pool, "[\"%s\"]", jws.at))), WIRE_REQUEST_INVALID);
    assert_int_equal(open_now(span_of(apr_pstrcat(pool, " ", jws.at, NULL))), WIRE_REQUEST_INVALID);
}

/* Well signed, by the right key; what is in it is wrong. */
static void wrong_payloads_are_refused(void **state)
{
#define REST  ",\"origin\":\"" ORIGIN "\",\"nonce\":\"" NONCE "\""
#define FRONT "{\"id\":\"a\",\"operation\":\"auth\",\"source\":\"card\"" REST
#define TIMES ",\"iat\":1795339474,\"exp\":1795339475"
    static const span_t payloads[] = {
        SPAN(""),
        SPAN("null"),
        SPAN("[]"),
        SPAN("{}"),
        SPAN("\"text\""),
        SPAN(FRONT TIMES),
        SPAN(FRONT TIMES "} "
                         "{}"),
        SPAN(FRONT TIMES "}x"),
        SPAN(FRONT TIMES "}\0"),
        SPAN(FRONT TIMES ",}"),
        SPAN("\xEF\xBB\xBF" FRONT TIMES "}"),
        SPAN(FRONT TIMES ",\"more\":1}"),
        SPAN(FRONT TIMES ",\"iat\":1795339474}"),
        SPAN(FRONT TIMES ",\"\\u0069at\":1795339474}"),
        SPAN(FRONT TIMES ",\"manifest\":\"\"}"),
        SPAN(FRONT TIMES ",\"manifest\":\"x\"}"),
        SPAN(FRONT TIMES ",\"manifest\":null}"),
        SPAN(FRONT ",\"iat\":1795339474}"),
        SPAN(FRONT ",\"exp\":1795339474}"),
        SPAN(FRONT ",\"iat\":1795339474.0,\"exp\":1795339475}"),
        SPAN(FRONT ",\"iat\":1.795339474e9,\"exp\":1795339475}"),
        SPAN(FRONT ",\"iat\":\"1795339474\",\"exp\":1795339475}"),
        SPAN(FRONT ",\"iat\":true,\"exp\":1795339475}"),
        SPAN(FRONT ",\"iat\":01795339474,\"exp\":1795339475}"),
        SPAN(FRONT ",\"iat\":1795339474,\"exp\":1795339474}"),
        SPAN(FRONT ",\"iat\":1795339474,\"exp\":1795339473}"),
        SPAN(FRONT ",\"iat\":1795339474,\"exp\":1795339775}"),
        SPAN(FRONT ",\"iat\":-1,\"exp\":1795339475}"),
        SPAN(FRONT ",\"iat\":1795339474,\"exp\":253402300800}"),
        SPAN(FRONT ",\"iat\":1795339474,\"exp\":9223372036854775807}"),
        SPAN(FRONT
             ",\"iat\":1795339474,\"exp\":18448539413184}"), /* in microseconds comes round to a moment after iat */
        SPAN(FRONT ",\"iat\":1795339474,\"exp\":9223372036854775808}"),
        SPAN(FRONT ",\"iat\":-9223372036854775808,\"exp\":1795339475}"),
        SPAN("{\"operation\":\"auth\",\"source\":\"card\"" REST TIMES "}"),
        SPAN("{\"id\":\"a\",\"source\":\"card\"" REST TIMES "}"),
        SPAN("{\"id\":\"a\",\"operation\":\"auth\",\"source\":\"card\",\"nonce\":\"" NONCE "\"" TIMES "}"),
        SPAN("{\"id\":\"a\",\"operation\":\"auth\",\"source\":\"card\",\"origin\":\"" ORIGIN "\"" TIMES "}"),
        SPAN("{\"id\":\"a\",\"operation\":\"sign\",\"source\":\"card\"" REST TIMES "}"),
        SPAN("{\"id\":\"a\",\"operation\":\"AUTH\",\"source\":\"card\"" REST TIMES "}"),
        SPAN("{\"id\":\"a\",\"operation\":1,\"source\":\"card\"" REST TIMES "}"),
        SPAN("{\"id\":\"a b\",\"operation\":\"auth\",\"source\":\"card\"" REST TIMES "}"),
        SPAN("{\"id\":1,\"operation\":\"auth\",\"source\":\"card\"" REST TIMES "}"),
        SPAN("{\"id\":\"a\",\"operation\":\"auth\",\"source\":\"card\",\"origin\":\"" ORIGIN "/\",\"nonce\":\"" NONCE
             "\"" TIMES "}"),
        SPAN("{\"id\":\"a\",\"operation\":\"auth\",\"source\":\"card\",\"origin\":\"" ORIGIN "\",\"nonce\":\"A" NONCE
             "\"" TIMES "}"),
        SPAN("{\"id\":\"a\",\"operation\":\"auth\"" REST TIMES "}"),
        SPAN("{\"id\":\"a\",\"operation\":\"auth\",\"source\":\"\"" REST TIMES "}"),
        SPAN("{\"id\":\"a\",\"operation\":\"auth\",\"source\":\"p12\"" REST TIMES "}"),
        SPAN("{\"id\":\"a\",\"operation\":\"auth\",\"source\":\"Card\"" REST TIMES "}"),
        SPAN("{\"id\":\"a\",\"operation\":\"auth\",\"source\":\"card \"" REST TIMES "}"),
        SPAN("{\"id\":\"a\",\"operation\":\"auth\",\"source\":0" REST TIMES "}"),
        SPAN("{\"id\":\"a\",\"operation\":\"auth\",\"source\":null" REST TIMES "}"),
        SPAN("{\"id\":\"a\",\"operation\":\"auth\",\"source\":[\"card\",\"file\"]" REST TIMES "}"),
        SPAN(FRONT TIMES ",\"source\":\"card\"}"),
        SPAN(FRONT TIMES ",\"source\":\"file\"}"),
    };

    (void)state;
    assert_int_equal(open_payload(SPAN(FRONT TIMES "}")), WIRE_OK);
    assert_int_equal(open_payload(SPAN(" " FRONT TIMES " } \n")), WIRE_OK); /* only the signature is over characters */
    assert_int_equal(open_payload(SPAN(FRONT ",\"iat\":1795339474,\"exp\":1795339774}")), WIRE_OK);
    for (apr_size_t i = 0; i < sizeof payloads / sizeof *payloads; i++)
        if (open_payload(payloads[i]) != WIRE_REQUEST_INVALID) fail_msg("taken: %s", payloads[i].at);
}

/* All three need one, and take both. */
static void each_operation_says_its_source(void **state)
{
    static const char *const ends[] = {"info\"%s" REST TIMES "}", "auth\"%s" REST TIMES "}",
                                       "sign\"%s" REST TIMES ",\"manifest\":\"x\"}"};

    (void)state;
    for (int i = 0; i < 3; i++) {
        const char *form = apr_pstrcat(pool, "{\"id\":\"a\",\"operation\":\"", ends[i], NULL);
        assert_int_equal(open_payload(span_of(apr_psprintf(pool, form, ",\"source\":\"card\""))), WIRE_OK);
        assert_int_equal(open_payload(span_of(apr_psprintf(pool, form, ",\"source\":\"file\""))), WIRE_OK);
        assert_int_equal(open_payload(span_of(apr_psprintf(pool, form, ""))), WIRE_REQUEST_INVALID);
    }
}

static wire_code_t open_manifest(const char *manifest)
{
    return open_payload(span_of(
        apr_pstrcat(pool, "{\"id\":\"a\",\"operation\":\"sign\",\"source\":\"card\"" REST TIMES ",\"manifest\":\"",
                    manifest, "\"}", NULL)));
}

static void manifests_are_unicode(void **state)
{
    static const char *const wrong[] = {"\\u0000",      "a\\u0000b", "\xC0\x80", "\xC0\xAF", "\xE0\x80\xAF",
                                        "\xED\xA0\x80", "\\ud800",   "\xFF",     "\xE6\xB0", "\xF4\x90\x80\x80",
                                        "a\nb",         "\\x41",     "\x01",     "\\u00"};

    (void)state;
    assert_int_equal(open_manifest("x"), WIRE_OK);
    assert_int_equal(open_manifest("\\u6c0f\\ud842\\udfb7 𠮷\\t\\n\x7F"), WIRE_OK);
    for (apr_size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (open_manifest(wrong[i]) != WIRE_REQUEST_INVALID) fail_msg("taken: case %d", (int)i);
}

static void assert_unsealable(const request_t *request)
{
    span_t jws;
    assert_int_equal(request_seal(&jws, request, seed, pool), BASE_EMALFORMED);
}

static void what_nobody_would_open_is_not_sealed(void **state)
{
    request_t request = sample();

    (void)state;
    request.issued_at += 1;
    assert_unsealable(&request);
    request = sample();
    request.expires_at += 1;
    assert_unsealable(&request);
    request = sample();
    request.expires_at += apr_time_from_sec(1);
    assert_unsealable(&request);
    request = sample();
    request.expires_at = request.issued_at;
    assert_unsealable(&request);
    request = sample();
    request.issued_at = -apr_time_from_sec(1);
    request.expires_at = apr_time_from_sec(1);
    assert_unsealable(&request);
    request = sample();
    request.operation = REQUEST_INFO;
    assert_unsealable(&request);
    request = sample();
    request.operation = (request_operation_t)3;
    assert_unsealable(&request);
    request = sample();
    request.source = REQUEST_SOURCES;
    assert_unsealable(&request);
    request = sample();
    request.manifest = SPAN("");
    assert_unsealable(&request);
    request = sample();
    request.manifest = SPAN("a\0b");
    assert_unsealable(&request);
    request = sample();
    request.manifest = SPAN("\xC0\x80");
    assert_unsealable(&request);
    request = sample();
    request.id = SPAN("a\0");
    assert_unsealable(&request);
    request = sample();
    request.origin = SPAN(ORIGIN "/");
    assert_unsealable(&request);
    request = sample();
    request.nonce.size--;
    assert_unsealable(&request);
}

/* The longest manifest whose request still fits, and one byte more. */
static void the_size_has_an_end(void **state)
{
    static char much[REQUEST_MAX];
    request_t request = sample();
    apr_size_t most = 0;
    span_t jws;

    (void)state;
    memset(much, 'x', sizeof much);
    for (apr_size_t step = sizeof much / 2; step; step /= 2) {
        request.manifest = (span_t){much, most + step};
        if (request_seal(&jws, &request, seed, pool) == APR_SUCCESS) most += step;
    }
    request.manifest.size = most;
    jws = seal(&request);
    assert_in_range(jws.size, REQUEST_MAX - 2, REQUEST_MAX);
    assert_int_equal(open_now(jws), WIRE_OK);
    request.manifest.size = most + 1;
    assert_int_equal(request_seal(&jws, &request, seed, pool), BASE_ETOOBIG);
    span_t payload = {much, REQUEST_MAX / 4 * 3};
    assert_int_equal(open_payload(payload), WIRE_REQUEST_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_comes_back_as_it_was_sealed),
        cmocka_unit_test(the_characters_are_those_of_rfc_8037),
        cmocka_unit_test(every_altered_character_is_seen),
        cmocka_unit_test(every_cut_is_refused),
        cmocka_unit_test(only_pinned_keys_count_each_for_its_origin),
        cmocka_unit_test(it_counts_in_its_time_only),
        cmocka_unit_test(other_headers_are_refused),
        cmocka_unit_test(wrong_payloads_are_refused),
        cmocka_unit_test(each_operation_says_its_source),
        cmocka_unit_test(manifests_are_unicode),
        cmocka_unit_test(what_nobody_would_open_is_not_sealed),
        cmocka_unit_test(the_size_has_an_end),
    };
    return cmocka_run_group_tests(tests, begin, test_pool_drop);
}
