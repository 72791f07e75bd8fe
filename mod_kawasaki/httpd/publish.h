/* SPDX-License-Identifier: Apache-2.0
 *
 * Getting rule images to where requests are: one process publishes a changed file into shared memory, every child takes
 * it over outside of any request, requests pin what they began with. The whole way: docs/reload.md.
 */
#ifndef HTTPD_PUBLISH_H
#define HTTPD_PUBLISH_H

#include "httpd/shared.h"
#include "rules/rules.h"

typedef struct publish_t publish_t; /* one city in this process */

/* A generation of rules in this process; lives while it is current or pinned. */
typedef struct {
    const rules_t *rules;
    uint64_t generation;
    apr_time_t published_at; /* by whichever process */
    apr_time_t adopted_at;   /* by this one */
    /* publish.c's own below */
    apr_pool_t *pool;
    _Atomic int users;
} publish_pin_t;

typedef struct {
    rules_compiled_t rules; /* an empty image: refused */
    const rules_t *opened;  /* NULL: refused */
    uint64_t look;          /* what was seen of its files just before they were read */
} publish_compiled_t;

/* Compiles the file, verifies the image by opening it, and logs every mistake (KW-RULES-001). For check_config and
 * post_config. BASE_EMALFORMED when there is no image to use; everything is the pool's. */
apr_status_t publish_compile(publish_compiled_t *compiled, const char *path, server_rec *server, apr_pool_t *pool);

/* In post_config: publishes the image (when there is one: at a graceful restart with a bad file the last good image
 * stays in force, with a log line) and makes the city's object, which opens what is in force. The city is the one that
 * the image names; of a refused file, the one it was for before. `path` must live as long as pconf. BASE_EMALFORMED:
 * neither this file nor an earlier one gave rules. APR_ENOSPC: too many cities. */
apr_status_t publish_create(publish_t **publish, shared_t *shared, const char *path, const publish_compiled_t *compiled,
                            server_rec *server, apr_pool_t *pconf);

/* The city's place in shared memory; its id is there. */
shared_city_t *publish_city(const publish_t *publish);

/* In child_init, after shared_child_init: opens what is published by now, so that the first request finds it. */
void publish_child_init(publish_t *publish);

/* In each child's watchdog, twice a second: one process (whoever gets the publishing lock without waiting) compares
 * times, sizes and inodes of all files; after two equal looks that differ from what was compiled last it compiles, and
 * publishes or notes the refusal (each mistake one log line, once per change). Every process then adopts a newer
 * generation: copies, re-reads the sequence, opens (verify, JIT), swaps. From one thread of a process at a time; the
 * pool is for what doesn't last. */
void publish_poll(publish_t *publish, apr_pool_t *pool);

/* The current rules, kept alive until publish_unpin, which may run in another thread; never NULL. Holds a mutex of this
 * process for some nanoseconds; callable from any thread. */
publish_pin_t *publish_pin(publish_t *publish);
void publish_unpin(publish_pin_t *pin);

/* For people (status.c). Times are apr_time_t. */
typedef struct {
    uint64_t generation;     /* that this process uses */
    uint64_t newest;         /* that is published */
    apr_time_t published_at; /* of `generation` */
    apr_time_t adopted_at;
    apr_time_t refused_at; /* 0: the files as last seen are in force */
    uint32_t mistakes;
} publish_report_t;
void publish_report(publish_t *publish, publish_report_t *report);

#endif
