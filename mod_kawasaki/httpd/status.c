/* SPDX-License-Identifier: Apache-2.0
 *
 * Writes each city's state for people and for monitoring. The page is one child's answer: "in use" is said of that
 * child, everything else of the server.
 */
#include "httpd/status.h"
#include "httpd/config.h"

#include <http_main.h>
#include <http_protocol.h>
#include <mod_status.h>

static const char *time_text(request_rec *r, apr_time_t at)
{
    return ap_escape_html(r->pool, ap_ht_time(r->pool, at, "%Y-%m-%d %H:%M:%S %Z", 0));
}

static void write_html(request_rec *r, const char *id, const publish_report_t *report)
{
    ap_rprintf(r, "<dt>City %s: rules of generation %" APR_UINT64_T_FMT "</dt>\n", ap_escape_html(r->pool, id),
               report->generation);
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
static void write_short(request_rec *r, const char *id, const publish_report_t *report)
{
    ap_rprintf(r, "KawasakiRulesGeneration-%s: %" APR_UINT64_T_FMT "\n", id, report->generation);
    ap_rprintf(r, "KawasakiRulesNewest-%s: %" APR_UINT64_T_FMT "\n", id, report->newest);
    ap_rprintf(r, "KawasakiRulesPublishedAt-%s: %" APR_TIME_T_FMT "\n", id, apr_time_sec(report->published_at));
    ap_rprintf(r, "KawasakiRulesInUseSince-%s: %" APR_TIME_T_FMT "\n", id, apr_time_sec(report->adopted_at));
    ap_rprintf(r, "KawasakiRulesRefusedAt-%s: %" APR_TIME_T_FMT "\n", id, apr_time_sec(report->refused_at));
    ap_rprintf(r, "KawasakiRulesMistakes-%s: %u\n", id, report->refused_at ? report->mistakes : 0);
}

static int write_status(request_rec *r, int flags)
{
    bool brief = flags & AP_STATUS_SHORT;
    if (!brief) ap_rputs("<hr />\n<h2>mod_kawasaki</h2>\n<dl>\n", r);
    for (const server_rec *server = ap_server_conf; server; server = server->next) {
        const host_t *host = config_of(server)->host;
        if (!host || host->server != server) continue;
        publish_report_t report;
        publish_report(host->publish, &report);
        (brief ? write_short : write_html)(r, host->id, &report);
    }
    if (!brief) ap_rputs("</dl>\n", r);
    return OK;
}

void status_register(apr_pool_t *pool)
{
    (void)pool;
    APR_OPTIONAL_HOOK(ap, status_hook, write_status, NULL, NULL, APR_HOOK_MIDDLE);
}
