/* SPDX-License-Identifier: Apache-2.0
 *
 * The handler: find the route (routes.c), know the visitor, read what was sent, check its token, take the
 * step, turn its outcome into an answer. The only place where a verdict becomes a status code.
 */
#include "httpd/route.h"

#include "base/error.h"
#include "httpd/answer.h"
#include "httpd/body.h"
#include "httpd/config.h"
#include "httpd/helper.h"

#include <apr_strings.h>
#include <http_core.h>
#include <http_log.h>
#include <http_protocol.h>

APLOG_USE_MODULE(kawasaki);

#define HANDLER        "kawasaki"
#define CARD_GONE_PATH "/logged-out/card"

/* What a request gathers on its way. */
typedef struct {
    request_rec *request;
    const host_t *host;
    const route_t *route;
    flow_ports_t ports;
    visit_t visit;
    body_t body;
    flow_request_t flow;
} passage_t;

static apr_status_t unpin(void *pin)
{
    publish_unpin(pin);
    return APR_SUCCESS;
}

/* DONE, so that a caller half-way knows that the answer is out. */
static int fail(passage_t *passage, int status, rules_message_t message, const char *why)
{
    int result = answer_error(passage->request, passage->host, &passage->flow, status, message, why);
    return result == OK ? DONE : result;
}

static int fail_body(passage_t *passage, apr_status_t status)
{
    if (status == BASE_ETOOBIG) {
        /* What is left of the body is not read. */
        passage->request->connection->keepalive = AP_CONN_CLOSE;
        return fail(passage, HTTP_REQUEST_ENTITY_TOO_LARGE, RULES_MESSAGE_ERROR_SIZE, "the body is over its limit");
    }
    return fail(passage, HTTP_BAD_REQUEST, RULES_MESSAGE_ERROR_REQUEST, "the request can't be read");
}

static int fail_status(passage_t *passage, apr_status_t status)
{
    char text[128];

    ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, passage->request, "KW-ROUTE-001: the step failed: %s",
                  base_error_text(status, text, sizeof text));
    return fail(passage, HTTP_SERVICE_UNAVAILABLE, RULES_MESSAGE_ERROR_UNAVAILABLE, "infrastructure");
}

/* Rules pinned, time taken: from here on a page can be shown, also an error's. */
static apr_status_t begin(passage_t *passage, request_rec *request, const host_t *host)
{
    publish_pin_t *pin = publish_pin(host->publish);

    if (!pin) return BASE_ECORRUPT;
    apr_pool_cleanup_register(request->pool, pin, unpin, apr_pool_cleanup_null);
    passage->request = request;
    passage->host = host;
    passage->ports = (flow_ports_t){.store = host->store,
                                    .cache = &host->cache,
                                    .limits = &host->limits,
                                    .clock = host->clock,
                                    .log = &host->log,
                                    .certificates = host->certificates,
                                    .helper = helper_of(host, request)};
    passage->flow.ports = &passage->ports;
    passage->flow.rules = pin->rules;
    passage->flow.visit = &passage->visit;
    passage->flow.now = clock_now(host->clock);
    passage->flow.source = span_of(request->useragent_ip);
    passage->flow.pool = request->pool;
    return APR_SUCCESS;
}

/* The token of forms of those who have no session: a MAC over a random cookie and, at the counter, the clerk's name.
 * Nothing is stored. */
static apr_status_t stranger_token(passage_t *passage)
{
    unsigned char random[16], mac[SECRET_DIGEST_SIZE];
    span_t cookie = answer_cookie(passage->request, passage->host, ANSWER_COOKIE_FORM);
    const char *bound;
    apr_status_t status;

    if (secret_base64url_decode(cookie, random, sizeof random) != APR_SUCCESS) {
        status = secret_random(random, sizeof random);
        if (status != APR_SUCCESS) return status;
        cookie = span_of(secret_base64url(passage->request->pool, random, sizeof random));
        answer_set_cookie(passage->request, passage->host, ANSWER_COOKIE_FORM, cookie.at);
    }
    bound = apr_pstrcat(passage->request->pool, span_text(passage->request->pool, cookie), "\n",
                        span_text(passage->request->pool, passage->flow.clerk), NULL);
    status = secret_mac(passage->host->key, span_of(bound), mac);
    if (status == APR_SUCCESS) passage->flow.csrf = span_of(secret_base64url(passage->request->pool, mac, sizeof mac));
    return status;
}

static apr_status_t know_visitor(passage_t *passage)
{
    span_t cookie = answer_cookie(passage->request, passage->host, ANSWER_COOKIE_SESSION);
    span_t form = passage->route->entry && passage->route->form ? span_of(passage->route->form) : SPAN("");
    apr_status_t status = visit_load(&passage->visit, &passage->ports, passage->flow.rules, cookie, form,
                                     passage->flow.now, passage->flow.pool);

    if (status == APR_SUCCESS && !passage->route->quiet)
        status =
            visit_touch(&passage->visit, &passage->ports, passage->flow.rules, passage->flow.now, passage->flow.pool);
    /* A script's look ends nothing: what was typed is sent next, and kept. */
    if (status == APR_SUCCESS) status = flow_watch_card(&passage->flow, &passage->visit, !passage->route->quiet);
    if (status != APR_SUCCESS) return status;
    if (passage->visit.card_gone && !passage->route->quiet)
        answer_set_cookie(passage->request, passage->host, ANSWER_COOKIE_SESSION, NULL);
    if (passage->visit.state == SESSION_LIVE && !passage->route->clerk) {
        passage->flow.csrf = passage->visit.session.csrf;
        return APR_SUCCESS;
    }
    return passage->route->form || passage->route->submit ? stranger_token(passage) : APR_SUCCESS;
}

/* Is the visitor's account, logged in or timed out, of the kind that the form is for? Without a form, any is. */
static bool is_of_kind(const passage_t *passage)
{
    const rules_t *rules = passage->flow.rules;
    const rules_kind_t *kind;

    if (passage->visit.state == SESSION_NONE) return false;
    if (!passage->flow.form) return true;
    if (passage->flow.form->kind == RULES_NONE) return false;
    kind = rules_entry(rules, RULES_KINDS, passage->flow.form->kind);
    return span_equal(rules_span(rules, kind->name), passage->visit.session.kind);
}

static bool is_let_in(const passage_t *passage)
{
    const visit_t *visit = &passage->visit;

    if (visit->state != SESSION_LIVE) return false;
    switch (passage->route->whom) {
    case ROUTE_REGISTERED: return !visit->account.applicant;
    case ROUTE_APPLICANTS: return visit->account.applicant;
    case ROUTE_BOTH: break;
    }
    return true;
}

/* Behind a log-in: those who have none are sent there; those of another kind are not let in. OK: go on. */
static int admit(passage_t *passage)
{
    if (passage->route->clerk && passage->flow.clerk.size == 0)
        return fail(passage, HTTP_FORBIDDEN, RULES_MESSAGE_ERROR_FORBIDDEN, "the counter without a Require line");
    if (passage->route->quiet && passage->visit.card_gone)
        return fail(passage, HTTP_FORBIDDEN, RULES_MESSAGE_CARD_GONE, "the card has left the reader");
    if (!passage->route->entry) return OK;
    if (passage->visit.card_gone) return answer_redirect(passage->request, CARD_GONE_PATH);
    if (!is_let_in(passage)) return answer_redirect(passage->request, passage->route->entry);
    if (!is_of_kind(passage))
        return fail(passage, HTTP_FORBIDDEN, RULES_MESSAGE_ERROR_FORBIDDEN, "another kind of account");
    return OK;
}

static const span_t *fields_sent(const passage_t *passage, const rules_form_t *form)
{
    apr_pool_t *pool = passage->request->pool;
    span_t *typed = apr_palloc(pool, RULES_FIELDS_MAX * sizeof *typed);

    body_fields(&passage->body, passage->flow.rules, form, typed, pool);
    return typed;
}

/* What was sent, by field; a POST must carry this visitor's token. OK: go on. */
static int read_sent(passage_t *passage, bool submitted)
{
    request_rec *request = passage->request;
    flow_request_t *flow = &passage->flow;
    apr_status_t status = submitted ? body_read(&passage->body, request, config_body_limit(config_of(request->server)))
                                    : body_of_query(&passage->body, request);

    if (status != APR_SUCCESS) return fail_body(passage, status);
    if (submitted && !secret_equal(body_value(&passage->body, SPAN("csrf")), flow->csrf))
        return fail(passage, HTTP_FORBIDDEN, RULES_MESSAGE_ERROR_TOKEN, "the form's token is not this visitor's");
    flow->purpose = body_value(&passage->body, SPAN("purpose"));
    flow->consent = body_value(&passage->body, SPAN("consent"));
    if (!submitted) return OK;
    flow->action = body_value(&passage->body, SPAN("action"));
    flow->draft = body_value(&passage->body, SPAN("draft"));
    flow->token = body_value(&passage->body, SPAN("token"));
    flow->answer = body_value(&passage->body, SPAN("answer"));
    if (flow->form) flow->typed = fields_sent(passage, flow->form);
    if (flow->proof) flow->proof_typed = fields_sent(passage, flow->proof);
    return OK;
}

static void log_refusal(const passage_t *passage, const flow_outcome_t *outcome)
{
    if (outcome->rule.size)
        ap_log_rerror(APLOG_MARK, APLOG_INFO, 0, passage->request, "KW-ROUTE-002: refused by rule %.*s",
                      (int)outcome->rule.size, outcome->rule.at);
}

static int conclude(passage_t *passage, const flow_outcome_t *outcome)
{
    request_rec *request = passage->request;

    log_refusal(passage, outcome);
    metrics_count_outcome(&publish_city(passage->host->publish)->metrics, outcome);
    if (outcome->begin_session)
        answer_set_cookie(request, passage->host, ANSWER_COOKIE_SESSION, outcome->begin_session);
    if (outcome->end_session) answer_set_cookie(request, passage->host, ANSWER_COOKIE_SESSION, NULL);
    switch (outcome->result) {
    case FLOW_PAGE: return answer_page(request, passage->host, HTTP_OK, outcome->page, outcome->view);
    case FLOW_INVALID:
        return answer_page(request, passage->host, HTTP_UNPROCESSABLE_ENTITY, outcome->page, outcome->view);
    case FLOW_LOCKED: return answer_page(request, passage->host, HTTP_TOO_MANY_REQUESTS, outcome->page, outcome->view);
    case FLOW_CONFLICT: return answer_page(request, passage->host, HTTP_CONFLICT, outcome->page, outcome->view);
    case FLOW_REDIRECT: return answer_redirect(request, passage->visit.card_gone ? CARD_GONE_PATH : outcome->location);
    case FLOW_DONE: return answer_empty(request, HTTP_NO_CONTENT);
    case FLOW_WRONG_STEP: return fail(passage, HTTP_BAD_REQUEST, RULES_MESSAGE_ERROR_STEP, "a step out of order");
    case FLOW_MISSING: return fail(passage, HTTP_NOT_FOUND, RULES_MESSAGE_ERROR_MISSING, "no such thing of theirs");
    case FLOW_BAD_REQUEST:
        return fail(passage, HTTP_BAD_REQUEST, RULES_MESSAGE_ERROR_REQUEST, "a button or token no page has");
    }
    return HTTP_INTERNAL_SERVER_ERROR;
}

/* Errors that httpd found before any handler ran, sent here by ErrorDocument. */
static int show_error(passage_t *passage, int status)
{
    switch (status) {
    case HTTP_FORBIDDEN: return fail(passage, status, RULES_MESSAGE_ERROR_FORBIDDEN, "httpd");
    case HTTP_NOT_FOUND: return fail(passage, status, RULES_MESSAGE_ERROR_MISSING, "httpd");
    case HTTP_METHOD_NOT_ALLOWED: return fail(passage, status, RULES_MESSAGE_ERROR_METHOD, "httpd");
    case HTTP_REQUEST_ENTITY_TOO_LARGE: return fail(passage, status, RULES_MESSAGE_ERROR_SIZE, "httpd");
    case HTTP_SERVICE_UNAVAILABLE: return fail(passage, status, RULES_MESSAGE_ERROR_UNAVAILABLE, "httpd");
    default: break;
    }
    return status >= 500 ? fail(passage, status, RULES_MESSAGE_ERROR_INTERNAL, "httpd")
                         : fail(passage, status, RULES_MESSAGE_ERROR_REQUEST, "httpd");
}

/* False: the rules lack one that the route names. */
static bool find_forms(passage_t *passage)
{
    const route_t *route = passage->route;

    if (route->form) passage->flow.form = rules_form(passage->flow.rules, span_of(route->form));
    if (route->proof) passage->flow.proof = rules_form(passage->flow.rules, span_of(route->proof));
    return (!route->form || passage->flow.form) && (!route->proof || passage->flow.proof);
}

static int pass(passage_t *passage)
{
    request_rec *request = passage->request;
    bool submitted = request->method_number == M_POST;
    flow_outcome_t outcome = {FLOW_BAD_REQUEST, VIEW_PAGE_ERROR, NULL, NULL, NULL, false, {"", 0}, DOOR_NONE};
    flow_step_t *step = submitted ? passage->route->submit : passage->route->show;
    apr_status_t status;
    int result;

    if (!step || (!submitted && request->method_number != M_GET)) {
        apr_table_setn(request->err_headers_out, "Allow",
                       !passage->route->submit ? "GET, HEAD"
                       : passage->route->show  ? "GET, HEAD, POST"
                                               : "POST");
        return fail(passage, HTTP_METHOD_NOT_ALLOWED, RULES_MESSAGE_ERROR_METHOD, "a method this path doesn't have");
    }
    if (!find_forms(passage))
        return fail(passage, HTTP_NOT_FOUND, RULES_MESSAGE_ERROR_MISSING, "the rules have no such form");
    if (passage->route->clerk) passage->flow.clerk = span_of(request->user);
    status = know_visitor(passage);
    if (status != APR_SUCCESS) return fail_status(passage, status);
    if (submitted && passage->route->late && passage->visit.state == SESSION_TIMED_OUT && is_of_kind(passage)) {
        step = passage->route->late;
        passage->flow.csrf = passage->visit.session.csrf;
    } else if ((result = admit(passage)) != OK) {
        return result;
    }
    if ((result = read_sent(passage, submitted)) != OK) return result;
    status = step(&passage->flow, &outcome);
    return status == APR_SUCCESS ? conclude(passage, &outcome) : fail_status(passage, status);
}

/* Location sections aren't merged yet at this point, so the handler isn't known: the paths are. */
int route_map_to_storage(request_rec *request)
{
    span_t argument;
    return config_of(request->server)->host && route_find(request->uri, &argument) ? OK : DECLINED;
}

bool route_is_ours(const request_rec *request)
{
    return request->handler && strcmp(request->handler, HANDLER) == 0;
}

static int serve(request_rec *request, const host_t *host)
{
    passage_t *passage = apr_pcalloc(request->pool, sizeof *passage);

    if (begin(passage, request, host) != APR_SUCCESS) return HTTP_SERVICE_UNAVAILABLE;
    if (request->prev && ap_is_HTTP_ERROR(request->prev->status) && strcmp(request->uri, "/error") == 0)
        return show_error(passage, request->prev->status);
    passage->route = route_find(request->uri, &passage->flow.argument);
    if (!passage->route) return fail(passage, HTTP_NOT_FOUND, RULES_MESSAGE_ERROR_MISSING, "no route has this path");
    return pass(passage);
}

int route_handler(request_rec *request)
{
    const host_t *host = config_of(request->server)->host;
    int result;

    if (!route_is_ours(request)) return DECLINED;
    if (!host) {
        ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, request,
                      "KW-ROUTE-003: this host has the handler but no KawasakiRules");
        return HTTP_INTERNAL_SERVER_ERROR;
    }
    result = serve(request, host);
    /* What httpd answers in our place comes back as /error, or isn't ours. */
    if (result == OK || result == DONE) metrics_count_time(&publish_city(host->publish)->metrics, request);
    return result;
}
