/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/options.h"

#include <apr_strings.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef SIGNER_CONF
#define SIGNER_CONF "/etc/kawasaki-signer"
#endif

#define VERSION "1.0"

/* The letters are for this file and the table of commands; on the command line there are long names only. */
typedef struct {
    char letter;
    const char *name, *argument; /* NULL: takes none */
    const char *help;
} option_t;

static const option_t table[] = {
    {'r', "reader", "NAME", "this card reader [the first one with such a card]"},
    {'p', "p12", "FILE", "the certificate file (PKCS#12), where a file is wanted"},
    {'q', "request", "FILE", "the server's signed request; - reads standard input"},
    {'f', "pin-fd", "N", "read the PIN from this descriptor, one line [pinentry asks]"},
    {'l', "last-try", NULL, "yes to the last try of a PIN, where pinentry doesn't ask"},
    {'o', "origins", "FILE", "keys of the servers to be believed [" SIGNER_CONF "/origins]"},
    {'s', "state", "DIR", "memory of requests [~/.local/state/kawasaki-signer]"},
    {'t', "patience", "SECONDS", "for one command of the card [10]"},
    {'e', "pinentry", "PROGRAM", "this pinentry [/usr/bin/pinentry]"},
    {'k', "socket", "PATH", "listen there [on descriptor 3, with LISTEN_FDS=1]"},
    {'u', "peer", "UID", "a user who may connect; may be repeated [one's own]"},
    {'j', "json", NULL, "answer in JSON, failures too"},
};

enum { OPTIONS = sizeof table / sizeof *table, LETTER_HELP = 'H' };

static const char exit_codes[] = "Exit status: 0 done, 2 wrong usage, 11 and up: kawasaki-signer(1) lists them.\n";

static bool complain(const char *what, const char *which)
{
    fprintf(stderr, "kawasaki-signer: %s: %s\n", which, what);
    return false;
}

static bool take_number(int *number, const char *name, const char *text, int least, int most)
{
    char *end;
    long value;

    errno = 0;
    value = strtol(text, &end, 10);
    if (!*text || *end || errno != 0 || value < least || value > most) return complain("is no such number", name);
    *number = (int)value;
    return true;
}

static bool take_peer(signer_options_t *options, const char *text)
{
    int uid;

    if (!take_number(&uid, "--peer", text, 0, 0x7FFFFFFF)) return false;
    if (options->peer_count == OPTIONS_PEERS_MAX) return complain("too many", "--peer");
    options->peers[options->peer_count++] = (uid_t)uid;
    return true;
}

static bool take_patience(signer_options_t *options, const char *text)
{
    int seconds;

    if (!take_number(&seconds, "--patience", text, 1, 120)) return false;
    options->patience = apr_time_from_sec(seconds);
    return true;
}

static bool take(signer_options_t *options, int letter, const char *value)
{
    switch (letter) {
    case 'r': options->reader = value; return true;
    case 'p': options->p12 = value; return true;
    case 'q': options->request = value; return true;
    case 'o': options->origins = value; return true;
    case 's': options->state = value; return true;
    case 'e': options->pinentry = value; return *value == '/' || complain("a whole path is needed", "--pinentry");
    case 'k': options->socket = value; return true;
    case 'l': options->last_try = true; return true;
    case 'j': options->json = true; return true;
    case 'f': return take_number(&options->pin_fd, "--pin-fd", value, 0, 1 << 20);
    case 't': return take_patience(options, value);
    default: return take_peer(options, value);
    }
}

/* XDG Base Directory Specification: a path that isn't whole is ignored. */
static const char *default_state(apr_pool_t *pool)
{
    const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

    if (state && *state == '/') return apr_pstrcat(pool, state, "/kawasaki-signer", NULL);
    return home && *home == '/' ? apr_pstrcat(pool, home, "/.local/state/kawasaki-signer", NULL) : NULL;
}

static void show_usage(FILE *file, const signer_command_t *commands)
{
    fputs("Usage: kawasaki-signer COMMAND [options]\n\n", file);
    for (const signer_command_t *command = commands; command->name; command++)
        fprintf(file, "  %-6s %s\n", command->name, command->help);
    fprintf(file, "\nkawasaki-signer COMMAND --help tells its options. %s", exit_codes);
}

static void show_help(const signer_command_t *command)
{
    printf("Usage: kawasaki-signer %s [options]\n\n%s: %s.\n\n", command->name, command->name, command->help);
    for (int i = 0; i < OPTIONS; i++)
        if (strchr(command->letters, table[i].letter))
            printf("  --%-9s %-8s %s\n", table[i].name, table[i].argument ? table[i].argument : "", table[i].help);
    printf("\n%s", exit_codes);
}

/* What the command can't do without, and what can't go together. */
static bool is_complete(const signer_options_t *options, const signer_command_t *command)
{
    bool from_input = options->request && strcmp(options->request, "-") == 0;

    if (strchr(command->needed, 'q') && !options->request) return complain("is needed", "--request");
    if (strchr(command->needed, 's') && !options->state) return complain("is needed, for want of a home", "--state");
    if (options->reader && options->p12 && !strchr(command->letters, 'o'))
        return complain("not with --p12: no request says which", "--reader");
    if (from_input && options->pin_fd == 0) return complain("not with --request -", "--pin-fd 0");
    return true;
}

/* The options of one command, argv[0] being its name. */
static signer_options_result_t read_options(signer_options_t *options, const signer_command_t *command, int argc,
                                            char **argv)
{
    struct option known[OPTIONS + 2] = {{"help", no_argument, NULL, LETTER_HELP}};
    int letter, count = 1;

    for (int i = 0; i < OPTIONS; i++)
        if (strchr(command->letters, table[i].letter))
            known[count++] = (struct option){table[i].name, table[i].argument ? required_argument : no_argument, NULL,
                                             table[i].letter};
    while ((letter = getopt_long(argc, argv, "", known, NULL)) != -1) {
        if (letter == LETTER_HELP) {
            show_help(command);
            return SIGNER_SHOWN;
        }
        if (letter == '?' || !take(options, letter, optarg)) return SIGNER_USAGE; /* getopt_long has complained */
    }
    if (optind < argc && !command->takes_arguments) {
        complain("is no option", argv[optind]);
        return SIGNER_USAGE;
    }
    return is_complete(options, command) ? SIGNER_RUN : SIGNER_USAGE;
}

signer_options_result_t signer_options_read(signer_options_t *options, const signer_command_t **command,
                                            const signer_command_t *commands, int argc, char **argv, apr_pool_t *pool)
{
    const char *word = argc > 1 ? argv[1] : "";

    *options = (signer_options_t){.origins = SIGNER_CONF "/origins",
                                  .state = default_state(pool),
                                  .pin_fd = -1,
                                  .patience = apr_time_from_sec(10)};
    for (*command = commands; (*command)->name; ++*command)
        if (strcmp((*command)->name, word) == 0) return read_options(options, *command, argc - 1, argv + 1);
    if (strcmp(word, "--version") == 0) {
        puts("kawasaki-signer " VERSION);
        return SIGNER_SHOWN;
    }
    show_usage(strcmp(word, "--help") == 0 ? stdout : stderr, commands);
    return strcmp(word, "--help") == 0 ? SIGNER_SHOWN : SIGNER_USAGE;
}
