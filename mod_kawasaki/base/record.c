/* SPDX-License-Identifier: Apache-2.0 */
#include "base/record.h"

#include "base/error.h"
#include "base/escape.h"

static char *append(char *to, span_t bytes)
{
    if (bytes.size) memcpy(to, bytes.at, bytes.size);
    return to + bytes.size;
}

span_t record_encode(apr_pool_t *pool, const record_pair_t *pairs, apr_size_t count)
{
    apr_size_t size = 0;
    char *text, *to;

    for (apr_size_t i = 0; i < count; i++) size += pairs[i].name.size + escape_size(pairs[i].value) + 2;
    to = text = apr_palloc(pool, size + 1);
    for (apr_size_t i = 0; i < count; i++) {
        to = append(to, pairs[i].name);
        *to++ = '\t';
        to = escape_append(to, pairs[i].value);
        *to++ = '\n';
    }
    *to = '\0';
    return (span_t){text, size};
}

static bool holds(span_t text, const char *bytes)
{
    for (; *bytes; bytes++)
        if (text.size && memchr(text.at, *bytes, text.size)) return true;
    return false;
}

static apr_status_t decode_line(apr_pool_t *pool, span_t line, record_pair_t *pair)
{
    const char *tab = memchr(line.at, '\t', line.size);
    span_t value;

    if (!tab) return BASE_EMALFORMED;
    pair->name = (span_t){line.at, (apr_size_t)(tab - line.at)};
    value = (span_t){tab + 1, line.size - pair->name.size - 1};
    if (holds(pair->name, "\\\r")) return BASE_EMALFORMED;
    return escape_undo(pool, value, &pair->value);
}

apr_status_t record_decode(apr_pool_t *pool, span_t text, record_pair_t **pairs, apr_size_t *count)
{
    const char *at = text.at, *end;
    apr_size_t lines = 0;

    *pairs = NULL;
    *count = 0;
    if (text.size == 0) return APR_SUCCESS;
    end = text.at + text.size;
    if (end[-1] != '\n') return BASE_EMALFORMED;
    for (apr_size_t i = 0; i < text.size; i++) lines += text.at[i] == '\n';
    *pairs = apr_palloc(pool, lines * sizeof **pairs);
    for (apr_size_t i = 0; i < lines; i++) {
        const char *newline = memchr(at, '\n', (apr_size_t)(end - at));
        apr_status_t status = decode_line(pool, (span_t){at, (apr_size_t)(newline - at)}, *pairs + i);
        if (status != APR_SUCCESS) return status;
        at = newline + 1;
    }
    *count = lines;
    return APR_SUCCESS;
}

span_t record_value(const record_pair_t *pairs, apr_size_t count, span_t name)
{
    for (apr_size_t i = 0; i < count; i++)
        if (span_equal(pairs[i].name, name)) return pairs[i].value;
    return SPAN("");
}
