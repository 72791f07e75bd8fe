/* SPDX-License-Identifier: Apache-2.0
 *
 * kawasaki audit show|verify|seal: the audit log. Not for what stands in it: account/audit.h.
 */
#include "account/audit.h"
#include "tool/act.h"
#include "tool/command.h"
#include "tool/print.h"

#include <stdio.h>

static void show_entry(print_t *print, const audit_entry_t *entry)
{
    print_begin(print);
    print_integer(print, "number", entry->number);
    print_time(print, "at", entry->at);
    print_text(print, "city", entry->city);
    print_text(print, "by", span_of(audit_actor_word(entry->by)));
    print_text(print, "actor", entry->actor);
    print_text(print, "account",
               span_of(entry->account ? apr_psprintf(print->pool, "%" APR_INT64_T_FMT, entry->account) : ""));
    print_text(print, "act", span_of(audit_act_word(entry->act)));
    print_text(print, "rule", entry->rule);
    print_text(print, "note", entry->note);
    print_end(print);
}

/* The entries of one account, living or deleted; to look at them is an act, too. */
static int of_account(const store_t *store, const tool_options_t *options, audit_entry_t **entries, int *count,
                      apr_pool_t *pool)
{
    apr_int64_t account;
    act_t act;
    apr_status_t status = act_begin(&act, store, options, pool);

    if (status != APR_SUCCESS) return tool_failed(status);
    status = act_find_row(&act, options->arguments[0], &account);
    if (status == APR_SUCCESS) status = audit_of_account(act.unit, account, options->limit, entries, count);
    if (status == APR_SUCCESS) status = act_audit(&act, AUDIT_VIEW, account, NULL, "audit log");
    return act_end(&act, status);
}

static int of_chain(const store_t *store, const tool_options_t *options, audit_entry_t **entries, int *count,
                    apr_pool_t *pool)
{
    store_unit_t *unit;
    apr_int64_t last;
    apr_status_t status = store_open(&unit, store, STORE_READ, pool);

    if (status == APR_SUCCESS) status = audit_list(unit, options->after, options->limit, entries, &last, count);
    store_close(unit);
    return tool_failed(status);
}

int audit_show_command(const tool_options_t *options, apr_pool_t *pool)
{
    print_t print = {.json = options->json, .layout = PRINT_LINES, .pool = pool};
    audit_entry_t *entries;
    store_t *store;
    int count = 0, code = tool_open_ready(&store, options, pool);

    if (code == TOOL_OK) code = (options->count ? of_account : of_chain)(store, options, &entries, &count, pool);
    for (int i = 0; code == TOOL_OK && i < count; i++) show_entry(&print, &entries[i]);
    return code;
}

int audit_verify_command(const tool_options_t *options, apr_pool_t *pool)
{
    print_t print = {.json = options->json, .layout = PRINT_BLOCKS, .pool = pool};
    audit_report_t report;
    store_t *store;
    int code = tool_open_ready(&store, options, pool);

    if (code == TOOL_OK) code = tool_failed(audit_verify(store, options->head, &report, pool));
    if (code != TOOL_OK) return code;
    print_begin(&print);
    print_integer(&print, "sealed", report.sealed);
    print_integer(&print, "unsealed", report.unsealed);
    print_bool(&print, "unbroken", report.broken_at == 0);
    print_integer(&print, "broken-at", report.broken_at);
    if (options->head) print_bool(&print, "head-found", report.expected_found);
    print_text(&print, "head", span_of(report.head));
    print_end(&print);
    if (report.broken_at)
        tool_complain("the chain is broken at entry %" APR_INT64_T_FMT, report.broken_at);
    else if (options->head && !report.expected_found)
        tool_complain("%s is no link of the chain: entries are missing, or it was made anew", options->head);
    return report.broken_at || (options->head && !report.expected_found) ? TOOL_REFUSED : TOOL_OK;
}

static apr_status_t seal_some(const store_t *store, int *sealed, apr_pool_t *pool)
{
    store_unit_t *unit;
    apr_status_t status = store_open(&unit, store, STORE_WRITE, pool);

    if (status != APR_SUCCESS) return status;
    status = audit_seal(unit, sealed);
    if (status == APR_SUCCESS) status = store_commit(unit);
    store_close(unit);
    return status;
}

int audit_seal_command(const tool_options_t *options, apr_pool_t *pool)
{
    apr_int64_t total = 0;
    apr_pool_t *turn;
    store_t *store;
    apr_status_t status = APR_SUCCESS;
    int sealed = AUDIT_SEAL_MAX, code = tool_open_ready(&store, options, pool);

    if (code != TOOL_OK) return code;
    apr_pool_create(&turn, pool);
    for (; status == APR_SUCCESS && sealed == AUDIT_SEAL_MAX; total += sealed) {
        apr_pool_clear(turn);
        sealed = 0;
        status = seal_some(store, &sealed, turn);
    }
    if (status == APR_SUCCESS) printf("%" APR_INT64_T_FMT " entries sealed\n", total);
    return tool_failed(status);
}
