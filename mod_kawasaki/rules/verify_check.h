/* SPDX-License-Identifier: Apache-2.0
 *
 * Verifying fields, their checks, and the address they are together; for verify.c only. Strings are verified before.
 */
#ifndef RULES_VERIFY_CHECK_H
#define RULES_VERIFY_CHECK_H

#include "base/span.h"
#include "rules/image.h"

#include <stddef.h>

typedef struct {
    span_t bytes;
    const rules_header_t *header;
} verified_t;

const void *rules_verified(const verified_t *image, rules_table_t table, uint32_t index);
uint32_t rules_verified_count(const verified_t *image, rules_table_t table);
span_t rules_verified_span(const verified_t *image, rules_ref_t ref);

/* NULL, or what is wrong. The field's checks are inside of the table. */
const char *rules_verify_field(const verified_t *image, const rules_form_t *form, const rules_field_t *field);

/* The same for the form's address and post-code. The form's fields are verified. */
const char *rules_verify_address(const verified_t *image, const rules_form_t *form);

/* By bytes, the shorter first: negative, 0, positive. */
static inline int rules_span_order(span_t a, span_t b)
{
    int order = memcmp(a.at, b.at, a.size < b.size ? a.size : b.size);
    return order ? order : (a.size > b.size) - (a.size < b.size);
}

#endif
