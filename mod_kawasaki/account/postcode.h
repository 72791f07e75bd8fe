/* SPDX-License-Identifier: Apache-2.0
 *
 * The addresses of a post code, to fill them into a form. Where they come from: account/postcode_file.h.
 */
#ifndef ACCOUNT_POSTCODE_H
#define ACCOUNT_POSTCODE_H

#include "store/store.h"

/* In full width, as forms take them. town: empty where the code is that of a city's remaining parts. */
typedef struct {
    span_t prefecture, city, town;
} postcode_address_t;

/* All addresses of a code, in Japan Post's order; none is no error. code: as people type it ("210-0808",
 * "〒２１００８０８"); what is no post code has none. They live as long as the unit's pool. */
apr_status_t postcode_find(store_unit_t *unit, span_t code, postcode_address_t **addresses, int *count);

/* Which file the addresses are from. Lives as long as the unit's pool. */
typedef struct {
    span_t dated;           /* of which day it is, 2026-10-30; empty: there was none yet */
    span_t digest;          /* its SHA-256 in hexadecimal digits */
    apr_int64_t lines;      /* it had */
    apr_time_t imported_at; /* 0: none yet */
} postcode_set_t;

apr_status_t postcode_set(store_unit_t *unit, postcode_set_t *set);

#endif
