/* SPDX-License-Identifier: Apache-2.0
 *
 * kawasaki account show|find: looking at accounts. Who looked stands in the audit log before anything is shown.
 */
#include "text/text.h"
#include "tool/act.h"
#include "tool/command.h"
#include "tool/print.h"

#include <stdio.h>

static void show_account(print_t *print, const account_t *account)
{
    print_begin(print);
    print_text(print, "identifier", account->identifier);
    print_text(print, "kind", account->kind);
    /* As text in JSON, too: 63 bits are more than many readers of numbers keep. */
    print_text(print, "account", span_of(apr_psprintf(print->pool, "%" APR_INT64_T_FMT, account->id)));
    print_integer(print, "version", account->version);
    print_time(print, "changed", account->changed_at);
    print_bool(print, "frozen", account->frozen);
    print_bool(print, "password", account->has_password);
    print_bool(print, "must-change", account->must_change);
    print_time(print, "password-expires", account->password_expires_at);
    print_group(print, "fields");
    for (apr_size_t i = 0; i < account->field_count; i++)
        print_text(print, span_text(print->pool, account->fields[i].name), account->fields[i].value);
    print_group_end(print);
    print_end(print);
}

int account_show_command(const tool_options_t *options, apr_pool_t *pool)
{
    print_t print = {.json = options->json, .layout = PRINT_BLOCKS, .pool = pool};
    account_t account;
    store_t *store;
    act_t act;
    apr_status_t status;
    int code;

    if (!act_check_reason(options, false)) return TOOL_USAGE;
    code = tool_open_ready(&store, options, pool);
    if (code != TOOL_OK) return code;
    status = act_begin(&act, store, options, pool);
    if (status != APR_SUCCESS) return tool_failed(status);
    status = act_find(&act, options->arguments[0], &account);
    if (status == APR_SUCCESS) status = act_audit(&act, AUDIT_VIEW, account.id, NULL, options->reason);
    code = act_end(&act, status);
    if (code == TOOL_OK) show_account(&print, &account);
    return code;
}

/* The one thing that is searched for; false after a complaint. */
static bool read_search(account_search_t *search, const tool_options_t *options, apr_pool_t *pool)
{
    const char *typed = options->kana ? options->kana : options->birth_date;
    const char *type = options->kana ? "katakana" : "date";

    *search = (account_search_t){.city = span_of(options->city)};
    if ((options->count == 1) + (options->kana != NULL) + (options->birth_date != NULL) != 1) {
        tool_complain("one of NUMBER, --kana and --birth-date is needed");
        return false;
    }
    if (options->count == 1) {
        search->value = act_identifier(options, options->arguments[0], pool);
        return true;
    }
    search->field = options->kana ? SPAN("kana") : SPAN("birth-date");
    search->prefix = options->kana != NULL;
    if (text_type_find(span_of(type))->accept(pool, span_of(typed), &search->value) == TEXT_OK && search->value.size)
        return true;
    tool_complain("%s: this is no %s", typed, options->kana ? "katakana" : "date");
    return false;
}

static void show_found(print_t *print, const account_t *account)
{
    print_begin(print);
    print_text(print, "identifier", account->identifier);
    print_text(print, "kind", account->kind);
    print_text(print, "name", account_field(account, SPAN("name")));
    print_text(print, "kana", account_field(account, SPAN("kana")));
    print_text(print, "birth-date", account_field(account, SPAN("birth-date")));
    print_bool(print, "frozen", account->frozen);
    print_end(print);
}

int account_find_command(const tool_options_t *options, apr_pool_t *pool)
{
    print_t print = {.json = options->json, .layout = PRINT_LINES, .pool = pool};
    account_search_t search;
    account_t *accounts;
    store_t *store;
    act_t act;
    apr_status_t status;
    bool more = false;
    int count = 0, code;

    if (!read_search(&search, options, pool)) return TOOL_USAGE;
    code = tool_open_ready(&store, options, pool);
    if (code != TOOL_OK) return code;
    status = act_begin(&act, store, options, pool);
    if (status != APR_SUCCESS) return tool_failed(status);
    /* What was searched for could name a person; by what kind of thing could not. */
    status = act_audit(&act, AUDIT_SEARCH, 0, NULL, search.field.size ? search.field.at : "number");
    if (status == APR_SUCCESS) status = account_search(act.unit, &search, &accounts, &count, &more, pool);
    code = act_end(&act, status);
    if (code != TOOL_OK) return code;
    for (int i = 0; i < count; i++) show_found(&print, &accounts[i]);
    if (more) tool_complain("there are more than %d: narrow it down", ACCOUNT_SEARCH_MAX);
    return count ? TOOL_OK : TOOL_REFUSED;
}
