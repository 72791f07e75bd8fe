/* SPDX-License-Identifier: Apache-2.0
 *
 * A clerk's desk for tests of flows: one step after another on a real database, by the city's own rule file and
 * templates, and what came of it. A function that can't do what it says fails the test.
 */
#ifndef TEST_DESK_H
#define TEST_DESK_H

#include "account/audit.h"
#include "kiosk.h"

#define DESK_NOW   apr_time_from_sec(1795273200) /* 2026-11-22 00:00 in Japan */
#define DESK_CLERK "sakura"

extern kiosk_t desk;

/* A desk of its own for each test. */
int desk_set_up(void **state);
#define DESK_TEST(test) cmocka_unit_test_setup_teardown(test, desk_set_up, kiosk_tear_down)

/* One step of the clerk's. form NULL: none; fields NULL: nothing is typed (KIOSK_FIELDS). */
void desk_take(flow_step_t *step, const char *form, const char *argument, const char *action, const char *draft,
               const char *const *fields);

/* What the page must and must not say. */
void desk_says(const char *text);
void desk_silent(const char *text);

/* --- Accounts --- */

/* A card's. Its password fits nothing: no test of this needs to wait for a hash. */
apr_int64_t desk_put_account(const char *city, const char *number, const char *kana, const char *birth_date);

/* Registered by certificate: "name", "value", …, NULL, sorted by name. */
apr_int64_t desk_put_registered(const char *kind, const char *number, const char *const *fields);

/* The account as it stands; *password is its hash (password NULL: isn't asked for). */
account_t desk_account(apr_int64_t id, const char **password);

/* A button of the account's page, with a reason. */
void desk_act(apr_int64_t id, const char *action, apr_int64_t version, const char *document);

const char *desk_number(apr_int64_t number);

/* The resident's session, from now on the visit's; and how it stands. */
void desk_begin_session(apr_int64_t account);
session_state_t desk_session(void);

/* --- What was written --- */

/* The newest entries of the account, or of no account; the one entry of this act, which is the clerk's. */
int desk_entries(apr_int64_t account, audit_entry_t **entries);
audit_entry_t desk_entry(apr_int64_t account, audit_act_t what);

int desk_events(void);

#endif
