/* SPDX-License-Identifier: Apache-2.0
 *
 * Lines of OpenMetrics text. A brigade without flush function fails only for lack of memory, which APR does not
 * survive: so nothing here returns a status.
 */
#include "base/openmetrics.h"

static const char *const type_words[] = {
    [OPENMETRICS_COUNTER] = "counter", [OPENMETRICS_GAUGE] = "gauge", [OPENMETRICS_HISTOGRAM] = "histogram"};

static void put(apr_bucket_brigade *brigade, const char *text)
{
    apr_brigade_puts(brigade, NULL, NULL, text);
}

static void put_escaped(apr_bucket_brigade *brigade, span_t text)
{
    for (const char *at = text.at, *end = text.at + text.size; at < end; at++) {
        switch (*at) {
        case '\\': put(brigade, "\\\\"); break;
        case '"': put(brigade, "\\\""); break;
        case '\n': put(brigade, "\\n"); break;
        default: apr_brigade_putc(brigade, NULL, NULL, *at);
        }
    }
}

static void put_label(apr_bucket_brigade *brigade, bool first, const openmetrics_label_t *label)
{
    apr_brigade_printf(brigade, NULL, NULL, "%s%s=\"", first ? "" : ",", label->name);
    put_escaped(brigade, label->value);
    put(brigade, "\"");
}

/* Name and labels of a sample; most is a bucket's bound, or NULL. */
static void put_sample(apr_bucket_brigade *brigade, const openmetrics_family_t *family, const char *suffix,
                       const openmetrics_label_t *labels, int label_count, const char *most)
{
    const openmetrics_label_t bound = {"le", span_of(most)};
    put(brigade, family->name);
    put(brigade, suffix);
    if (label_count > 0 || most) put(brigade, "{");
    for (int i = 0; i < label_count; i++) put_label(brigade, i == 0, &labels[i]);
    if (most) put_label(brigade, label_count == 0, &bound);
    if (label_count > 0 || most) put(brigade, "}");
}

static void put_number(apr_bucket_brigade *brigade, uint64_t number)
{
    apr_brigade_printf(brigade, NULL, NULL, " %" APR_UINT64_T_FMT "\n", number);
}

void openmetrics_head(apr_bucket_brigade *brigade, const openmetrics_family_t *family)
{
    apr_brigade_printf(brigade, NULL, NULL, "# TYPE %s %s\n", family->name, type_words[family->type]);
    if (family->unit) apr_brigade_printf(brigade, NULL, NULL, "# UNIT %s %s\n", family->name, family->unit);
    apr_brigade_printf(brigade, NULL, NULL, "# HELP %s ", family->name);
    put_escaped(brigade, span_of(family->help));
    put(brigade, "\n");
}

void openmetrics_number(apr_bucket_brigade *brigade, const openmetrics_family_t *family,
                        const openmetrics_label_t *labels, int label_count, uint64_t number)
{
    put_sample(brigade, family, family->type == OPENMETRICS_COUNTER ? "_total" : "", labels, label_count, NULL);
    put_number(brigade, number);
}

void openmetrics_histogram(apr_bucket_brigade *brigade, const openmetrics_family_t *family,
                           const openmetrics_label_t *labels, int label_count, const histogram_reading_t *reading)
{
    uint64_t up_to = 0;
    for (int i = 0; i <= HISTOGRAM_BOUNDS; i++) {
        const char *most = i < HISTOGRAM_BOUNDS ? histogram_bounds[i].seconds : "+Inf";
        up_to += reading->counts[i];
        put_sample(brigade, family, "_bucket", labels, label_count, most);
        put_number(brigade, up_to);
    }
    put_sample(brigade, family, "_count", labels, label_count, NULL);
    put_number(brigade, reading->total);
    put_sample(brigade, family, "_sum", labels, label_count, NULL);
    apr_brigade_printf(brigade, NULL, NULL, " %" APR_UINT64_T_FMT ".%06u\n", reading->sum / APR_USEC_PER_SEC,
                       (unsigned)(reading->sum % APR_USEC_PER_SEC));
}

void openmetrics_end(apr_bucket_brigade *brigade)
{
    put(brigade, "# EOF\n");
}
