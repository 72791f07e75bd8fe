/* SPDX-License-Identifier: Apache-2.0
 *
 * What is signed of a form, and what is stored of what was signed. The statement has every line of the confirm page,
 * in its order: facts by their names ("account.name"), answers by their fields' names; a chosen option stands as
 * FIELD.CODE with its word, so that who signs reads words and what is stored are codes. docs/evidence.md. For flow/
 * alone.
 */
#ifndef FLOW_STATEMENT_H
#define FLOW_STATEMENT_H

#include "flow/form.h"
#include "wire/manifest.h"

/* The manifest of the request's form with these values, for the account (its facts, its name); origin, nonce and time
 * are filled in where it gets its challenge. Lines are the pool's. APR_EGENERAL: OpenSSL's. */
apr_status_t statement_make(const flow_request_t *request, const account_t *account, const span_t *values,
                            manifest_t *manifest);

/* One sentence, where there is no form yet: flow "jpki.begin". */
apr_status_t statement_of_sentence(const flow_request_t *request, span_t flow, rules_message_t label,
                                   rules_message_t sentence, manifest_t *manifest);

/* The answers in signed bytes. BASE_EMALFORMED: they are no statement of this form for this account, made under these
 * rules. */
apr_status_t statement_read(const flow_request_t *request, const account_t *account, span_t bytes,
                            form_values_t *values);

#endif
