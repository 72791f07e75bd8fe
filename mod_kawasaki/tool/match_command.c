/* SPDX-License-Identifier: Apache-2.0
 *
 * kawasaki match address|name|birth-date: are two writings the same? kawasaki match split: what parts has an address?
 * For trying out what docs/matching.md says; the answers are text/match.h's and text/address_split.h's.
 */
#include "text/address_split.h"
#include "text/match.h"
#include "tool/command.h"
#include "tool/print.h"
#include "tool/tool.h"

#include <stdio.h>

typedef void match_run_t(match_result_t *result, span_t a, span_t b, apr_pool_t *pool);

static const char *verdict_name(match_verdict_t verdict)
{
    static const char *const names[] = {"same", "notation", "different"};
    return names[verdict];
}

/* --- What is compared --- */

/* Cuts at each `|`; how many parts there are, of which the first MATCH_PARTS are told. */
static int split(match_parts_t *parts, span_t text)
{
    int count = 0;
    const char *end = text.at + text.size, *bar;
    do {
        bar = memchr(text.at, '|', (apr_size_t)(end - text.at));
        const char *stop = bar ? bar : end;
        if (count < MATCH_PARTS) parts->part[count] = (span_t){text.at, (apr_size_t)(stop - text.at)};
        text.at = stop + 1;
        ++count;
    } while (bar);
    return count;
}

static void compare_address(match_result_t *result, span_t a, span_t b, apr_pool_t *pool)
{
    match_parts_t parts;
    if (split(&parts, a) == MATCH_PARTS) {
        match_parts(result, &parts, b, SPAN(""), pool);
        return;
    }
    char *line = span_text(pool, a); /* other fields: a border is a space */
    for (char *bar = line; (bar = memchr(bar, '|', (apr_size_t)(line + a.size - bar))) != NULL;) *bar = ' ';
    match_address(result, (span_t){line, a.size}, b, SPAN(""), pool);
}

static void compare_name(match_result_t *result, span_t a, span_t b, apr_pool_t *pool)
{
    match_name(result, a, b, SPAN(""), pool);
}

static void compare_birth_date(match_result_t *result, span_t a, span_t b, apr_pool_t *pool)
{
    *result = (match_result_t){.verdict = match_birth_date(a, b, pool), .typed = a, .certificate = b};
}

/* --- Answers --- */

static const char *part_name(int part)
{
    static const char *const names[MATCH_PARTS] = {"prefecture", "city", "town", "lot", "building"};
    return names[part];
}

static void show_pieces(const match_result_t *result, apr_pool_t *pool)
{
    print_t print = {.layout = PRINT_LINES, .pool = pool};
    for (int i = 0; i < MATCH_PARTS; i++) {
        const match_piece_t *piece = &result->piece[i];
        print_begin(&print);
        print_text(&print, "part", span_of(part_name(i)));
        print_text(&print, "verdict", span_of(verdict_name(piece->verdict)));
        print_text(&print, "typed", piece->typed);
        print_text(&print, "certificate", piece->certificate);
        print_end(&print);
    }
}

static void show_difference(const match_result_t *result, apr_pool_t *pool)
{
    print_t print = {.layout = PRINT_LINES, .pool = pool};
    print_begin(&print);
    print_text(&print, "what", SPAN("first"));
    print_text(&print, "verdict", span_of(verdict_name(result->verdict)));
    print_text(&print, "typed", result->typed);
    print_text(&print, "certificate", result->certificate);
    print_end(&print);
}

static const char *answer_of(const match_result_t *result)
{
    return result->verdict == MATCH_DIFFERENT ? "differ" : "match";
}

static int compare_arguments(match_run_t *run, const tool_options_t *options, apr_pool_t *pool)
{
    match_result_t result;
    run(&result, span_of(options->arguments[0]), span_of(options->arguments[1]), pool);
    printf("%s\t%s\n", answer_of(&result), verdict_name(result.verdict));
    if (result.piece[MATCH_PREFECTURE].typed.at) /* only an address in its parts has them */
        show_pieces(&result, pool);
    else if (result.verdict == MATCH_DIFFERENT)
        show_difference(&result, pool);
    return result.verdict == MATCH_DIFFERENT ? TOOL_REFUSED : TOOL_OK;
}

/* --- Files --- */

/* The rest of a text, and the next piece of it, which ends before this character; false at the text's end. */
static bool next_piece(span_t *piece, span_t *rest, char border)
{
    if (rest->size == 0) return false;
    const char *stop = memchr(rest->at, border, rest->size);
    piece->at = rest->at;
    piece->size = stop ? (apr_size_t)(stop - rest->at) : rest->size;
    apr_size_t taken = piece->size + (stop != NULL);
    *rest = (span_t){rest->at + taken, rest->size - taken};
    return true;
}

/* Texts are taken as they are, so a CR is part of the last and makes it no clean text: without a word, all differs. */
static void warn_of_line_ends(span_t text, const char *path)
{
    const char *end = memchr(text.at, '\n', text.size);
    if (end && end > text.at && end[-1] == '\r') tool_complain("%s: lines end in CR LF, not LF", path);
}

/* One answer a line, whatever the line is. False, after a complaint, unless it has two columns. */
static bool compare_line(match_run_t *run, span_t line, const char *path, int number, apr_pool_t *pool)
{
    match_result_t result = {.verdict = MATCH_DIFFERENT};
    const char *end = line.at + line.size, *tab = memchr(line.at, '\t', line.size);
    if (tab) {
        span_t a = {line.at, (apr_size_t)(tab - line.at)}, b = {tab + 1, (apr_size_t)(end - tab - 1)};
        const char *more = memchr(b.at, '\t', b.size);
        if (more) b.size = (apr_size_t)(more - b.at);
        run(&result, a, b, pool);
    } else {
        tool_complain("%s:%d: no second column", path, number);
    }
    puts(answer_of(&result));
    return tab != NULL;
}

static int compare_file(match_run_t *run, const char *path, apr_pool_t *pool)
{
    span_t text;
    apr_pool_t *scratch;
    int code = tool_read_file(&text, path, pool);
    if (code != TOOL_OK || apr_pool_create(&scratch, pool) != APR_SUCCESS) return TOOL_ENVIRONMENT;
    span_t line;
    warn_of_line_ends(text, path);
    for (int number = 1; next_piece(&line, &text, '\n'); number++) {
        if (!compare_line(run, line, path, number, scratch)) code = TOOL_REFUSED;
        apr_pool_clear(scratch);
    }
    return code;
}

static int run_command(match_run_t *run, const tool_options_t *options, apr_pool_t *pool)
{
    if (options->tsv && options->count == 0) return compare_file(run, options->tsv, pool);
    if (!options->tsv && options->count == 2) return compare_arguments(run, options, pool);
    tool_complain("two texts are needed, or --tsv FILE");
    return TOOL_USAGE;
}

int match_address_command(const tool_options_t *options, apr_pool_t *pool)
{
    return run_command(compare_address, options, pool);
}

int match_name_command(const tool_options_t *options, apr_pool_t *pool)
{
    return run_command(compare_name, options, pool);
}

int match_birth_date_command(const tool_options_t *options, apr_pool_t *pool)
{
    return run_command(compare_birth_date, options, pool);
}

/* --- An address's parts --- */

static int split_argument(span_t address, apr_pool_t *pool)
{
    match_parts_t parts;
    print_t print = {.layout = PRINT_LINES, .pool = pool};
    address_split(&parts, address, pool);
    for (int i = 0; i < MATCH_PARTS; i++) {
        print_begin(&print);
        print_text(&print, "part", span_of(part_name(i)));
        print_text(&print, "text", parts.part[i]);
        print_end(&print);
    }
    return TOOL_OK;
}

/* A line's first column in its parts, as `match address` takes them. */
static void split_line(span_t line, apr_pool_t *pool)
{
    match_parts_t parts;
    span_t address = SPAN("");
    next_piece(&address, &line, '\t');
    address_split(&parts, address, pool);
    for (int i = 0; i < MATCH_PARTS; i++) {
        if (i > 0) putchar('|');
        fwrite(parts.part[i].at, 1, parts.part[i].size, stdout);
    }
    putchar('\n');
}

static int split_file(const char *path, apr_pool_t *pool)
{
    span_t text, line;
    apr_pool_t *scratch;
    int code = tool_read_file(&text, path, pool);
    if (code != TOOL_OK || apr_pool_create(&scratch, pool) != APR_SUCCESS) return TOOL_ENVIRONMENT;
    warn_of_line_ends(text, path);
    while (next_piece(&line, &text, '\n')) {
        split_line(line, scratch);
        apr_pool_clear(scratch);
    }
    return code;
}

int match_split_command(const tool_options_t *options, apr_pool_t *pool)
{
    if (options->tsv && options->count == 0) return split_file(options->tsv, pool);
    if (!options->tsv && options->count == 1) return split_argument(span_of(options->arguments[0]), pool);
    tool_complain("an address is needed, or --tsv FILE");
    return TOOL_USAGE;
}
