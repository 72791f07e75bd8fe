/* SPDX-License-Identifier: Apache-2.0
 *
 * kawasaki-signer, the card helper: the commands, and what they share. What a request goes through is perform.c's.
 */
#include "base/error.h"
#include "signer/info.h"
#include "signer/native.h"
#include "signer/options.h"
#include "signer/origins.h"
#include "signer/sentence.h"
#include "signer/serve.h"
#include "wire/frame.h"

#include <apr_file_io.h>
#include <apr_general.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { EXIT_USAGE = 2 };

static void write_line(const log_port_t *port, log_level_t level, apr_status_t status, const char *tag,
                       const char *line)
{
    char text[128];

    (void)port;
    (void)level;
    if (status == APR_SUCCESS)
        fprintf(stderr, "kawasaki-signer: %s: %s\n", tag, line);
    else
        fprintf(stderr, "kawasaki-signer: %s: %s: %s\n", tag, line, base_error_text(status, text, sizeof text));
}

static const log_port_t port = {write_line, NULL};

static void make_sources(source_t *sources[REQUEST_SOURCES], const signer_options_t *options, apr_pool_t *pool)
{
    const source_card_options_t card = {options->reader, options->patience};

    sources[REQUEST_CARD] = source_card(&card, pool);
    sources[REQUEST_FILE] = source_p12(options->p12, pool);
}

/* What all requests of this process share; the keys of the servers first. */
static apr_status_t prepare(perform_t *perform, const signer_options_t *options, apr_pool_t *pool)
{
    request_pin_t *pins;
    const char *error;
    apr_status_t status;

    *perform = (perform_t){.state = options->state, .log = &port};
    make_sources(perform->sources, options, pool);
    status = origins_read(&pins, &perform->pin_count, options->origins, &error, pool);
    perform->pins = pins;
    if (status != APR_SUCCESS) base_log(&port, LOG_PORT_ERROR, status, "KW-SIGNER-030", "%s", error);
    return status;
}

/* For a person: a failure is a sentence on standard error, and the exit status. */
static int finish(wire_code_t code, int tries, apr_pool_t *pool)
{
    if (code != WIRE_OK) fprintf(stderr, "%s\n", sentence_of(code, tries, pool));
    return wire_code_exit(code);
}

static int finish_json(const answer_t *answer, wire_code_t code, apr_pool_t *pool)
{
    span_t json = answer_encode(answer, pool);

    printf("%.*s\n", (int)json.size, json.at);
    return wire_code_exit(code);
}

static int run_info(const signer_options_t *options, apr_pool_t *pool)
{
    answer_t answer = {.has_info = true, .tries = ANSWER_TRIES_UNKNOWN};
    source_t *sources[REQUEST_SOURCES], *source;

    make_sources(sources, options, pool);
    source = sources[options->p12 ? REQUEST_FILE : REQUEST_CARD];
    source->calls->info(source, &answer.info, pool);
    source->calls->close(source);
    if (options->json) return finish_json(&answer, answer.info.code, pool);
    fputs(info_text(&answer.info, pool), stdout);
    return wire_code_exit(answer.info.code);
}

/* The request's characters, without the end of their line. Too many are cut: they are refused later on. */
static apr_status_t read_request(span_t *jws, const char *path, apr_pool_t *pool)
{
    char *text = apr_palloc(pool, REQUEST_MAX + 2);
    apr_size_t size = 0;
    apr_file_t *file;
    apr_status_t status = strcmp(path, "-") == 0 ? apr_file_open_stdin(&file, pool)
                                                 : apr_file_open(&file, path, APR_FOPEN_READ, APR_OS_DEFAULT, pool);

    if (status == APR_SUCCESS) status = apr_file_read_full(file, text, REQUEST_MAX + 2, &size);
    while (size > 0 && (text[size - 1] == '\n' || text[size - 1] == '\r')) size--;
    *jws = (span_t){text, size};
    return APR_STATUS_IS_EOF(status) ? APR_SUCCESS : status;
}

static int write_result(const answer_t *answer)
{
    span_t result = answer->token.size > 0 ? answer->token : answer->cms;

    fwrite(result.at, 1, result.size, stdout);
    if (answer->token.size > 0) putchar('\n');
    return 0;
}

static int run_request(const signer_options_t *options, request_operation_t operation, apr_pool_t *pool)
{
    const ask_pinentry_options_t pinentry = {.program = options->pinentry, .log = &port};
    perform_t front;
    message_t message = {.origin = SPAN("")};
    answer_t answer;
    apr_status_t status;

    if (prepare(&front, options, pool) != APR_SUCCESS) return finish(WIRE_FAILED, 0, pool);
    status = read_request(&message.request, options->request, pool);
    if (status != APR_SUCCESS) {
        base_log(&port, LOG_PORT_ERROR, status, "KW-SIGNER-031", "the request can't be read");
        return finish(WIRE_REQUEST_INVALID, 0, pool);
    }
    front.only = &operation;
    front.ask =
        options->pin_fd >= 0 ? ask_descriptor(options->pin_fd, options->last_try, pool) : ask_pinentry(&pinentry, pool);
    perform(&front, &message, &answer, pool);
    if (options->json) return finish_json(&answer, answer.code, pool);
    return answer.code == WIRE_OK ? write_result(&answer) : finish(answer.code, answer.tries, pool);
}

static int run_auth(const signer_options_t *options, apr_pool_t *pool)
{
    return run_request(options, REQUEST_AUTH, pool);
}

static int run_sign(const signer_options_t *options, apr_pool_t *pool)
{
    return run_request(options, REQUEST_SIGN, pool);
}

static int run_serve(const signer_options_t *options, apr_pool_t *pool)
{
    const uid_t self = geteuid();
    const serve_t kiosk = {options->socket, options->peer_count ? options->peers : &self,
                           options->peer_count ? options->peer_count : 1};
    perform_t front;

    if (prepare(&front, options, pool) != APR_SUCCESS) return wire_code_exit(WIRE_FAILED);
    return wire_code_exit(serve(&kiosk, &front, pool) == APR_SUCCESS ? WIRE_OK : WIRE_FAILED);
}

static int run_stdio(const signer_options_t *options, apr_pool_t *pool)
{
    const ask_pinentry_options_t pinentry = {.program = options->pinentry, .for_input = true, .log = &port};
    perform_t front;

    if (prepare(&front, options, pool) != APR_SUCCESS) return wire_code_exit(WIRE_FAILED);
    front.ask = ask_pinentry(&pinentry, pool);
    return wire_code_exit(native_serve(&front, pool) == APR_SUCCESS ? WIRE_OK : WIRE_FAILED);
}

static const signer_command_t commands[] = {
    {"info", "rptj", "", run_info, "tells what is there to sign with, and what is missing", false},
    {"auth", "rptqflosej", "qs", run_auth, "makes the token of a log-in", false},
    {"sign", "rptqflosej", "qs", run_sign, "signs a form, after showing it", false},
    {"serve", "rptosku", "s", run_serve, "answers a kiosk's server on a socket", false},
    {"stdio", "rptose", "s", run_stdio, "answers a browser's extension (native messaging)", true},
    {NULL, "", "", NULL, "", false}};

static int run(int argc, char **argv, apr_pool_t *pool)
{
    signer_options_t options;
    const signer_command_t *command;

    switch (signer_options_read(&options, &command, commands, argc, argv, pool)) {
    case SIGNER_USAGE: return EXIT_USAGE;
    case SIGNER_SHOWN: return 0;
    default: return command->run(&options, pool);
    }
}

/* An answer that could not be written (a full disk) is none. */
static int flush(int code)
{
    return fflush(stdout) == 0 && !ferror(stdout) ? code : wire_code_exit(WIRE_FAILED);
}

int main(int argc, char **argv)
{
    apr_pool_t *pool;
    int code = wire_code_exit(WIRE_FAILED);

    umask(0077);
    signal(SIGPIPE, SIG_IGN); /* a reader that went away is an error like another */
    if (pin_protect_process() != APR_SUCCESS || apr_initialize() != APR_SUCCESS) return code;
    if (apr_pool_create(&pool, NULL) == APR_SUCCESS) {
        code = flush(run(argc, argv, pool));
        apr_pool_destroy(pool);
    }
    apr_terminate();
    return code;
}
