/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/options.h"

#include "tool/tool.h"

#include <apr_getopt.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* The letters are for this file and the table of commands; on the command line there are long names only. */
typedef struct {
    char letter;
    const char *name, *argument; /* NULL: takes none */
    const char *help;
} option_t;

static const option_t table[] = {
    {'d', "database", "FILE", "the database, a file of sqlite3"},
    {'r', "driver", "NAME", "or another one: pgsql,"},
    {'p', "params", "STRING", "and its parameters, as DBDParams takes them"},
    {'s', "sql", "DIR", "where queries.sql is"},
    {'c', "city", "NAME", "whose accounts [kawasaki]"},
    {'k', "kind", "NAME", "kind of account [card]"},
    {'K', "keys", "DIR", "where limiter.key and request.key are"},
    {'w', "reason", "TEXT", "why, for the audit log; without personal data"},
    {'f', "password-fd", "N", "read the password from this descriptor, one line"},
    {'e', "expires", "DAYS", "how long the one-time password opens [14]"},
    {'a', "kana", "PREFIX", "how the name in katakana begins"},
    {'b', "birth-date", "DATE", "the day of birth, 1980-03-04"},
    {'D', "dated", "DATE", "of which day the file is [that of its last change]"},
    {'o', "origin", "URL", "what KawasakiOrigin says"},
    {'h', "head", "HASH", "a head of the chain that was noted earlier"},
    {'n', "limit", "N", "at most so many [100]"},
    {'A', "after", "NUMBER", "from behind this entry on [0]"},
    {'t', "tsv", "FILE", "compare the first two columns of each line"},
    {'N', "account", "NAME", "of the account that is, or was, called so"},
    {'l', "all", NULL, "all there is"},
    {'u', "authorities", "DIR", "today's authorities, as KawasakiAuthorities has them"},
    {'j', "json", NULL, "one JSON object a line"},
};

enum { OPTIONS = sizeof table / sizeof *table };

/* A decimal number from least on; -1 after a complaint. */
static apr_int64_t number_of(const char *text, apr_int64_t least)
{
    char *end;
    apr_int64_t value;

    errno = 0;
    value = strtoll(text, &end, 10);
    if (*text && !*end && errno == 0 && value >= least) return value;
    tool_complain("%s: a number from %" APR_INT64_T_FMT " on is needed", text, least);
    return -1;
}

static bool take_number(int *number, const char *text, int least, int most)
{
    apr_int64_t value = number_of(text, least);

    if (value > most) tool_complain("%s: at most %d", text, most);
    if (value < 0 || value > most) return false;
    *number = (int)value;
    return true;
}

static bool take(tool_options_t *options, int letter, const char *value)
{
    switch (letter) {
    case 'd': options->database = value; return true;
    case 'r': options->driver = value; return true;
    case 'p': options->params = value; return true;
    case 's': options->sql = value; return true;
    case 'c': options->city = value; return true;
    case 'k': options->kind = value; return true;
    case 'K': options->keys = value; return true;
    case 'w': options->reason = value; return true;
    case 'a': options->kana = value; return true;
    case 'b': options->birth_date = value; return true;
    case 'D': options->dated = value; return true;
    case 'o': options->origin = value; return true;
    case 'h': options->head = value; return true;
    case 't': options->tsv = value; return true;
    case 'N': options->account = value; return true;
    case 'l': options->all = true; return true;
    case 'u': options->authorities = value; return true;
    case 'f': return take_number(&options->password_fd, value, 0, 1 << 20);
    case 'e': return take_number(&options->days, value, 1, 366);
    case 'n': return take_number(&options->limit, value, 1, 100000);
    case 'A': options->after = number_of(value, 0); return options->after >= 0;
    case 'j': options->json = true; return true;
    default: options->help = true; return true;
    }
}

bool options_read(tool_options_t *options, const char *letters, int argc, const char *const *argv, apr_pool_t *pool)
{
    apr_getopt_option_t known[OPTIONS + 2];
    apr_getopt_t *parser;
    const char *value;
    int letter, count = 0;
    apr_status_t status = apr_getopt_init(&parser, pool, argc, argv);

    *options = (tool_options_t){.city = "kawasaki", .kind = "card", .password_fd = -1, .days = 14, .limit = 100};
    for (int i = 0; i < OPTIONS; i++)
        if (strchr(letters, table[i].letter))
            known[count++] = (apr_getopt_option_t){table[i].name, 256 + table[i].letter, table[i].argument != NULL, ""};
    known[count++] = (apr_getopt_option_t){"help", 256, 0, ""};
    known[count] = (apr_getopt_option_t){NULL, 0, 0, NULL};
    if (status != APR_SUCCESS) return false;
    parser->interleave = 1;
    while ((status = apr_getopt_long(parser, known, &letter, &value)) == APR_SUCCESS)
        if (!take(options, letter - 256, value)) return false;
    options->arguments = parser->argv + parser->ind;
    options->count = argc - parser->ind;
    if (status == APR_BADCH) tool_complain("what begins with a dash and is no option goes behind --");
    return status == APR_EOF; /* else apr_getopt_long has said why */
}

void options_show(const char *letters)
{
    for (int i = 0; i < OPTIONS; i++)
        if (strchr(letters, table[i].letter))
            printf("  --%-11s %-7s %s\n", table[i].name, table[i].argument ? table[i].argument : "", table[i].help);
    printf("  --%-11s %-7s %s\n", "help", "", "this text");
}
