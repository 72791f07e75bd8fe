/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOL_ACCOUNT_COMMAND_H
#define TOOL_ACCOUNT_COMMAND_H

#include <apr_pools.h>

/* kawasaki account import: citizen cards from a CSV file. argv[0] is the subcommand. Returns the exit code. */
int account_command(int argc, const char *const *argv, apr_pool_t *pool);

#endif
