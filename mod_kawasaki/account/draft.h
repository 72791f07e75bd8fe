/* SPDX-License-Identifier: Apache-2.0
 *
 * Drafts: a form under way, one per account and form, kept across screens, restarts, and a session that timed out.
 * Secrets are never in it: a new password waits here as the hash that the account will hold.
 */
#ifndef ACCOUNT_DRAFT_H
#define ACCOUNT_DRAFT_H

#include "account/account.h"

typedef enum {
    DRAFT_NONE,     /* no row, or the last one is over */
    DRAFT_TYPED,    /* kept on request, not yet accepted: values as they were typed */
    DRAFT_ACCEPTED, /* the input step was accepted: values are normalised; may be committed */
    DRAFT_DONE      /* committed: only the receipt is left */
} draft_step_t;

typedef struct {
    apr_int64_t account;
    span_t form;         /* "card.edit" */
    apr_int64_t version; /* 0: no row yet; every write raises it */
    draft_step_t step;
    apr_int64_t base; /* the account's version that the form was opened on */
    span_t fields;    /* record_encode of field name → value */
    span_t password;  /* hash of the accepted new password, or empty */
    span_t receipt;   /* DRAFT_DONE */
    apr_time_t changed_at;
} draft_t;

/* The draft of this account and form; step DRAFT_NONE and version 0 when there is no row. */
apr_status_t draft_read(store_unit_t *unit, apr_int64_t account, span_t form, draft_t *draft, apr_pool_t *pool);

/* Writes the draft if the row is still at draft->version (0: still absent), and raises draft->version; BASE_ECONFLICT
 * otherwise. DRAFT_NONE empties the row but keeps it, so that versions never start again. STORE_WRITE. */
apr_status_t draft_write(store_unit_t *unit, draft_t *draft, apr_time_t now);

/* Empties the city's drafts that were not touched since before. STORE_WRITE. */
apr_status_t draft_purge(store_unit_t *unit, span_t city, apr_time_t before);

/* A new receipt for a committed form, e.g. "20261122-7KQ4-M2RD" (date in Japan, then 40 random bits in Crockford's base
 * 32), stored. STORE_WRITE. */
apr_status_t receipt_issue(store_unit_t *unit, apr_int64_t account, span_t form, apr_time_t now, const char **number,
                           apr_pool_t *pool);

/* The number that somebody read from a paper or heard on the telephone: any case, dashes or blanks anywhere or nowhere,
 * O for 0, I and L for 1. What is none comes back as it is. */
span_t receipt_number(span_t typed, apr_pool_t *pool);

/* When the receipt of this account and form was issued; *found false when there is none such. */
apr_status_t receipt_read(store_unit_t *unit, apr_int64_t account, span_t form, span_t number, apr_time_t *at,
                          bool *found, apr_pool_t *pool);

#endif
