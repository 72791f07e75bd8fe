/* SPDX-License-Identifier: Apache-2.0
 *
 * What goes back to the browser: headers, cookies, pages, error pages. Nothing here decides anything.
 */
#ifndef HTTPD_ANSWER_H
#define HTTPD_ANSWER_H

#include "flow/flow.h"
#include "httpd/config.h"

/* Security headers on every answer of a host that serves a city, and 400 for a request of two lengths: a
 * post_read_request hook, and an insert_error_filter hook for requests that ended before. */
int answer_secure(request_rec *request);
void answer_secure_error(request_rec *request);

/* A page with this status. */
int answer_page(request_rec *request, const host_t *host, int status, view_page_t page, const page_map_t *view);

/* Headers alone. */
int answer_empty(request_rec *request, int status);

/* 303 to a path of ours; no body, so that httpd adds none in a charset of its own. */
int answer_redirect(request_rec *request, const char *location);

/* The error page for a status, with the rule file's sentence, a request number for questions, and a way out; logs one
 * line with `why` (a constant, never what was sent). */
int answer_error(request_rec *request, const host_t *host, const flow_request_t *flow, int status,
                 rules_message_t message, const char *why);

/* Cookies are named after the city: __Host-CITY-session, __Host-CITY-form (RFC 6265bis section 4.1.3.2). text NULL
 * drops the cookie. */
typedef enum { ANSWER_COOKIE_SESSION, ANSWER_COOKIE_FORM } answer_cookie_t;
void answer_set_cookie(request_rec *request, const host_t *host, answer_cookie_t cookie, const char *text);
span_t answer_cookie(request_rec *request, const host_t *host, answer_cookie_t cookie);

#endif
