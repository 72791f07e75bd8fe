/* SPDX-License-Identifier: Apache-2.0
 *
 * What of Japan Post's 町域 belongs into a form. The column also says for which parts of a town a code holds, and that
 * there is no town at all. For this room only.
 */
#ifndef ACCOUNT_POSTCODE_TOWN_H
#define ACCOUNT_POSTCODE_TOWN_H

#include "base/span.h"

/* The town without remarks; empty where the column names none, or several. `city`: of the same line. Points into town,
 * or is the pool's. docs/post-codes.md lists the cases. */
span_t postcode_town(span_t town, span_t city, apr_pool_t *pool);

/* How many more （ than ） there are. In older files a town with 1 or more goes on in the next line. */
int postcode_town_depth(span_t town);

#endif
