/* SPDX-License-Identifier: Apache-2.0
 *
 * The evidence's row. Not for what it proves: evidence_verify.c.
 */
#include "account/evidence.h"

#include "account/evidence_digest.h"
#include "base/base64.h"
#include "base/secret.h"

#include <apr_escape.h>

#define ID_BYTES 12

/* The columns of evidence-read; those of the lists end with ENDED_AT. */
enum {
    ID,
    CITY,
    ACCOUNT,
    ACCOUNT_NAME,
    FLOW,
    RECEIPT,
    AT,
    ENDED_AT,
    DIGESTS,
    MANIFEST,
    CMS,
    CERTIFICATE,
    ISSUER,
    CHECKS
};

/* Hexadecimal: an id is typed on command lines, where one that begins with - would be an option. */
static apr_status_t make_id(span_t *id, apr_pool_t *pool)
{
    unsigned char bytes[ID_BYTES];
    apr_status_t status = secret_random(bytes, sizeof bytes);

    if (status == APR_SUCCESS) *id = span_of(apr_pescape_hex(pool, bytes, sizeof bytes, 0));
    return status;
}

static store_value_t text(span_t span, apr_pool_t *pool)
{
    return STORE_TEXT(span_text(pool, span));
}

static store_value_t binary(span_t bytes, apr_pool_t *pool)
{
    return STORE_TEXT(base64_encode(bytes, pool).at);
}

static apr_status_t insert(store_unit_t *unit, const evidence_t *evidence, apr_pool_t *pool)
{
    apr_status_t status = store_change(
        unit, STORE_QUERY_EVIDENCE_INSERT,
        (store_value_t[]){text(evidence->id, pool), text(evidence->city, pool), STORE_INTEGER(evidence->account),
                          text(evidence->account_name, pool), text(evidence->flow, pool), text(evidence->receipt, pool),
                          text(evidence->manifest, pool), binary(evidence->cms, pool),
                          binary(evidence->certificate, pool), binary(evidence->issuer, pool),
                          text(evidence->checks, pool), STORE_INTEGER(evidence->at)},
        12, NULL);

    if (status != APR_SUCCESS) return status;
    return store_change(unit, STORE_QUERY_EVIDENCE_DIGEST,
                        (store_value_t[]){text(evidence->digests, pool), text(evidence->id, pool)}, 2, NULL);
}

apr_status_t evidence_keep(store_unit_t *unit, evidence_t *evidence, const char **digest, apr_pool_t *pool)
{
    apr_status_t status = make_id(&evidence->id, pool);

    if (status == APR_SUCCESS) status = evidence_digests(&evidence->digests, evidence, pool);
    if (status == APR_SUCCESS) status = evidence_digest(digest, evidence->digests, pool);
    return status == APR_SUCCESS ? insert(unit, evidence, pool) : status;
}

/* --- Reading --- */

static span_t cell(const store_rows_t *rows, int row, int column, apr_pool_t *pool)
{
    return span_copy(pool, span_of(store_text(rows, row, column)));
}

/* Empty where the column holds no base64. */
static span_t binary_cell(const store_rows_t *rows, int row, int column, apr_pool_t *pool)
{
    span_t bytes;
    return base64_decode(&bytes, span_of(store_text(rows, row, column)), pool) == APR_SUCCESS ? bytes : SPAN("");
}

/* Columns that a query doesn't have read as "". */
static void fill(evidence_t *evidence, const store_rows_t *rows, int row, apr_pool_t *pool)
{
    *evidence = (evidence_t){.id = cell(rows, row, ID, pool),
                             .city = cell(rows, row, CITY, pool),
                             .account = store_integer(rows, row, ACCOUNT),
                             .account_name = cell(rows, row, ACCOUNT_NAME, pool),
                             .flow = cell(rows, row, FLOW, pool),
                             .receipt = cell(rows, row, RECEIPT, pool),
                             .manifest = cell(rows, row, MANIFEST, pool),
                             .cms = binary_cell(rows, row, CMS, pool),
                             .certificate = binary_cell(rows, row, CERTIFICATE, pool),
                             .issuer = binary_cell(rows, row, ISSUER, pool),
                             .checks = cell(rows, row, CHECKS, pool),
                             .digests = cell(rows, row, DIGESTS, pool),
                             .at = store_integer(rows, row, AT),
                             .ended_at = store_integer(rows, row, ENDED_AT)};
}

apr_status_t evidence_read(store_unit_t *unit, span_t name, evidence_t *evidence, bool *found, apr_pool_t *pool)
{
    store_rows_t rows;
    apr_status_t status =
        store_select(unit, STORE_QUERY_EVIDENCE_READ, (store_value_t[]){text(name, pool), text(name, pool)}, 2, &rows);

    *found = status == APR_SUCCESS && rows.count > 0;
    if (*found) fill(evidence, &rows, 0, pool);
    return status;
}

static apr_status_t list(store_unit_t *unit, store_query_t query, const store_value_t *values, int value_count,
                         evidence_t **evidence, int *count, apr_pool_t *pool)
{
    store_rows_t rows;
    apr_status_t status = store_select(unit, query, values, value_count, &rows);

    *count = rows.count;
    *evidence = apr_palloc(pool, (apr_size_t)rows.count * sizeof **evidence);
    for (int i = 0; i < rows.count; i++) fill(*evidence + i, &rows, i, pool);
    return status;
}

apr_status_t evidence_newest(store_unit_t *unit, span_t city, span_t account_name, int limit, evidence_t **evidence,
                             int *count, apr_pool_t *pool)
{
    const store_value_t its_city = text(city, pool), most = STORE_INTEGER(limit);

    if (account_name.size == 0)
        return list(unit, STORE_QUERY_EVIDENCE_NEWEST, (store_value_t[]){its_city, most}, 2, evidence, count, pool);
    return list(unit, STORE_QUERY_EVIDENCE_OF_ACCOUNT, (store_value_t[]){its_city, text(account_name, pool), most}, 3,
                evidence, count, pool);
}

apr_status_t evidence_walk(store_unit_t *unit, span_t city, span_t after, int limit, evidence_t **evidence, int *count,
                           apr_pool_t *pool)
{
    return list(unit, STORE_QUERY_EVIDENCE_WALK,
                (store_value_t[]){text(city, pool), text(after, pool), STORE_INTEGER(limit)}, 3, evidence, count, pool);
}

apr_status_t evidence_certificates(store_unit_t *unit, apr_int64_t account, span_t **certificates, int *count,
                                   apr_pool_t *pool)
{
    store_rows_t rows;
    apr_status_t status =
        store_select(unit, STORE_QUERY_EVIDENCE_CERTIFICATES, (store_value_t[]){STORE_INTEGER(account)}, 1, &rows);

    *count = rows.count;
    *certificates = apr_palloc(pool, (apr_size_t)rows.count * sizeof **certificates);
    for (int i = 0; i < rows.count; i++) (*certificates)[i] = binary_cell(&rows, i, 0, pool);
    return status;
}

apr_status_t evidence_receipt(store_unit_t *unit, span_t city, span_t flow, span_t receipt, apr_time_t *at, bool *found)
{
    apr_pool_t *pool = store_pool(unit);
    store_rows_t rows;
    apr_status_t status =
        store_select(unit, STORE_QUERY_EVIDENCE_RECEIPT,
                     (store_value_t[]){text(city, pool), text(flow, pool), text(receipt, pool)}, 3, &rows);

    *found = status == APR_SUCCESS && rows.count > 0;
    *at = store_integer(&rows, 0, 0);
    return status;
}

/* --- Its end --- */

apr_status_t evidence_end(store_unit_t *unit, apr_int64_t account, apr_time_t now)
{
    return store_change(unit, STORE_QUERY_EVIDENCE_END, (store_value_t[]){STORE_INTEGER(now), STORE_INTEGER(account)},
                        2, NULL);
}

apr_status_t evidence_purge(store_unit_t *unit, span_t city, apr_time_t before)
{
    return store_change(unit, STORE_QUERY_EVIDENCE_PURGE,
                        (store_value_t[]){text(city, store_pool(unit)), STORE_INTEGER(before)}, 2, NULL);
}
