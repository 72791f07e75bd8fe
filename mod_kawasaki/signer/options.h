/* SPDX-License-Identifier: Apache-2.0
 *
 * The command line of kawasaki-signer: which command, which options, their defaults. A PIN can't be written there.
 */
#ifndef SIGNER_OPTIONS_H
#define SIGNER_OPTIONS_H

#include <apr_pools.h>
#include <apr_time.h>
#include <stdbool.h>
#include <sys/types.h>

#define OPTIONS_PEERS_MAX 8

typedef struct {
    const char *reader, *p12;
    const char *request;          /* file of a JWS; "-": standard input */
    const char *origins;          /* file of pinned keys */
    const char *state;            /* directory of the replay memory; NULL: there is no home to put it */
    const char *pinentry;         /* NULL: the packaged one */
    const char *socket;           /* NULL: inherited */
    int pin_fd;                   /* -1: none */
    apr_interval_time_t patience; /* for one command of the card */
    uid_t peers[OPTIONS_PEERS_MAX];
    int peer_count;
    bool last_try, json;
} signer_options_t;

typedef struct {
    const char *name;
    const char *letters; /* of the options it takes (options.c) */
    const char *needed;  /* of those, the ones it can't do without */
    int (*run)(const signer_options_t *options, apr_pool_t *pool);
    const char *help;
    bool takes_arguments; /* which it ignores: a browser names the page's extension there */
} signer_command_t;

typedef enum { SIGNER_RUN, SIGNER_SHOWN, SIGNER_USAGE } signer_options_result_t;

/* Reads argv and finds the command in the list, which a NULL name ends. SIGNER_SHOWN: --help or --version has been
 * answered; SIGNER_USAGE: a complaint was written to standard error. */
signer_options_result_t signer_options_read(signer_options_t *options, const signer_command_t **command,
                                            const signer_command_t *commands, int argc, char **argv, apr_pool_t *pool);

#endif
