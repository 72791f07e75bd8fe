/* SPDX-License-Identifier: Apache-2.0
 *
 * A kiosk for tests of flows: the city's rules and templates, a database, authorities with their lists, and a helper
 * that answers as it is told, with real keys, tokens and signatures. A function that can't do what it says fails the
 * test.
 */
#ifndef TEST_KIOSK_H
#define TEST_KIOSK_H

#include "database.h"
#include "flow/ceremony.h"
#include "flow/flow.h"

#define KIOSK_ORIGIN  "https://kiosk.example.jp"
#define KIOSK_BROWSER "the form token of a browser"

/* The helper: what it shall do, and what it was asked. All zero but info: a card that is there and right. */
typedef struct {
    answer_info_t info;
    span_t holder;                      /* of answers to tasks */
    wire_code_t code[REQUEST_SIGN + 1]; /* by operation; of REQUEST_INFO where it is gone */
    bool gone;                          /* nothing is answered, not even what is there */
    int tries;
    const char *key, *certificate; /* what signs; NULL: the card's, by operation */
    const char *origin, *nonce;    /* signed in place of what was asked; or NULL */
    const char *id;                /* or NULL: the question's */
    bool silent;                   /* says OK and gives nothing */
    void (*meanwhile)(void);       /* before a task is answered */
    int infos, tasks;
    request_t last;
    bool had_pin, had_last_try;
    char pin[32]; /* of the last task */
} kiosk_helper_t;

/* The last session's record that was put. */
typedef struct {
    unsigned char hash[SESSION_HASH_SIZE], bytes[SESSION_RECORD_MAX];
    unsigned int size;
} kiosk_drawer_t;

typedef struct {
    database_t database;
    store_t *elsewhere;    /* another connection to the same database */
    apr_pool_t *pool;      /* the database's */
    const char *directory; /* of the certificates (certificates.h) */
    rules_t *rules;
    page_set_t *pages;
    session_epochs_t epochs;
    session_cache_t cache;
    kiosk_drawer_t drawer;
    flow_certificates_t known;
    limit_ports_t limits;
    clock_base_t clock;
    flow_helper_t port;
    helper_seen_t seen[REQUEST_SOURCES]; /* of the last kiosk_request */
    flow_ports_t ports;
    visit_t visit;
    kiosk_helper_t helper;
    flow_outcome_t outcome;
} kiosk_t;

/* more: rules behind the city's own, or "". False when the world can't be made. */
bool kiosk_make(kiosk_t *kiosk, const char *more);

/* A clerk's desk: the same, at once ready for a test, but without certificates, helper and clock. */
bool kiosk_make_desk(kiosk_t *kiosk);

void kiosk_drop(kiosk_t *kiosk);
int kiosk_tear_down(void **state); /* the same; *state is the kiosk_t */

/* Before each test: a card that nobody has tried yet, an empty log, a stranger's visit, the right time. Without
 * port.ask it is no kiosk. */
void kiosk_reset(kiosk_t *kiosk);
int kiosk_set_up(void **state); /* the same; *state is the kiosk_t */

/* The project's file of rules and more behind it, or "". */
rules_t *kiosk_rules(kiosk_t *kiosk, const char *file, const char *more);
#define KIOSK_CITY_RULES  "rules/kawasaki.rules"
#define KIOSK_OTHER_RULES "test/cases/bad-rules/with/base.rules" /* of a city that has next to nothing */

/* What a flow is asked, with this form (NULL: none) and button. */
flow_request_t kiosk_request(kiosk_t *kiosk, const char *form, const char *action);

/* The request's form filled in: "name", "value", …, NULL. Other fields are empty. */
span_t *kiosk_type(const flow_request_t *request, const rules_form_t *form, const char *const *fields);
#define KIOSK_FIELDS(...) ((const char *const[]){__VA_ARGS__, NULL})

/* Of NAME.der. */
cert_t *kiosk_certificate(const kiosk_t *kiosk, const char *name);

/* A card of somebody else lies there from now on, or the first one again. */
span_t kiosk_holder(const kiosk_t *kiosk, int number);

/* Takes the browser's challenge away from under a flow; APR_NOTFOUND: there is none. */
apr_status_t kiosk_steal(const kiosk_t *kiosk, const store_t *store, const char *purpose);

/* The outcome's page as HTML; what it must and must not say. */
const char *kiosk_html(const kiosk_t *kiosk);
void kiosk_says(const kiosk_t *kiosk, const char *text);
void kiosk_silent(const kiosk_t *kiosk, const char *text);

/* The view through a template of the test's own. */
const char *kiosk_render(const kiosk_t *kiosk, const char *text, const page_map_t *view);

#endif
