/* SPDX-License-Identifier: Apache-2.0
 *
 * From configuration to a running host: check_config judges (configtest, graceful restart), post_config makes,
 * child_init opens. What is made once for the server's life stands in shared.c.
 */
#include "httpd/lifecycle.h"

#include "base/error.h"
#include "base/keyfile.h"
#include "flow/flow.h"
#include "httpd/cache.h"
#include "httpd/certificates.h"
#include "httpd/chores.h"
#include "httpd/config.h"
#include "httpd/database.h"
#include "httpd/helper.h"
#include "httpd/kiosk.h"
#include "httpd/kiosk_socket.h"
#include "httpd/log.h"
#include "httpd/watch.h"

#include <ap_mpm.h>
#include <apr_strings.h>
#include <http_core.h>
#include <http_log.h>
#include <scoreboard.h>

APLOG_USE_MODULE(kawasaki);

/* A session that timed out is still known for half a day: its holder is told so, and the page that comes late is kept.
 * Seconds. */
#define REMEMBERED    (12 * 3600)
#define START_UP_TIME apr_time_from_sec(10) /* after it, a database that goes wrong ends no server */

int lifecycle_pre_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp)
{
    (void)plog;
    (void)ptemp;
    config_reset();
    if (shared_register_locks(pconf) != APR_SUCCESS || cache_register(pconf) != APR_SUCCESS)
        return HTTP_INTERNAL_SERVER_ERROR;
    return OK;
}

static bool complain(server_rec *server, const char *sentence)
{
    ap_log_error(APLOG_MARK, APLOG_EMERG | APLOG_STARTUP, 0, server, "KW-START-001: %s:%u: %s",
                 server->defn_name ? server->defn_name : "(main)", server->defn_line_number, sentence);
    return false;
}

/* All that is missing in one go, not the first alone. */
static bool is_complete(server_rec *server, const server_config_t *config)
{
    bool complete = true;
    if (!config->templates) complete = complain(server, "KawasakiTemplates is missing");
    if (!config->queries) complete = complain(server, "KawasakiQueries is missing");
    if (!config->keys) complete = complain(server, "KawasakiKeys is missing");
    if (!config->driver || !config->database) complete = complain(server, "DBDriver or DBDParams is missing");
    if (!config->origin) complete = complain(server, "KawasakiOrigin is missing");
    if ((config->revocation_lists || config->responder || config->kiosk) && !config->authorities)
        complete = complain(server, "certificates are to be judged, but KawasakiAuthorities is missing");
    if (config->kiosk && !config_helper()->command)
        complete = complain(server, "there is a KawasakiKiosk, but KawasakiHelper is missing");
    return complete;
}

/* Is this the configuration of a server that already runs? Then a bad rule file must not end it. httpd reads its
 * configuration once to test it (generation 0), once to start (1), then at each restart. */
static bool is_restart(void)
{
    return ap_state_query(AP_SQ_CONFIG_GEN) > 1;
}

static bool is_test(void)
{
    return ap_state_query(AP_SQ_RUN_MODE) == AP_SQ_RM_CONFIG_TEST;
}

static bool check_pages(server_rec *server, const char *folder, const page_set_t **pages, int *templates,
                        apr_pool_t *pool)
{
    const char *error = NULL;
    page_set_t *set;
    bool complete = true;

    if (page_set_load(&set, folder, view_key_names, VIEW_KEY_COUNT, &error, pool) != APR_SUCCESS)
        return complain(server, error);
    for (int i = 0; i < VIEW_PAGE_COUNT; i++) {
        templates[i] = page_find(set, span_of(view_page_names[i]));
        if (templates[i] < 0)
            complete = complain(server, apr_psprintf(pool, "%s/%s.mustache is missing", folder, view_page_names[i]));
    }
    *pages = set;
    return complete;
}

static bool read_keys(server_rec *server, const server_config_t *config, span_t *session, span_t *limiter,
                      apr_pool_t *pool)
{
    const char *error;
    bool good = keyfile_read(session, config->keys, "session", &error, pool) == APR_SUCCESS || complain(server, error);

    return (keyfile_read(limiter, config->keys, "limiter", &error, pool) == APR_SUCCESS || complain(server, error)) &&
           good;
}

static bool find_database(server_rec *server, store_source_t *source, apr_pool_t *pool)
{
    return database_source(source, server, pool) == APR_SUCCESS ||
           complain(server, "mod_dbd is not loaded: LoadModule dbd_module, then DBDriver and DBDParams");
}

/* Only read: nothing is borrowed before a child runs. */
static bool check_queries(server_rec *server, const char *folder, apr_pool_t *pool)
{
    const store_source_t nothing = {NULL, NULL, NULL, NULL, NULL};
    const char *error = NULL;
    store_t *store;

    if (store_create(&store, folder, &nothing, NULL, &error, pool) != APR_SUCCESS) return complain(server, error);
    return true;
}

/* Made for the check alone, in the pool. */
static bool check_certificates(server_rec *server, const server_config_t *config, apr_pool_t *pool)
{
    host_t host = {.helper = NULL};
    const char *error;

    if (certificates_open(&host.certificates, config, NULL, &error, pool) != APR_SUCCESS ||
        (config->keys && helper_open(&host, config, &error, pool) != APR_SUCCESS))
        return complain(server, error);
    return true;
}

static bool same(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

/* Two hosts may serve one city, by one rule file: with two they would publish against each other. They serve it from
 * one database and with one set of keys: sessions and locks are shared by the city's id, and a cookie of one database
 * would open pages of the other. hosts: of host_t *. */
static bool is_single(const host_t *host, const apr_array_header_t *hosts)
{
    const server_config_t *config = config_of(host->server);

    for (int i = 0; i < hosts->nelts; i++) {
        const host_t *other = APR_ARRAY_IDX(hosts, i, const host_t *);
        const server_config_t *its = config_of(other->server);

        if (strcmp(other->id, host->id) != 0) continue;
        if (!same(its->rules, config->rules))
            return complain(host->server, "another virtual host serves this city by another rule file");
        if (!same(its->driver, config->driver) || !same(its->database, config->database))
            return complain(host->server, "another virtual host serves this city from another database (DBDParams)");
        if (!same(its->keys, config->keys))
            return complain(host->server, "another virtual host serves this city with other keys (KawasakiKeys)");
    }
    return true;
}

/* Beside the hosts that were checked before. */
static bool check_rules(server_rec *server, const server_config_t *config, apr_array_header_t *hosts, apr_pool_t *pool)
{
    host_t *host = apr_pcalloc(pool, sizeof *host);
    publish_compiled_t compiled;

    if (publish_compile(&compiled, config->rules, server, pool) != APR_SUCCESS)
        return (is_restart() && !is_test()) ||
               complain(server, apr_psprintf(pool, "the rule file %s has mistakes", config->rules));
    host->server = server;
    host->id = span_text(pool, rules_span(compiled.opened, rules_city(compiled.opened)->id));
    if (!is_single(host, hosts)) return false;
    APR_ARRAY_PUSH(hosts, host_t *) = host;
    return true;
}

static bool check_host(server_rec *server, const server_config_t *config, apr_array_header_t *hosts, apr_pool_t *pool)
{
    const page_set_t *pages;
    int templates[VIEW_PAGE_COUNT];
    store_source_t source;
    span_t session, limiter;
    bool good = is_complete(server, config);

    if (config->templates) good &= check_pages(server, config->templates, &pages, templates, pool);
    if (config->queries) good &= check_queries(server, config->queries, pool);
    if (config->keys) good &= read_keys(server, config, &session, &limiter, pool);
    good &= find_database(server, &source, pool);
    good &= check_certificates(server, config, pool);
    good &= check_rules(server, config, hosts, pool);
    return good;
}

/* What post_config would end a running server for: said here, that server goes on. */
int lifecycle_check_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp, server_rec *main)
{
    apr_array_header_t *hosts = apr_array_make(ptemp, 1, sizeof(host_t *));
    const char *error = cache_settle(pconf);
    bool good = !error || complain(main, error);
    (void)plog;
    if (config_helper()->command && !kiosk_check(config_helper(), &error, ptemp)) good = complain(main, error);
    for (server_rec *server = main; server; server = server->next) {
        const server_config_t *config = config_of(server);
        if (config->rules) good &= check_host(server, config, hosts, ptemp);
    }
    if (hosts->nelts > 0 && !watch_is_possible()) good = complain(main, "mod_watchdog is not loaded");
    return good ? OK : HTTP_INTERNAL_SERVER_ERROR;
}

static bool make_store(server_rec *server, const server_config_t *config, host_t *host, apr_pool_t *pconf)
{
    store_source_t source;
    const char *error;

    if (!find_database(server, &source, pconf)) return false;
    if (store_create(&host->store, config->queries, &source, &host->log, &error, pconf) != APR_SUCCESS)
        return complain(server, error);
    return true;
}

static bool make_host(server_rec *server, server_config_t *config, shared_t *shared, const session_cache_port_t *port,
                      apr_pool_t *pconf)
{
    host_t *host = apr_pcalloc(pconf, sizeof *host);
    int *templates = apr_palloc(pconf, VIEW_PAGE_COUNT * sizeof *templates);
    publish_compiled_t compiled;
    const char *error;
    span_t limiter;

    host->server = server;
    host->templates = templates;
    host->cache = (session_cache_t){*port, shared->epochs};
    host->clock = &shared->limits->clock;
    log_port_of_server(&host->log, server);
    publish_compile(&compiled, config->rules, server, pconf);
    if (publish_create(&host->publish, shared, config->rules, &compiled, server, pconf) != APR_SUCCESS)
        return complain(server, "the rules can't be published");
    host->id = publish_city(host->publish)->id;
    if (!check_pages(server, config->templates, &host->pages, templates, pconf)) return false;
    if (!read_keys(server, config, &host->key, &limiter, pconf)) return false;
    if (!make_store(server, config, host, pconf)) return false;
    if (certificates_open(&host->certificates, config, &host->log, &error, pconf) != APR_SUCCESS ||
        helper_open(host, config, &error, pconf) != APR_SUCCESS)
        return complain(server, error);
    host->limits = (limit_ports_t){host->store, (limit_table_t *)(void *)shared->limits->table, limiter, &host->log};
    config->host = host;
    return true;
}

static const watch_jobs_t chores = {chores_follow, chores_keep_house};

int lifecycle_post_config(apr_pool_t *pconf, apr_pool_t *plog, apr_pool_t *ptemp, server_rec *main)
{
    apr_array_header_t *hosts = apr_array_make(pconf, 1, sizeof(host_t *));
    session_cache_port_t port;
    shared_t *shared;
    (void)plog;
    (void)ptemp;

    if (ap_state_query(AP_SQ_MAIN_STATE) == AP_SQ_MS_CREATE_PRE_CONFIG) return OK;
    if (shared_open(&shared, config_limit_entries(), main) != APR_SUCCESS) return HTTP_INTERNAL_SERVER_ERROR;
    if (cache_start(main, pconf, &port) != APR_SUCCESS) return HTTP_INTERNAL_SERVER_ERROR;
    for (server_rec *server = main; server; server = server->next) {
        server_config_t *config = config_of(server);
        if (!config->rules || !is_complete(server, config)) continue;
        if (!make_host(server, config, shared, &port, pconf) || !is_single(config->host, hosts))
            return HTTP_INTERNAL_SERVER_ERROR;
        APR_ARRAY_PUSH(hosts, host_t *) = config->host;
    }
    if (hosts->nelts > 0 && watch_register(main, hosts, &chores, pconf) != APR_SUCCESS)
        return HTTP_INTERNAL_SERVER_ERROR;
    if (config_helper()->command && kiosk_start(config_helper(), main, pconf) != APR_SUCCESS)
        return HTTP_INTERNAL_SERVER_ERROR;
    return OK;
}

/* An old schema ends a server that is just starting, with the command to run; later on, requests answer 503 and the log
 * says why. */
static bool check_schema(const host_t *host, apr_pool_t *pool)
{
    apr_int64_t version = 0;
    apr_status_t status = store_check_schema(host->store, &version, pool);

    if (status == APR_SUCCESS) return true;
    if (status != BASE_ESCHEMA) {
        ap_log_error(
            APLOG_MARK, APLOG_ERR, 0, host->server,
            "KW-START-003: the database can't be reached; if it was never made, 'kawasaki db migrate' makes it");
        return false;
    }
    ap_log_error(APLOG_MARK, APLOG_EMERG, 0, host->server,
                 "KW-START-004: the database is at schema version %" APR_INT64_T_FMT ", this program needs %d: "
                 "stop httpd and run 'kawasaki db migrate' as the user that httpd serves as",
                 version, STORE_SCHEMA);
    if (!is_restart() && apr_time_now() - ap_scoreboard_image->global->restart_time < START_UP_TIME)
        exit(APEXIT_CHILDFATAL);
    return false;
}

void lifecycle_child_init(apr_pool_t *pchild, server_rec *main)
{
    kiosk_socket_child_init();
    shared_child_init(main, pchild);
    cache_child_init(main, pchild);
    for (server_rec *server = main; server; server = server->next) {
        const server_config_t *config = config_of(server);
        if (!config->host || config->host->server != server) continue;
        publish_child_init(config->host->publish);
        watch_child_init(config->host, pchild);
        if (check_schema(config->host, pchild)) chores_start(config->host);
    }
}
