/* SPDX-License-Identifier: Apache-2.0
 *
 * The commands, each in the file of its first word (account_*.c, limit_command.c, …). All take their options as read,
 * answer on standard output, complain on standard error, and give the exit code. docs/tool.md describes them.
 */
#ifndef TOOL_COMMAND_H
#define TOOL_COMMAND_H

#include "tool/options.h"

typedef int command_run_t(const tool_options_t *options, apr_pool_t *pool);

command_run_t account_issue_command, account_import_command, account_export_command;               /* account_file.c */
command_run_t account_show_command, account_find_command;                                          /* account_look.c */
command_run_t account_reset_command, account_freeze_command, account_release_command;              /* account_act.c */
command_run_t account_unlock_command, limit_list_command, limit_show_command, limit_clear_command; /* limit_command.c */
command_run_t audit_show_command, audit_verify_command, audit_seal_command;                        /* audit_command.c */
command_run_t evidence_list_command, evidence_show_command;                        /* evidence_command.c */
command_run_t evidence_verify_command;                                             /* evidence_check.c */
command_run_t db_status_command, db_migrate_command;                               /* db_command.c */
command_run_t postcode_import_command, postcode_show_command;                      /* postcode_command.c */
command_run_t key_show_command;                                                    /* key_command.c */
command_run_t match_address_command, match_name_command, match_birth_date_command; /* match_command.c */
command_run_t match_split_command;                                                 /* match_command.c */
command_run_t rules_check_command;                                                 /* rules_command.c */

#endif
