/* SPDX-License-Identifier: Apache-2.0
 *
 * A form while it is checked and written: what its fields can see of each other.
 */
#ifndef RULES_SCOPE_H
#define RULES_SCOPE_H

#include "rules/declarations.h"

typedef struct {
    compiler_t *compiler;
    span_t form;                /* its name */
    bool for_kind;              /* somebody is logged in: account facts are known */
    apr_array_header_t *fields; /* of field_said_t *, in order */
} scope_t;

/* The form's field of this name; NULL when there is none. */
field_said_t *rules_scope_find(const scope_t *scope, span_t name);

/* The same for a name in a rule; an unknown one is noted, and the nearest given. */
field_said_t *rules_scope_field(const scope_t *scope, const token_t *name);

/* The fact of this name; noted and -1 when there is none, or when this form doesn't know it. */
int rules_scope_fact(const scope_t *scope, const token_t *name);

/* like.c: the form's sections, of given_t, with those of the form that it is like in front. All are the caller's own.
 * *for_kind: is it, or is that one, `for` a kind? */
const apr_array_header_t *rules_form_sections(compiler_t *compiler, const given_t *form, bool *for_kind);

/* address.c: sets the form's address and post_code. After all fields have an index. */
void rules_address_write(const scope_t *scope, const apr_array_header_t *sections, rules_form_t *form);

/* field.c: finds out what the field is. Before any field is written. */
void rules_field_resolve(const scope_t *scope, field_said_t *field);
/* field_write.c: writes the field's checks and the field. */
void rules_field_write(const scope_t *scope, const field_said_t *field);

/* condition.c: writes the condition of `required when`; false, and noted, when it can't be one. */
bool rules_condition_write(const scope_t *scope, const field_said_t *field, const given_t *when, uint32_t *first,
                           uint32_t *count);

#endif
