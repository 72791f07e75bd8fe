/* SPDX-License-Identifier: Apache-2.0
 *
 * A rule file as it was read: one struct a block, one given_t a clause. Filled by the tables of city.c ... field.c;
 * nothing in it has been checked against anything else.
 */
#ifndef RULES_MODEL_H
#define RULES_MODEL_H

#include "rules/clause.h"
#include "rules/fact.h"
#include "rules/image.h"

typedef struct {
    given_t name, service, contact, source;
} city_said_t;

typedef struct {
    given_t idle, lasts, warn, draft, source;
} session_said_t;

typedef struct {
    given_t word, level, signs, logs_in, source;
} kind_said_t;

typedef struct {
    given_t from, until, say, source;
} notice_said_t;

typedef struct {
    apr_array_header_t *entries; /* heading, option */
    given_t empty, source;
    uint32_t index; /* in the image */
    bool used;
} choices_said_t;

typedef struct {
    apr_array_header_t *counts;
    given_t locked, locked_counter, busy, source;
} limit_said_t;

typedef struct {
    given_t lasts, binds, say, source;
} lockout_said_t;

typedef struct {
    given_t open_to, revocation, fresh, unknown, source;
} certificate_said_t;

typedef struct {
    given_t version, source;
    apr_array_header_t *entries; /* heading, say */
} terms_said_t;

typedef struct {
    given_t while_states, say, source;
} refusal_said_t;

typedef struct {
    given_t lasts, source;
} retention_said_t;

typedef struct {
    given_t text, length, pattern, not_in, source;
    bool used;
} secret_said_t;

typedef struct {
    apr_array_header_t *says;
    given_t source;
} messages_said_t;

typedef struct {
    given_t text, secret, checkbox, select, many; /* one of them: the control */
    given_t required, required_when, length, pattern, not_in, equals, differs;
    given_t unticked, hint, example, autocomplete, preset;
    apr_array_header_t *says;
    /* What form.c and field.c make of it: */
    const given_t *given;
    rules_control_t control;
    bool known_control;
    const secret_said_t *rules; /* of a secret, or NULL */
    choices_said_t *choices;    /* of a select, a many, or NULL */
    uint32_t index;             /* in the image's table */
    const given_t *group;       /* the all-or-none it is in */
    span_t group_labels;
    uint32_t group_first, group_count; /* words */
} field_said_t;

typedef struct {
    given_t note, address, address_say, post_code;
    apr_array_header_t *items;  /* show, field */
    apr_array_header_t *groups; /* all-or-none */
} section_said_t;

typedef struct {
    given_t like, kind, confirm, done, source;
    apr_array_header_t *sections;
} form_said_t;

typedef struct model_t {
    apr_array_header_t *includes, *cities, *sessions, *kinds, *notices, *choices, *secrets, *limits, *lockouts,
        *certificates, *terms, *refusals, *retentions, *messages, *forms;
    place_t end; /* of the file asked for: where something is missing altogether */
} model_t;

#endif
