/* SPDX-License-Identifier: Apache-2.0 */
#include "httpd/metrics.h"

#include "httpd/config.h"
#include "httpd/route.h"

#include <http_protocol.h>
#include <stdatomic.h>

static void count(_Atomic uint64_t *number)
{
    atomic_fetch_add_explicit(number, 1, memory_order_relaxed);
}

void metrics_count_outcome(metrics_t *metrics, const flow_outcome_t *outcome)
{
    if (outcome->door != DOOR_NONE) count(&metrics->attempts[outcome->door]);
    if (outcome->rule.size) tally_add(&metrics->refusals, outcome->rule);
    if (outcome->begin_session) count(&metrics->sessions_begun);
    if (outcome->end_session) count(&metrics->sessions_ended);
}

void metrics_count_time(metrics_t *metrics, const request_rec *request)
{
    metrics_step_t step = request->method_number == M_POST ? METRICS_SUBMIT : METRICS_PAGE;
    histogram_add(&metrics->took[step], apr_time_now() - request->request_time);
}

/* After an ErrorDocument the last request of the chain is the one that was answered. */
static int count_answer(request_rec *request)
{
    const host_t *host;
    while (request->next) request = request->next;
    host = config_of(request->server)->host;
    if (host && route_is_ours(request) && request->status >= METRICS_STATUS_MIN &&
        request->status <= METRICS_STATUS_MAX)
        count(&publish_city(host->publish)->metrics.answers[request->status - METRICS_STATUS_MIN]);
    return DECLINED;
}

void metrics_register(void)
{
    ap_hook_log_transaction(count_answer, NULL, NULL, APR_HOOK_MIDDLE);
}
