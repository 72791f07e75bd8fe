/* SPDX-License-Identifier: Apache-2.0
 *
 * Keyed hashes and their text forms. What is hashed, and what for, is said where it is needed.
 */
#include "limit/limit_key.h"

#include "base/crockford.h"
#include "base/error.h"
#include "base/secret.h"

#define LETTERS 8 /* of a receipt, 5 bits each */

static void put_word(unsigned char *bytes, uint64_t word)
{
    for (int i = 0; i < 8; i++) bytes[i] = (unsigned char)(word >> (56 - 8 * i));
}

static uint64_t get_word(const unsigned char *bytes)
{
    uint64_t word = 0;
    for (int i = 0; i < 8; i++) word = word << 8 | bytes[i];
    return word;
}

apr_status_t limit_key_make(limit_key_t *key, span_t secret, const span_t *parts, int count, apr_pool_t *pool)
{
    unsigned char mac[SECRET_DIGEST_SIZE];
    apr_size_t size = 0;
    for (int i = 0; i < count; i++) size += 8 + parts[i].size;

    unsigned char *data = apr_palloc(pool, size), *at = data;
    for (int i = 0; i < count; i++) {
        put_word(at, parts[i].size);
        if (parts[i].size) memcpy(at + 8, parts[i].at, parts[i].size);
        at += 8 + parts[i].size;
    }
    apr_status_t status = secret_mac(secret, (span_t){(const char *)data, size}, mac);
    *key = (limit_key_t){get_word(mac), get_word(mac + 8)};
    return status;
}

const char *limit_key_text(limit_key_t key, apr_pool_t *pool)
{
    unsigned char bytes[16];

    put_word(bytes, key.high);
    put_word(bytes + 8, key.low);
    return secret_base64url(pool, bytes, sizeof bytes);
}

apr_status_t limit_key_read(limit_key_t *key, const char *text)
{
    unsigned char bytes[16];
    apr_status_t status = secret_base64url_decode(span_of(text), bytes, sizeof bytes);

    if (status == APR_SUCCESS) *key = (limit_key_t){get_word(bytes), get_word(bytes + 8)};
    return status;
}

uint64_t limit_receipt_mark(limit_key_t key)
{
    return key.high >> (64 - 5 * LETTERS);
}

const char *limit_receipt_text(uint64_t mark, apr_pool_t *pool)
{
    char text[LETTERS];

    for (int i = 0; i < LETTERS; i++) text[i] = CROCKFORD_LETTERS[mark >> (5 * (LETTERS - 1 - i)) & 31];
    return apr_psprintf(pool, "%.4s-%.4s", text, text + 4);
}

bool limit_receipt_read(uint64_t *mark, span_t typed)
{
    int letters = 0;

    *mark = 0;
    for (apr_size_t i = 0; i < typed.size; i++) {
        if (typed.at[i] == '-' || typed.at[i] == ' ') continue;
        int value = crockford_value(typed.at[i]);
        if (value < 0 || ++letters > LETTERS) return false;
        *mark = *mark << 5 | (uint64_t)value;
    }
    return letters == LETTERS;
}
