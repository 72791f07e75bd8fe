/* SPDX-License-Identifier: Apache-2.0
 *
 * Which certificates are whose: a certificate is bound to one account of a city at most, an account has one of each
 * kind. Only its identity is kept here (cert/cert.h), nothing that it says of its holder.
 */
#ifndef ACCOUNT_BINDING_H
#define ACCOUNT_BINDING_H

#include "store/store.h"

#include <apr_time.h>

typedef struct {
    apr_int64_t account;
    span_t city;
    span_t kind;        /* of the certificate: "jpki-signing" */
    span_t identity;    /* issuer, authority key identifier, serial: as cert_t has it */
    span_t fingerprint; /* SHA-256 of its DER, hexadecimal */
    apr_time_t ends_at; /* of the certificate */
} binding_t;

/* Whose certificate it is (city and identity given); *found false when it is nobody's. Texts are the pool's. */
apr_status_t binding_find(store_unit_t *unit, span_t city, span_t identity, binding_t *binding, bool *found,
                          apr_pool_t *pool);

/* Binds it in place of the account's former one of this kind. BASE_ECONFLICT: it is another account's. STORE_WRITE. */
apr_status_t binding_put(store_unit_t *unit, const binding_t *binding, apr_time_t now);

/* All of the account's, by kind. Texts are the pool's. */
apr_status_t binding_list(store_unit_t *unit, apr_int64_t account, binding_t **bindings, int *count, apr_pool_t *pool);

#endif
