/* SPDX-License-Identifier: Apache-2.0 */
#include "tool/act.h"

#include "account/evidence.h"
#include "base/error.h"
#include "store/event.h"
#include "text/text.h"

#include <apr_user.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define NO_LOGIN     4294967295ul /* the kernel's word for a process that nobody logged in for */
#define REASON_BYTES 400

/* Who logged in, also where sudo changed the user since: the kernel keeps it (proc(5), loginuid). */
static uid_t user(void)
{
    FILE *file = fopen("/proc/self/loginuid", "r");
    unsigned long login = NO_LOGIN;

    if (file) {
        if (fscanf(file, "%lu", &login) != 1) login = NO_LOGIN;
        fclose(file);
    }
    return login < NO_LOGIN ? (uid_t)login : getuid();
}

static const char *user_name(apr_pool_t *pool)
{
    char *name;
    uid_t id = user();
    return apr_uid_name_get(&name, id, pool) == APR_SUCCESS ? name : apr_psprintf(pool, "%lu", (unsigned long)id);
}

apr_status_t act_begin(act_t *act, const store_t *store, const tool_options_t *options, apr_pool_t *pool)
{
    *act = (act_t){.options = options, .actor = user_name(pool), .now = apr_time_now(), .pool = pool};
    return store_open(&act->unit, store, STORE_WRITE, pool);
}

int act_end(act_t *act, apr_status_t status)
{
    if (status == APR_SUCCESS) status = store_commit(act->unit);
    store_close(act->unit);
    act->unit = NULL;
    return APR_STATUS_IS_ENOENT(status) ? TOOL_REFUSED : tool_failed(status);
}

span_t act_identifier(const tool_options_t *options, const char *number, apr_pool_t *pool)
{
    span_t typed = span_of(number), digits;

    if (strcmp(options->kind, "card") != 0) return typed;
    return text_type_find(SPAN("digits"))->accept(pool, typed, &digits) == TEXT_OK ? digits : typed;
}

/* No complaint; an applicant's is not found. */
static apr_status_t look(const act_t *act, const char *number, account_t *account, bool *found)
{
    const tool_options_t *options = act->options;
    const char *password;
    apr_status_t status =
        account_find(act->unit, span_of(options->city), span_of(options->kind),
                     act_identifier(options, number, act->pool), account, &password, found, act->pool);

    *found = status == APR_SUCCESS && *found && !account->applicant;
    return status;
}

static apr_status_t complain_unless(bool found, const char *number)
{
    if (found) return APR_SUCCESS;
    tool_complain("%s: there is no such account", number);
    return APR_ENOENT;
}

apr_status_t act_find(const act_t *act, const char *number, account_t *account)
{
    bool found;
    apr_status_t status = look(act, number, account, &found);

    return status == APR_SUCCESS ? complain_unless(found, number) : status;
}

apr_status_t act_find_row(const act_t *act, const char *number, apr_int64_t *row)
{
    account_t account;
    evidence_t *evidence;
    bool found;
    int kept = 0;
    apr_status_t status = look(act, number, &account, &found);

    if (status == APR_SUCCESS && !found && *number)
        status =
            evidence_newest(act->unit, span_of(act->options->city), span_of(number), 1, &evidence, &kept, act->pool);
    if (status != APR_SUCCESS) return status;
    *row = found ? account.id : kept > 0 ? evidence->account : 0;
    return complain_unless(*row != 0, number);
}

apr_status_t act_audit(const act_t *act, audit_act_t what, apr_int64_t account, const char *rule, const char *note)
{
    const audit_entry_t entry = {.at = act->now,
                                 .city = span_of(act->options->city),
                                 .by = AUDIT_BY_TOOL,
                                 .actor = span_of(act->actor),
                                 .account = account,
                                 .act = what,
                                 .rule = span_of(rule),
                                 .note = span_of(note)};
    return audit_write(act->unit, &entry);
}

apr_status_t act_tell(const act_t *act, audit_act_t what, apr_int64_t account)
{
    apr_status_t status = act_audit(act, what, account, NULL, act->options->reason);

    if (status != APR_SUCCESS) return status;
    return event_write_account(act->unit, account, act->now);
}

bool act_check_reason(const tool_options_t *options, bool needed)
{
    const char *reason = options->reason ? options->reason : "";

    if (needed && !*reason) {
        tool_complain("--reason TEXT is needed: it stands in the audit log");
        return false;
    }
    if (strlen(reason) <= REASON_BYTES && text_is_clean(span_of(reason))) return true;
    tool_complain("--reason: one line of UTF-8, at most %d bytes", REASON_BYTES);
    return false;
}
