/* SPDX-License-Identifier: Apache-2.0
 *
 * Acts: what a command does to one account, with its trace. Whoever runs the tool stands in the audit log.
 */
#ifndef TOOL_ACT_H
#define TOOL_ACT_H

#include "account/account.h"
#include "account/audit.h"
#include "tool/tool.h"

/* An open unit and what all acts in it have in common. */
typedef struct {
    const tool_options_t *options;
    const char *actor; /* the user's name, or number */
    apr_time_t now;
    store_unit_t *unit; /* STORE_WRITE */
    apr_pool_t *pool;
} act_t;

/* Begins and ends a unit; act_end commits unless status says that something went wrong, closes in any case, and gives
 * the exit code. */
apr_status_t act_begin(act_t *act, const store_t *store, const tool_options_t *options, apr_pool_t *pool);
int act_end(act_t *act, apr_status_t status);

/* The account of this number as somebody typed it, of --city and --kind. APR_ENOENT after a complaint; an applicant's
 * is none yet. */
apr_status_t act_find(const act_t *act, const char *number, account_t *account);

/* Its row alone, which the audit log knows it by: also that of a deleted account, as long as evidence of it is kept. */
apr_status_t act_find_row(const act_t *act, const char *number, apr_int64_t *row);

/* The audit entry. account 0: none. */
apr_status_t act_audit(const act_t *act, audit_act_t what, apr_int64_t account, const char *rule, const char *note);

/* The audit entry, with --reason as its note, and the event that makes running hosts look at the account again. Last in
 * the unit, as event_write is. */
apr_status_t act_tell(const act_t *act, audit_act_t what, apr_int64_t account);

/* A number as it is stored: of a card, digits; of other kinds, as it was typed. */
span_t act_identifier(const tool_options_t *options, const char *number, apr_pool_t *pool);

/* Is --reason fit for the log, and given where it is needed? False after a complaint. */
bool act_check_reason(const tool_options_t *options, bool needed);

#endif
