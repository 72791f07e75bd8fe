/* SPDX-License-Identifier: Apache-2.0
 *
 * kawasaki evidence verify: a line for each check, from the database alone. It shows nothing of what was signed, so
 * that whoever keeps the archives can run it.
 */
#include "account/draft.h"
#include "account/evidence.h"
#include "cert/trust.h"
#include "tool/command.h"
#include "tool/print.h"
#include "tool/tool.h"

#define PAGE 100 /* pieces of evidence listed at a time */

typedef struct {
    const tool_options_t *options;
    const store_t *store;
    const cert_trust_t *trust; /* NULL: nobody asks for today's authorities */
    print_t print;
    int held, failed; /* pieces of evidence so far */
} verification_t;

static void show_check(print_t *print, const evidence_t *evidence, const char *check, bool holds, const char *altered)
{
    print_begin(print);
    print_text(print, "receipt", evidence->receipt);
    print_bool(print, "holds", holds);
    print_text(print, "check", span_of(check));
    print_text(print, "altered", span_of(altered));
    print_end(print);
}

/* Is the kept issuer among today's authorities, and would they have been right to issue it, at the time? The path may
 * go by a newer certificate of the same authority. */
static bool is_believed(const cert_trust_t *trust, const evidence_t *evidence, apr_pool_t *pool)
{
    cert_t *cert;

    return cert_read(&cert, evidence->certificate, NULL, pool) == CERT_OK &&
           cert_trust_has(trust, cert->kind, evidence->issuer) &&
           cert_trust_judge(trust, cert, evidence->at, NULL) == CERT_OK;
}

static apr_status_t verify_one(verification_t *verification, const evidence_t *evidence, store_unit_t *unit,
                               apr_pool_t *pool)
{
    evidence_report_t report;
    apr_status_t status = evidence_verify(unit, evidence, &report, pool);

    if (status != APR_SUCCESS) return status;
    verification->print.pool = pool;
    for (int i = 0; i < EVIDENCE_CHECK_COUNT; i++)
        show_check(&verification->print, evidence, evidence_check_text((evidence_check_t)i), report.holds[i],
                   i == EVIDENCE_DIGEST ? report.altered : "");
    if (verification->trust) {
        bool believed = is_believed(verification->trust, evidence, pool);
        show_check(&verification->print, evidence, "the issuer is one of today's authorities", believed, "");
        report.all = report.all && believed;
    }
    if (report.all)
        verification->held++;
    else
        verification->failed++;
    return APR_SUCCESS;
}

/* By id or receipt; *found false after a complaint. Other cities' evidence is as if there were none. */
static apr_status_t verify_named(verification_t *verification, span_t name, bool *found, apr_pool_t *pool)
{
    store_unit_t *unit;
    evidence_t evidence;
    apr_status_t status = store_open(&unit, verification->store, STORE_READ, pool);

    if (status != APR_SUCCESS) return status;
    status = evidence_read(unit, name, &evidence, found, pool);
    *found = *found && span_is(evidence.city, verification->options->city);
    if (status == APR_SUCCESS && *found) status = verify_one(verification, &evidence, unit, pool);
    store_close(unit);
    return status;
}

/* An id that finds nothing: altered, in all likelihood; or purged this very moment. */
static void count_lost(verification_t *verification, span_t id, apr_pool_t *pool)
{
    tool_complain("%s: is listed, but can't be found", span_text(pool, id));
    verification->failed++;
}

/* Those behind *after, which moves to the last one; *count says how many. */
static apr_status_t verify_page(verification_t *verification, const char **after, int *count, apr_pool_t *pool)
{
    store_unit_t *unit;
    evidence_t *evidence;
    apr_pool_t *turn;
    bool found;
    apr_status_t status = store_open(&unit, verification->store, STORE_READ, pool);

    *count = 0;
    if (status != APR_SUCCESS) return status;
    status = evidence_walk(unit, span_of(verification->options->city), span_of(*after), PAGE, &evidence, count, pool);
    store_close(unit);
    apr_pool_create(&turn, pool);
    for (int i = 0; status == APR_SUCCESS && i < *count; i++) {
        apr_pool_clear(turn);
        status = verify_named(verification, evidence[i].id, &found, turn);
        if (status == APR_SUCCESS && !found) count_lost(verification, evidence[i].id, turn);
    }
    apr_pool_destroy(turn);
    if (status == APR_SUCCESS && *count > 0) *after = span_text(pool, evidence[*count - 1].id);
    return status;
}

static apr_status_t verify_all(verification_t *verification, apr_pool_t *pool)
{
    const char *after = "";
    apr_pool_t *page, *next;
    apr_status_t status = APR_SUCCESS;

    apr_pool_create(&page, pool);
    for (int count = PAGE; status == APR_SUCCESS && count == PAGE;) {
        apr_pool_create(&next, pool);
        status = verify_page(verification, &after, &count, next);
        apr_pool_destroy(page); /* which holds the `after` that has just been used */
        page = next;
    }
    return status;
}

static int load_authorities(verification_t *verification, const char *directory, apr_pool_t *pool)
{
    cert_trust_t *trust;
    const char *error;

    if (!directory) return TOOL_OK;
    if (cert_trust_load(&trust, directory, &error, pool) != APR_SUCCESS) {
        tool_complain("%s", error);
        return TOOL_ENVIRONMENT;
    }
    verification->trust = trust;
    return TOOL_OK;
}

int evidence_verify_command(const tool_options_t *options, apr_pool_t *pool)
{
    verification_t verification = {.options = options, .print = {.json = options->json, .layout = PRINT_LINES}};
    store_t *store;
    bool found = true;
    int code;

    if (options->all == (options->count == 1)) {
        tool_complain("either ID or --all is needed");
        return TOOL_USAGE;
    }
    code = tool_open_ready(&store, options, pool);
    if (code == TOOL_OK) code = load_authorities(&verification, options->authorities, pool);
    if (code != TOOL_OK) return code;
    verification.store = store;
    code = tool_failed(
        options->all ? verify_all(&verification, pool)
                     : verify_named(&verification, receipt_number(span_of(options->arguments[0]), pool), &found, pool));
    if (code != TOOL_OK) return code;
    if (!found)
        tool_complain("%s: there is no such evidence", options->arguments[0]);
    else if (verification.failed)
        tool_complain("%d hold, %d do not", verification.held, verification.failed);
    else if (!verification.held)
        tool_complain("there is no evidence yet");
    return found && !verification.failed ? TOOL_OK : TOOL_REFUSED;
}
