/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TOOL_DB_COMMAND_H
#define TOOL_DB_COMMAND_H

#include <apr_pools.h>

/* kawasaki db status|migrate: what schema the database is at; bringing it up to this program's. argv[0] is the
 * subcommand. Returns the exit code. */
int db_command(int argc, const char *const *argv, apr_pool_t *pool);

#endif
