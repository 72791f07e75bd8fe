/* SPDX-License-Identifier: Apache-2.0
 *
 * Where each figure comes from, and the page for monitoring.
 */
#include "httpd/figures.h"

#include <http_core.h>
#include <http_log.h>
#include <http_main.h>
#include <http_protocol.h>
#include <http_request.h>
#include <stdatomic.h>

APLOG_USE_MODULE(kawasaki);

#define HANDLER "kawasaki-metrics"

static const metrics_t *metrics_of(const figures_city_t *city)
{
    return &publish_city(city->host->publish)->metrics;
}

static uint64_t look(const _Atomic uint64_t *number)
{
    return atomic_load_explicit(number, memory_order_relaxed);
}

static void add(apr_array_header_t *figures, span_t label, uint64_t number)
{
    APR_ARRAY_PUSH(figures, figure_t) = (figure_t){label, number, NULL};
}

static void read_attempts(const figures_city_t *city, apr_array_header_t *figures)
{
    static const char *const words[DOOR_RESULTS] = {[DOOR_OPEN] = "opened",
                                                    [DOOR_WRONG] = "wrong",
                                                    [DOOR_BUSY] = "busy",
                                                    [DOOR_LOCKED] = "locked",
                                                    [DOOR_FROZEN] = "frozen"};
    for (int i = DOOR_NONE + 1; i < DOOR_RESULTS; i++)
        add(figures, span_of(words[i]), look(&metrics_of(city)->attempts[i]));
}

static void read_refusals(const figures_city_t *city, apr_array_header_t *figures)
{
    tally_entry_t entries[TALLY_NAMES];
    uint64_t other;
    int count = tally_read(&metrics_of(city)->refusals, entries, &other);
    for (int i = 0; i < count; i++) add(figures, entries[i].name, entries[i].count);
    add(figures, SPAN("other"), other);
}

static void read_sessions_begun(const figures_city_t *city, apr_array_header_t *figures)
{
    add(figures, SPAN(""), look(&metrics_of(city)->sessions_begun));
}

static void read_sessions_ended(const figures_city_t *city, apr_array_header_t *figures)
{
    add(figures, SPAN(""), look(&metrics_of(city)->sessions_ended));
}

static void read_times(const figures_city_t *city, apr_array_header_t *figures)
{
    static const char *const words[METRICS_STEPS] = {[METRICS_PAGE] = "page", [METRICS_SUBMIT] = "submit"};
    for (int i = 0; i < METRICS_STEPS; i++) {
        histogram_reading_t *reading = apr_palloc(figures->pool, sizeof *reading);
        histogram_read(&metrics_of(city)->took[i], reading);
        APR_ARRAY_PUSH(figures, figure_t) = (figure_t){span_of(words[i]), 0, reading};
    }
}

/* Only statuses that were ever sent. */
static void read_answers(const figures_city_t *city, apr_array_header_t *figures)
{
    for (int status = METRICS_STATUS_MIN; status <= METRICS_STATUS_MAX; status++) {
        uint64_t number = look(&metrics_of(city)->answers[status - METRICS_STATUS_MIN]);
        if (number) add(figures, span_of(apr_itoa(figures->pool, status)), number);
    }
}

static void read_locks(const figures_city_t *city, apr_array_header_t *figures)
{
    add(figures, SPAN("live"), city->locks.live);
}

static void read_capacity(const figures_city_t *city, apr_array_header_t *figures)
{
    add(figures, SPAN(""), city->locks.capacity);
}

static void read_full(const figures_city_t *city, apr_array_header_t *figures)
{
    add(figures, SPAN(""), city->locks.refused);
}

static void read_generation(const figures_city_t *city, apr_array_header_t *figures)
{
    add(figures, SPAN(""), city->rules.newest);
}

static void read_refused(const figures_city_t *city, apr_array_header_t *figures)
{
    add(figures, SPAN(""), city->rules.refused_at != 0);
}

/* clang-format off */
const figures_family_t figures_families[FIGURES_FAMILIES] = {
    {{"kawasaki_attempts", OPENMETRICS_COUNTER, NULL, "Secrets tried, by how the door answered"},
     "result", "KawasakiAttempts", false, read_attempts},
    {{"kawasaki_refusals", OPENMETRICS_COUNTER, NULL, "Steps refused, by the rule that decided"},
     "rule", "KawasakiRefusals", false, read_refusals},
    {{"kawasaki_sessions_begun", OPENMETRICS_COUNTER, NULL, "Sessions begun"},
     NULL, "KawasakiSessionsBegun", false, read_sessions_begun},
    {{"kawasaki_sessions_ended", OPENMETRICS_COUNTER, NULL, "Sessions ended by logging out"},
     NULL, "KawasakiSessionsEnded", false, read_sessions_ended},
    {{"kawasaki_request_seconds", OPENMETRICS_HISTOGRAM, "seconds", "Time from request to answer"},
     "step", "KawasakiRequestSeconds", false, read_times},
    {{"kawasaki_answers", OPENMETRICS_COUNTER, NULL, "Answers, by status"},
     "status", "KawasakiAnswers", false, read_answers},
    {{"kawasaki_rules_generation", OPENMETRICS_GAUGE, NULL, "Generation of the rules that are published"},
     NULL, NULL, false, read_generation},
    {{"kawasaki_rules_refused", OPENMETRICS_GAUGE, NULL, "1: a changed rule file was refused, the last good one holds"},
     NULL, NULL, false, read_refused},
    {{"kawasaki_locks", OPENMETRICS_GAUGE, NULL, "Locks in shared memory"},
     "state", "KawasakiLocks", true, read_locks},
    {{"kawasaki_lock_table_capacity", OPENMETRICS_GAUGE, NULL, "Locks that shared memory can hold"},
     NULL, "KawasakiLockTableCapacity", true, read_capacity},
    {{"kawasaki_lock_table_full", OPENMETRICS_COUNTER, NULL, "Locks that found no room in shared memory"},
     NULL, "KawasakiLockTableFull", true, read_full},
};
/* clang-format on */

static bool is_listed(const apr_array_header_t *cities, const host_t *host)
{
    for (int i = 0; i < cities->nelts; i++) {
        const figures_city_t *city = &APR_ARRAY_IDX(cities, i, figures_city_t);
        if (publish_city(city->host->publish) == publish_city(host->publish)) return true;
    }
    return false;
}

static limit_table_stats_t locks_of(const host_t *host)
{
    limit_table_stats_t stats = {0, 0, 0};
    if (host->limits.table) limit_table_stats(host->limits.table, clock_now(host->clock), &stats);
    return stats;
}

const apr_array_header_t *figures_cities(apr_pool_t *pool)
{
    apr_array_header_t *cities = apr_array_make(pool, 1, sizeof(figures_city_t));
    for (const server_rec *server = ap_server_conf; server; server = server->next) {
        const host_t *host = config_of(server)->host;
        figures_city_t *city;
        if (!host || is_listed(cities, host)) continue;
        city = apr_array_push(cities);
        city->host = host;
        city->locks = cities->nelts == 1 ? locks_of(host) : APR_ARRAY_IDX(cities, 0, figures_city_t).locks;
        publish_report(host->publish, &city->rules);
    }
    return cities;
}

const apr_array_header_t *figures_read(const figures_family_t *family, const figures_city_t *city, apr_pool_t *pool)
{
    apr_array_header_t *figures = apr_array_make(pool, 8, sizeof(figure_t));
    family->read(city, figures);
    return figures;
}

/* A family's lines for one city. */
static void write_city(apr_bucket_brigade *brigade, const figures_family_t *family, const figures_city_t *city,
                       apr_pool_t *pool)
{
    const apr_array_header_t *figures = figures_read(family, city, pool);
    for (int i = 0; i < figures->nelts; i++) {
        const figure_t *figure = &APR_ARRAY_IDX(figures, i, figure_t);
        openmetrics_label_t labels[2];
        int count = 0;
        if (!family->common) labels[count++] = (openmetrics_label_t){"city", span_of(city->host->id)};
        if (family->label) labels[count++] = (openmetrics_label_t){family->label, figure->label};
        if (figure->spread)
            openmetrics_histogram(brigade, &family->family, labels, count, figure->spread);
        else
            openmetrics_number(brigade, &family->family, labels, count, figure->number);
    }
}

static void write_all(apr_bucket_brigade *brigade, apr_pool_t *pool)
{
    const apr_array_header_t *cities = figures_cities(pool);
    for (int i = 0; i < FIGURES_FAMILIES; i++) {
        const figures_family_t *family = &figures_families[i];
        openmetrics_head(brigade, &family->family);
        for (int j = 0; j < cities->nelts && (j == 0 || !family->common); j++)
            write_city(brigade, family, &APR_ARRAY_IDX(cities, j, figures_city_t), pool);
    }
    openmetrics_end(brigade);
}

int figures_handler(request_rec *request)
{
    apr_bucket_brigade *brigade;
    if (!request->handler || strcmp(request->handler, HANDLER) != 0) return DECLINED;
    ap_allow_standard_methods(request, REPLACE_ALLOW, M_GET, -1);
    if (request->method_number != M_GET) return HTTP_METHOD_NOT_ALLOWED;
    ap_set_content_type(request, OPENMETRICS_CONTENT_TYPE);
    apr_table_setn(request->headers_out, "Cache-Control", "no-store");
    brigade = apr_brigade_create(request->pool, request->connection->bucket_alloc);
    write_all(brigade, request->pool);
    APR_BRIGADE_INSERT_TAIL(brigade, apr_bucket_eos_create(brigade->bucket_alloc));
    return ap_pass_brigade(request->output_filters, brigade) == APR_SUCCESS ? OK : AP_FILTER_ERROR;
}

void figures_watch_locks(const host_t *host)
{
    _Atomic uint64_t *warned = &publish_city(host->publish)->metrics.full_warned;
    const limit_table_stats_t locks = locks_of(host);
    uint64_t before = look(warned);
    if (locks.refused < before) before = 0; /* another table stands there since */
    if (locks.refused - before <= locks.capacity / 100) return;
    atomic_store_explicit(warned, locks.refused, memory_order_relaxed);
    ap_log_error(APLOG_MARK, APLOG_WARNING, 0, host->server,
                 "KW-FIGURES-001: the table of locks had no room for %" APR_UINT64_T_FMT
                 " more locks (it holds %" APR_UINT64_T_FMT " of %" APR_UINT64_T_FMT
                 "): the database is asked instead; raise "
                 "KawasakiLimitEntries",
                 locks.refused - before, locks.live, locks.capacity);
}
