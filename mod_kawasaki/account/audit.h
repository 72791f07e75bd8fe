/* SPDX-License-Identifier: Apache-2.0
 *
 * The audit log: who did what to which account, when, by which rule; no personal data in it (an account is its row's
 * number, a clerk the host's user name). Entries are written in the unit of the act; a sealer chains committed entries
 * afterwards, each with the hash of the one before, so that nothing can be taken out or altered unseen. Append-only:
 * nothing here updates or deletes a sealed entry.
 */
#ifndef ACCOUNT_AUDIT_H
#define ACCOUNT_AUDIT_H

#include "store/store.h"

#include <apr_time.h>

typedef enum { AUDIT_BY_RESIDENT, AUDIT_BY_CLERK, AUDIT_BY_TOOL, AUDIT_BY_SERVICE } audit_actor_t;

/* What can be done. X(identifier, stored word): the words are stored, and are what `kawasaki audit show` prints. */
#define AUDIT_ACTS(X)                                                                                                  \
    X(LOGIN, "login")                                                                                                  \
    X(LOGIN_REFUSED, "login-refused")                                                                                  \
    X(LOGOUT, "logout")                                                                                                \
    X(CHANGE, "change")                                                                                                \
    X(PASSWORD_CHANGE, "password-change")                                                                              \
    X(PASSWORD_REFUSED, "password-refused")                                                                            \
    X(LOCK, "lock")                                                                                                    \
    X(UNLOCK, "unlock")                                                                                                \
    X(ISSUE, "issue")                                                                                                  \
    X(RESET, "reset")                                                                                                  \
    X(FREEZE, "freeze")                                                                                                \
    X(RELEASE, "release")                                                                                              \
    X(SEARCH, "search")                                                                                                \
    X(VIEW, "view")                                                                                                    \
    X(RECEIPT, "receipt")                                                                                              \
    X(EXPORT, "export")                                                                                                \
    X(IMPORT, "import")                                                                                                \
    X(REGISTER, "register")                                                                                            \
    X(DELETE, "delete")                                                                                                \
    X(CERTIFICATE, "certificate")                                                                                      \
    X(EVIDENCE, "evidence")

#define AUDIT_ACT_ENUM(identifier, word) AUDIT_##identifier,
typedef enum { AUDIT_ACTS(AUDIT_ACT_ENUM) AUDIT_ACT_COUNT } audit_act_t;

typedef struct {
    apr_int64_t number; /* set by reading: the place in the chain, from 1; 0: not sealed yet */
    apr_time_t at;
    span_t city;
    audit_actor_t by;
    span_t actor;        /* the clerk's or tool user's name; empty for residents */
    apr_int64_t account; /* 0: none, or unknown */
    audit_act_t act;
    span_t rule; /* which rule decided, where one did: "password/1" */
    span_t note; /* a clerk's reason, the identity document checked, a receipt */
} audit_entry_t;

/* The stored words: "login"; "resident", "clerk", "tool", "service". */
const char *audit_act_word(audit_act_t act);
const char *audit_actor_word(audit_actor_t by);

/* In the act's unit (STORE_WRITE). Texts hold no NUL. */
apr_status_t audit_write(store_unit_t *unit, const audit_entry_t *entry);

/* The account's newest entries, newest first, at most `limit`: the resident's ledger, the counter's history. Strings
 * are the unit's pool's. */
apr_status_t audit_of_account(store_unit_t *unit, apr_int64_t account, int limit, audit_entry_t **entries, int *count);

/* What the entry of a signed act (registration, change, deletion) says. */
typedef struct {
    span_t city;
    apr_int64_t account;
    const char *receipt, *digest; /* its note: "RECEIPT DIGEST" */
    apr_time_t at;
} audit_signed_t;

/* Is there such an entry, and no second one with this receipt, which somebody could have added? */
apr_status_t audit_vouches(store_unit_t *unit, const audit_signed_t *act, bool *vouches);

/* How often, and when last, a secret of this account was refused between the log-in before and the one at login_at. */
apr_status_t audit_refusals(store_unit_t *unit, apr_int64_t account, apr_time_t login_at, apr_int64_t *count,
                            apr_time_t *last_at);

#define AUDIT_SEAL_MAX 1000 /* entries a call */

/* Chains what is committed and not yet sealed, oldest first, at most AUDIT_SEAL_MAX; *sealed says how many. Idempotent,
 * one at a time (STORE_WRITE). The hash of an entry is SHA-256, base64url, over the hash before it (the first one:
 * nothing) and the entry's fields as record_encode writes them (docs/audit.md). */
apr_status_t audit_seal(store_unit_t *unit, int *sealed);

/* The chain's end: its number and hash, 0 and "" for an empty one. For the log line that keeps it elsewhere. */
apr_status_t audit_head(store_unit_t *unit, apr_int64_t *number, const char **hash);

typedef struct {
    apr_int64_t sealed, unsealed; /* entries */
    apr_int64_t broken_at;        /* number of the first entry that doesn't fit or is missing; 0: all do */
    bool expected_found;          /* the expected head is a link of the chain */
    const char *head;             /* hash of the last one, base64url: to be kept elsewhere, against truncation */
} audit_report_t;

/* Reads the whole chain, some entries at a time. expected_head NULL or a head noted earlier. */
apr_status_t audit_verify(const store_t *store, const char *expected_head, audit_report_t *report, apr_pool_t *pool);

/* Walks all sealed entries in order for `audit show` (from behind number `after`, at most `limit`); *last is the number
 * to go on from. */
apr_status_t audit_list(store_unit_t *unit, apr_int64_t after, int limit, audit_entry_t **entries, apr_int64_t *last,
                        int *count);

#endif
