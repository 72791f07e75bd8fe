/* SPDX-License-Identifier: Apache-2.0
 *
 * kawasaki account reset|freeze|release: what a clerk does to one account. Its sessions end with it, on all hosts.
 */
#include "session/session.h"
#include "tool/act.h"
#include "tool/command.h"
#include "tool/once.h"
#include "tool/print.h"

/* In the act's unit, before its sessions end and hosts are told. */
typedef apr_status_t change_t(const act_t *act, const account_t *account, const void *context);

static int change(const tool_options_t *options, audit_act_t what, change_t *apply, const void *context,
                  account_t *account, apr_pool_t *pool)
{
    store_t *store;
    act_t act;
    apr_status_t status;
    int code = tool_open_ready(&store, options, pool);

    if (code != TOOL_OK) return code;
    status = act_begin(&act, store, options, pool);
    if (status != APR_SUCCESS) return tool_failed(status);
    status = act_find(&act, options->arguments[0], account);
    if (status == APR_SUCCESS) status = apply(&act, account, context);
    if (status == APR_SUCCESS) status = session_end_account(act.unit, account->id);
    if (status == APR_SUCCESS) status = act_tell(&act, what, account->id);
    return act_end(&act, status);
}

/* --- Freeze and release: twice is no mistake --- */

static apr_status_t freeze(const act_t *act, const account_t *account, const void *context)
{
    (void)context;
    return account->frozen ? APR_SUCCESS : account_freeze(act->unit, account->id, account->version, act->now);
}

static apr_status_t release(const act_t *act, const account_t *account, const void *context)
{
    (void)context;
    return account->frozen ? account_release(act->unit, account->id, account->version, act->now) : APR_SUCCESS;
}

int account_freeze_command(const tool_options_t *options, apr_pool_t *pool)
{
    account_t account;
    return act_check_reason(options, true) ? change(options, AUDIT_FREEZE, freeze, NULL, &account, pool) : TOOL_USAGE;
}

int account_release_command(const tool_options_t *options, apr_pool_t *pool)
{
    account_t account;
    return act_check_reason(options, true) ? change(options, AUDIT_RELEASE, release, NULL, &account, pool) : TOOL_USAGE;
}

/* --- Reset --- */

static apr_status_t reset(const act_t *act, const account_t *account, const void *context)
{
    const once_t *once = context;

    if (!account->has_password) {
        tool_complain("%s: this account is opened without a password", act->options->arguments[0]);
        return APR_ENOENT;
    }
    return account_reset_password(act->unit, account->id, account->version, once->hash,
                                  once_expires_at(act->options, act->now), act->now);
}

int account_reset_command(const tool_options_t *options, apr_pool_t *pool)
{
    print_t print = {.json = options->json, .layout = PRINT_LINES, .pool = pool};
    account_t account;
    once_t once;
    int code;

    if (!act_check_reason(options, true)) return TOOL_USAGE;
    code = once_make(&once, options, pool);
    if (code != TOOL_OK) return code;
    code = change(options, AUDIT_RESET, reset, &once, &account, pool);
    if (code == TOOL_OK) {
        print_begin(&print);
        print_text(&print, "identifier", account.identifier);
        if (once.made) print_text(&print, "password", span_of(once.text));
        print_time(&print, "expires", once_expires_at(options, apr_time_now()));
        print_end(&print);
    }
    once_forget(&once);
    return code;
}
