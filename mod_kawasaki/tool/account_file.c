/* SPDX-License-Identifier: Apache-2.0
 *
 * kawasaki account issue|import|export: accounts from and to CSV files. Not for what a file may hold: account/import.h.
 */
#include "account/export.h"
#include "account/import.h"
#include "base/error.h"
#include "tool/act.h"
#include "tool/command.h"
#include "tool/once.h"
#include "tool/print.h"

#include <stdio.h>

#define EXPORT_PAGE    200 /* accounts read at a time */
#define PROGRESS_EVERY 100 /* cards of an import */

static int refuse(const import_t *import, const char *path)
{
    for (int i = 0; i < import->mistakes->nelts; i++) {
        const import_mistake_t *mistake = &APR_ARRAY_IDX(import->mistakes, i, import_mistake_t);
        fprintf(stderr, "%s:%d: %s\n", path, mistake->line, mistake->text);
    }
    tool_complain("%s: nothing was registered", path);
    return TOOL_REFUSED;
}

static int read_cards(import_t *import, const tool_options_t *options, import_passwords_t passwords, apr_pool_t *pool)
{
    const char *path = options->arguments[0];
    span_t text;
    int code = tool_read_file(&text, path, pool);

    if (code == TOOL_OK) code = tool_failed(import_read(import, text, span_of(options->city), passwords, pool));
    if (code == TOOL_OK && import->mistakes->nelts) code = refuse(import, path);
    return code;
}

/* All of them with an audit entry each, or none. Nobody can have seen these accounts yet: no event. */
static int write_cards(import_t *import, const store_t *store, const tool_options_t *options, audit_act_t what,
                       apr_pool_t *pool)
{
    act_t act;
    apr_status_t status = act_begin(&act, store, options, pool);

    if (status != APR_SUCCESS) return tool_failed(status);
    status = import_write(import, act.unit, act.now, pool);
    for (int i = 0; status == APR_SUCCESS && i < import->cards->nelts; i++)
        status = act_audit(&act, what, APR_ARRAY_IDX(import->cards, i, import_card_t).account.id, NULL, NULL);
    if (status != BASE_ECONFLICT) return act_end(&act, status);
    store_close(act.unit);
    return refuse(import, options->arguments[0]);
}

/* A few seconds' worth of hashes a line: who waits for thousands wants to know that it goes on. */
static void show_progress(int done, int all)
{
    if (done % PROGRESS_EVERY == 0 && done < all) fprintf(stderr, "%d of %d passwords hashed\n", done, all);
}

int account_import_command(const tool_options_t *options, apr_pool_t *pool)
{
    store_t *store;
    import_t import;
    int code = tool_open_ready(&store, options, pool);

    if (code == TOOL_OK) code = read_cards(&import, options, IMPORT_WITH_PASSWORDS, pool);
    if (code == TOOL_OK) code = tool_failed(import_hash(&import, show_progress, pool));
    if (code == TOOL_OK) code = write_cards(&import, store, options, AUDIT_IMPORT, pool);
    if (code == TOOL_OK) printf("%s: %d accounts\n", options->arguments[0], import.cards->nelts);
    return code;
}

/* --- Issue --- */

static int make_passwords(import_t *import, once_t *passwords, const tool_options_t *options, apr_pool_t *pool)
{
    const apr_time_t expires_at = once_expires_at(options, apr_time_now());
    int code = TOOL_OK;

    if (options->password_fd >= 0 && import->cards->nelts != 1) {
        tool_complain("--password-fd is for a file with one card");
        return TOOL_USAGE;
    }
    for (int i = 0; code == TOOL_OK && i < import->cards->nelts; i++) {
        import_card_t *card = &APR_ARRAY_IDX(import->cards, i, import_card_t);
        code = once_make(&passwords[i], options, pool);
        card->hash = passwords[i].hash;
        card->account.must_change = true;
        card->account.password_expires_at = expires_at;
    }
    return code;
}

static void show_passwords(const import_t *import, const once_t *passwords, const tool_options_t *options,
                           apr_pool_t *pool)
{
    print_t print = {.json = options->json, .layout = PRINT_LINES, .pool = pool};

    for (int i = 0; i < import->cards->nelts; i++) {
        const account_t *account = &APR_ARRAY_IDX(import->cards, i, import_card_t).account;
        print_begin(&print);
        print_text(&print, "identifier", account->identifier);
        if (passwords[i].made) print_text(&print, "password", span_of(passwords[i].text));
        print_time(&print, "expires", account->password_expires_at);
        print_end(&print);
    }
}

int account_issue_command(const tool_options_t *options, apr_pool_t *pool)
{
    store_t *store;
    import_t import;
    once_t *passwords = NULL;
    int code = tool_open_ready(&store, options, pool);

    if (code == TOOL_OK) code = read_cards(&import, options, IMPORT_WITHOUT_PASSWORDS, pool);
    if (code != TOOL_OK) return code;
    passwords = apr_pcalloc(pool, (apr_size_t)import.cards->nelts * sizeof *passwords);
    code = make_passwords(&import, passwords, options, pool);
    if (code == TOOL_OK) code = write_cards(&import, store, options, AUDIT_ISSUE, pool);
    if (code == TOOL_OK) show_passwords(&import, passwords, options, pool);
    for (int i = 0; i < import.cards->nelts; i++) once_forget(&passwords[i]);
    return code;
}

/* --- Export --- */

static int note_export(const store_t *store, const tool_options_t *options, apr_pool_t *pool)
{
    act_t act;
    apr_status_t status = act_begin(&act, store, options, pool);

    if (status != APR_SUCCESS) return tool_failed(status);
    return act_end(&act, act_audit(&act, AUDIT_EXPORT, 0, NULL, options->reason));
}

/* The accounts behind *after, which moves to the last one; *count says how many. */
static apr_status_t export_page(const store_t *store, const tool_options_t *options, const char **after, int *count,
                                apr_pool_t *pool)
{
    store_unit_t *unit;
    account_t *accounts;
    apr_status_t status = store_open(&unit, store, STORE_READ, pool);

    *count = 0;
    if (status != APR_SUCCESS) return status;
    status = account_list(unit, span_of(options->city), span_of(options->kind), span_of(*after), EXPORT_PAGE, &accounts,
                          count, pool);
    store_close(unit);
    for (int i = 0; status == APR_SUCCESS && i < *count; i++) {
        span_t row = export_row(&accounts[i], pool);
        fwrite(row.at, 1, row.size, stdout);
    }
    if (status == APR_SUCCESS && *count > 0) *after = span_text(pool, accounts[*count - 1].identifier);
    return status;
}

int account_export_command(const tool_options_t *options, apr_pool_t *pool)
{
    const char *after = "";
    apr_pool_t *page, *next;
    store_t *store;
    apr_status_t status = APR_SUCCESS;
    int count = EXPORT_PAGE, code;

    if (!act_check_reason(options, false)) return TOOL_USAGE;
    code = tool_open_ready(&store, options, pool);
    if (code == TOOL_OK) code = note_export(store, options, pool);
    if (code != TOOL_OK) return code;
    fputs(export_header(pool).at, stdout);
    apr_pool_create(&page, pool);
    while (status == APR_SUCCESS && count == EXPORT_PAGE && !ferror(stdout)) {
        apr_pool_create(&next, pool);
        status = export_page(store, options, &after, &count, next);
        apr_pool_destroy(page); /* which holds the `after` that has just been used */
        page = next;
    }
    return tool_failed(status);
}
