/* SPDX-License-Identifier: Apache-2.0
 *
 * `kawasaki rules ...`: rule files, before a server sees them.
 */
#ifndef TOOL_RULES_COMMAND_H
#define TOOL_RULES_COMMAND_H

#include <apr_pools.h>

/* argv[0] is the word after `rules`: check FILE... Mistakes and usage go to standard error, "FILE: ok, ..." to standard
 * output. Gives the process's exit status: 0 clean, 1 mistakes, 2 usage, 3 a file can't be read. Of several files, the
 * worst. */
int rules_command(int argc, const char *const *argv, apr_pool_t *pool);

#endif
