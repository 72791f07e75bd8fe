/* SPDX-License-Identifier: Apache-2.0
 *
 * The account's row and its fields. Not for what a field may hold, nor for who may change it, nor for finding accounts
 * (search.c).
 */
#include "account/account.h"

#include "base/error.h"
#include "base/secret.h"

/* The columns of account-find and account-read: one row per field, the account's own columns repeated. */
enum {
    ID,
    CITY,
    KIND,
    IDENTIFIER,
    VERSION,
    CHANGED_AT,
    PASSWORD,
    STATE,
    MUST_CHANGE,
    PASSWORD_EXPIRES_AT,
    FIELD_NAME,
    FIELD_VALUE
};

enum { LIVE, FROZEN, APPLICANT }; /* what stands in STATE; the queries know APPLICANT as 2 */

span_t account_field(const account_t *account, span_t name)
{
    return record_value(account->fields, account->field_count, name);
}

static span_t cell(const store_rows_t *rows, int row, int column)
{
    return span_of(store_text(rows, row, column));
}

static void fill(account_t *account, const store_rows_t *rows, apr_pool_t *pool)
{
    account->id = store_integer(rows, 0, ID);
    account->version = store_integer(rows, 0, VERSION);
    account->city = cell(rows, 0, CITY);
    account->kind = cell(rows, 0, KIND);
    account->identifier = cell(rows, 0, IDENTIFIER);
    account->changed_at = store_integer(rows, 0, CHANGED_AT);
    account->frozen = store_integer(rows, 0, STATE) == FROZEN;
    account->applicant = store_integer(rows, 0, STATE) == APPLICANT;
    account->has_password = rows->cells[PASSWORD] != NULL;
    account->must_change = store_integer(rows, 0, MUST_CHANGE) != 0;
    account->password_expires_at = store_integer(rows, 0, PASSWORD_EXPIRES_AT);
    account->fields = apr_palloc(pool, (apr_size_t)rows->count * sizeof *account->fields);
    account->field_count = 0;
    for (int i = 0; i < rows->count; i++) {
        record_pair_t field = {cell(rows, i, FIELD_NAME), cell(rows, i, FIELD_VALUE)};
        if (field.name.size) account->fields[account->field_count++] = field; /* else: an account without fields */
    }
}

apr_status_t account_find(store_unit_t *unit, span_t city, span_t kind, span_t identifier, account_t *account,
                          const char **password, bool *found, apr_pool_t *pool)
{
    store_rows_t rows;
    apr_status_t status =
        store_select(unit, STORE_QUERY_ACCOUNT_FIND,
                     (store_value_t[]){STORE_TEXT(span_text(pool, city)), STORE_TEXT(span_text(pool, kind)),
                                       STORE_TEXT(span_text(pool, identifier))},
                     3, &rows);

    *found = status == APR_SUCCESS && rows.count > 0;
    *password = NULL;
    if (!*found) return status;
    fill(account, &rows, pool);
    *password = rows.cells[PASSWORD];
    return APR_SUCCESS;
}

apr_status_t account_read(store_unit_t *unit, apr_int64_t id, account_t *account, bool *found, apr_pool_t *pool)
{
    store_rows_t rows;
    apr_status_t status = store_select(unit, STORE_QUERY_ACCOUNT_READ, (store_value_t[]){STORE_INTEGER(id)}, 1, &rows);

    *found = status == APR_SUCCESS && rows.count > 0;
    if (*found) fill(account, &rows, pool);
    return status;
}

/* Sets each field, removes it where the value is empty. */
static apr_status_t put_fields(store_unit_t *unit, apr_int64_t id, const record_pair_t *fields, apr_size_t count)
{
    apr_status_t status = APR_SUCCESS;

    for (apr_size_t i = 0; status == APR_SUCCESS && i < count; i++) {
        const store_value_t values[] = {STORE_INTEGER(id), STORE_TEXT(span_text(store_pool(unit), fields[i].name)),
                                        STORE_TEXT(span_text(store_pool(unit), fields[i].value))};
        bool empty = fields[i].value.size == 0;
        status =
            store_change(unit, empty ? STORE_QUERY_FIELD_REMOVE : STORE_QUERY_FIELD_PUT, values, empty ? 2 : 3, NULL);
    }
    return status;
}

/* 63 random bits, never 0: no id tells how many accounts there are, and none can be guessed from another. */
static apr_status_t make_id(apr_int64_t *id)
{
    apr_uint64_t bits = 0;
    apr_status_t status = APR_SUCCESS;

    while (status == APR_SUCCESS && bits == 0) {
        status = secret_random((unsigned char *)&bits, sizeof bits);
        bits >>= 1;
    }
    *id = (apr_int64_t)bits;
    return status;
}

apr_status_t account_insert(store_unit_t *unit, account_t *account, const char *password, apr_time_t now,
                            apr_pool_t *pool)
{
    apr_int64_t inserted;
    apr_status_t status = make_id(&account->id);

    if (status != APR_SUCCESS) return status;
    account->version = 1;
    account->changed_at = now;
    status = store_change(
        unit, STORE_QUERY_ACCOUNT_INSERT,
        (store_value_t[]){STORE_INTEGER(account->id), STORE_TEXT(span_text(pool, account->city)),
                          STORE_TEXT(span_text(pool, account->kind)), STORE_TEXT(span_text(pool, account->identifier)),
                          password ? STORE_TEXT(password) : STORE_NULL, STORE_INTEGER(account->must_change),
                          STORE_INTEGER(account->password_expires_at), STORE_INTEGER(now), STORE_INTEGER(now)},
        9, &inserted);
    if (status == APR_SUCCESS && inserted == 0) return BASE_ECONFLICT;
    if (status == APR_SUCCESS && account->applicant)
        status = store_change(unit, STORE_QUERY_ACCOUNT_APPLY, (store_value_t[]){STORE_INTEGER(account->id)}, 1, NULL);
    return status == APR_SUCCESS ? put_fields(unit, account->id, account->fields, account->field_count) : status;
}

/* The row that was meant, or BASE_ECONFLICT: it is not, or no longer, as whoever asks believes. */
static apr_status_t change_one(store_unit_t *unit, store_query_t query, const store_value_t *values, int count)
{
    apr_int64_t changed;
    apr_status_t status = store_change(unit, query, values, count, &changed);

    return status == APR_SUCCESS && changed == 0 ? BASE_ECONFLICT : status;
}

/* Every change goes through here: whoever read an older version is refused. */
static apr_status_t raise_version(store_unit_t *unit, apr_int64_t id, apr_int64_t version, apr_time_t now)
{
    return change_one(unit, STORE_QUERY_ACCOUNT_UPDATE,
                      (store_value_t[]){STORE_INTEGER(now), STORE_INTEGER(id), STORE_INTEGER(version)}, 3);
}

static apr_status_t set_password(store_unit_t *unit, apr_int64_t id, const char *password, bool must_change,
                                 apr_time_t expires_at)
{
    return store_change(unit, STORE_QUERY_ACCOUNT_SET_PASSWORD,
                        (store_value_t[]){STORE_TEXT(password), STORE_INTEGER(must_change), STORE_INTEGER(expires_at),
                                          STORE_INTEGER(id)},
                        4, NULL);
}

static apr_status_t set_state(store_unit_t *unit, apr_int64_t id, apr_int64_t version, apr_int64_t state,
                              apr_time_t now)
{
    apr_status_t status = raise_version(unit, id, version, now);

    if (status != APR_SUCCESS) return status;
    return change_one(unit, STORE_QUERY_ACCOUNT_SET_STATE, (store_value_t[]){STORE_INTEGER(state), STORE_INTEGER(id)},
                      2);
}

apr_status_t account_change(store_unit_t *unit, apr_int64_t id, apr_int64_t version, const record_pair_t *fields,
                            apr_size_t count, const char *password, apr_time_t now, apr_pool_t *pool)
{
    apr_status_t status = raise_version(unit, id, version, now);

    (void)pool;
    if (status == APR_SUCCESS && password) status = set_password(unit, id, password, false, 0);
    return status == APR_SUCCESS ? put_fields(unit, id, fields, count) : status;
}

apr_status_t account_register(store_unit_t *unit, apr_int64_t id, apr_int64_t version, const record_pair_t *fields,
                              apr_size_t count, apr_time_t now, apr_pool_t *pool)
{
    apr_status_t status = account_change(unit, id, version, fields, count, NULL, now, pool);

    if (status != APR_SUCCESS) return status;
    return change_one(unit, STORE_QUERY_ACCOUNT_REGISTER, (store_value_t[]){STORE_INTEGER(id)}, 1);
}

apr_status_t account_seize(store_unit_t *unit, apr_int64_t id, apr_int64_t version)
{
    return change_one(unit, STORE_QUERY_ACCOUNT_SEIZE, (store_value_t[]){STORE_INTEGER(id), STORE_INTEGER(version)}, 2);
}

apr_status_t account_remove(store_unit_t *unit, apr_int64_t id, apr_int64_t version)
{
    return change_one(unit, STORE_QUERY_ACCOUNT_REMOVE, (store_value_t[]){STORE_INTEGER(id), STORE_INTEGER(version)},
                      2);
}

apr_status_t account_purge_applicants(store_unit_t *unit, span_t city, apr_time_t before)
{
    return store_change(unit, STORE_QUERY_ACCOUNT_PURGE_APPLICANTS,
                        (store_value_t[]){STORE_TEXT(span_text(store_pool(unit), city)), STORE_INTEGER(before),
                                          STORE_INTEGER(before), STORE_INTEGER(before)},
                        4, NULL);
}

apr_status_t account_freeze(store_unit_t *unit, apr_int64_t id, apr_int64_t version, apr_time_t now)
{
    return set_state(unit, id, version, FROZEN, now);
}

apr_status_t account_release(store_unit_t *unit, apr_int64_t id, apr_int64_t version, apr_time_t now)
{
    return set_state(unit, id, version, LIVE, now);
}

apr_status_t account_reset_password(store_unit_t *unit, apr_int64_t id, apr_int64_t version, const char *password,
                                    apr_time_t expires_at, apr_time_t now)
{
    apr_status_t status = raise_version(unit, id, version, now);

    return status == APR_SUCCESS ? set_password(unit, id, password, true, expires_at) : status;
}
