/* SPDX-License-Identifier: Apache-2.0
 *
 * Accounts: who they are, what is registered of them, and changing it without losing anybody's change. An account is a
 * row (kind, identifier, password hash, version) and its fields by name; which fields there are is the forms' word, not
 * C's.
 */
#ifndef ACCOUNT_ACCOUNT_H
#define ACCOUNT_ACCOUNT_H

#include "base/record.h"
#include "store/store.h"

#include <apr_time.h>

typedef struct {
    apr_int64_t id, version;
    span_t city, kind, identifier; /* "kawasaki", "card", "86000001" */
    record_pair_t *fields;         /* name → value, sorted by name; only those that are not empty */
    apr_size_t field_count;
    apr_time_t changed_at;
} account_t;

/* A field's value, empty when not there. */
span_t account_field(const account_t *account, span_t name);

/* By identifier (normalised by the form's rules), by row. *found false and APR_SUCCESS when there is none. The list
 * of fields is the pool's; texts live as long as the unit's pool. */
apr_status_t account_find(store_unit_t *unit, span_t city, span_t kind, span_t identifier, account_t *account,
                          const char **password, bool *found, apr_pool_t *pool);
apr_status_t account_read(store_unit_t *unit, apr_int64_t id, account_t *account, bool *found, apr_pool_t *pool);

/* Only the password's hash, for a change that must know the old one. */
apr_status_t account_password(store_unit_t *unit, apr_int64_t id, const char **password, apr_pool_t *pool);

/* A new account with these fields; account->id and version are set. BASE_ECONFLICT when the identifier is taken in this
 * city and kind. STORE_WRITE. */
apr_status_t account_insert(store_unit_t *unit, account_t *account, const char *password, apr_time_t now,
                            apr_pool_t *pool);

/* Sets the given fields (an empty value removes) and, unless NULL, the password's hash; other fields stay.
 * BASE_ECONFLICT when the row's version is no longer `version`. STORE_WRITE. */
apr_status_t account_change(store_unit_t *unit, apr_int64_t id, apr_int64_t version, const record_pair_t *fields,
                            apr_size_t count, const char *password, apr_time_t now, apr_pool_t *pool);

#endif
