/* SPDX-License-Identifier: Apache-2.0
 *
 * Directives: parsing, defaults, merging. Each has a line in docs/directives.md (test/check/directives sees to it).
 * What is made of them: lifecycle.c.
 */
#include "httpd/config.h"

#include "httpd/cache.h"

#include <apr_strings.h>
#include <http_core.h>

#define BODY_LIMIT_DEFAULT 65536
#define BODY_LIMIT_MAX     (1024 * 1024)

#define LIMIT_ENTRIES_DEFAULT 65536 /* 8 MiB */
#define LIMIT_ENTRIES_MAX     (16 * 1024 * 1024)

/* Global, of the configuration being read. */
static uint32_t limit_entries = LIMIT_ENTRIES_DEFAULT;

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
    MERGE(body_limit);
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
    const char *host = value + strlen("https://");
    (void)unused;
    if (strncmp(value, "https://", strlen("https://")) != 0 || !*host || strpbrk(host, "/?#@ "))
        return apr_psprintf(command->pool, "KawasakiOrigin: '%s' is no origin such as https://madoguchi.example.jp",
                            value);
    config_of(command->server)->origin = value;
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

uint32_t config_limit_entries(void)
{
    return limit_entries;
}

void config_reset(void)
{
    limit_entries = LIMIT_ENTRIES_DEFAULT;
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
    AP_INIT_TAKE1("KawasakiBodyLimit", set_body_limit, NULL, RSRC_CONF, "the largest form, in bytes"),
    AP_INIT_TAKE1("KawasakiLimitEntries", set_limit_entries, NULL, RSRC_CONF, "how many locks shared memory holds"),
    AP_INIT_TAKE1("KawasakiSessionCache", set_session_cache, NULL, RSRC_CONF, "provider[:arguments] of ap_socache"),
    {.name = NULL}};
