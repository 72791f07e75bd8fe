/* SPDX-License-Identifier: Apache-2.0
 *
 * The session's row. Not for the cache (cache.c), nor for what a visitor may do.
 */
#include "session/session.h"

#include "base/error.h"

#define ID_SIZE        32 /* bytes: 256 random bits */
#define CSRF_SIZE      16
#define TOUCH_INTERVAL apr_time_from_sec(60)

apr_status_t session_hash(span_t cookie, unsigned char hash[SESSION_HASH_SIZE])
{
    unsigned char id[ID_SIZE];
    apr_status_t status = secret_base64url_decode(cookie, id, sizeof id);

    if (status == APR_SUCCESS) status = secret_digest((span_t){(const char *)id, sizeof id}, hash);
    secret_wipe(id, sizeof id);
    return status;
}

static const char *hash_text(store_unit_t *unit, const unsigned char hash[SESSION_HASH_SIZE])
{
    return secret_base64url(store_pool(unit), hash, SESSION_HASH_SIZE);
}

static const char *text_of(store_unit_t *unit, span_t span)
{
    return span_text(store_pool(unit), span);
}

/* Makes the id and the token; only the cookie's text keeps the id. */
static apr_status_t make_secrets(session_t *session, const char **cookie, apr_pool_t *pool)
{
    unsigned char id[ID_SIZE], csrf[CSRF_SIZE];
    apr_status_t status = secret_random(id, sizeof id);

    if (status == APR_SUCCESS) status = secret_random(csrf, sizeof csrf);
    if (status == APR_SUCCESS) status = secret_digest((span_t){(const char *)id, sizeof id}, session->hash);
    if (status == APR_SUCCESS) {
        *cookie = secret_base64url(pool, id, sizeof id);
        if (session->csrf.size == 0) session->csrf = span_of(secret_base64url(pool, csrf, sizeof csrf));
    }
    secret_wipe(id, sizeof id);
    return status;
}

apr_status_t session_begin(store_unit_t *unit, session_t *session, const char **cookie, apr_time_t now,
                           apr_pool_t *pool)
{
    apr_status_t status = make_secrets(session, cookie, pool);

    if (status != APR_SUCCESS) return status;
    session->created_at = session->touched_at = now;
    return store_change(
        unit, STORE_QUERY_SESSION_INSERT,
        (store_value_t[]){STORE_TEXT(hash_text(unit, session->hash)), STORE_INTEGER(session->account),
                          STORE_TEXT(text_of(unit, session->city)), STORE_TEXT(text_of(unit, session->kind)),
                          STORE_INTEGER(session->level), STORE_TEXT(text_of(unit, session->csrf)),
                          STORE_TEXT(text_of(unit, session->insertion)), STORE_INTEGER(now), STORE_INTEGER(now)},
        9, NULL);
}

apr_status_t session_read(store_unit_t *unit, session_t *session, span_t city, session_life_t life, apr_time_t now,
                          session_state_t *state, apr_pool_t *pool)
{
    store_rows_t rows;
    apr_status_t status = store_select(
        unit, STORE_QUERY_SESSION_READ,
        (store_value_t[]){STORE_TEXT(hash_text(unit, session->hash)), STORE_TEXT(text_of(unit, city))}, 2, &rows);

    *state = SESSION_NONE;
    if (status != APR_SUCCESS || rows.count == 0) return status;
    session->account = store_integer(&rows, 0, 0);
    session->city = span_copy(pool, span_of(store_text(&rows, 0, 1)));
    session->kind = span_copy(pool, span_of(store_text(&rows, 0, 2)));
    session->level = store_integer(&rows, 0, 3);
    session->csrf = span_copy(pool, span_of(store_text(&rows, 0, 4)));
    session->insertion = span_copy(pool, span_of(store_text(&rows, 0, 5)));
    session->created_at = store_integer(&rows, 0, 6);
    session->touched_at = store_integer(&rows, 0, 7);
    *state = session_state(session, life, now);
    return APR_SUCCESS;
}

/* A clock that was put back makes nothing old: the elapsed time is then negative, which is less than any life. */
session_state_t session_state(const session_t *session, session_life_t life, apr_time_t now)
{
    bool idle = now - session->touched_at >= apr_time_from_sec(life.idle);
    bool over = now - session->created_at >= apr_time_from_sec(life.lasts);
    return idle || over ? SESSION_TIMED_OUT : SESSION_LIVE;
}

bool session_touch_due(const session_t *session, apr_time_t now)
{
    return now - session->touched_at >= TOUCH_INTERVAL;
}

apr_status_t session_touch(store_unit_t *unit, session_t *session, apr_time_t now)
{
    apr_status_t status =
        store_change(unit, STORE_QUERY_SESSION_TOUCH,
                     (store_value_t[]){STORE_INTEGER(now), STORE_TEXT(hash_text(unit, session->hash))}, 2, NULL);

    if (status == APR_SUCCESS) session->touched_at = now;
    return status;
}

apr_status_t session_end(store_unit_t *unit, const unsigned char hash[SESSION_HASH_SIZE], bool *ended)
{
    apr_int64_t count = 0;
    apr_status_t status =
        store_change(unit, STORE_QUERY_SESSION_END, (store_value_t[]){STORE_TEXT(hash_text(unit, hash))}, 1, &count);

    *ended = count > 0;
    return status;
}

apr_status_t session_end_account(store_unit_t *unit, apr_int64_t account)
{
    return store_change(unit, STORE_QUERY_SESSION_END_ACCOUNT, (store_value_t[]){STORE_INTEGER(account)}, 1, NULL);
}

apr_status_t session_purge(store_unit_t *unit, span_t city, session_life_t life, apr_time_t now)
{
    return store_change(unit, STORE_QUERY_SESSION_PURGE,
                        (store_value_t[]){STORE_TEXT(text_of(unit, city)),
                                          STORE_INTEGER(now - apr_time_from_sec(life.idle)),
                                          STORE_INTEGER(now - apr_time_from_sec(life.lasts))},
                        3, NULL);
}
