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
    X(ACCOUNT_PASSWORD, "account-password")                                                                            \
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
    X(RECEIPT_READ, "receipt-read")

#define STORE_QUERY_ENUM(identifier, name) STORE_QUERY_##identifier,
typedef enum { STORE_QUERIES(STORE_QUERY_ENUM) STORE_QUERY_COUNT } store_query_t;

#endif
