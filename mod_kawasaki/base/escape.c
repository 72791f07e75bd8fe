/* SPDX-License-Identifier: Apache-2.0 */
#include "base/escape.h"

#include "base/error.h"

/* The four bytes and the letters that stand for them; at the same place in both. */
static const char special[] = "\\\t\n\r";
static const char letters[] = "\\tnr";

static const char *find(const char *set, char byte)
{
    return byte ? strchr(set, byte) : NULL;
}

apr_size_t escape_size(span_t value)
{
    apr_size_t size = value.size;
    for (apr_size_t i = 0; i < value.size; i++) size += find(special, value.at[i]) != NULL;
    return size;
}

char *escape_append(char *to, span_t value)
{
    for (apr_size_t i = 0; i < value.size; i++) {
        const char *found = find(special, value.at[i]);
        if (found) *to++ = '\\';
        *to++ = found ? letters[found - special] : value.at[i];
    }
    return to;
}

apr_status_t escape_undo(apr_pool_t *pool, span_t text, span_t *value)
{
    apr_size_t specials = 0;
    const char *at, *end;
    char *to;

    *value = text;
    for (apr_size_t i = 0; i < text.size; i++) specials += find(special, text.at[i]) != NULL;
    if (specials == 0) return APR_SUCCESS;
    value->at = to = apr_palloc(pool, text.size);
    at = text.at;
    end = text.at + text.size;
    while (at < end) {
        char byte = *at++;
        if (byte == '\\') {
            const char *found = at < end ? find(letters, *at++) : NULL;
            if (!found) return BASE_EMALFORMED;
            byte = special[found - letters];
        } else if (find(special, byte)) {
            return BASE_EMALFORMED;
        }
        *to++ = byte;
    }
    value->size = (apr_size_t)(to - value->at);
    return APR_SUCCESS;
}
