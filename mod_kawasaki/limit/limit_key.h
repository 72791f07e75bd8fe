/* SPDX-License-Identifier: Apache-2.0
 *
 * What stands for people in memory, rows and receipts: keyed hashes, cut from HMAC-SHA-256. For this room only.
 */
#ifndef LIMIT_KEY_H
#define LIMIT_KEY_H

#include "limit/table.h"

#define LIMIT_PARTS_MAX 6

/* 128 bits over the parts, each with its length before it: no two lists of parts are alike. At most LIMIT_PARTS_MAX
 * parts of any size. An error is OpenSSL's. */
apr_status_t limit_key_make(limit_key_t *key, span_t secret, const span_t *parts, int count, apr_pool_t *pool);

/* base64url, as in the database; and back: BASE_EMALFORMED for what is none. */
const char *limit_key_text(limit_key_t key, apr_pool_t *pool);
apr_status_t limit_key_read(limit_key_t *key, const char *text);

/* A receipt's 40 bits out of a key. */
uint64_t limit_receipt_mark(limit_key_t key);

/* "7KQ4-M2RD": Crockford's letters, which leave out I, L, O and U. */
const char *limit_receipt_text(uint64_t mark, apr_pool_t *pool);

/* What somebody read from a paper or heard on the telephone: any case, the dash or blanks anywhere or nowhere, O for 0,
 * I and L for 1. False: no receipt. */
bool limit_receipt_read(uint64_t *mark, span_t typed);

#endif
