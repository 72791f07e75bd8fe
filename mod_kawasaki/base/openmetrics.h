/* SPDX-License-Identifier: Apache-2.0
 *
 * The text that monitoring reads: OpenMetrics 1.0 (https://prometheus.io/docs/specs/om/open_metrics_spec/), into a
 * brigade. It knows the form of lines, not what is counted.
 */
#ifndef BASE_OPENMETRICS_H
#define BASE_OPENMETRICS_H

#include "base/histogram.h"
#include "base/span.h"

#include <apr_buckets.h>

#define OPENMETRICS_CONTENT_TYPE "application/openmetrics-text; version=1.0.0; charset=utf-8"

typedef enum { OPENMETRICS_COUNTER, OPENMETRICS_GAUGE, OPENMETRICS_HISTOGRAM } openmetrics_type_t;

/* A metric family. All its lines stand together: first its head, then its samples. */
typedef struct {
    const char *name; /* a counter's without "_total"; ends in "_UNIT" where there is one */
    openmetrics_type_t type;
    const char *unit; /* "seconds", or NULL */
    const char *help;
} openmetrics_family_t;

typedef struct {
    const char *name;
    span_t value; /* any UTF-8; escaped here */
} openmetrics_label_t;

/* The lines that describe the family. */
void openmetrics_head(apr_bucket_brigade *brigade, const openmetrics_family_t *family);

/* A sample of a counter or gauge. */
void openmetrics_number(apr_bucket_brigade *brigade, const openmetrics_family_t *family,
                        const openmetrics_label_t *labels, int label_count, uint64_t number);

/* The samples of a histogram of seconds: cumulative, as the format wants them. */
void openmetrics_histogram(apr_bucket_brigade *brigade, const openmetrics_family_t *family,
                           const openmetrics_label_t *labels, int label_count, const histogram_reading_t *reading);

/* The last line: a reader takes what has none for cut off. */
void openmetrics_end(apr_bucket_brigade *brigade);

#endif
