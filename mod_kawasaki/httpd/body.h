/* SPDX-License-Identifier: Apache-2.0
 *
 * What a browser sends: body and query, read within limits, decoded strictly, and by field of a form.
 */
#ifndef HTTPD_BODY_H
#define HTTPD_BODY_H

#include "base/urlencoded.h"
#include "rules/rules.h"

#include <httpd.h>

typedef struct {
    urlencoded_pair_t pairs[URLENCODED_NAMES_MAX];
    apr_size_t count;
} body_t;

/* Reads a form's body of at most limit bytes. The memory that holds it is wiped when the request's pool goes.
 * BASE_ETOOBIG, BASE_EMALFORMED (also: not application/x-www-form-urlencoded), or the connection's error. */
apr_status_t body_read(body_t *body, request_rec *request, apr_size_t limit);

/* The query string, the same way. */
apr_status_t body_of_query(body_t *body, request_rec *request);

/* The parameter's value; the empty span when it wasn't sent. */
span_t body_value(const body_t *body, span_t name);

/* By field: typed[i] for field i. Parameters that no field has are ignored. A field of many options is the codes of its
 * FIELD.CODE parameters. */
void body_fields(const body_t *body, const rules_t *rules, const rules_form_t *form, span_t *typed, apr_pool_t *pool);

#endif
