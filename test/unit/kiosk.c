/* SPDX-License-Identifier: Apache-2.0 */
#include "kiosk.h"

#include "cert/cms.h"
#include "cert/token.h"
#include "certificates.h"
#include "flow/certificate.h"
#include "session/challenge.h"
#include "test.h"

#include <apr_file_info.h>
#include <stdatomic.h>

static const unsigned char seed[REQUEST_KEY_SIZE] = "a seed of 32 bytes for this test";

/* --- The helper --- */

static void sign(const kiosk_t *kiosk, answer_t *answer, const request_t *asked, apr_pool_t *pool)
{
    const kiosk_helper_t *helper = &kiosk->helper;
    const char *usual = asked->operation == REQUEST_SIGN ? "card/sign" : "card/auth";
    EVP_PKEY *key = certificates_key(kiosk->directory, helper->key ? helper->key : usual, pool);
    X509 *x509 = certificates_x509(kiosk->directory, helper->certificate ? helper->certificate : usual, pool);
    const span_t origin = helper->origin ? span_of(helper->origin) : asked->origin;
    const span_t nonce = helper->nonce ? span_of(helper->nonce) : asked->nonce;

    if (asked->operation == REQUEST_SIGN)
        assert_int_equal(cert_cms_make(&answer->cms, key, x509, asked->manifest, pool), APR_SUCCESS);
    else
        assert_int_equal(cert_token_make(&answer->token, key, x509, origin, nonce, "test", pool), APR_SUCCESS);
}

static void answer_info(kiosk_helper_t *helper, answer_t *answer)
{
    helper->infos++;
    answer->code = helper->gone ? helper->code[REQUEST_INFO] : WIRE_OK;
    answer->has_info = !helper->gone && !helper->silent;
    answer->info = helper->info;
}

static void answer_task(kiosk_t *kiosk, answer_t *answer, const request_t *asked, const message_t *message, span_t pin,
                        apr_pool_t *pool)
{
    kiosk_helper_t *helper = &kiosk->helper;

    helper->tasks++;
    helper->had_pin = message->has_pin;
    helper->had_last_try = message->last_try;
    apr_cpystrn(helper->pin, span_text(pool, pin), sizeof helper->pin);
    if (helper->meanwhile) helper->meanwhile();
    answer->holder = helper->holder;
    answer->code = helper->code[asked->operation];
    answer->tries = helper->tries;
    if (answer->code == WIRE_OK && !helper->silent) sign(kiosk, answer, asked, pool);
}

static void ask(void *context, const message_t *message, span_t pin, answer_t *answer, apr_pool_t *pool)
{
    kiosk_t *kiosk = context;
    request_pin_t trusted = {.origin = KIOSK_ORIGIN};
    request_t asked;

    assert_int_equal(request_public_key(trusted.key, seed), APR_SUCCESS);
    assert_int_equal(request_open(&asked, message->request, &trusted, 1, apr_time_now(), pool), WIRE_OK);
    assert_int_equal(message->has_pin, pin.size > 0);
    kiosk->helper.last = asked;
    *answer = (answer_t){.tries = ANSWER_TRIES_UNKNOWN};
    if (asked.operation == REQUEST_INFO)
        answer_info(&kiosk->helper, answer);
    else
        answer_task(kiosk, answer, &asked, message, pin, pool);
    answer->id = kiosk->helper.id ? span_of(kiosk->helper.id) : asked.id;
}

/* --- The world --- */

static apr_status_t put_record(void *context, const unsigned char *key, const unsigned char *record, unsigned int size,
                               apr_time_t expires_at, apr_pool_t *pool)
{
    kiosk_drawer_t *drawer = context;
    (void)expires_at;
    (void)pool;
    memcpy(drawer->hash, key, sizeof drawer->hash);
    memcpy(drawer->bytes, record, size);
    drawer->size = size;
    return APR_SUCCESS;
}

static apr_status_t get_record(void *context, const unsigned char *key, unsigned char *buffer, unsigned int *size,
                               apr_pool_t *pool)
{
    const kiosk_drawer_t *drawer = context;
    (void)pool;
    if (drawer->size == 0 || memcmp(drawer->hash, key, sizeof drawer->hash) != 0) return APR_NOTFOUND;
    memcpy(buffer, drawer->bytes, drawer->size);
    *size = drawer->size;
    return APR_SUCCESS;
}

rules_t *kiosk_rules(kiosk_t *kiosk, const char *file, const char *more)
{
    rules_compiled_t compiled;
    rules_t *rules = NULL;
    const char *why = "", *path;
    char *root;

    assert_int_equal(apr_filepath_get(&root, 0, kiosk->pool), APR_SUCCESS);
    path = database_file(&kiosk->database, "city.rules",
                         apr_pstrcat(kiosk->pool, "include \"", root, "/", file, "\"\n", more, NULL));
    if (rules_compile(&compiled, path, kiosk->pool) != APR_SUCCESS) {
        for (int i = 0; i < compiled.mistakes->nelts; i++)
            print_error("%s\n", rules_mistake_text(&APR_ARRAY_IDX(compiled.mistakes, i, rules_mistake_t), kiosk->pool));
        fail();
    }
    if (rules_open(&rules, compiled.image, &why, kiosk->pool) != APR_SUCCESS) fail_msg("%s", why);
    return rules;
}

static bool open_certificates(kiosk_t *kiosk)
{
    cert_trust_t *trust;
    const char *why;

    kiosk->directory = certificates_make(kiosk->pool);
    if (cert_trust_load(&trust, apr_pstrcat(kiosk->pool, kiosk->directory, "/trust", NULL), &why, kiosk->pool))
        return false;
    kiosk->known.trust = trust;
    return cert_lists_open(&kiosk->known.lists, apr_pstrcat(kiosk->pool, kiosk->directory, "/crl", NULL),
                           &kiosk->database.port, kiosk->pool) == APR_SUCCESS;
}

/* All but certificates, helper and clock. */
static void open_ports(kiosk_t *kiosk)
{
    kiosk->ports = (flow_ports_t){
        .store = kiosk->database.store, .cache = &kiosk->cache, .limits = &kiosk->limits, .log = &kiosk->database.port};
}

static bool open_desk(kiosk_t *kiosk, const char *more)
{
    const char *why;

    memset(kiosk, 0, sizeof *kiosk);
    if (!database_make_ready(&kiosk->database)) return false;
    kiosk->elsewhere = database_connect(&kiosk->database);
    kiosk->pool = kiosk->database.pool;
    kiosk->cache = (session_cache_t){{get_record, put_record, &kiosk->drawer}, &kiosk->epochs};
    kiosk->limits = (limit_ports_t){.store = kiosk->database.store, .key = SPAN("a key for this test, 32 bytes lg")};
    open_ports(kiosk);
    kiosk->rules = kiosk_rules(kiosk, KIOSK_CITY_RULES, more);
    return kiosk->elsewhere && page_set_load(&kiosk->pages, "htdocs/templates", view_key_names, VIEW_KEY_COUNT, &why,
                                             kiosk->pool) == APR_SUCCESS;
}

bool kiosk_make_desk(kiosk_t *kiosk)
{
    return open_desk(kiosk, "");
}

bool kiosk_make(kiosk_t *kiosk, const char *more)
{
    return open_desk(kiosk, more) && open_certificates(kiosk);
}

void kiosk_drop(kiosk_t *kiosk)
{
    database_drop(&kiosk->database);
}

int kiosk_tear_down(void **state)
{
    kiosk_drop(*state);
    return 0;
}

span_t kiosk_holder(const kiosk_t *kiosk, int number)
{
    return span_of(apr_psprintf(kiosk->pool, "%064x", number));
}

void kiosk_reset(kiosk_t *kiosk)
{
    static int holders;
    kiosk_helper_t *helper = &kiosk->helper;

    memset(helper, 0, sizeof *helper);
    memset(&kiosk->visit, 0, sizeof kiosk->visit);
    helper->holder = kiosk_holder(kiosk, ++holders);
    helper->info = (answer_info_t){.source = SPAN("card"),
                                   .reader = SPAN("<Reader> 00"),
                                   .card = SPAN("my-number-card"),
                                   .insertion = SPAN("7"),
                                   .holder = helper->holder,
                                   .has_signing = true,
                                   .has_authentication = true,
                                   .signing_tries = 5,
                                   .authentication_tries = 3};
    kiosk->port = (flow_helper_t){.ask = ask,
                                  .context = kiosk,
                                  .seen = kiosk->seen,
                                  .patience = apr_time_from_sec(20),
                                  .origin = KIOSK_ORIGIN,
                                  .seed = seed};
    atomic_store(&kiosk->clock.offset, 0);
    clock_start(&kiosk->clock, 0);
    open_ports(kiosk);
    kiosk->ports.clock = &kiosk->clock;
    kiosk->ports.certificates = &kiosk->known;
    kiosk->ports.helper = &kiosk->port;
    kiosk->database.log[0] = '\0';
}

int kiosk_set_up(void **state)
{
    kiosk_reset(*state);
    return 0;
}

/* --- Asking --- */

flow_request_t kiosk_request(kiosk_t *kiosk, const char *form, const char *action)
{
    kiosk->outcome = (flow_outcome_t){.result = FLOW_BAD_REQUEST};
    memset(kiosk->seen, 0, sizeof kiosk->seen);
    return (flow_request_t){.ports = &kiosk->ports,
                            .rules = kiosk->rules,
                            .visit = &kiosk->visit,
                            .csrf = SPAN(KIOSK_BROWSER),
                            .now = clock_now(&kiosk->clock),
                            .pool = kiosk->pool,
                            .form = form ? rules_form(kiosk->rules, span_of(form)) : NULL,
                            .action = span_of(action)};
}

span_t *kiosk_type(const flow_request_t *request, const rules_form_t *form, const char *const *fields)
{
    span_t *typed = apr_palloc(request->pool, RULES_FIELDS_MAX * sizeof *typed);

    for (uint32_t i = 0; i < RULES_FIELDS_MAX; i++) typed[i] = SPAN("");
    for (; fields[0]; fields += 2) {
        const uint32_t field = rules_field_index(request->rules, form, span_of(fields[0]));
        assert_int_not_equal(field, RULES_NONE);
        typed[field] = span_of(fields[1]);
    }
    return typed;
}

apr_status_t kiosk_steal(const kiosk_t *kiosk, const store_t *store, const char *purpose)
{
    challenge_t challenge = {
        .city = SPAN("kawasaki"), .holder = SPAN(KIOSK_BROWSER), .purpose = {purpose, strlen(purpose)}};
    store_unit_t *unit;
    apr_status_t status;

    assert_int_equal(store_open(&unit, store, STORE_WRITE, kiosk->pool), APR_SUCCESS);
    status = challenge_take(unit, &challenge, 0, kiosk->pool);
    database_commit(unit);
    return status;
}

cert_t *kiosk_certificate(const kiosk_t *kiosk, const char *name)
{
    const char *why = "";
    cert_t *cert;
    const span_t der = certificates_file(kiosk->directory, apr_pstrcat(kiosk->pool, name, ".der", NULL), kiosk->pool);

    if (cert_read(&cert, der, &why, kiosk->pool) != CERT_OK) fail_msg("%s: %s", name, why);
    return cert;
}

/* --- Looking --- */

typedef struct {
    apr_pool_t *pool;
    char *text;
} written_t;

static apr_status_t append(void *context, const char *at, apr_size_t size, bool lasting)
{
    written_t *written = context;
    (void)lasting;
    written->text = apr_pstrcat(written->pool, written->text, apr_pstrmemdup(written->pool, at, size), NULL);
    return APR_SUCCESS;
}

static const char *render(const kiosk_t *kiosk, const page_set_t *pages, int page, const page_map_t *view)
{
    written_t written = {kiosk->pool, apr_pstrdup(kiosk->pool, "")};
    page_sink_t sink = {append, &written};

    assert_non_null(view);
    assert_true(page >= 0);
    assert_int_equal(page_render(pages, page, view, &sink, kiosk->pool), APR_SUCCESS);
    return written.text;
}

const char *kiosk_html(const kiosk_t *kiosk)
{
    return render(kiosk, kiosk->pages, page_find(kiosk->pages, span_of(view_page_names[kiosk->outcome.page])),
                  kiosk->outcome.view);
}

void kiosk_says(const kiosk_t *kiosk, const char *text)
{
    const char *html = kiosk_html(kiosk);
    if (!strstr(html, text)) fail_msg("the page does not say: %s\n%s", text, html);
}

void kiosk_silent(const kiosk_t *kiosk, const char *text)
{
    if (strstr(kiosk_html(kiosk), text)) fail_msg("the page says: %s", text);
}

const char *kiosk_render(const kiosk_t *kiosk, const char *text, const page_map_t *view)
{
    static const char *const name = "test";
    const span_t source = span_of(text);
    const char *why = "";
    page_set_t *pages;

    if (page_set_compile(&pages, &name, &source, 1, view_key_names, VIEW_KEY_COUNT, &why, kiosk->pool) != APR_SUCCESS)
        fail_msg("%s", why);
    return render(kiosk, pages, 0, view);
}
