/* SPDX-License-Identifier: Apache-2.0
 *
 * Citizen cards as a CSV file: what import_read takes without passwords. No password, no hash leaves the database.
 */
#ifndef ACCOUNT_EXPORT_H
#define ACCOUNT_EXPORT_H

#include "account/account.h"

/* The first row, with the columns' names; the row of one card, its fields beyond the columns left out. Both with their
 * line end, in the pool. */
span_t export_header(apr_pool_t *pool);
span_t export_row(const account_t *account, apr_pool_t *pool);

#endif
