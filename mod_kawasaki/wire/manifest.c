/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/manifest.h"

#include "base/error.h"
#include "base/escape.h"
#include "wire/shape.h"

#include <stdio.h>

#define TIME_SIZE   20 /* 2026-11-22T09:24:34Z */
#define SECONDS_MAX APR_INT64_C(253402300799)

static const char *const headings[] = {"rules", "city", "flow", "account", "origin", "nonce", "time"};
enum { RULES, CITY, FLOW, ACCOUNT, ORIGIN, NONCE, TIME, HEADINGS };
_Static_assert(sizeof headings / sizeof *headings == HEADINGS, "a value without a heading");

static bool is_word(span_t text)
{
    for (apr_size_t i = 0; i < text.size; i++)
        if (text.at[i] <= ' ' || text.at[i] > '~' || text.at[i] == '\\') return false;
    return text.size > 0 && text.size <= MANIFEST_WORD_MAX;
}

static bool is_well_formed(const manifest_t *manifest)
{
    for (int i = 0; i < manifest->count; i++) {
        const manifest_line_t *line = &manifest->lines[i];
        if (!is_word(line->name) || !shape_is_text(line->label) || !shape_is_text(line->value)) return false;
    }
    return shape_is_digest(manifest->rules) && is_word(manifest->city) && is_word(manifest->flow) &&
           (manifest->account.size == 0 || is_word(manifest->account)) && shape_is_origin(manifest->origin) &&
           shape_is_nonce(manifest->nonce) && manifest->at >= 0 && apr_time_usec(manifest->at) == 0 &&
           apr_time_sec(manifest->at) <= SECONDS_MAX;
}

span_t manifest_time(apr_time_t at, apr_pool_t *pool)
{
    apr_time_exp_t parts;

    apr_time_exp_gmt(&parts, at);
    return span_of(apr_psprintf(pool, "%04d-%02d-%02dT%02d:%02d:%02dZ", parts.tm_year + 1900, parts.tm_mon + 1,
                                parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec));
}

static char *append(char *to, span_t text, char end)
{
    if (text.size) memcpy(to, text.at, text.size);
    to += text.size;
    *to++ = end;
    return to;
}

static char *append_line(char *to, const manifest_line_t *line)
{
    to = append(to, line->name, '\t');
    to = escape_append(to, line->label);
    *to++ = '\t';
    to = escape_append(to, line->value);
    *to++ = '\n';
    return to;
}

static apr_size_t size_of(const span_t values[HEADINGS], const manifest_line_t *lines, int count)
{
    apr_size_t size = sizeof MANIFEST_VERSION + 1; /* with its LF, and the empty line */

    for (int i = 0; i < HEADINGS; i++) size += strlen(headings[i]) + values[i].size + 2;
    for (int i = 0; i < count; i++)
        size += lines[i].name.size + escape_size(lines[i].label) + escape_size(lines[i].value) + 3;
    return size;
}

apr_status_t manifest_encode(span_t *bytes, const manifest_t *manifest, apr_pool_t *pool)
{
    span_t values[HEADINGS];
    apr_size_t size;
    char *text, *to;

    if (manifest->count > MANIFEST_LINES_MAX) return BASE_ETOOBIG;
    if (!is_well_formed(manifest)) return BASE_EMALFORMED;
    values[RULES] = manifest->rules;
    values[CITY] = manifest->city;
    values[FLOW] = manifest->flow;
    values[ACCOUNT] = manifest->account;
    values[ORIGIN] = manifest->origin;
    values[NONCE] = manifest->nonce;
    values[TIME] = manifest_time(manifest->at, pool);
    size = size_of(values, manifest->lines, manifest->count);
    if (size > MANIFEST_MAX) return BASE_ETOOBIG;

    to = text = apr_palloc(pool, size);
    to = append(to, SPAN(MANIFEST_VERSION), '\n');
    for (int i = 0; i < HEADINGS; i++) {
        to = append(to, span_of(headings[i]), '\t');
        to = append(to, values[i], '\n');
    }
    *to++ = '\n';
    for (int i = 0; i < manifest->count; i++) to = append_line(to, &manifest->lines[i]);
    *bytes = (span_t){text, size};
    return APR_SUCCESS;
}

/* Cuts off what stands before the first `end`; false if there is none. */
static bool cut(span_t *rest, char end, span_t *piece)
{
    const char *found = rest->size ? memchr(rest->at, end, rest->size) : NULL;

    if (!found) return false;
    *piece = (span_t){rest->at, (apr_size_t)(found - rest->at)};
    *rest = (span_t){found + 1, rest->size - piece->size - 1};
    return true;
}

/* Whether such a day exists, and whether it is written as we do, encoding it again will tell. But not every release of
 * APR checks the month before it looks it up. */
static bool read_time(span_t text, apr_time_t *at, apr_pool_t *pool)
{
    apr_time_exp_t parts = {0};

    if (text.size != TIME_SIZE) return false;
    if (sscanf(span_text(pool, text), "%4d-%2d-%2dT%2d:%2d:%2dZ", &parts.tm_year, &parts.tm_mon, &parts.tm_mday,
               &parts.tm_hour, &parts.tm_min, &parts.tm_sec) != 6)
        return false;
    parts.tm_year -= 1900;
    parts.tm_mon -= 1;
    return parts.tm_mon >= 0 && parts.tm_mon < 12 && apr_time_exp_gmt_get(at, &parts) == APR_SUCCESS;
}

static bool read_headings(manifest_t *manifest, span_t *rest, apr_pool_t *pool)
{
    span_t values[HEADINGS], line, heading;

    if (!cut(rest, '\n', &line) || !span_is(line, MANIFEST_VERSION)) return false;
    for (int i = 0; i < HEADINGS; i++) {
        if (!cut(rest, '\n', &line) || !cut(&line, '\t', &heading) || !span_is(heading, headings[i])) return false;
        values[i] = line;
    }
    manifest->rules = values[RULES];
    manifest->city = values[CITY];
    manifest->flow = values[FLOW];
    manifest->account = values[ACCOUNT];
    manifest->origin = values[ORIGIN];
    manifest->nonce = values[NONCE];
    return cut(rest, '\n', &line) && line.size == 0 && read_time(values[TIME], &manifest->at, pool);
}

static bool read_line(manifest_line_t *line, span_t text, apr_pool_t *pool)
{
    span_t label;

    return cut(&text, '\t', &line->name) && cut(&text, '\t', &label) &&
           escape_undo(pool, label, &line->label) == APR_SUCCESS &&
           escape_undo(pool, text, &line->value) == APR_SUCCESS;
}

static apr_status_t read_lines(manifest_t *manifest, span_t rest, apr_pool_t *pool)
{
    manifest_line_t *lines = apr_palloc(pool, MANIFEST_LINES_MAX * sizeof *lines);
    span_t text;

    manifest->lines = lines;
    for (; rest.size; manifest->count++) {
        if (manifest->count == MANIFEST_LINES_MAX) return BASE_ETOOBIG;
        if (!cut(&rest, '\n', &text) || !read_line(&lines[manifest->count], text, pool)) return BASE_EMALFORMED;
    }
    return APR_SUCCESS;
}

/* Reads what it can understand; manifest_decode holds it against the one way to write it. */
static apr_status_t parse(manifest_t *manifest, span_t bytes, apr_pool_t *pool)
{
    if (bytes.size > MANIFEST_MAX) return BASE_ETOOBIG;
    if (!read_headings(manifest, &bytes, pool)) return BASE_EMALFORMED;
    return read_lines(manifest, bytes, pool);
}

apr_status_t manifest_decode(manifest_t *manifest, span_t bytes, apr_pool_t *pool)
{
    span_t again;
    apr_status_t status;

    memset(manifest, 0, sizeof *manifest);
    status = parse(manifest, bytes, pool);
    if (status == APR_SUCCESS) status = manifest_encode(&again, manifest, pool);
    if (status == APR_SUCCESS && !span_equal(again, bytes)) status = BASE_EMALFORMED;
    if (status != APR_SUCCESS) memset(manifest, 0, sizeof *manifest);
    return status;
}
