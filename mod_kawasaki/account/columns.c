/* SPDX-License-Identifier: Apache-2.0 */
#include "account/columns.h"

#include <stddef.h>

const column_t columns[COLUMNS] = {
    {"number", "number", "digits", true, TO_IDENTIFIER},
    {"password", "password", NULL, true, TO_PASSWORD},
    {"name", "name", "any", true, TO_FIELD},
    {"name_kana", "kana", "katakana", true, TO_FIELD},
    {"birth_date", "birth-date", "date", true, TO_FIELD},
    {"post_code", "post-code", "post-code", false, TO_FIELD},
    {"city", "city", "any", false, TO_FIELD},
    {"town", "town", "any", false, TO_FIELD},
    {"lot", "lot", "any", false, TO_FIELD},
    {"building", "building", "any", false, TO_FIELD},
    {"phone", "phone", "phone", false, TO_FIELD},
    {"daytime_phone", "daytime-phone", "phone", false, TO_FIELD},
    {"fax", "fax", "phone", false, TO_FIELD},
    {"email", "email", "email", false, TO_FIELD},
    {"own_post_code", "own-post-code", "post-code", false, TO_FIELD},
    {"services", "services", "any", false, TO_FIELD},
};
