/* SPDX-License-Identifier: Apache-2.0
 *
 * The queries by name: the contract between C and sql/queries.sql. X(identifier, name)
 */
#ifndef STORE_QUERY_H
#define STORE_QUERY_H

#define STORE_QUERIES(X)                                                                                               \
    X(SCHEMA_VERSION, "schema-version")                                                                                \
    X(ACCOUNT_FIND, "account-find")                                                                                    \
    X(ACCOUNT_READ, "account-read")                                                                                    \
    X(ACCOUNT_INSERT, "account-insert")                                                                                \
    X(ACCOUNT_UPDATE, "account-update")                                                                                \
    X(FIELD_PUT, "field-put")                                                                                          \
    X(FIELD_REMOVE, "field-remove")                                                                                    \
    X(SESSION_INSERT, "session-insert")                                                                                \
    X(SESSION_READ, "session-read")                                                                                    \
    X(SESSION_TOUCH, "session-touch")                                                                                  \
    X(SESSION_END, "session-end")                                                                                      \
    X(SESSION_END_ACCOUNT, "session-end-account")                                                                      \
    X(SESSION_PURGE, "session-purge")                                                                                  \
    X(DRAFT_READ, "draft-read")                                                                                        \
    X(DRAFT_INSERT, "draft-insert")                                                                                    \
    X(DRAFT_UPDATE, "draft-update")                                                                                    \
    X(DRAFT_PURGE, "draft-purge")                                                                                      \
    X(RECEIPT_INSERT, "receipt-insert")                                                                                \
    X(RECEIPT_READ, "receipt-read")                                                                                    \
    X(ACCOUNT_SET_PASSWORD, "account-set-password")                                                                    \
    X(ACCOUNT_SET_STATE, "account-set-state")                                                                          \
    X(ACCOUNT_APPLY, "account-apply")                                                                                  \
    X(ACCOUNT_REGISTER, "account-register")                                                                            \
    X(ACCOUNT_SEIZE, "account-seize")                                                                                  \
    X(ACCOUNT_REMOVE, "account-remove")                                                                                \
    X(ACCOUNT_PURGE_APPLICANTS, "account-purge-applicants")                                                            \
    X(ACCOUNT_BY_IDENTIFIER, "account-by-identifier")                                                                  \
    X(ACCOUNT_BY_FIELD, "account-by-field")                                                                            \
    X(ACCOUNT_LIST, "account-list")                                                                                    \
    X(AUDIT_INSERT, "audit-insert")                                                                                    \
    X(AUDIT_OF_ACCOUNT, "audit-of-account")                                                                            \
    X(AUDIT_VOUCHES, "audit-vouches")                                                                                  \
    X(AUDIT_REFUSALS, "audit-refusals")                                                                                \
    X(AUDIT_UNSEALED, "audit-unsealed")                                                                                \
    X(AUDIT_UNSEALED_COUNT, "audit-unsealed-count")                                                                    \
    X(AUDIT_LIST, "audit-list")                                                                                        \
    X(AUDIT_SEAL, "audit-seal")                                                                                        \
    X(AUDIT_HEAD_LOCK, "audit-head-lock")                                                                              \
    X(AUDIT_HEAD, "audit-head")                                                                                        \
    X(AUDIT_HEAD_SET, "audit-head-set")                                                                                \
    X(EVENT_NUMBER, "event-number")                                                                                    \
    X(EVENT_INSERT, "event-insert")                                                                                    \
    X(EVENT_FOLLOW, "event-follow")                                                                                    \
    X(EVENT_PURGE, "event-purge")                                                                                      \
    X(LIMIT_TAKE, "limit-take")                                                                                        \
    X(LIMIT_TALLY, "limit-tally")                                                                                      \
    X(LIMIT_LOCK, "limit-lock")                                                                                        \
    X(LIMIT_USE_UP, "limit-use-up")                                                                                    \
    X(LIMIT_SUCCESS, "limit-success")                                                                                  \
    X(LIMIT_OTHERS, "limit-others")                                                                                    \
    X(LIMIT_READ, "limit-read")                                                                                        \
    X(LIMIT_LIST, "limit-list")                                                                                        \
    X(LIMIT_BY_RECEIPT, "limit-by-receipt")                                                                            \
    X(LIMIT_CLEAR, "limit-clear")                                                                                      \
    X(LIMIT_LIVE, "limit-live")                                                                                        \
    X(TRY_INSERT, "try-insert")                                                                                        \
    X(TRY_FAIL, "try-fail")                                                                                            \
    X(TRY_REMOVE, "try-remove")                                                                                        \
    X(TRY_FORGIVE, "try-forgive")                                                                                      \
    X(TRY_BY_RECEIPT, "try-by-receipt")                                                                                \
    X(TRY_CLEAR, "try-clear")                                                                                          \
    X(TRY_PURGE, "try-purge")                                                                                          \
    X(LIMIT_PURGE, "limit-purge")                                                                                      \
    X(CLOCK_RAISE, "clock-raise")                                                                                      \
    X(CLOCK_READ, "clock-read")                                                                                        \
    X(CHALLENGE_BEGIN, "challenge-begin")                                                                              \
    X(CHALLENGE_PUT, "challenge-put")                                                                                  \
    X(CHALLENGE_TAKE, "challenge-take")                                                                                \
    X(CHALLENGE_PURGE, "challenge-purge")                                                                              \
    X(POST_CODE_FIND, "post-code-find")                                                                                \
    X(POST_CODE_CLEAR, "post-code-clear")                                                                              \
    X(POST_CODE_INSERT, "post-code-insert")                                                                            \
    X(POST_CODE_SET, "post-code-set")                                                                                  \
    X(POST_CODE_SET_CHANGE, "post-code-set-change")                                                                    \
    X(BINDING_FIND, "binding-find")                                                                                    \
    X(BINDING_PUT, "binding-put")                                                                                      \
    X(BINDING_CLEAR, "binding-clear")                                                                                  \
    X(BINDING_LIST, "binding-list")                                                                                    \
    X(EVIDENCE_INSERT, "evidence-insert")                                                                              \
    X(EVIDENCE_DIGEST, "evidence-digest")                                                                              \
    X(EVIDENCE_READ, "evidence-read")                                                                                  \
    X(EVIDENCE_NEWEST, "evidence-newest")                                                                              \
    X(EVIDENCE_OF_ACCOUNT, "evidence-of-account")                                                                      \
    X(EVIDENCE_CERTIFICATES, "evidence-certificates")                                                                  \
    X(EVIDENCE_WALK, "evidence-walk")                                                                                  \
    X(EVIDENCE_END, "evidence-end")                                                                                    \
    X(EVIDENCE_PURGE, "evidence-purge")                                                                                \
    X(EVIDENCE_RECEIPT, "evidence-receipt")                                                                            \
    X(APPLICATION_LIST, "application-list")

#define STORE_QUERY_ENUM(identifier, name) STORE_QUERY_##identifier,
typedef enum { STORE_QUERIES(STORE_QUERY_ENUM) STORE_QUERY_COUNT } store_query_t;

#endif
