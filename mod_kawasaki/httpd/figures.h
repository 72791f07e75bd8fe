/* SPDX-License-Identifier: Apache-2.0
 *
 * The operator's figures: what is counted (metrics.h), and what stands in the table of locks and in the rules' place,
 * as metric families. One table of families serves all who show them: the handler "kawasaki-metrics" and mod_status.
 */
#ifndef HTTPD_FIGURES_H
#define HTTPD_FIGURES_H

#include "base/openmetrics.h"
#include "httpd/config.h"

/* A city, looked at once: its figures are read from here, so that those of one table fit together. */
typedef struct {
    const host_t *host;
    publish_report_t rules;
    limit_table_stats_t locks; /* the server's: the same for all cities */
} figures_city_t;

/* One figure of a family. */
typedef struct {
    span_t label;                      /* value of the family's label; empty where it has none */
    uint64_t number;                   /* of a counter or gauge */
    const histogram_reading_t *spread; /* of a histogram */
} figure_t;

typedef struct {
    openmetrics_family_t family;
    const char *label; /* "result": what sets its figures apart, or NULL */
    const char *brief; /* in mod_status' short form, "KawasakiAttempts"; NULL: mod_status says it in other words */
    bool common;       /* of the whole server, not of one city */
    void (*read)(const figures_city_t *city, apr_array_header_t *figures); /* appends figure_t, in figures' pool */
} figures_family_t;

#define FIGURES_FAMILIES 11
extern const figures_family_t figures_families[FIGURES_FAMILIES];

/* figures_city_t of each city of the server; hosts that share a city share its figures. Looks through the whole table
 * of locks, once: some 2 ms for 65536 entries. */
const apr_array_header_t *figures_cities(apr_pool_t *pool);

/* The family's figures (figure_t) in this city. */
const apr_array_header_t *figures_read(const figures_family_t *family, const figures_city_t *city, apr_pool_t *pool);

/* The content handler "kawasaki-metrics": the figures of all cities as OpenMetrics text. Nobody has it but where the
 * operator placed it. */
int figures_handler(request_rec *request);

/* Once a minute, for one host: a warning when the table of locks has had no room for more than one in a hundred of its
 * entries since the last warning. Nobody is let in or shut out by that, but the database is asked more often. */
void figures_watch_locks(const host_t *host);

#endif
