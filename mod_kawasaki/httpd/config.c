/* SPDX-License-Identifier: Apache-2.0
 *
 * Directives: parsing, defaults, merging. Each has a line in docs/directives.md (test/check/directives sees to it).
 * What is made of them: lifecycle.c.
 */
#include "httpd/config.h"

#include "httpd/cache.h"
#include "wire/shape.h"

#include <apr_strings.h>
#include <http_core.h>

#define BODY_LIMIT_DEFAULT 65536
#define BODY_LIMIT_MAX     (1024 * 1024)

#define LIMIT_ENTRIES_DEFAULT 65536 /* 8 MiB */
#define LIMIT_ENTRIES_MAX     (16 * 1024 * 1024)

#define HELPER_DEADLINE_DEFAULT 20 /* seconds */
#define HELPER_DEADLINE_MAX     120

static const config_helper_t helper_default = {NULL, "nobody", apr_time_from_sec(HELPER_DEADLINE_DEFAULT)};

/* Global, of the configuration being read. */
static uint32_t limit_entries = LIMIT_ENTRIES_DEFAULT;
static config_helper_t helper;

#define MERGE(field) merged->field = over->field ? over->field : under->field

server_config_t *config_of(const server_rec *server)
{
    return ap_get_module_config(server->module_config, &kawasaki_module);
}

void *config_create(apr_pool_t *pool, server_rec *server)
{
    server_config_t *config = apr_pcalloc(pool, sizeof *config);
    (void)server;
    config->rules = NULL;
    config->templates = NULL;
    config->queries = NULL;
    config->keys = NULL;
    config->origin = NULL;
    config->authorities = NULL;
    config->revocation_lists = NULL;
    config->responder = NULL;
    config->kiosk = NULL;
    config->driver = NULL;
    config->database = NULL;
    config->body_limit = 0; /* not set; BODY_LIMIT_DEFAULT by config_body_limit */
    return config;
}

void *config_merge(apr_pool_t *pool, void *base, void *added)
{
    const server_config_t *under = base, *over = added;
    server_config_t *merged = apr_pcalloc(pool, sizeof *merged);
    MERGE(rules);
    MERGE(templates);
    MERGE(queries);
    MERGE(keys);
    MERGE(origin);
    MERGE(authorities);
    MERGE(revocation_lists);
    MERGE(responder);
    MERGE(kiosk);
    MERGE(body_limit);
    MERGE(driver);
    MERGE(database);
    return merged;
}

apr_size_t config_body_limit(const server_config_t *config)
{
    return (apr_size_t)(config->body_limit ? config->body_limit : BODY_LIMIT_DEFAULT);
}

/* A path, relative to ServerRoot. */
static const char *set_path(cmd_parms *command, const char **field, const char *value)
{
    *field = ap_server_root_relative(command->pool, value);
    return *field ? NULL : apr_psprintf(command->pool, "%s: '%s' is no path", command->cmd->name, value);
}

static const char *set_rules(cmd_parms *command, void *unused, const char *value)
{
    (void)unused;
    return set_path(command, &config_of(command->server)->rules, value);
}

static const char *set_templates(cmd_parms *command, void *unused, const char *value)
{
    (void)unused;
    return set_path(command, &config_of(command->server)->templates, value);
}

static const char *set_queries(cmd_parms *command, void *unused, const char *value)
{
    (void)unused;
    return set_path(command, &config_of(command->server)->queries, value);
}

static const char *set_keys(cmd_parms *command, void *unused, const char *value)
{
    (void)unused;
    return set_path(command, &config_of(command->server)->keys, value);
}

/* RFC 6454: scheme, host, port; nothing behind it. */
static const char *set_origin(cmd_parms *command, void *unused, const char *value)
{
    (void)unused;
    if (!shape_is_origin(span_of(value)))
        return apr_psprintf(command->pool, "KawasakiOrigin: '%s' is no origin such as https://madoguchi.example.jp",
                            value);
    config_of(command->server)->origin = value;
    return NULL;
}

static const char *set_authorities(cmd_parms *command, void *unused, const char *value)
{
    (void)unused;
    return set_path(command, &config_of(command->server)->authorities, value);
}

static const char *set_revocation_lists(cmd_parms *command, void *unused, const char *value)
{
    (void)unused;
    return set_path(command, &config_of(command->server)->revocation_lists, value);
}

/* Its answers are signed, so that plain http does (RFC 6960 appendix A). */
static const char *set_responder(cmd_parms *command, void *unused, const char *url, const char *certificate)
{
    const char *host = url + strlen("http://");
    config_responder_t *responder = apr_pcalloc(command->pool, sizeof *responder);
    (void)unused;
    if (strncmp(url, "http://", strlen("http://")) != 0 || !*host || strchr("/:", *host) || strpbrk(host, "?#@ "))
        return apr_psprintf(command->pool, "KawasakiResponder: '%s' is no address such as http://ocsp.example.jp/",
                            url);
    responder->url = url;
    config_of(command->server)->responder = responder;
    return certificate ? set_path(command, &responder->certificate, certificate) : NULL;
}

static const char *set_kiosk(cmd_parms *command, void *unused, const char *value)
{
    server_config_t *config = config_of(command->server);
    char *address = apr_pstrdup(command->temp_pool, value), *bits = strchr(address, '/');
    apr_ipsubnet_t *subnet;
    (void)unused;
    if (bits) *bits++ = '\0';
    if (apr_ipsubnet_create(&subnet, address, bits, command->pool) != APR_SUCCESS)
        return apr_psprintf(command->pool, "KawasakiKiosk: '%s' is no address, and no network such as 192.0.2.0/28",
                            value);
    if (!config->kiosk) config->kiosk = apr_array_make(command->pool, 1, sizeof subnet);
    APR_ARRAY_PUSH(config->kiosk, apr_ipsubnet_t *) = subnet;
    return NULL;
}

/* mod_dbd keeps to itself what it was told, and two hosts of one city must have been told the same (lifecycle.c). */
static const char *set_driver(cmd_parms *command, void *unused, const char *value)
{
    (void)unused;
    config_of(command->server)->driver = value;
    return NULL;
}

static const char *set_database(cmd_parms *command, void *unused, const char *value)
{
    (void)unused;
    config_of(command->server)->database = value;
    return NULL;
}

static const char *set_body_limit(cmd_parms *command, void *unused, const char *value)
{
    char *end;
    apr_int64_t bytes = apr_strtoi64(value, &end, 10);
    (void)unused;
    if (*end || end == value || bytes < 1024 || bytes > BODY_LIMIT_MAX)
        return apr_psprintf(command->pool, "KawasakiBodyLimit: '%s' is not a number of bytes from 1024 to %d", value,
                            BODY_LIMIT_MAX);
    config_of(command->server)->body_limit = (int)bytes;
    return NULL;
}

static const char *set_limit_entries(cmd_parms *command, void *unused, const char *value)
{
    const char *error = ap_check_cmd_context(command, GLOBAL_ONLY);
    char *end;
    apr_int64_t entries = apr_strtoi64(value, &end, 10);
    (void)unused;
    if (error) return error;
    if (*end || end == value || entries < 64 || entries > LIMIT_ENTRIES_MAX)
        return apr_psprintf(command->pool, "KawasakiLimitEntries: '%s' is not a number from 64 to %d", value,
                            LIMIT_ENTRIES_MAX);
    limit_entries = (uint32_t)entries;
    return NULL;
}

static const char *set_helper(cmd_parms *command, void *unused, int count, char *const words[])
{
    const char *error = ap_check_cmd_context(command, GLOBAL_ONLY);
    const char **line = apr_pcalloc(command->pool, ((apr_size_t)count + 1) * sizeof *line);
    (void)unused;
    if (error) return error;
    if (count < 1) return "KawasakiHelper: the program is missing";
    for (int i = 0; i < count; i++) line[i] = words[i];
    helper.command = line;
    return set_path(command, &line[0], words[0]);
}

static const char *set_helper_user(cmd_parms *command, void *unused, const char *value)
{
    const char *error = ap_check_cmd_context(command, GLOBAL_ONLY);
    (void)unused;
    if (!error) helper.user = value;
    return error;
}

static const char *set_helper_deadline(cmd_parms *command, void *unused, const char *value)
{
    const char *error = ap_check_cmd_context(command, GLOBAL_ONLY);
    char *end;
    apr_int64_t seconds = apr_strtoi64(value, &end, 10);
    (void)unused;
    if (error) return error;
    if (*end || end == value || seconds < 1 || seconds > HELPER_DEADLINE_MAX)
        return apr_psprintf(command->pool, "KawasakiHelperDeadline: '%s' is not a number of seconds from 1 to %d",
                            value, HELPER_DEADLINE_MAX);
    helper.deadline = apr_time_from_sec(seconds);
    return NULL;
}

const config_helper_t *config_helper(void)
{
    return &helper;
}

uint32_t config_limit_entries(void)
{
    return limit_entries;
}

void config_reset(void)
{
    limit_entries = LIMIT_ENTRIES_DEFAULT;
    helper = helper_default;
}

static const char *set_session_cache(cmd_parms *command, void *unused, const char *value)
{
    const char *error = ap_check_cmd_context(command, GLOBAL_ONLY);
    (void)unused;
    return error ? error : cache_configure(value, command->temp_pool, command->pool);
}

const command_rec config_directives[] = {
    AP_INIT_TAKE1("KawasakiRules", set_rules, NULL, RSRC_CONF, "the city's rule file"),
    AP_INIT_TAKE1("KawasakiTemplates", set_templates, NULL, RSRC_CONF, "the folder of page templates"),
    AP_INIT_TAKE1("KawasakiQueries", set_queries, NULL, RSRC_CONF, "the folder with queries.sql"),
    AP_INIT_TAKE1("KawasakiKeys", set_keys, NULL, RSRC_CONF, "the folder of keys, readable by root alone"),
    AP_INIT_TAKE1("KawasakiOrigin", set_origin, NULL, RSRC_CONF, "what residents' browsers call this host"),
    AP_INIT_TAKE1("KawasakiAuthorities", set_authorities, NULL, RSRC_CONF, "the folder of authorities, by kind"),
    AP_INIT_TAKE1("KawasakiRevocationLists", set_revocation_lists, NULL, RSRC_CONF, "the folder of revocation lists"),
    AP_INIT_TAKE12("KawasakiResponder", set_responder, NULL, RSRC_CONF, "who knows what is revoked"),
    AP_INIT_ITERATE("KawasakiKiosk", set_kiosk, NULL, RSRC_CONF, "addresses of the kiosks that use the card helper"),
    AP_INIT_TAKE_ARGV("KawasakiHelper", set_helper, NULL, RSRC_CONF, "the card helper: program and arguments"),
    AP_INIT_TAKE1("KawasakiHelperUser", set_helper_user, NULL, RSRC_CONF, "whom it runs as when root starts httpd"),
    AP_INIT_TAKE1("KawasakiHelperDeadline", set_helper_deadline, NULL, RSRC_CONF, "seconds for one of its answers"),
    AP_INIT_TAKE1("KawasakiBodyLimit", set_body_limit, NULL, RSRC_CONF, "the largest form, in bytes"),
    AP_INIT_TAKE1("KawasakiLimitEntries", set_limit_entries, NULL, RSRC_CONF, "how many locks shared memory holds"),
    AP_INIT_TAKE1("KawasakiSessionCache", set_session_cache, NULL, RSRC_CONF, "provider[:arguments] of ap_socache"),
    AP_INIT_TAKE1("DBDriver", set_driver, NULL, RSRC_CONF, "of mod_dbd: the kind of database"),
    AP_INIT_TAKE1("DBDParams", set_database, NULL, RSRC_CONF, "of mod_dbd: the database"),
    {.name = NULL}};
