/* SPDX-License-Identifier: Apache-2.0
 *
 * kawasaki, the tool of operators and clerks' scripts: finds the command, and says how it is called. The commands stand
 * in files of their own.
 */
#include "tool/account_command.h"
#include "tool/db_command.h"
#include "tool/rules_command.h"
#include "tool/tool.h"

#include <apr_general.h>
#include <stdio.h>
#include <sys/stat.h>

typedef struct {
    const char *name;
    int (*run)(int argc, const char *const *argv, apr_pool_t *pool);
    const char *help;
} command_t;

static const command_t commands[] = {
    {"rules", rules_command, "  rules check FILE...            reports every mistake in rule files\n"},
    {"db", db_command,
     "  db status DATABASE             tells the version of the database's schema\n"
     "  db migrate DATABASE            creates the tables, or brings them up to date\n"},
    {"account", account_command,
     "  account import DATABASE FILE   registers citizen cards from a CSV file; --city NAME [kawasaki]\n"},
};

enum { COMMANDS = sizeof commands / sizeof *commands };

static void show_usage(FILE *file)
{
    fputs("Usage: kawasaki COMMAND SUBCOMMAND [options] [files]\n\n", file);
    for (int i = 0; i < COMMANDS; i++) fputs(commands[i].help, file);
    fputs("\nDATABASE is --sql DIR and either --database FILE (sqlite3) or --driver NAME --params STRING.\n"
          "Exit status: 0 done, 1 refused, 2 wrong usage, 3 a file or the database can't be used.\n",
          file);
}

static int run(int argc, const char *const *argv, apr_pool_t *pool)
{
    const char *name = argc > 1 ? argv[1] : "";

    if (strcmp(name, "--help") == 0 || strcmp(name, "help") == 0) {
        show_usage(stdout);
        return TOOL_OK;
    }
    for (int i = 0; i < COMMANDS; i++) {
        int code;
        if (strcmp(commands[i].name, name) != 0) continue;
        code = commands[i].run(argc - 2, argv + 2, pool);
        if (code == TOOL_USAGE) fputs(commands[i].help, stderr);
        return code;
    }
    show_usage(stderr);
    return TOOL_USAGE;
}

int main(int argc, const char *const *argv)
{
    apr_pool_t *pool;
    int code = TOOL_ENVIRONMENT;

    umask(0077); /* what is written holds personal data */
    if (apr_initialize() != APR_SUCCESS) return code;
    if (apr_pool_create(&pool, NULL) == APR_SUCCESS) {
        code = run(argc, argv, pool);
        apr_pool_destroy(pool);
    }
    apr_terminate();
    return code;
}
