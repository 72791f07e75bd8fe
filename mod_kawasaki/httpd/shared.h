/* SPDX-License-Identifier: Apache-2.0
 *
 * What all children see, for the life of the server: session epochs, rule images, and two locks. Anonymous shared
 * memory, made once in the process pool (a segment made per restart would start from nothing at every graceful restart
 * while old children go on with the old one).
 */
#ifndef HTTPD_SHARED_H
#define HTTPD_SHARED_H

#include "base/clock.h"
#include "httpd/metrics.h"
#include "limit/table.h"
#include "rules/image.h"
#include "session/cache.h"

#include <apr_global_mutex.h>
#include <apr_time.h>
#include <httpd.h>

#define SHARED_CITIES    16            /* cities (virtual hosts with rules of their own) in one httpd */
#define SHARED_PATHS_MAX (64u * 1024u) /* bytes of the names of a city's rule files */
#define SHARED_LAYOUT    2u            /* raise with every change to a structure that stands in shared memory */

typedef struct {
    uint32_t size; /* of the image, bytes */
    apr_time_t published_at;
    _Alignas(8) unsigned char image[RULES_IMAGE_MAX];
} shared_slot_t;

/* The files that a compilation read or looked for, and what was seen of them (publish.c) just before. */
typedef struct {
    uint64_t look;
    uint32_t size;                /* of paths in use, bytes */
    char paths[SHARED_PATHS_MAX]; /* each with its NUL */
} shared_files_t;

/* A city's rules, and what is counted of it. In both pairs one word commits: entry (word & 1) is whole, and 0 is
 * nothing yet. A writer fills the other entry, then raises the word, so one that is killed half-way has changed
 * nothing.
 *
 *   sequence: 6 --> slots[0]  whole: what is in force, generation 6
 *                   slots[1]  generation 5, or 7 being written
 *
 * Writers hold SHARED_LOCK_PUBLISH. Images are read without it: copy, then look again whether the word still stands,
 * else a writer may have come round. The list of files is read under the lock only. */
typedef struct {
    char id[64];               /* "kawasaki"; "" is free */
    _Atomic uint64_t sequence; /* also the generation of the rules */
    shared_slot_t slots[2];
    _Atomic uint64_t examined; /* of files: compilations so far, published or not */
    shared_files_t files[2];
    _Atomic int64_t refused_at;     /* apr_time_t; 0: the files as last seen are in force */
    _Atomic uint32_t mistakes;      /* how many they had then */
    _Atomic int64_t housekept_at;   /* apr_time_t of the last turn (watch.c) */
    _Atomic int64_t followed_at;    /* apr_time_t of the last look at events (watch.c) */
    _Atomic int64_t head_logged_at; /* apr_time_t: when the audit chain's end was last written to the log */
    _Atomic int64_t followed;       /* the last event taken in, plus one; 0: none, locks aren't loaded yet */
    metrics_t metrics;
} shared_city_t;

/* Which lock: publishing rules, and writing to sqlite3. */
typedef enum { SHARED_LOCK_PUBLISH, SHARED_LOCK_WRITE, SHARED_LOCKS } shared_lock_t;

/* Limits: the clock they run by, and the table of what is locked. Its size is a directive's: another size at a graceful
 * restart makes a new segment, which costs nothing but queries until it has filled again. */
typedef struct {
    clock_base_t clock;
    _Alignas(64) unsigned char table[]; /* limit_table_size() bytes */
} shared_limits_t;

/* This process's way to it all. */
typedef struct {
    session_epochs_t *epochs;
    shared_limits_t *limits;
    shared_city_t *cities; /* SHARED_CITIES */
    apr_global_mutex_t *locks[SHARED_LOCKS];
} shared_t;

/* In pre_config: makes the locks known to httpd's Mutex directive, as kawasaki-publish and kawasaki-write. */
apr_status_t shared_register_locks(apr_pool_t *pconf);

/* In post_config, with the main server: makes segments and locks at the first call of the server's life and finds them
 * again (ap_retained_data_create) ever after; children inherit them. A module of another layout, loaded by a graceful
 * restart, gets new segments, with a log line (docs/reload.md). Errors are logged. */
apr_status_t shared_open(shared_t **shared, uint32_t limit_entries, server_rec *server);

/* The city's place, claimed when new; NULL when all are taken or the name is empty or too long. In post_config only. */
shared_city_t *shared_city(shared_t *shared, const char *id);

/* In child_init: opens the locks in this child; errors are logged. */
void shared_child_init(server_rec *server, apr_pool_t *pchild);

/* The lock, across all children and for the life of the server; after shared_open only. */
apr_global_mutex_t *shared_mutex(shared_lock_t lock);

#endif
