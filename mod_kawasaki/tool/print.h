/* SPDX-License-Identifier: Apache-2.0
 *
 * What commands answer, on standard output: records of named values. For people as `name: value` lines or as one line a
 * record; with --json as one JSON object a line. Complaints are not answers: tool_complain.
 */
#ifndef TOOL_PRINT_H
#define TOOL_PRINT_H

#include "base/span.h"

#include <apr_time.h>

typedef enum {
    PRINT_BLOCKS, /* a value a line, an empty line between records */
    PRINT_LINES   /* a record a line, its values with tabs between and without names, - for an empty one */
} print_layout_t;

typedef struct {
    bool json;
    print_layout_t layout;
    int records, values; /* begun so far; of this record or group */
    apr_pool_t *pool;
} print_t;

/* Begins and ends a record. Values are written in between, in the order of the calls. */
void print_begin(print_t *print);
void print_end(print_t *print);

/* People see it as terminal_write shows it, so that no value moves a cursor or looks like another. */
void print_text(print_t *print, const char *name, span_t value);

/* The same of several lines, each on its own. Not for PRINT_LINES. */
void print_lines(print_t *print, const char *name, span_t value);
void print_integer(print_t *print, const char *name, apr_int64_t value);
void print_bool(print_t *print, const char *name, bool value);

/* Japan's time as ISO 8601 has it, "2026-11-22T16:45:12+09:00"; 0 is null, or empty. */
void print_time(print_t *print, const char *name, apr_time_t at);

/* Values of one record that belong together: an object of their own in JSON. Not for PRINT_LINES. */
void print_group(print_t *print, const char *name);
void print_group_end(print_t *print);

#endif
