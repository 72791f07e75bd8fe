/* SPDX-License-Identifier: Apache-2.0
 *
 * What a host does beside its requests, in one child of all: it follows what others changed in the database, and
 * forgets what has run out.
 */
#ifndef HTTPD_CHORES_H
#define HTTPD_CHORES_H

#include "httpd/config.h"

/* In child_init, the database being there: starts the clock that limits run by. */
void chores_start(host_t *host);

/* Takes in events (first of all: every live lock); within a second after they were committed. */
void chores_follow(host_t *host);

/* Sessions, drafts, tries, locks and events that have run out; the clock's mark; the audit chain. */
void chores_keep_house(host_t *host);

#endif
