/* SPDX-License-Identifier: Apache-2.0
 *
 * Who holds a certificate, as an account: what is taken over from the certificate, which certificates a kind of account
 * has, and how long a deleted one is kept out. For flow/ alone.
 */
#ifndef FLOW_HOLDER_H
#define FLOW_HOLDER_H

#include "account/binding.h"
#include "flow/ceremony.h"

#define HOLDER_FIELDS 8

/* The kind of account that a form is for stands in its name: "jpki" of "jpki.register". */
span_t holder_kind_of(const flow_request_t *request);

/* The rules of that kind; NULL where they have none, or none with certificates. */
const rules_kind_t *holder_kind(const flow_request_t *request);

/* A card, or a file: by the certificate that the kind signs with. */
request_source_t holder_source(const flow_request_t *request, const rules_kind_t *kind);

/* Has the kind one certificate for both? */
bool holder_has_one(const flow_request_t *request, const rules_kind_t *kind);

/* Is it a certificate of this name ("jpki-signing")? */
bool holder_is(const flow_request_t *request, const cert_t *cert, rules_ref_t name);

/* What is registered of the holder, by the account's field names: name, birth-date, address, … Returns how many of
 * pairs[HOLDER_FIELDS]. */
apr_size_t holder_fields(const cert_t *cert, record_pair_t *pairs, apr_pool_t *pool);

/* Does the certificate say the same name (and birth date; company: number) as the account? Notation aside, without
 * regard to the address. */
bool holder_is_same(const cert_t *cert, const account_t *account, apr_pool_t *pool);

/* And to the letter all that the account has of it? */
bool holder_is_unchanged(const cert_t *cert, const account_t *account, apr_pool_t *pool);

/* Whose certificate it is; *found false when it is nobody's. An applicant is an account, too. */
apr_status_t holder_find(const flow_request_t *request, store_unit_t *unit, const cert_t *cert, account_t *account,
                         bool *found);

binding_t holder_binding(const cert_t *cert, const account_t *account);

/* Identities of all certificates that are the account's, or were: the bound ones, and those that its forms were signed
 * with. They are the request's pool's. */
apr_status_t holder_certificates(const flow_request_t *request, store_unit_t *unit, apr_int64_t account,
                                 span_t **identities, int *count);

/* What the rules say of registering again after a deletion; NULL: nothing. */
const rules_lockout_t *holder_lockout(const flow_request_t *request);

/* Until when this certificate (or, where the rules say so, its holder) can't be registered; 0: it can. In the unit
 * that would register it. */
apr_status_t holder_locked_out(const flow_request_t *request, store_unit_t *unit, const cert_t *cert,
                               apr_time_t *until);

/* Whoever is locked out is told until when; no PIN changes it. */
void holder_refuse_locked_out(const flow_request_t *request, pin_try_t *tried, apr_time_t until);

/* Begins that time for these certificates of the account and, where the rules say so, its holder. Last in the unit. */
apr_status_t holder_lock_out(const flow_request_t *request, store_unit_t *unit, const account_t *account,
                             const span_t *identities, int count, apr_time_t now);

#endif
