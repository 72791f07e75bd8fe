/* SPDX-License-Identifier: Apache-2.0
 *
 * The challenge's row. Not for what is done with a challenge (flow/helper.c).
 */
#include "session/challenge.h"

#include "base/base64.h"
#include "base/secret.h"

#define NONCE_SIZE 32 /* bytes */

enum { NONCE, CONTENT, CREATED_AT }; /* columns of challenge-take */

static const char *text_of(store_unit_t *unit, span_t span)
{
    return span_text(store_pool(unit), span);
}

/* The three values that a row is found by. */
static apr_status_t find_by(store_unit_t *unit, const challenge_t *challenge, store_value_t values[3])
{
    unsigned char hash[SECRET_DIGEST_SIZE];
    apr_status_t status = secret_digest(challenge->holder, hash);

    if (status != APR_SUCCESS) return status;
    values[0] = STORE_TEXT(text_of(unit, challenge->city));
    values[1] = STORE_TEXT(secret_base64url(store_pool(unit), hash, sizeof hash));
    values[2] = STORE_TEXT(text_of(unit, challenge->purpose));
    return APR_SUCCESS;
}

apr_status_t challenge_nonce(span_t *nonce, apr_pool_t *pool)
{
    unsigned char bytes[NONCE_SIZE];
    apr_status_t status = secret_random(bytes, sizeof bytes);

    if (status == APR_SUCCESS) *nonce = base64_encode((span_t){(const char *)bytes, sizeof bytes}, pool);
    return status;
}

apr_status_t challenge_begin(store_unit_t *unit, challenge_t *challenge, apr_time_t now, apr_pool_t *pool)
{
    store_value_t values[5];
    apr_status_t status = challenge_nonce(&challenge->nonce, pool);

    if (status == APR_SUCCESS) status = find_by(unit, challenge, values);
    if (status != APR_SUCCESS) return status;
    challenge->content = SPAN("");
    challenge->created_at = now;
    values[3] = STORE_TEXT(challenge->nonce.at);
    values[4] = STORE_INTEGER(now);
    return store_change(unit, STORE_QUERY_CHALLENGE_BEGIN, values, 5, NULL);
}

apr_status_t challenge_put(store_unit_t *unit, challenge_t *challenge, span_t content)
{
    store_value_t values[5] = {STORE_TEXT(text_of(unit, content))};
    apr_int64_t changed = 0;
    apr_status_t status = find_by(unit, challenge, values + 1);

    if (status != APR_SUCCESS) return status;
    values[4] = STORE_TEXT(text_of(unit, challenge->nonce));
    status = store_change(unit, STORE_QUERY_CHALLENGE_PUT, values, 5, &changed);
    if (status == APR_SUCCESS && changed != 1) status = APR_NOTFOUND;
    if (status == APR_SUCCESS) challenge->content = content;
    return status;
}

apr_status_t challenge_take(store_unit_t *unit, challenge_t *challenge, apr_time_t now, apr_pool_t *pool)
{
    store_value_t values[4];
    store_rows_t rows;
    apr_status_t status = find_by(unit, challenge, values);

    if (status != APR_SUCCESS) return status;
    values[3] = STORE_INTEGER(now - CHALLENGE_LIFE);
    status = store_select(unit, STORE_QUERY_CHALLENGE_TAKE, values, 4, &rows);
    if (status == APR_SUCCESS && rows.count != 1) status = APR_NOTFOUND;
    if (status != APR_SUCCESS) return status;
    challenge->nonce = span_copy(pool, span_of(store_text(&rows, 0, NONCE)));
    challenge->content = span_copy(pool, span_of(store_text(&rows, 0, CONTENT)));
    challenge->created_at = store_integer(&rows, 0, CREATED_AT);
    return APR_SUCCESS;
}

apr_status_t challenge_purge(store_unit_t *unit, span_t city, apr_time_t now)
{
    return store_change(unit, STORE_QUERY_CHALLENGE_PURGE,
                        (store_value_t[]){STORE_TEXT(text_of(unit, city)), STORE_INTEGER(now - CHALLENGE_LIFE)}, 2,
                        NULL);
}
