/* SPDX-License-Identifier: Apache-2.0
 *
 * kawasaki account unlock, kawasaki limit list|show|clear: looking at locks, and ending them. Not for the counting:
 * limit/limit.h.
 */
#include "limit/limit.h"
#include "tool/act.h"
#include "tool/command.h"
#include "tool/print.h"

/* The service's time: the wall clock, or the mark in the database where that is ahead. */
static apr_status_t read_clock(store_unit_t *unit, apr_time_t *now)
{
    apr_time_t mark = 0;
    apr_status_t status = limit_clock_read(unit, &mark);

    *now = apr_time_now();
    if (mark > *now) *now = mark;
    return status;
}

static void show_entry(print_t *print, const limit_entry_t *entry, apr_time_t now)
{
    bool forever = entry->until == LIMIT_FOREVER;

    print_begin(print);
    print_text(print, "receipt", span_of(entry->receipt));
    print_text(print, "rule", span_of(entry->rule));
    print_bool(print, "locked", entry->until > now);
    print_bool(print, "until-counter", forever);
    print_time(print, "since", entry->since_at);
    print_time(print, "until", forever ? 0 : entry->until);
    print_end(print);
}

static limit_subject_t subject_of(const tool_options_t *options, apr_pool_t *pool)
{
    return (limit_subject_t){.city = span_of(options->city),
                             .kind = span_of(options->kind),
                             .identifier = act_identifier(options, options->arguments[0], pool)};
}

/* What stands against the number of the command line, and the time to judge it by. */
static int list(const store_t *store, const tool_options_t *options, limit_entry_t **entries, int *count,
                apr_time_t *now, apr_pool_t *pool)
{
    const limit_subject_t subject = subject_of(options, pool);
    limit_ports_t ports = {.store = store, .log = tool_log()};
    store_unit_t *unit;
    apr_status_t status;
    int code = tool_limiter_key(&ports.key, options, pool);

    if (code != TOOL_OK) return code;
    status = store_open(&unit, store, STORE_READ, pool);
    if (status == APR_SUCCESS) status = limit_list(&ports, unit, &subject, entries, count, pool);
    if (status == APR_SUCCESS) status = read_clock(unit, now);
    store_close(unit);
    return tool_failed(status);
}

int limit_list_command(const tool_options_t *options, apr_pool_t *pool)
{
    print_t print = {.json = options->json, .layout = PRINT_LINES, .pool = pool};
    limit_entry_t *entries;
    apr_time_t now;
    store_t *store;
    int count, code = tool_open_ready(&store, options, pool);

    if (code == TOOL_OK) code = list(store, options, &entries, &count, &now, pool);
    for (int i = 0; code == TOOL_OK && i < count; i++) show_entry(&print, &entries[i], now);
    return code;
}

/* --- By receipt --- */

static int find_receipt(const store_t *store, const tool_options_t *options, limit_entry_t *entry, apr_time_t *now,
                        apr_pool_t *pool)
{
    const limit_ports_t ports = {.store = store, .log = tool_log()};
    store_unit_t *unit;
    bool found = false;
    apr_status_t status = store_open(&unit, store, STORE_READ, pool);

    if (status == APR_SUCCESS)
        status = limit_by_receipt(&ports, unit, span_of(options->arguments[0]), entry, &found, pool);
    if (status == APR_SUCCESS) status = read_clock(unit, now);
    store_close(unit);
    if (status != APR_SUCCESS) return tool_failed(status);
    if (found) return TOOL_OK;
    tool_complain("%s: there is no such receipt", options->arguments[0]);
    return TOOL_REFUSED;
}

int limit_show_command(const tool_options_t *options, apr_pool_t *pool)
{
    print_t print = {.json = options->json, .layout = PRINT_BLOCKS, .pool = pool};
    limit_entry_t entry;
    apr_time_t now;
    store_t *store;
    int code = tool_open_ready(&store, options, pool);

    if (code == TOOL_OK) code = find_receipt(store, options, &entry, &now, pool);
    if (code == TOOL_OK) show_entry(&print, &entry, now);
    return code;
}

/* --- Ending --- */

/* One lock, one unit: whoever ends several at once would take their rows in an order of its own. `number`: of the
 * account, if it is known. */
static int clear(const store_t *store, const tool_options_t *options, const limit_entry_t *entry, apr_time_t now,
                 const char *number, apr_pool_t *pool)
{
    const limit_ports_t ports = {.store = store, .log = tool_log()};
    account_t account = {.id = 0};
    const char *password, *note = apr_pstrcat(pool, entry->receipt, " ", options->reason, NULL);
    act_t act;
    bool found;
    apr_status_t status = act_begin(&act, store, options, pool);

    if (status != APR_SUCCESS) return tool_failed(status);
    if (number) /* what was typed is locked, whether or not there is such an account */
        status = account_find(act.unit, span_of(options->city), span_of(options->kind),
                              act_identifier(options, number, pool), &account, &password, &found, pool);
    if (status == APR_SUCCESS) status = act_audit(&act, AUDIT_UNLOCK, account.id, entry->rule, note);
    if (status == APR_SUCCESS) status = limit_clear(&ports, act.unit, entry->id, now);
    return act_end(&act, status);
}

int limit_clear_command(const tool_options_t *options, apr_pool_t *pool)
{
    print_t print = {.json = options->json, .layout = PRINT_LINES, .pool = pool};
    limit_entry_t entry;
    apr_time_t now;
    store_t *store;
    int code;

    if (!act_check_reason(options, true)) return TOOL_USAGE;
    code = tool_open_ready(&store, options, pool);
    if (code == TOOL_OK) code = find_receipt(store, options, &entry, &now, pool);
    if (code == TOOL_OK) code = clear(store, options, &entry, now, NULL, pool);
    if (code == TOOL_OK) show_entry(&print, &entry, now);
    return code;
}

int account_unlock_command(const tool_options_t *options, apr_pool_t *pool)
{
    print_t print = {.json = options->json, .layout = PRINT_LINES, .pool = pool};
    limit_entry_t *entries;
    apr_time_t now;
    store_t *store;
    int count = 0, code;

    if (!act_check_reason(options, true)) return TOOL_USAGE;
    code = tool_open_ready(&store, options, pool);
    if (code == TOOL_OK) code = list(store, options, &entries, &count, &now, pool);
    for (int i = 0; code == TOOL_OK && i < count; i++) {
        if (entries[i].until <= now) continue;
        code = clear(store, options, &entries[i], now, options->arguments[0], pool);
        if (code == TOOL_OK) show_entry(&print, &entries[i], now);
    }
    if (code == TOOL_OK && print.records == 0) tool_complain("%s: nothing is locked", options->arguments[0]);
    return code;
}
