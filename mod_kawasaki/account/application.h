/* SPDX-License-Identifier: Apache-2.0
 *
 * Applications as this service sees them: another program takes them and writes them (docs/storage.md); here they are
 * read.
 */
#ifndef ACCOUNT_APPLICATION_H
#define ACCOUNT_APPLICATION_H

#include "store/store.h"

#include <apr_time.h>

/* The bits are those of rule files (rules/image.h). */
typedef enum {
    APPLICATION_RECEIVED = 1,    /* 到達 */
    APPLICATION_EXAMINATION = 2, /* 審査中 */
    APPLICATION_EXAMINED = 4     /* 審査済み */
} application_state_t;

typedef struct {
    span_t number;    /* as its holder knows it */
    span_t procedure; /* its name in rule files */
    span_t title;     /* in words */
    application_state_t state;
    apr_time_t received_at;
} application_t;

#define APPLICATION_LIST_MAX 100

/* The account's applications in one of these states (bits), oldest first, at most APPLICATION_LIST_MAX. Texts are the
 * pool's. */
apr_status_t application_list(store_unit_t *unit, apr_int64_t account, uint32_t states, application_t **applications,
                              int *count, apr_pool_t *pool);

#endif
