/* SPDX-License-Identifier: Apache-2.0
 *
 * The audit log's rows, and the chain through them. Not for when a sealer runs, nor for where the head is kept.
 */
#include "account/audit.h"

#include "base/error.h"
#include "base/record.h"
#include "base/secret.h"

#define ID_BYTES       12
#define VERIFY_PAGE    1000 /* entries read at a time */
#define HASH_TEXT_SIZE 44   /* SHA-256 as base64url, and its NUL */

/* The columns of audit-list and its like. All but the hash are chained, under these names and in this order. */
enum { NUMBER, ID, AT, CITY, BY, ACTOR, ACCOUNT, ACT, RULE, NOTE, HASH };
static const char *const names[HASH] = {"number", "id", "at", "city", "by", "actor", "account", "act", "rule", "note"};

#define ACT_WORD(identifier, word) [AUDIT_##identifier] = (word),
static const char *const acts[AUDIT_ACT_COUNT] = {AUDIT_ACTS(ACT_WORD)};
#undef ACT_WORD

enum { ACTORS = AUDIT_BY_SERVICE + 1 };
static const char *const actors[ACTORS] = {"resident", "clerk", "tool", "service"};

const char *audit_act_word(audit_act_t act)
{
    return acts[act];
}

const char *audit_actor_word(audit_actor_t by)
{
    return actors[by];
}

/* The word's place; 0 when it is none of them, which only an altered row can hold. */
static int place_of(const char *word, const char *const *words, int count)
{
    for (int i = 0; i < count; i++)
        if (strcmp(words[i], word) == 0) return i;
    return 0;
}

apr_status_t audit_write(store_unit_t *unit, const audit_entry_t *entry)
{
    apr_pool_t *pool = store_pool(unit);
    unsigned char id[ID_BYTES];
    apr_status_t status = secret_random(id, sizeof id);

    if (status != APR_SUCCESS) return status;
    return store_change(
        unit, STORE_QUERY_AUDIT_INSERT,
        (store_value_t[]){STORE_TEXT(secret_base64url(pool, id, sizeof id)), STORE_INTEGER(entry->at),
                          STORE_TEXT(span_text(pool, entry->city)), STORE_TEXT(audit_actor_word(entry->by)),
                          STORE_TEXT(span_text(pool, entry->actor)), STORE_INTEGER(entry->account),
                          STORE_TEXT(audit_act_word(entry->act)), STORE_TEXT(span_text(pool, entry->rule)),
                          STORE_TEXT(span_text(pool, entry->note))},
        9, NULL);
}

static span_t cell(const store_rows_t *rows, int row, int column)
{
    return span_of(store_text(rows, row, column));
}

static apr_status_t read_entries(store_unit_t *unit, store_query_t query, const store_value_t *values, int count,
                                 audit_entry_t **entries, int *found)
{
    store_rows_t rows;
    apr_status_t status = store_select(unit, query, values, count, &rows);

    *found = rows.count;
    *entries = apr_palloc(store_pool(unit), (apr_size_t)rows.count * sizeof **entries);
    for (int i = 0; i < rows.count; i++)
        (*entries)[i] = (audit_entry_t){.number = store_integer(&rows, i, NUMBER),
                                        .at = store_integer(&rows, i, AT),
                                        .city = cell(&rows, i, CITY),
                                        .by = (audit_actor_t)place_of(store_text(&rows, i, BY), actors, ACTORS),
                                        .actor = cell(&rows, i, ACTOR),
                                        .account = store_integer(&rows, i, ACCOUNT),
                                        .act = (audit_act_t)place_of(store_text(&rows, i, ACT), acts, AUDIT_ACT_COUNT),
                                        .rule = cell(&rows, i, RULE),
                                        .note = cell(&rows, i, NOTE)};
    return status;
}

apr_status_t audit_of_account(store_unit_t *unit, apr_int64_t account, int limit, audit_entry_t **entries, int *count)
{
    return read_entries(unit, STORE_QUERY_AUDIT_OF_ACCOUNT,
                        (store_value_t[]){STORE_INTEGER(account), STORE_INTEGER(limit)}, 2, entries, count);
}

apr_status_t audit_vouches(store_unit_t *unit, const audit_signed_t *act, bool *vouches)
{
    apr_pool_t *pool = store_pool(unit);
    store_rows_t rows;
    apr_status_t status = store_select(
        unit, STORE_QUERY_AUDIT_VOUCHES,
        (store_value_t[]){STORE_TEXT(apr_pstrcat(pool, act->receipt, " ", act->digest, NULL)), STORE_INTEGER(act->at),
                          STORE_INTEGER(act->account), STORE_TEXT(span_text(pool, act->city)),
                          STORE_TEXT(apr_pstrcat(pool, act->receipt, " %", NULL))},
        5, &rows);

    *vouches = store_integer(&rows, 0, 0) == 1 && store_integer(&rows, 0, 1) == 1;
    return status;
}

apr_status_t audit_refusals(store_unit_t *unit, apr_int64_t account, apr_time_t login_at, apr_int64_t *count,
                            apr_time_t *last_at)
{
    store_rows_t rows;
    apr_status_t status = store_select(unit, STORE_QUERY_AUDIT_REFUSALS,
                                       (store_value_t[]){STORE_INTEGER(account), STORE_INTEGER(login_at),
                                                         STORE_INTEGER(account), STORE_INTEGER(login_at)},
                                       4, &rows);

    *count = store_integer(&rows, 0, 0);
    *last_at = store_integer(&rows, 0, 1);
    return status;
}

apr_status_t audit_list(store_unit_t *unit, apr_int64_t after, int limit, audit_entry_t **entries, apr_int64_t *last,
                        int *count)
{
    apr_status_t status = read_entries(
        unit, STORE_QUERY_AUDIT_LIST, (store_value_t[]){STORE_INTEGER(after), STORE_INTEGER(limit)}, 2, entries, count);

    *last = *count > 0 ? (*entries)[*count - 1].number : after;
    return status;
}

/* --- The chain --- */

/* What the row's hash must be as entry `number` behind one with the hash `before`. */
static apr_status_t chain(const store_rows_t *rows, int row, apr_int64_t number, const char *before, const char **hash,
                          apr_pool_t *pool)
{
    unsigned char digest[SECRET_DIGEST_SIZE];
    record_pair_t pairs[HASH];
    apr_status_t status;

    for (int i = 0; i < HASH; i++) pairs[i] = (record_pair_t){span_of(names[i]), cell(rows, row, i)};
    pairs[NUMBER].value = span_of(apr_psprintf(pool, "%" APR_INT64_T_FMT, number));
    status = secret_digest(span_of(apr_pstrcat(pool, before, record_encode(pool, pairs, HASH).at, NULL)), digest);
    *hash = secret_base64url(pool, digest, sizeof digest);
    return status;
}

apr_status_t audit_head(store_unit_t *unit, apr_int64_t *number, const char **hash)
{
    store_rows_t rows;
    apr_status_t status = store_select(unit, STORE_QUERY_AUDIT_HEAD, NULL, 0, &rows);

    *number = store_integer(&rows, 0, 0);
    *hash = store_text(&rows, 0, 1);
    return status == APR_SUCCESS && rows.count != 1 ? BASE_ECORRUPT : status;
}

static apr_status_t seal_row(store_unit_t *unit, const store_rows_t *rows, int row, apr_int64_t number,
                             const char **hash)
{
    apr_status_t status = chain(rows, row, number, *hash, hash, store_pool(unit));

    if (status != APR_SUCCESS) return status;
    return store_change(
        unit, STORE_QUERY_AUDIT_SEAL,
        (store_value_t[]){STORE_INTEGER(number), STORE_TEXT(*hash), STORE_TEXT(store_text(rows, row, ID))}, 3, NULL);
}

apr_status_t audit_seal(store_unit_t *unit, int *sealed)
{
    apr_int64_t number = 0;
    const char *hash = "";
    store_rows_t rows = {0, 0, NULL};
    apr_status_t status = store_change(unit, STORE_QUERY_AUDIT_HEAD_LOCK, NULL, 0, NULL);

    *sealed = 0;
    if (status == APR_SUCCESS) status = audit_head(unit, &number, &hash);
    if (status == APR_SUCCESS)
        status =
            store_select(unit, STORE_QUERY_AUDIT_UNSEALED, (store_value_t[]){STORE_INTEGER(AUDIT_SEAL_MAX)}, 1, &rows);
    for (int i = 0; status == APR_SUCCESS && i < rows.count; i++) status = seal_row(unit, &rows, i, ++number, &hash);
    if (status == APR_SUCCESS && rows.count > 0)
        status = store_change(unit, STORE_QUERY_AUDIT_HEAD_SET,
                              (store_value_t[]){STORE_INTEGER(number), STORE_TEXT(hash)}, 2, NULL);
    if (status == APR_SUCCESS) *sealed = rows.count;
    return status;
}

/* --- Verifying --- */

/* A walk along the chain, up to where the head was when it began and on to the end. */
typedef struct {
    audit_report_t *report;
    const char *expected;    /* or NULL */
    apr_int64_t head_number; /* audit_head's */
    const char *head_hash;
    char hash[HASH_TEXT_SIZE]; /* of the last entry that fitted */
} walk_t;

static apr_status_t begin_walk(walk_t *walk, const store_t *store, apr_pool_t *pool)
{
    store_rows_t rows = {0, 0, NULL};
    store_unit_t *unit;
    apr_status_t status = store_open(&unit, store, STORE_READ, pool);

    if (status != APR_SUCCESS) return status;
    status = audit_head(unit, &walk->head_number, &walk->head_hash);
    if (status == APR_SUCCESS) walk->head_hash = apr_pstrdup(pool, walk->head_hash);
    if (status == APR_SUCCESS) status = store_select(unit, STORE_QUERY_AUDIT_UNSEALED_COUNT, NULL, 0, &rows);
    walk->report->unsealed = store_integer(&rows, 0, 0);
    store_close(unit);
    return status;
}

/* One entry; false: it is not the next link, or not the one that the head names. */
static bool check_entry(walk_t *walk, const store_rows_t *rows, int row, const char *hash)
{
    audit_report_t *report = walk->report;
    apr_int64_t number = report->sealed + 1;

    if (store_integer(rows, row, NUMBER) != number || strcmp(store_text(rows, row, HASH), hash) != 0) return false;
    if (number == walk->head_number && strcmp(walk->head_hash, hash) != 0) return false;
    report->sealed = number;
    report->expected_found |= walk->expected && strcmp(walk->expected, hash) == 0;
    apr_cpystrn(walk->hash, hash, sizeof walk->hash);
    return true;
}

static apr_status_t walk_page(walk_t *walk, const store_t *store, bool *done, apr_pool_t *pool)
{
    store_rows_t rows = {0, 0, NULL};
    store_unit_t *unit;
    const char *hash;
    bool fits = true;
    apr_status_t status = store_open(&unit, store, STORE_READ, pool);

    if (status != APR_SUCCESS) return status;
    status = store_select(unit, STORE_QUERY_AUDIT_LIST,
                          (store_value_t[]){STORE_INTEGER(walk->report->sealed), STORE_INTEGER(VERIFY_PAGE)}, 2, &rows);
    for (int i = 0; fits && status == APR_SUCCESS && i < rows.count; i++) {
        status = chain(&rows, i, walk->report->sealed + 1, walk->hash, &hash, pool);
        fits = status == APR_SUCCESS && check_entry(walk, &rows, i, hash);
    }
    store_close(unit);
    *done = !fits || rows.count == 0;
    if (!fits || (*done && walk->report->sealed < walk->head_number)) /* the second: cut off at the end */
        walk->report->broken_at = walk->report->sealed + 1;
    return status;
}

apr_status_t audit_verify(const store_t *store, const char *expected_head, audit_report_t *report, apr_pool_t *pool)
{
    walk_t walk = {.report = report, .expected = expected_head};
    apr_pool_t *page = NULL;
    bool done = false;
    apr_status_t status = apr_pool_create(&page, pool);

    *report = (audit_report_t){0};
    if (status == APR_SUCCESS) status = begin_walk(&walk, store, pool);
    while (status == APR_SUCCESS && !done) {
        apr_pool_clear(page);
        status = walk_page(&walk, store, &done, page);
    }
    if (page) apr_pool_destroy(page);
    report->head = apr_pstrdup(pool, walk.hash);
    return status;
}
