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
    bool frozen;                    /* by a clerk: nobody gets in, and nothing is lost */
    bool applicant;                 /* not registered yet: a registration under way */
    bool has_password;              /* set by reading; accounts by certificate have none */
    bool must_change;               /* the password is one that a clerk gave: it opens only the page that changes it, */
    apr_time_t password_expires_at; /* and that until then; 0: for ever */
} account_t;

/* A field's value, empty when not there. */
span_t account_field(const account_t *account, span_t name);

/* By identifier (normalised by the form's rules), by row. *found false and APR_SUCCESS when there is none. The list
 * of fields is the pool's; texts live as long as the unit's pool. */
apr_status_t account_find(store_unit_t *unit, span_t city, span_t kind, span_t identifier, account_t *account,
                          const char **password, bool *found, apr_pool_t *pool);
apr_status_t account_read(store_unit_t *unit, apr_int64_t id, account_t *account, bool *found, apr_pool_t *pool);

/* A new account with these fields (applicant or live; password NULL: none); account->id and version are set,
 * must_change and password_expires_at stored as they stand. BASE_ECONFLICT when the identifier is taken in this city
 * and kind. STORE_WRITE. */
apr_status_t account_insert(store_unit_t *unit, account_t *account, const char *password, apr_time_t now,
                            apr_pool_t *pool);

/* Sets the given fields (an empty value removes) and, unless NULL, the password's hash, which is then the holder's own:
 * must_change ends. Other fields stay. BASE_ECONFLICT when the row's version is no longer `version`. STORE_WRITE. */
apr_status_t account_change(store_unit_t *unit, apr_int64_t id, apr_int64_t version, const record_pair_t *fields,
                            apr_size_t count, const char *password, apr_time_t now, apr_pool_t *pool);

/* The registration under way is complete: an applicant's account becomes a live one, with these fields. As
 * account_change. */
apr_status_t account_register(store_unit_t *unit, apr_int64_t id, apr_int64_t version, const record_pair_t *fields,
                              apr_size_t count, apr_time_t now, apr_pool_t *pool);

/* Before what stands in the way of a removal is looked for: until the unit ends nobody else writes what refers to the
 * account. The row has no good name any more, so the unit removes it or is closed without a commit. BASE_ECONFLICT as
 * account_change. STORE_WRITE. */
apr_status_t account_seize(store_unit_t *unit, apr_int64_t id, apr_int64_t version);

/* Removes the account with all that hangs on it: fields, sessions, drafts, receipts, bindings, applications' link.
 * Audit and evidence stay. BASE_ECONFLICT as account_change. STORE_WRITE. */
apr_status_t account_remove(store_unit_t *unit, apr_int64_t id, apr_int64_t version);

/* Removes the city's applicants that were not touched since before, neither themselves nor their drafts and sessions.
 * STORE_WRITE. */
apr_status_t account_purge_applicants(store_unit_t *unit, span_t city, apr_time_t before);

/* --- What the counter does. All need STORE_WRITE, raise the version and say BASE_ECONFLICT as account_change does.
 * Audit entry, event, and the end of the account's sessions are the caller's, in the same unit. --- */

/* An applicant's account is never frozen nor released: BASE_ECONFLICT. */
apr_status_t account_freeze(store_unit_t *unit, apr_int64_t id, apr_int64_t version, apr_time_t now);
apr_status_t account_release(store_unit_t *unit, apr_int64_t id, apr_int64_t version, apr_time_t now);

/* A password for one time: must_change until the holder has set another, worthless from expires_at on. */
apr_status_t account_reset_password(store_unit_t *unit, apr_int64_t id, apr_int64_t version, const char *password,
                                    apr_time_t expires_at, apr_time_t now);

#define ACCOUNT_SEARCH_MAX 50

typedef struct {
    span_t city;
    span_t field; /* "kana", "birth-date"; empty: the identifier, of any kind of account */
    span_t value; /* normalised as it is stored */
    bool prefix;  /* fields only: what begins with value, else what is value */
} account_search_t;

/* Accounts by an index, sorted by value (identifiers: as they come): at most ACCOUNT_SEARCH_MAX of them, *more says
 * that there are others. Applicants are not found. */
apr_status_t account_search(store_unit_t *unit, const account_search_t *search, account_t **accounts, int *count,
                            bool *more, apr_pool_t *pool);

/* Walks a city's accounts of one kind by identifier, for an export: at most `limit` behind identifier `after`, and no
 * applicants. */
apr_status_t account_list(store_unit_t *unit, span_t city, span_t kind, span_t after, int limit, account_t **accounts,
                          int *count, apr_pool_t *pool);

#endif
