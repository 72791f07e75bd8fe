/* SPDX-License-Identifier: Apache-2.0
 *
 * The holder is asked by pinentry: page by page what will be signed, then yes to the last try, then the PIN. The words
 * are for residents.
 */
#include "signer/ask.h"
#include "signer/ask_pages.h"
#include "signer/assuan.h"
#include "wire/frame.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define STARTING apr_time_from_sec(10) /* for a program that is only tried out: a desktop may be slow to wake */

typedef struct {
    ask_t ask; /* first */
    const char *program;
    int asker; /* as assuan_start wants it */
    apr_time_t until;
    const log_port_t *log;
    apr_pool_t *pool;
} pinentry_t;

/* What one question goes through. */
typedef struct {
    assuan_t *assuan;
    const request_t *request;
    source_key_t key;
    const source_prompt_t *prompt;
    apr_time_t until;
    apr_pool_t *pool;
} question_t;

typedef struct {
    const char *command, *argument;
} step_t;

static const char *find_program(void)
{
    static const char *const places[] = {"/usr/bin/pinentry", "/usr/local/bin/pinentry", "/bin/pinentry"};

    for (apr_size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (access(places[i], X_OK) == 0) return places[i];
    return places[0];
}

/* GPG_TTY is often "not a tty", and may name a terminal that was closed. */
static bool is_terminal(const char *name)
{
    int fd = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    bool is = fd >= 0 && isatty(fd);

    if (fd >= 0) close(fd);
    return is;
}

static const char *terminal(void)
{
    const char *name = getenv("GPG_TTY");

    if (name && !is_terminal(name)) name = NULL;
    for (int fd = STDIN_FILENO; !name && fd <= STDERR_FILENO; fd++) name = ttyname(fd);
    return name;
}

/* What we send is UTF-8, whatever the environment says. */
static const char *character_type(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    const char *value = NULL;

    for (int i = 0; i < 3 && !(value && *value); i++) value = getenv(names[i]);
    return value && (strstr(value, "UTF-8") || strstr(value, "utf8")) ? value : "C.UTF-8";
}

/* Where to show it. A pinentry need not know every option. */
static wire_code_t set_options(const question_t *question)
{
    const char *tty = terminal(), *type = getenv("TERM");
    const char *const values[][2] = {{"ttyname", tty}, {"ttytype", type}, {"lc-ctype", character_type()}};

    for (int i = 0; i < 3; i++) {
        const char *text = apr_pstrcat(question->pool, values[i][0], "=", values[i][1], NULL);
        wire_code_t code = WIRE_OK;
        if (values[i][1]) code = assuan_ask(question->assuan, "OPTION", span_of(text), NULL);
        if (code == WIRE_TIMEOUT) return code;
    }
    return WIRE_OK;
}

/* Sets the dialogue and shows it: CONFIRM, or GETPIN where there is room for a PIN. */
static wire_code_t show(const question_t *question, const char *description, const char *yes, const char *prompt,
                        pin_t *pin)
{
    apr_time_t left = question->until - frame_clock();
    const step_t steps[] = {
        {"SETTITLE", "電子証明書"}, {"SETTIMEOUT", apr_ltoa(question->pool, (long)apr_time_sec(left) + 1)},
        {"SETDESC", description},   {"SETOK", yes},
        {"SETCANCEL", "中止"},      {"SETPROMPT", prompt}};
    wire_code_t code = left > 0 ? WIRE_OK : WIRE_TIMEOUT;

    for (apr_size_t i = 0; i < sizeof steps / sizeof *steps && code == WIRE_OK; i++)
        code = assuan_ask(question->assuan, steps[i].command, span_of(steps[i].argument), NULL);
    if (code != WIRE_OK) return code;
    return assuan_ask(question->assuan, pin ? "GETPIN" : "CONFIRM", SPAN(""), pin);
}

static wire_code_t show_form(const question_t *question)
{
    apr_array_header_t *pages = ask_pages(ask_text(question->request->manifest, question->pool), question->pool);
    wire_code_t code = WIRE_OK;

    for (int i = 0; i < pages->nelts && code == WIRE_OK; i++) {
        span_t page = APR_ARRAY_IDX(pages, i, span_t);
        const char *text = apr_psprintf(question->pool, "次の内容に署名します。お確かめください。(%d/%d)\n\n%s", i + 1,
                                        pages->nelts, span_text(question->pool, page));
        code = show(question, text, "次へ", "", NULL);
    }
    return code;
}

static wire_code_t confirm_last_try(const question_t *question)
{
    static const char text[] = "暗証番号を入れられるのは、あと1回です。\n"
                               "まちがえるとロックされ、市区町村の窓口で初期化するまで使えません。\n\n"
                               "それでも続けますか？";
    wire_code_t code = show(question, text, "続ける", "", NULL);

    return code == WIRE_CANCELLED ? WIRE_PIN_LOW : code;
}

/* "署名用電子証明書の暗証番号(英数字6〜16文字)"; whose tries nobody counts is a file. */
static const char *pin_name(const question_t *question)
{
    const source_prompt_t *prompt = question->prompt;
    const char *length = apr_psprintf(question->pool, "%d〜%d", prompt->least, prompt->most);

    if (prompt->tries == ANSWER_TRIES_UNKNOWN) return "証明書ファイルのパスワード";
    if (prompt->least == prompt->most) length = apr_itoa(question->pool, prompt->least);
    return apr_psprintf(question->pool, "%sの暗証番号(%s%s)",
                        question->key == SOURCE_SIGNING ? "署名用電子証明書" : "利用者証明用電子証明書",
                        prompt->digits_only ? "数字" : "英数字", apr_pstrcat(question->pool, length, "文字", NULL));
}

static wire_code_t ask_for_pin(const question_t *question, pin_t *pin)
{
    bool signs = question->request->operation == REQUEST_SIGN;
    const char *site = span_text(question->pool, question->request->origin);
    const char *how = question->prompt->pinpad ? "カードリーダーのボタンで入れてください" : "入れてください";
    const char *tries = "";
    const char *text;

    if (question->prompt->tries != ANSWER_TRIES_UNKNOWN)
        tries = apr_psprintf(question->pool, "\n(あと%d回まで入れられます)", question->prompt->tries);
    text = apr_psprintf(question->pool, "%s\nの手続きで%s。\n\n%sを\n%s。%s", site,
                        signs ? "、確かめた内容に署名します" : "本人の確認をします", pin_name(question), how, tries);
    return show(question, text, signs ? "署名する" : "確認する",
                question->prompt->tries == ANSWER_TRIES_UNKNOWN ? "パスワード:" : "暗証番号:", pin);
}

/* "curses", "tty"; "gnome3:curses" says a program for desktops that has found none. */
static bool is_for_terminals(const char *flavor)
{
    const char *colon = strrchr(flavor, ':'), *last = colon ? colon + 1 : flavor;

    return strcmp(last, "curses") == 0 || strcmp(last, "tty") == 0;
}

/* Has the program a place to show anything? One that doesn't know the question is believed. */
static wire_code_t find_place(const question_t *question)
{
    pin_t *flavor;
    wire_code_t code;

    if (pin_create(&flavor, question->pool) != APR_SUCCESS) return WIRE_FAILED;
    code = assuan_ask(question->assuan, "GETINFO", SPAN("flavor"), flavor);
    if (code == WIRE_TIMEOUT || code == WIRE_CANCELLED) return code;
    return is_for_terminals(flavor->bytes) && !terminal() ? WIRE_NO_PINENTRY : WIRE_OK;
}

static wire_code_t start(question_t *question, const pinentry_t *pinentry)
{
    wire_code_t code =
        assuan_start(&question->assuan, pinentry->program, pinentry->asker, question->until, question->pool);

    if (code == WIRE_OK) code = find_place(question);
    return code == WIRE_FAILED ? WIRE_NO_PINENTRY : code;
}

static wire_code_t converse(question_t *question, const pinentry_t *pinentry, pin_t *pin)
{
    wire_code_t code = start(question, pinentry);

    if (code == WIRE_OK) code = set_options(question);
    if (code == WIRE_OK && question->request->operation == REQUEST_SIGN) code = show_form(question);
    if (code == WIRE_OK && question->prompt->tries == 1) code = confirm_last_try(question);
    if (code == WIRE_OK) code = ask_for_pin(question, question->prompt->pinpad ? NULL : pin);
    return code;
}

static wire_code_t complain(const pinentry_t *pinentry, wire_code_t code)
{
    if (code == WIRE_NO_PINENTRY)
        base_log(pinentry->log, LOG_PORT_ERROR, 0, "KW-SIGNER-006", "%s does not start, or has no screen to ask on",
                 pinentry->program);
    if (code == WIRE_FAILED)
        base_log(pinentry->log, LOG_PORT_ERROR, 0, "KW-SIGNER-005", "%s broke its protocol, or ended",
                 pinentry->program);
    return code;
}

static wire_code_t ask_by_pinentry(ask_t *ask, const request_t *request, source_key_t key,
                                   const source_prompt_t *prompt, apr_time_t until, pin_t *pin)
{
    const pinentry_t *pinentry = (const pinentry_t *)(const void *)ask;
    question_t question = {.request = request, .key = key, .prompt = prompt, .until = until};
    wire_code_t code;

    if (pinentry->until != 0 && pinentry->until < question.until) question.until = pinentry->until;
    if (apr_pool_create(&question.pool, pinentry->pool) != APR_SUCCESS) return WIRE_FAILED;
    code = converse(&question, pinentry, pin);
    apr_pool_destroy(question.pool); /* ends the program, wipes what it said */
    return complain(pinentry, code);
}

/* All up to the question. */
static wire_code_t try_pinentry(const ask_t *ask)
{
    const pinentry_t *pinentry = (const pinentry_t *)(const void *)ask;
    question_t question = {.until = frame_clock() + STARTING};
    wire_code_t code;

    if (apr_pool_create(&question.pool, pinentry->pool) != APR_SUCCESS) return WIRE_NO_PINENTRY;
    code = start(&question, pinentry);
    apr_pool_destroy(question.pool);
    return complain(pinentry, code == WIRE_TIMEOUT ? WIRE_NO_PINENTRY : code);
}

ask_t *ask_pinentry(const ask_pinentry_options_t *options, apr_pool_t *pool)
{
    pinentry_t *pinentry = apr_palloc(pool, sizeof *pinentry);

    *pinentry = (pinentry_t){.ask = {.pin = ask_by_pinentry, .ready = try_pinentry},
                             .program = options->program ? options->program : find_program(),
                             .asker = options->for_input ? STDIN_FILENO : -1,
                             .until = options->until,
                             .log = options->log,
                             .pool = pool};
    return &pinentry->ask;
}
