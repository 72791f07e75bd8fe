/* SPDX-License-Identifier: Apache-2.0
 *
 * Holders who were asked elsewhere: the PIN is there already, in a descriptor or from a kiosk's page.
 */
#include "base/error.h"
#include "signer/ask.h"

#include <stdio.h>

typedef struct {
    ask_t ask;          /* first */
    const pin_t *given; /* NULL: none came along */
    int fd;             /* -1: none */
    bool last_try;
    apr_pool_t *pool;
} given_t;

static wire_code_t ask_page(ask_t *ask, const request_t *request, source_key_t key, const source_prompt_t *prompt,
                            apr_time_t until, pin_t *pin)
{
    const given_t *given = (const given_t *)(const void *)ask;

    (void)request;
    (void)key;
    (void)until;
    if (prompt->tries == 1 && !given->last_try) return WIRE_PIN_LOW;
    if (!given->given) return WIRE_PIN_FORM;
    *pin = *given->given;
    return WIRE_OK;
}

ask_t *ask_given(const pin_t *given, bool last_try, apr_pool_t *pool)
{
    given_t *page = apr_palloc(pool, sizeof *page);

    *page = (given_t){.ask = {.pin = ask_page, .given = true}, .given = given, .fd = -1, .last_try = last_try};
    return &page->ask;
}

static wire_code_t ask_fd(ask_t *ask, const request_t *request, source_key_t key, const source_prompt_t *prompt,
                          apr_time_t until, pin_t *pin)
{
    const given_t *given = (const given_t *)(const void *)ask;
    apr_status_t status;

    (void)key;
    if (request->operation == REQUEST_SIGN) {
        span_t text = ask_text(request->manifest, given->pool);
        fprintf(stderr, "次の内容に署名します。\n\n%.*s\n", (int)text.size, text.at);
    } else {
        fprintf(stderr, "%.*s の手続きで本人の確認をします。\n", (int)request->origin.size, request->origin.at);
    }
    if (prompt->tries == 1 && !given->last_try) return WIRE_PIN_LOW;
    status = pin_read(pin, given->fd, until);
    if (APR_STATUS_IS_TIMEUP(status)) return WIRE_TIMEOUT;
    if (status == BASE_ETOOBIG || APR_STATUS_IS_EOF(status)) return WIRE_PIN_FORM;
    return status == APR_SUCCESS ? WIRE_OK : WIRE_FAILED;
}

ask_t *ask_descriptor(int fd, bool last_try, apr_pool_t *pool)
{
    given_t *given = apr_palloc(pool, sizeof *given);

    *given = (given_t){.ask = {.pin = ask_fd, .given = true}, .fd = fd, .last_try = last_try, .pool = pool};
    return &given->ask;
}
