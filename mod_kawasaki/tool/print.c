/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/print.h"

#include "tool/json.h"
#include "tool/terminal.h"

#include <stdio.h>

#define JAPAN (9 * 3600) /* seconds east of UTC */

static void write_name(print_t *print, const char *name)
{
    if (print->json)
        printf("%s%s:", print->values ? "," : "", json_quote(print->pool, span_of(name)));
    else if (print->layout == PRINT_BLOCKS)
        printf("%s: ", name);
    else if (print->values)
        putchar('\t');
    print->values++;
}

static void end_value(const print_t *print)
{
    if (!print->json && print->layout == PRINT_BLOCKS) putchar('\n');
}

/* A number or a word: the same in JSON and for people. */
static void write_word(print_t *print, const char *name, const char *word)
{
    write_name(print, name);
    fputs(word, stdout);
    end_value(print);
}

void print_begin(print_t *print)
{
    if (print->json)
        putchar('{');
    else if (print->layout == PRINT_BLOCKS && print->records)
        putchar('\n');
    print->records++;
    print->values = 0;
}

void print_end(print_t *print)
{
    if (print->json)
        puts("}");
    else if (print->layout == PRINT_LINES)
        putchar('\n');
}

void print_text(print_t *print, const char *name, span_t value)
{
    write_name(print, name);
    if (print->json)
        fputs(json_quote(print->pool, value), stdout);
    else
        terminal_write(value.size == 0 && print->layout == PRINT_LINES ? SPAN("-") : value);
    end_value(print);
}

/* Line ends and tabs stay what they are; tabs move a cursor on and nowhere else. */
static void write_lines(span_t text)
{
    for (apr_size_t from = 0, at = 0; at <= text.size; at++) {
        if (at < text.size && text.at[at] != '\n' && text.at[at] != '\t') continue;
        terminal_write((span_t){text.at + from, at - from});
        if (at < text.size && text.at[at] == '\t') putchar('\t');
        if (at + 1 < text.size && text.at[at] == '\n') fputs("\n  ", stdout);
        from = at + 1;
    }
}

void print_lines(print_t *print, const char *name, span_t value)
{
    if (print->json) {
        print_text(print, name, value);
        return;
    }
    write_name(print, name);
    fputs("\n  ", stdout);
    write_lines(value);
    end_value(print);
}

void print_integer(print_t *print, const char *name, apr_int64_t value)
{
    write_word(print, name, apr_psprintf(print->pool, "%" APR_INT64_T_FMT, value));
}

void print_bool(print_t *print, const char *name, bool value)
{
    if (print->json)
        write_word(print, name, value ? "true" : "false");
    else
        write_word(print, name, value ? "yes" : "no");
}

void print_time(print_t *print, const char *name, apr_time_t at)
{
    apr_time_exp_t time;

    if (at == 0 && print->json) {
        write_word(print, name, "null");
        return;
    }
    if (at == 0 || apr_time_exp_tz(&time, at, JAPAN) != APR_SUCCESS) {
        print_text(print, name, SPAN(""));
        return;
    }
    print_text(print, name,
               span_of(apr_psprintf(print->pool, "%04d-%02d-%02dT%02d:%02d:%02d+09:00", time.tm_year + 1900,
                                    time.tm_mon + 1, time.tm_mday, time.tm_hour, time.tm_min, time.tm_sec)));
}

void print_group(print_t *print, const char *name)
{
    if (!print->json) return;
    write_name(print, name);
    putchar('{');
    print->values = 0;
}

void print_group_end(print_t *print)
{
    if (print->json) putchar('}');
    print->values = 1;
}
