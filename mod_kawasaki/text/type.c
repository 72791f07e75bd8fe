/* SPDX-License-Identifier: Apache-2.0
 *
 * The list of text types. How each reads what was typed: japanese.c, ascii.c, phone.c, email.c, date_input.c.
 */
#include "text/type.h"

const text_type_t text_types[] = {
    {"any", "", type_any},
    {"full-width", "", type_full_width},
    {"katakana", "", type_katakana},
    {"digits", "numeric", type_digits},
    {"alphanumeric", "", type_alphanumeric},
    {"phone", "tel", type_phone},
    {"post-code", "numeric", type_post_code},
    {"email", "email", type_email},
    {"date", "", type_date},
    {"password", "", type_password},
    {"pin", "numeric", type_pin},
    {"login-id", "", type_login_id},
    {NULL, NULL, NULL},
};

const text_type_t *text_type_find(span_t name)
{
    for (const text_type_t *type = text_types; type->name; ++type) {
        if (span_is(name, type->name)) return type;
    }
    return NULL;
}
