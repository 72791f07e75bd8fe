/* SPDX-License-Identifier: Apache-2.0
 *
 * Writes each city's state and figures for people and for monitoring. The page is one child's answer: "in use" is said
 * of that child, everything else of the server.
 */
#include "httpd/status.h"
#include "httpd/figures.h"

#include <http_protocol.h>
#include <mod_status.h>

static const char *time_text(request_rec *r, apr_time_t at)
{
    return ap_escape_html(r->pool, ap_ht_time(r->pool, at, "%Y-%m-%d %H:%M:%S %Z", 0));
}

static const char *seconds_text(apr_pool_t *pool, uint64_t microseconds)
{
    return apr_psprintf(pool, "%" APR_UINT64_T_FMT ".%06u", microseconds / APR_USEC_PER_SEC,
                        (unsigned)(microseconds % APR_USEC_PER_SEC));
}

/* "1204, 0.003120 s on average, 99 % within 0.01 s" */
static const char *spread_text(apr_pool_t *pool, const histogram_reading_t *spread)
{
    const histogram_bound_t *within = histogram_within(spread, 99);
    if (spread->total == 0) return "0";
    return apr_psprintf(pool, "%" APR_UINT64_T_FMT ", %s s on average, 99 %% within %s", spread->total,
                        seconds_text(pool, spread->sum / spread->total),
                        within ? apr_pstrcat(pool, within->seconds, " s", NULL) : "longer than all bounds");
}

static void write_figures(request_rec *r, const figures_family_t *family, const figures_city_t *city)
{
    const apr_array_header_t *figures = figures_read(family, city, r->pool);
    ap_rprintf(r, "<dd>%s:", family->family.help);
    for (int i = 0; i < figures->nelts; i++) {
        const figure_t *figure = &APR_ARRAY_IDX(figures, i, figure_t);
        ap_rprintf(r, "%s %s%s", i ? ";" : "", ap_escape_html(r->pool, span_text(r->pool, figure->label)),
                   figure->label.size ? " " : "");
        if (figure->spread)
            ap_rputs(spread_text(r->pool, figure->spread), r);
        else
            ap_rprintf(r, "%" APR_UINT64_T_FMT, figure->number);
    }
    ap_rputs(figures->nelts ? "</dd>\n" : " none</dd>\n", r);
}

static void write_rules(request_rec *r, const figures_city_t *city)
{
    const publish_report_t *report = &city->rules;
    ap_rprintf(r, "<dt>City %s: rules of generation %" APR_UINT64_T_FMT "</dt>\n",
               ap_escape_html(r->pool, city->host->id), report->generation);
    ap_rprintf(r, "<dd>Published %s; in use in this process (%" APR_PID_T_FMT ") since %s</dd>\n",
               time_text(r, report->published_at), getpid(), time_text(r, report->adopted_at));
    if (report->newest != report->generation) {
        ap_rprintf(r, "<dd>Generation %" APR_UINT64_T_FMT " is published and not yet in use here</dd>\n",
                   report->newest);
    }
    if (report->refused_at != 0) {
        ap_rprintf(r, "<dd><strong>A changed file was refused</strong> %s, mistakes: %u; see the error log</dd>\n",
                   time_text(r, report->refused_at), report->mistakes);
    }
}

/* For monitoring: times in seconds since 1970; RefusedAt 0: nothing is refused. */
static void write_rules_short(request_rec *r, const figures_city_t *city)
{
    const publish_report_t *report = &city->rules;
    const char *id = city->host->id;
    ap_rprintf(r, "KawasakiRulesGeneration-%s: %" APR_UINT64_T_FMT "\n", id, report->generation);
    ap_rprintf(r, "KawasakiRulesNewest-%s: %" APR_UINT64_T_FMT "\n", id, report->newest);
    ap_rprintf(r, "KawasakiRulesPublishedAt-%s: %" APR_TIME_T_FMT "\n", id, apr_time_sec(report->published_at));
    ap_rprintf(r, "KawasakiRulesInUseSince-%s: %" APR_TIME_T_FMT "\n", id, apr_time_sec(report->adopted_at));
    ap_rprintf(r, "KawasakiRulesRefusedAt-%s: %" APR_TIME_T_FMT "\n", id, apr_time_sec(report->refused_at));
    ap_rprintf(r, "KawasakiRulesMistakes-%s: %u\n", id, report->refused_at ? report->mistakes : 0);
}

/* Bounds are counted each for itself, not with those below it. */
static void write_spread_short(request_rec *r, const char *key, const histogram_reading_t *spread)
{
    for (int i = 0; i <= HISTOGRAM_BOUNDS; i++) {
        ap_rprintf(r, "%s-%s: %" APR_UINT64_T_FMT "\n", key,
                   i < HISTOGRAM_BOUNDS ? histogram_bounds[i].seconds : "more", spread->counts[i]);
    }
    ap_rprintf(r, "%s-Count: %" APR_UINT64_T_FMT "\n", key, spread->total);
    ap_rprintf(r, "%s-Sum: %s\n", key, seconds_text(r->pool, spread->sum));
}

/* "KawasakiAttempts-kawasaki-wrong: 3": family, city (where it has one), label (where it has one). */
static void write_figures_short(request_rec *r, const figures_family_t *family, const figures_city_t *city)
{
    const apr_array_header_t *figures = figures_read(family, city, r->pool);
    for (int i = 0; i < figures->nelts; i++) {
        const figure_t *figure = &APR_ARRAY_IDX(figures, i, figure_t);
        const char *key =
            apr_pstrcat(r->pool, family->brief, family->common ? "" : "-", family->common ? "" : city->host->id,
                        figure->label.size ? "-" : "", span_text(r->pool, figure->label), NULL);
        if (figure->spread)
            write_spread_short(r, key, figure->spread);
        else
            ap_rprintf(r, "%s: %" APR_UINT64_T_FMT "\n", key, figure->number);
    }
}

/* Common families stand after all cities, once. */
static void write_families(request_rec *r, bool brief, bool common, const figures_city_t *city)
{
    for (int i = 0; i < FIGURES_FAMILIES; i++) {
        const figures_family_t *family = &figures_families[i];
        if (family->brief && family->common == common) (brief ? write_figures_short : write_figures)(r, family, city);
    }
}

static int write_status(request_rec *r, int flags)
{
    const apr_array_header_t *cities = figures_cities(r->pool);
    bool brief = flags & AP_STATUS_SHORT;
    if (!brief) ap_rputs("<hr />\n<h2>mod_kawasaki</h2>\n<dl>\n", r);
    for (int i = 0; i < cities->nelts; i++) {
        const figures_city_t *city = &APR_ARRAY_IDX(cities, i, figures_city_t);
        (brief ? write_rules_short : write_rules)(r, city);
        write_families(r, brief, false, city);
    }
    if (cities->nelts > 0) {
        if (!brief) ap_rputs("<dt>All cities</dt>\n", r);
        write_families(r, brief, true, &APR_ARRAY_IDX(cities, 0, figures_city_t));
    }
    if (!brief) ap_rputs("</dl>\n", r);
    return OK;
}

void status_register(apr_pool_t *pool)
{
    (void)pool;
    APR_OPTIONAL_HOOK(ap, status_hook, write_status, NULL, NULL, APR_HOOK_MIDDLE);
}
