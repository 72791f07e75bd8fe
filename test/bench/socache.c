/* SPDX-License-Identifier: Apache-2.0
 *
 * socache MODULE: one look into the table of locks beside store and retrieve in mod_socache_shmcb (MODULE, the shared
 * object), in one process, 1000 keys, values of a lock's size. The module is loaded without httpd: what it wants of
 * httpd is at the top, and does nothing. Not measured: the mutex that httpd's modules must hold around each of its
 * calls.
 */
#include "measure.h"

#include <ap_provider.h>
#include <ap_socache.h>
#include <apr_general.h>
#include <dlfcn.h>
#include <http_config.h>
#include <http_log.h>
#include <http_protocol.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>

#define KEYS   1000u
#define ROUNDS 9
#define CALLS  200000u /* a round */
#define NOW    apr_time_from_sec(1800000000)

/* --- What the module wants of httpd --- */

static const ap_socache_provider_t *shmcb; /* handed over while the module registers itself */

apr_status_t ap_register_provider(apr_pool_t *pool, const char *group, const char *name, const char *version,
                                  const void *provider)
{
    (void)pool, (void)name, (void)version;
    if (strcmp(group, AP_SOCACHE_PROVIDER_GROUP) == 0) shmcb = provider;
    return APR_SUCCESS;
}

char *ap_runtime_dir_relative(apr_pool_t *pool, const char *name)
{
    return apr_pstrdup(pool, name);
}

char *ap_server_root_relative(apr_pool_t *pool, const char *name)
{
    return apr_pstrdup(pool, name);
}

void ap_log_error_(const char *file, int line, int module, int level, apr_status_t status, const server_rec *server,
                   const char *format, ...)
{
    (void)file, (void)line, (void)module, (void)level, (void)status, (void)server, (void)format;
}

void ap_log_rerror_(const char *file, int line, int module, int level, apr_status_t status, const request_rec *request,
                    const char *format, ...)
{
    (void)file, (void)line, (void)module, (void)level, (void)status, (void)request, (void)format;
}

int ap_rprintf(request_rec *request, const char *format, ...)
{
    (void)request, (void)format;
    return 0;
}

int ap_rwrite(const void *bytes, int count, request_rec *request)
{
    (void)bytes, (void)request;
    return count;
}

/* --- What is measured --- */

typedef struct {
    limit_table_t *table;
    ap_socache_instance_t *cache;
    server_rec *server;
    apr_pool_t *pool;
} bench_t;

_Noreturn static void fail(const char *what)
{
    fprintf(stderr, "socache: %s\n", what);
    exit(1);
}

/* Nanoseconds of a look; which key is next depends on what was found. */
static double time_table(const bench_t *bench)
{
    uint64_t next = 1;
    double began = measure_ns();
    for (uint32_t i = 0; i < CALLS; i++) {
        apr_time_t until = 0;
        uint64_t mark = 0;
        limit_table_find(bench->table, measure_key(next % KEYS), NOW, &until, &mark);
        next = measure_random(next + mark + (uint64_t)until + 1);
    }
    return (measure_ns() - began) / CALLS;
}

static double time_cache(const bench_t *bench)
{
    double began = measure_ns();
    for (uint32_t i = 0; i < CALLS; i++) {
        limit_key_t name = measure_key(measure_random(i) % KEYS);
        unsigned char value[24] = {0};
        unsigned int size = sizeof value;
        if (shmcb->store(bench->cache, bench->server, (unsigned char *)&name, sizeof name,
                         apr_time_now() + apr_time_from_sec(300), value, sizeof value, bench->pool) != APR_SUCCESS ||
            shmcb->retrieve(bench->cache, bench->server, (unsigned char *)&name, sizeof name, value, &size,
                            bench->pool) != APR_SUCCESS)
            fail("neither stored nor retrieved");
    }
    return (measure_ns() - began) / CALLS;
}

/* --- Preparing --- */

/* As full as limit_table.c's: a few keys find no room, and are looked for in vain. */
static limit_table_t *make_table(void)
{
    apr_size_t size = limit_table_size(KEYS);
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) fail("no memory");
    limit_table_t *table = limit_table_init(memory, KEYS);
    for (uint64_t i = 0; i < KEYS; i++) limit_table_put(table, measure_key(i), NOW, INT64_MAX, i);
    return table;
}

static void load(const char *path, apr_pool_t *pool)
{
    void *object = dlopen(path, RTLD_NOW);
    module *loaded = object ? dlsym(object, "socache_shmcb_module") : NULL;
    if (!loaded) fail("the module cannot be loaded");
    loaded->register_hooks(pool);
    if (!shmcb) fail("the module registers nothing");
}

static void open_cache(bench_t *bench)
{
    struct ap_socache_hints hints = {.avg_id_len = sizeof(limit_key_t), .avg_obj_size = 24};
    if (shmcb->create(&bench->cache, NULL, bench->pool, bench->pool) ||
        shmcb->init(bench->cache, "bench", &hints, bench->server, bench->pool) != APR_SUCCESS)
        fail("the cache cannot be made");
}

int main(int argc, char **argv)
{
    static server_rec server; /* says of each level that it is not logged */
    bench_t bench = {.table = make_table(), .server = &server};
    double ours[ROUNDS], theirs[ROUNDS];

    if (argc != 2) fail("say where the module is");
    apr_initialize();
    apr_pool_create(&bench.pool, NULL);
    load(argv[1], bench.pool);
    open_cache(&bench);
    for (int i = 0; i < ROUNDS; i++) {
        ours[i] = time_table(&bench);
        theirs[i] = time_cache(&bench);
    }
    const double our_time = measure_median(ours, ROUNDS), their_time = measure_median(theirs, ROUNDS);
    printf("limit-find-socache-%u-keys\t%.3g\tns\t%.3g\tstore and retrieve in mod_socache_shmcb: %.3g\n", KEYS,
           our_time, our_time / their_time, their_time);
    apr_terminate();
    return 0;
}
