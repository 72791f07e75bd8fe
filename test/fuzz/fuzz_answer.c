/* SPDX-License-Identifier: Apache-2.0
 *
 * Any bytes as an answer of the helper, as a message to it, and as a manifest: what is read and written again reads the
 * same, and a manifest is the same bytes again.
 */
#include "base/secret.h"
#include "fuzz.h"
#include "wire/answer.h"
#include "wire/manifest.h"
#include "wire/message.h"

#include <jansson.h>

/* One CMS has one text: the bits of the last character that hold nothing are zeros. */
static bool is_canonical(span_t input, span_t cms, apr_pool_t *pool)
{
    json_t *json = json_loadb(input.at, input.size, 0, NULL);
    const json_t *text = json_object_get(json, "cms");
    const bool same =
        !text || strcmp(json_string_value(text), secret_base64url(pool, (const unsigned char *)cms.at, cms.size)) == 0;

    json_decref(json);
    return same;
}

/* None, or of one size: it becomes a key of the server's. */
static bool is_holder(span_t holder)
{
    return holder.size == 0 || holder.size == 64;
}

static void answer(span_t input, apr_pool_t *pool)
{
    answer_t first, second;

    if (answer_decode(&first, input, pool) != APR_SUCCESS) return;
    FUZZ_HOLDS(first.code < WIRE_CODES);
    FUZZ_HOLDS(answer_decode(&second, answer_encode(&first, pool), pool) == APR_SUCCESS);
    FUZZ_HOLDS(first.code == second.code && first.tries == second.tries && first.has_info == second.has_info);
    FUZZ_HOLDS(span_equal(first.id, second.id) && span_equal(first.token, second.token) &&
               span_equal(first.cms, second.cms));
    FUZZ_HOLDS(span_equal(first.holder, second.holder) && is_holder(first.holder));
    FUZZ_HOLDS(!first.has_info || is_holder(first.info.holder));
    FUZZ_HOLDS(first.tries >= ANSWER_TRIES_UNKNOWN && first.tries <= 15);
    FUZZ_HOLDS(is_canonical(input, first.cms, pool));
}

static void message(span_t input, apr_pool_t *pool)
{
    message_t first, second;

    if (message_decode(&first, input, pool) != APR_SUCCESS) return;
    FUZZ_HOLDS(message_decode(&second, message_encode(&first, pool), pool) == APR_SUCCESS);
    FUZZ_HOLDS(span_equal(first.request, second.request) && span_equal(first.origin, second.origin) &&
               first.has_pin == second.has_pin && first.last_try == second.last_try);
}

static void manifest(span_t input, apr_pool_t *pool)
{
    manifest_t read;
    span_t again;

    if (manifest_decode(&read, input, pool) != APR_SUCCESS) return;
    FUZZ_HOLDS(manifest_encode(&again, &read, pool) == APR_SUCCESS && span_equal(input, again));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    apr_pool_t *pool = fuzz_begin();
    const span_t input = fuzz_span(data, size);

    answer(input, pool);
    message(input, pool);
    manifest(input, pool);
    fuzz_end(pool);
    return 0;
}
