/* SPDX-License-Identifier: Apache-2.0
 *
 * Mistakes: noted in any order, given out in the order of the text; and what may have been meant instead.
 */
#include "rules/compiler.h"
#include "rules/rules.h"

#include <stdlib.h>

#define MISTAKES_MAX  200 /* nobody reads more, and a file of garbage must not fill memory */
#define GUESS_MAX     40  /* characters compared */
#define SHOW_KNOWN_AT 16  /* a longer list of what is known helps nobody */

typedef struct {
    rules_mistake_t shown;
    int order; /* of its file */
} noted_t;

apr_array_header_t *rules_mistakes_make(apr_pool_t *pool)
{
    return apr_array_make(pool, 16, sizeof(noted_t));
}

static void note(compiler_t *compiler, place_t at, bool warning, const char *format, va_list arguments)
{
    if (!warning) compiler->errors++;
    for (int i = 0; i < compiler->mistakes->nelts; i++) {
        const noted_t *other = &APR_ARRAY_IDX(compiler->mistakes, i, noted_t);
        if (other->order == at.source->order && other->shown.line == at.line && other->shown.column == at.column) {
            return;
        }
    }
    if (compiler->mistakes->nelts >= MISTAKES_MAX) return;

    noted_t *noted = apr_array_push(compiler->mistakes);
    noted->shown = (rules_mistake_t){.file = at.source->name,
                                     .line = at.line,
                                     .column = at.column,
                                     .warning = warning,
                                     .text = apr_pvsprintf(compiler->pool, format, arguments)};
    noted->order = at.source->order;
}

void rules_error(compiler_t *compiler, place_t at, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    note(compiler, at, false, format, arguments);
    va_end(arguments);
}

void rules_warn(compiler_t *compiler, place_t at, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    note(compiler, at, true, format, arguments);
    va_end(arguments);
}

static int by_place(const void *left, const void *right)
{
    const noted_t *a = left, *b = right;
    if (a->order != b->order) return a->order - b->order;
    if (a->shown.line != b->shown.line) return a->shown.line - b->shown.line;
    return a->shown.column - b->shown.column;
}

apr_array_header_t *rules_mistakes(compiler_t *compiler)
{
    apr_array_header_t *noted = compiler->mistakes;
    apr_array_header_t *shown = apr_array_make(compiler->pool, noted->nelts, sizeof(rules_mistake_t));
    if (noted->nelts) qsort(noted->elts, (size_t)noted->nelts, sizeof(noted_t), by_place);
    for (int i = 0; i < noted->nelts; i++) {
        APR_ARRAY_PUSH(shown, rules_mistake_t) = APR_ARRAY_IDX(noted, i, noted_t).shown;
    }
    return shown;
}

const char *rules_mistake_text(const rules_mistake_t *mistake, apr_pool_t *pool)
{
    return apr_psprintf(pool, "%s:%d:%d: %s: %s", mistake->file, mistake->line, mistake->column,
                        mistake->warning ? "warning" : "error", mistake->text);
}

const char *rules_other_place(compiler_t *compiler, place_t from, place_t other)
{
    if (from.source == other.source) return apr_psprintf(compiler->pool, "line %d", other.line);
    return apr_psprintf(compiler->pool, "%s:%d", other.source->name, other.line);
}

static int least(int a, int b, int c)
{
    int smaller = a < b ? a : b;
    return smaller < c ? smaller : c;
}

/* How many letters must be put in, left out, changed or swapped with their neighbour. */
static int edit_distance(span_t a, span_t b)
{
    int rows[3][GUESS_MAX + 1];
    int *before = rows[0], *above = rows[1], *row = rows[2];
    if (a.size > GUESS_MAX || b.size > GUESS_MAX) return GUESS_MAX;

    int width = (int)b.size;
    for (int j = 0; j <= width; j++) above[j] = before[j] = j;
    for (int i = 1; i <= (int)a.size; i++) {
        row[0] = i;
        for (int j = 1; j <= width; j++) {
            int change = a.at[i - 1] == b.at[j - 1] ? 0 : 1;
            row[j] = least(above[j] + 1, row[j - 1] + 1, above[j - 1] + change);
            bool swapped = i > 1 && j > 1 && a.at[i - 1] == b.at[j - 2] && a.at[i - 2] == b.at[j - 1];
            if (swapped && before[j - 2] + 1 < row[j]) row[j] = before[j - 2] + 1;
        }
        int *oldest = before;
        before = above;
        above = row;
        row = oldest;
    }
    return above[width];
}

guess_t rules_guess(compiler_t *compiler, span_t wrong)
{
    return (guess_t){.wrong = wrong,
                     .nearest = {"", 0},
                     .distance = GUESS_MAX,
                     .known = apr_array_make(compiler->pool, 16, sizeof(const char *))};
}

void rules_guess_show(guess_t *guess, compiler_t *compiler, span_t candidate)
{
    int distance = edit_distance(guess->wrong, candidate);
    int allowed = (int)(candidate.size + 2) / 4;
    for (int i = 0; i < guess->known->nelts; i++) {
        if (span_is(candidate, APR_ARRAY_IDX(guess->known, i, const char *))) return;
    }
    if (guess->known->nelts <= SHOW_KNOWN_AT) {
        APR_ARRAY_PUSH(guess->known, const char *) = span_text(compiler->pool, candidate);
    }
    if (distance <= allowed && distance < guess->distance) {
        guess->distance = distance;
        guess->nearest = candidate;
    }
}

const char *rules_guess_hint(const guess_t *guess, compiler_t *compiler)
{
    if (guess->nearest.size) {
        return apr_psprintf(compiler->pool, " (did you mean '%s'?)", span_text(compiler->pool, guess->nearest));
    }
    const char *list = "";
    if (guess->known->nelts == 0 || guess->known->nelts > SHOW_KNOWN_AT) return "";
    for (int i = 0; i < guess->known->nelts; i++) {
        list = apr_pstrcat(compiler->pool, list, i ? ", " : "", APR_ARRAY_IDX(guess->known, i, const char *), NULL);
    }
    return apr_psprintf(compiler->pool, " (known: %s)", list);
}

bool rules_may_miss(const compiler_t *compiler, span_t name)
{
    return !compiler->holes && !apr_hash_get(compiler->forgiven, name.at, (apr_ssize_t)name.size);
}

void rules_forgive(compiler_t *compiler, span_t name)
{
    apr_hash_set(compiler->forgiven, name.at, (apr_ssize_t)name.size, "");
}
