/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/assuan.h"

#include "base/secret.h"
#include "wire/frame.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define LINES_MAX  1000 /* of one answer: a program that talks without end is rubbish */
#define GOING      apr_time_from_msec(500)
#define GOING_STEP apr_time_from_msec(5)

/* libgpg-error's codes; over them stands who says it. */
enum {
    CODE_MASK = 0xFFFF,
    CODE_TIMEOUT = 62,
    CODE_CANCELLED = 99,
    CODE_NOT_CONFIRMED = 114,
    CODE_FULLY_CANCELLED = 198
};

/* What comes may be a PIN: it lies in locked memory from its first byte on. */
typedef struct {
    char bytes[ASSUAN_LINE_MAX + 2];
    apr_size_t used;
} buffer_t;

struct assuan_t {
    pid_t pid;     /* 0: ended */
    int fd, asker; /* asker: -1, nobody's */
    apr_time_t until;
    bool deaf; /* it still shows a question that is over, and would not see that we are gone */
    buffer_t *in;
    apr_pool_t *pool;
};

/* All that is passed on to the program: the language, the terminal, and what leads to a desktop. There the question is
 * often another process's (GNOME's, found by D-Bus), and leave to show one lies below the home or the runtime
 * directory. */
static char **environment(apr_pool_t *pool)
{
    static const char *const names[] = {"LANG",
                                        "LC_ALL",
                                        "LC_CTYPE",
                                        "LC_MESSAGES",
                                        "TERM",
                                        "GPG_TTY",
                                        "DISPLAY",
                                        "XAUTHORITY",
                                        "HOME",
                                        "WAYLAND_DISPLAY",
                                        "XDG_SESSION_TYPE",
                                        "XDG_RUNTIME_DIR",
                                        "QT_QPA_PLATFORM",
                                        "DBUS_SESSION_BUS_ADDRESS"};
    char **list = apr_palloc(pool, (sizeof names / sizeof *names + 1) * sizeof *list), **end = list;

    for (apr_size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value = getenv(names[i]);
        if (value) *end++ = apr_pstrcat(pool, names[i], "=", value, NULL);
    }
    *end = NULL;
    return list;
}

/* In the child, between fork and execve: nothing but system calls. */
static _Noreturn void become(const char *program, char *const *variables, int fd, pid_t parent)
{
    char *const arguments[] = {(char *)program, NULL};
    sigset_t none;
    int nothing = open("/dev/null", O_WRONLY);

    sigemptyset(&none);
    signal(SIGPIPE, SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, NULL);
    prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0);
    if (getppid() != parent || nothing < 0) _exit(127);
    if (dup2(fd, STDIN_FILENO) < 0 || dup2(fd, STDOUT_FILENO) < 0 || dup2(nothing, STDERR_FILENO) < 0) _exit(127);
    closefrom(STDERR_FILENO + 1);
    execve(program, arguments, variables);
    _exit(127);
}

static apr_status_t end_with_pool(void *context)
{
    assuan_end(context);
    return APR_SUCCESS;
}

/* Of the asker nothing is read here: only its end counts, which poll tells in any case of a pipe, and of a socket when
 * asked for. */
static wire_code_t wait_for(const assuan_t *assuan, short events)
{
    for (;;) {
        struct pollfd at[] = {{assuan->fd, events, 0}, {assuan->asker, POLLRDHUP, 0}};
        apr_time_t left = assuan->until - frame_clock();
        int found = left > 0 ? poll(at, 2, (int)apr_time_as_msec(left) + 1) : 0;
        if (found > 0) return at[1].revents ? WIRE_CANCELLED : WIRE_OK;
        if (found == 0 || errno != EINTR) return WIRE_TIMEOUT;
    }
}

static wire_code_t send_line(const assuan_t *assuan, span_t line)
{
    while (line.size > 0) {
        wire_code_t code = wait_for(assuan, POLLOUT);
        ssize_t sent;
        if (code != WIRE_OK) return code;
        sent = send(assuan->fd, line.at, line.size, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && errno != EINTR && errno != EAGAIN) return WIRE_FAILED;
        if (sent > 0) line = (span_t){line.at + sent, line.size - (apr_size_t)sent};
    }
    return WIRE_OK;
}

/* A line into *line, without its end: it stands in the buffer until drop_line. */
static wire_code_t read_line(const assuan_t *assuan, span_t *line)
{
    buffer_t *in = assuan->in;

    for (;;) {
        const char *end = memchr(in->bytes, '\n', in->used);
        wire_code_t code;
        ssize_t got;
        *line = (span_t){in->bytes, end ? (apr_size_t)(end - in->bytes) : in->used};
        if (end) return WIRE_OK;
        if (in->used > ASSUAN_LINE_MAX) return WIRE_FAILED;
        code = wait_for(assuan, POLLIN);
        if (code != WIRE_OK) return code;
        got = recv(assuan->fd, in->bytes + in->used, sizeof in->bytes - in->used, MSG_DONTWAIT);
        if (got == 0 || (got < 0 && errno != EINTR && errno != EAGAIN)) return WIRE_FAILED;
        if (got > 0) in->used += (apr_size_t)got;
    }
}

/* Wiped behind it: the line may have been a PIN. */
static void drop_line(const assuan_t *assuan, span_t line)
{
    buffer_t *in = assuan->in;
    apr_size_t gone = line.size + 1;

    memmove(in->bytes, in->bytes + gone, in->used - gone);
    in->used -= gone;
    secret_wipe(in->bytes + in->used, gone);
}

static bool begins_with(span_t line, const char *word)
{
    apr_size_t size = strlen(word);

    return line.size >= size && memcmp(line.at, word, size) == 0 && (line.size == size || line.at[size] == ' ');
}

static int hexadecimal(char digit)
{
    if (digit >= '0' && digit <= '9') return digit - '0';
    if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
    return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

/* Behind what is there already: a server may cut its data into several lines. */
static bool append(pin_t *data, span_t text)
{
    for (apr_size_t i = 0; i < text.size; i++) {
        char byte = text.at[i];
        if (data->size == PIN_MAX) return false;
        if (byte == '%') {
            int high = i + 2 < text.size ? hexadecimal(text.at[i + 1]) : -1;
            int low = i + 2 < text.size ? hexadecimal(text.at[i + 2]) : -1;
            if (high < 0 || low < 0) return false;
            byte = (char)(high * 16 + low);
            i += 2;
        }
        data->bytes[data->size++] = byte;
    }
    data->bytes[data->size] = '\0';
    return true;
}

static wire_code_t meaning_of(span_t error)
{
    unsigned long code = 0;

    for (apr_size_t i = sizeof "ERR " - 1; i < error.size && error.at[i] >= '0' && error.at[i] <= '9' && i < 16; i++)
        code = code * 10 + (unsigned long)(error.at[i] - '0');
    switch (code & CODE_MASK) {
    case CODE_TIMEOUT: return WIRE_TIMEOUT;
    case CODE_CANCELLED:
    case CODE_FULLY_CANCELLED:
    case CODE_NOT_CONFIRMED: return WIRE_CANCELLED;
    default: return WIRE_FAILED;
    }
}

/* Reads lines up to one that ends an answer. */
static wire_code_t read_answer(const assuan_t *assuan, pin_t *data)
{
    for (int lines = 0; lines < LINES_MAX; lines++) {
        span_t line;
        wire_code_t code = read_line(assuan, &line);
        bool ends = true;
        if (code != WIRE_OK) return code;
        if (begins_with(line, "OK")) {
            code = WIRE_OK;
        } else if (begins_with(line, "ERR")) {
            code = meaning_of(line);
        } else if (begins_with(line, "D") && line.size >= 2 && data) {
            code = append(data, (span_t){line.at + 2, line.size - 2}) ? WIRE_OK : WIRE_FAILED;
            ends = code != WIRE_OK;
        } else {
            ends = !begins_with(line, "S") && (line.size == 0 || line.at[0] != '#');
            code = ends ? WIRE_FAILED : WIRE_OK;
        }
        drop_line(assuan, line);
        if (ends) return code;
    }
    return WIRE_FAILED;
}

wire_code_t assuan_start(assuan_t **started, const char *program, int asker, apr_time_t until, apr_pool_t *pool)
{
    assuan_t *assuan = apr_pcalloc(pool, sizeof *assuan);
    char **variables = environment(pool);
    pid_t parent = getpid();
    void *memory;
    int ends[2];

    *started = assuan;
    if (pin_memory(&memory, sizeof *assuan->in, pool) != APR_SUCCESS) return WIRE_FAILED;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return WIRE_FAILED;
    assuan->in = memory;
    assuan->fd = ends[0];
    assuan->asker = asker;
    assuan->until = until;
    assuan->pool = pool;
    assuan->pid = fork();
    if (assuan->pid == 0) become(program, variables, ends[1], parent);
    close(ends[1]);
    if (assuan->pid < 0) {
        assuan->pid = 0;
        close(ends[0]);
        return WIRE_FAILED;
    }
    apr_pool_cleanup_register(pool, assuan, end_with_pool, apr_pool_cleanup_null);
    return read_answer(assuan, NULL);
}

wire_code_t assuan_ask(assuan_t *assuan, const char *command, span_t argument, pin_t *data)
{
    char line[ASSUAN_LINE_MAX + 1], *to = line;
    wire_code_t code;

    if (strlen(command) + 1 > ASSUAN_LINE_MAX) return WIRE_FAILED;
    to = apr_cpystrn(line, command, sizeof line);
    if (argument.size > 0) *to++ = ' ';
    for (apr_size_t i = 0; i < argument.size; i++) {
        unsigned char byte = (unsigned char)argument.at[i];
        bool plain = byte >= 0x20 && byte != '%' && byte != 0x7F;
        if (to + (plain ? 1 : 3) > line + ASSUAN_LINE_MAX) return WIRE_FAILED;
        if (plain)
            *to++ = argument.at[i];
        else
            to += apr_snprintf(to, 4, "%%%02X", byte);
    }
    *to++ = '\n';
    code = send_line(assuan, (span_t){line, (apr_size_t)(to - line)});
    if (code == WIRE_OK) code = read_answer(assuan, data);
    assuan->deaf = code == WIRE_TIMEOUT || code == WIRE_CANCELLED;
    return code;
}

static bool is_gone(pid_t pid)
{
    for (apr_time_t waited = 0; waited < GOING; waited += GOING_STEP) {
        if (waitpid(pid, NULL, WNOHANG) != 0) return true;
        apr_sleep(GOING_STEP);
    }
    return false;
}

/* By its own choice, then by TERM, so that it gives the terminal back, then by force. */
void assuan_end(assuan_t *assuan)
{
    if (assuan->pid == 0) return;
    close(assuan->fd);
    if (assuan->deaf || !is_gone(assuan->pid)) kill(assuan->pid, SIGTERM);
    if (!is_gone(assuan->pid)) {
        kill(assuan->pid, SIGKILL);
        waitpid(assuan->pid, NULL, 0);
    }
    assuan->pid = 0;
    apr_pool_cleanup_kill(assuan->pool, assuan, end_with_pool);
}
