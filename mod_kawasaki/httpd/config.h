/* SPDX-License-Identifier: Apache-2.0
 *
 * The module's directives and what a virtual host knows once it runs. Directives: docs/directives.md.
 */
#ifndef HTTPD_CONFIG_H
#define HTTPD_CONFIG_H

#include "flow/certificate.h"
#include "flow/helper.h"
#include "httpd/publish.h"
#include "limit/limit.h"
#include "page/page.h"
#include "session/cache.h"
#include "store/store.h"

#include <httpd.h>

#include <http_config.h>

extern module AP_MODULE_DECLARE_DATA kawasaki_module;

typedef struct watch_t watch_t; /* watch.h */

/* A virtual host that serves a city, made in post_config. */
typedef struct {
    server_rec *server;
    const char *id; /* "kawasaki" */
    publish_t *publish;
    const page_set_t *pages;
    const int *templates; /* page index by flow_page_t */
    store_t *store;
    session_cache_t cache;
    limit_ports_t limits;
    clock_base_t *clock;
    watch_t *watch;
    span_t key; /* MAC key for forms before log-in */
    log_port_t log;
    struct flow_certificates_t *certificates; /* NULL: no authority is configured */
    const struct flow_helper_t *helper;       /* for pages that ask an extension; NULL: no authority is configured */
    const struct way_t *kiosk;                /* the way to its helper (helper.c); NULL: this host has no kiosk */
    const apr_array_header_t *kiosks;         /* apr_ipsubnet_t *: whose requests may use the helper */
} host_t;

/* KawasakiResponder. */
typedef struct {
    const char *url;
    const char *certificate; /* file; NULL: the authority answers itself */
} config_responder_t;

/* The card helper; global, of the configuration being read. */
typedef struct {
    const char *const *command;   /* KawasakiHelper: program and arguments, then NULL; NULL: there is none */
    const char *user;             /* KawasakiHelperUser */
    apr_interval_time_t deadline; /* KawasakiHelperDeadline, for one request */
} config_helper_t;

typedef struct {
    const char *rules;                   /* KawasakiRules */
    const char *templates;               /* KawasakiTemplates */
    const char *queries;                 /* KawasakiQueries */
    const char *keys;                    /* KawasakiKeys */
    const char *origin;                  /* KawasakiOrigin */
    const char *authorities;             /* KawasakiAuthorities */
    const char *revocation_lists;        /* KawasakiRevocationLists */
    const config_responder_t *responder; /* KawasakiResponder */
    apr_array_header_t *kiosk;           /* KawasakiKiosk: apr_ipsubnet_t * */
    int body_limit;                      /* KawasakiBodyLimit, bytes */
    const char *driver, *database;       /* DBDriver, DBDParams: mod_dbd's, read here too; may hold a password */
    host_t *host;                        /* NULL: this virtual host serves no city */
} server_config_t;

extern const command_rec config_directives[];
void *config_create(apr_pool_t *pool, server_rec *server);
void *config_merge(apr_pool_t *pool, void *base, void *added);

server_config_t *config_of(const server_rec *server);

/* KawasakiLimitEntries or its default. */
uint32_t config_limit_entries(void);

/* KawasakiHelper and what belongs to it, or their defaults. */
const config_helper_t *config_helper(void);

/* In pre_config: the global settings are as if nothing had been said. */
void config_reset(void);

/* KawasakiBodyLimit or its default, bytes. */
apr_size_t config_body_limit(const server_config_t *config);

#endif
