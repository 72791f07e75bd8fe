/* SPDX-License-Identifier: Apache-2.0
 *
 * kawasaki, the tool of operators and clerks' scripts: finds the command, and says how it is called. The commands stand
 * in files of their own.
 */
#include "tool/command.h"
#include "tool/tool.h"

#include <apr_general.h>
#include <stdio.h>
#include <sys/stat.h>

typedef struct {
    const char *noun, *verb;
    command_run_t *run;
    int least, most; /* arguments that are no options */
    const char *arguments;
    const char *options; /* letters of options.c */
    const char *help;
} command_t;

#define MANY 10000

static const command_t commands[] = {
    {"account", "issue", account_issue_command, 1, 1, "FILE", TOOL_DATABASE "cefj",
     "registers new citizen cards from a CSV file and prints a one-time password for each"},
    {"account", "show", account_show_command, 1, 1, "NUMBER", TOOL_DATABASE "ckwj",
     "shows all that is registered of an account"},
    {"account", "find", account_find_command, 0, 1, "[NUMBER]", TOOL_DATABASE "cabkj",
     "finds accounts by number, name in katakana, or birth date"},
    {"account", "unlock", account_unlock_command, 1, 1, "NUMBER", TOOL_DATABASE "ckKwj",
     "ends all locks of a number, with their counts"},
    {"account", "reset", account_reset_command, 1, 1, "NUMBER", TOOL_DATABASE "ckwefj",
     "gives an account a one-time password and ends its sessions"},
    {"account", "freeze", account_freeze_command, 1, 1, "NUMBER", TOOL_DATABASE "ckw",
     "lets nobody into an account any more and ends its sessions"},
    {"account", "release", account_release_command, 1, 1, "NUMBER", TOOL_DATABASE "ckw", "ends a freeze"},
    {"account", "export", account_export_command, 0, 0, "", TOOL_DATABASE "cw",
     "writes all citizen cards as CSV, without passwords"},
    {"account", "import", account_import_command, 1, 1, "FILE", TOOL_DATABASE "c",
     "registers citizen cards with their passwords from a CSV file: all, or none"},
    {"limit", "list", limit_list_command, 1, 1, "NUMBER", TOOL_DATABASE "ckKj", "lists the locks of a number"},
    {"limit", "show", limit_show_command, 1, 1, "RECEIPT", TOOL_DATABASE "j",
     "shows the lock, or the refused try, of a receipt"},
    {"limit", "clear", limit_clear_command, 1, 1, "RECEIPT", TOOL_DATABASE "cwj",
     "ends the lock of a receipt, with its counts"},
    {"audit", "show", audit_show_command, 0, 1, "[NUMBER]", TOOL_DATABASE "ckAnj",
     "shows the audit log: its chain from the beginning, or an account's newest entries"},
    {"audit", "verify", audit_verify_command, 0, 0, "", TOOL_DATABASE "hj",
     "checks that nothing was altered or taken out, and prints the chain's head"},
    {"audit", "seal", audit_seal_command, 0, 0, "", TOOL_DATABASE, "chains what no running server has chained yet"},
    {"evidence", "list", evidence_list_command, 0, 0, "", TOOL_DATABASE "cNnj",
     "lists the signed forms that are kept, the newest first"},
    {"evidence", "show", evidence_show_command, 1, 1, "ID", TOOL_DATABASE "cwj",
     "shows a signed form, its certificate, and what was checked"},
    {"evidence", "verify", evidence_verify_command, 0, 1, "[ID]", TOOL_DATABASE "cluj",
     "verifies a signed form again, or all of them"},
    {"db", "status", db_status_command, 0, 0, "", TOOL_DATABASE "j", "tells the version of the database's schema"},
    {"db", "migrate", db_migrate_command, 0, 0, "", TOOL_DATABASE, "creates the tables, or brings them up to date"},
    {"post-code", "import", postcode_import_command, 1, 1, "FILE", TOOL_DATABASE "D",
     "replaces all post codes and their addresses by those of Japan Post's file"},
    {"post-code", "show", postcode_show_command, 0, 1, "[CODE]", TOOL_DATABASE "j",
     "shows the addresses of a post code, or which file they are from"},
    {"key", "show", key_show_command, 0, 0, "", "Ko",
     "prints the line by which a card helper knows this city's requests"},
    {"match", "address", match_address_command, 0, 2, "[A B]", "t", "tells whether two addresses are the same"},
    {"match", "name", match_name_command, 0, 2, "[A B]", "t", "tells whether two names are the same"},
    {"match", "birth-date", match_birth_date_command, 0, 2, "[A B]", "t", "tells whether two days are the same"},
    {"match", "split", match_split_command, 0, 1, "[A]", "t", "takes an address apart"},
    {"rules", "check", rules_check_command, 1, MANY, "FILE...", "", "reports every mistake in rule files"},
};

enum { COMMANDS = sizeof commands / sizeof *commands };

static const char exit_codes[] =
    "Exit status: 0 done, 1 refused or not found, 2 wrong usage, 3 a file or the database can't be used.\n";

static void show_usage(FILE *file)
{
    fputs("Usage: kawasaki COMMAND [options] [arguments]\n\n", file);
    for (int i = 0; i < COMMANDS; i++) {
        const command_t *command = &commands[i];
        fprintf(file, "  %-10s%-10s %-8s %s\n", command->noun, command->verb, command->arguments, command->help);
    }
    fprintf(file, "\nkawasaki COMMAND --help tells its options. %s", exit_codes);
}

static void show_help(const command_t *command)
{
    printf("Usage: kawasaki %s %s [options] %s\n\n%s %s: %s.\n\n", command->noun, command->verb, command->arguments,
           command->noun, command->verb, command->help);
    options_show(command->options);
    printf("\n%s", exit_codes);
}

static int run_command(const command_t *command, int argc, const char *const *argv, apr_pool_t *pool)
{
    tool_options_t options;

    if (!options_read(&options, command->options, argc, argv, pool)) return TOOL_USAGE;
    if (options.help) {
        show_help(command);
        return TOOL_OK;
    }
    if (options.count >= command->least && options.count <= command->most) return command->run(&options, pool);
    tool_complain("Usage: kawasaki %s %s [options] %s", command->noun, command->verb, command->arguments);
    return TOOL_USAGE;
}

static int run(int argc, const char *const *argv, apr_pool_t *pool)
{
    const char *noun = argc > 1 ? argv[1] : "", *verb = argc > 2 ? argv[2] : "";

    for (int i = 0; i < COMMANDS; i++)
        if (strcmp(commands[i].noun, noun) == 0 && strcmp(commands[i].verb, verb) == 0)
            return run_command(&commands[i], argc - 2, argv + 2, pool);
    if (strcmp(noun, "--help") == 0 || strcmp(noun, "help") == 0) {
        show_usage(stdout);
        return TOOL_OK;
    }
    show_usage(stderr);
    return TOOL_USAGE;
}

/* An answer that could not be written (a full disk) is none. */
static int flush(int code)
{
    if (fflush(stdout) == 0 && !ferror(stdout)) return code;
    tool_complain("standard output can't be written");
    return TOOL_ENVIRONMENT;
}

int main(int argc, const char *const *argv)
{
    apr_pool_t *pool;
    int code = TOOL_ENVIRONMENT;

    umask(0077); /* what is written holds personal data */
    if (apr_initialize() != APR_SUCCESS) return code;
    if (apr_pool_create(&pool, NULL) == APR_SUCCESS) {
        code = flush(run(argc, argv, pool));
        apr_pool_destroy(pool);
    }
    apr_terminate();
    return code;
}
