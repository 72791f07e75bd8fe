/* SPDX-License-Identifier: Apache-2.0
 *
 * Which columns a file of citizen cards has, read and written. For this room only.
 */
#ifndef ACCOUNT_COLUMNS_H
#define ACCOUNT_COLUMNS_H

#include <stdbool.h>

#define COLUMNS_KIND "card"

typedef enum { TO_FIELD, TO_IDENTIFIER, TO_PASSWORD } column_target_t;

typedef struct {
    const char *name;  /* in the file */
    const char *field; /* of the account */
    const char *type;  /* text type; NULL: taken as it stands */
    bool required;
    column_target_t target;
} column_t;

#define COLUMNS 16
extern const column_t columns[COLUMNS];

#endif
