/* SPDX-License-Identifier: Apache-2.0
 *
 * From rule files to pinned rules. Nothing here waits in a request: compiling, copying and opening are the watchdog's
 * and the start-up's, and a request takes what is there.
 */
#include "httpd/publish.h"
#include "base/error.h"
#include "httpd/log.h"
#include "httpd/slot.h"

#include <apr_file_info.h>
#include <apr_siphash.h>
#include <apr_thread_mutex.h>

/* A list of files depends on what the files include, so that a look needs a compilation before it and one after. */
#define COMPILATIONS_MAX 3

struct publish_t {
    shared_city_t *city;
    const char *path;
    log_port_t log;
    apr_pool_t *pconf;
    apr_thread_mutex_t *mutex; /* held to take `current` and count oneself in, and to change it */
    publish_pin_t *current;
    uint64_t unusable;  /* a generation that could not be opened: said once */
    uint64_t last_look; /* of this process: a change must be seen twice */
};

/* --- Looking at files ------------------------------------------------------------------------------------------- */

/* One number for all that was seen so far and this file. A missing file is a state as good as any. */
static uint64_t look_on(uint64_t look, const char *path, apr_pool_t *pool)
{
    static const unsigned char key[APR_SIPHASH_KSIZE];
    struct {
        uint64_t before;
        int64_t modified_at, size, inode;
    } seen = {look, 0, 0, 0};
    apr_finfo_t info;
    if (apr_stat(&info, path, APR_FINFO_MTIME | APR_FINFO_SIZE | APR_FINFO_INODE, pool) == APR_SUCCESS) {
        seen.modified_at = info.mtime;
        seen.size = info.size;
        seen.inode = (int64_t)info.inode;
    }
    return apr_siphash24(&seen, sizeof seen, key);
}

static uint64_t look_at_array(const apr_array_header_t *files, apr_pool_t *pool)
{
    uint64_t look = 0;
    for (int i = 0; i < files->nelts; ++i) look = look_on(look, APR_ARRAY_IDX(files, i, const char *), pool);
    return look;
}

static uint64_t look_at_list(const shared_files_t *files, apr_pool_t *pool)
{
    uint64_t look = 0;
    for (const char *path = files->paths; path < files->paths + files->size; path += strlen(path) + 1) {
        look = look_on(look, path, pool);
    }
    return look;
}

/* --- Compiling -------------------------------------------------------------------------------------------------- */

static bool same_files(const apr_array_header_t *a, const apr_array_header_t *b)
{
    if (a->nelts != b->nelts) return false;
    for (int i = 0; i < a->nelts; ++i) {
        if (strcmp(APR_ARRAY_IDX(a, i, const char *), APR_ARRAY_IDX(b, i, const char *)) != 0) return false;
    }
    return true;
}

/* Compiles until the look was taken before the reading and over the very files that were read: only then does a look
 * that is equal later on mean that nothing has changed. BASE_EBUSY: somebody is writing at this moment. */
static apr_status_t compile_looking(publish_compiled_t *compiled, const char *path, apr_pool_t *pool)
{
    apr_array_header_t *files = apr_array_make(pool, 1, sizeof path);
    APR_ARRAY_PUSH(files, const char *) = path;
    for (int i = 0; i < COMPILATIONS_MAX; ++i) {
        compiled->look = look_at_array(files, pool);
        apr_status_t status = rules_compile(&compiled->rules, path, pool);
        if (same_files(files, compiled->rules.files)) return status;
        files = compiled->rules.files;
    }
    return BASE_EBUSY;
}

static void log_mistakes(const rules_compiled_t *compiled, const log_port_t *log, apr_pool_t *pool)
{
    for (int i = 0; i < compiled->mistakes->nelts; ++i) {
        const rules_mistake_t *mistake = &APR_ARRAY_IDX(compiled->mistakes, i, rules_mistake_t);
        base_log(log, mistake->warning ? LOG_PORT_WARNING : LOG_PORT_ERROR, 0, "KW-RULES-001", "%s",
                 rules_mistake_text(mistake, pool));
    }
}

/* Opens what was compiled. id: of the city that the rules must be for; NULL: any. An id names cookies and rows, and
 * what was issued under one can't be taken over by another. */
static apr_status_t believe(publish_compiled_t *compiled, const char *path, const char *id, const log_port_t *log,
                            apr_pool_t *pool)
{
    rules_t *rules;
    const char *why;
    apr_status_t status = rules_open(&rules, compiled->rules.image, &why, pool);
    if (status != APR_SUCCESS) {
        base_log(log, LOG_PORT_ERROR, status, "KW-PUBLISH-002", "%s: the compiler made a bad image: %s", path, why);
        return status;
    }
    if (id && !span_is(rules_span(rules, rules_city(rules)->id), id)) {
        base_log(log, LOG_PORT_ERROR, 0, "KW-PUBLISH-003", "%s: the id of city %s can't change while the server runs",
                 path, id);
        return BASE_EMALFORMED;
    }
    compiled->opened = rules;
    return APR_SUCCESS;
}

static apr_status_t compile(publish_compiled_t *compiled, const char *path, const char *id, const log_port_t *log,
                            apr_pool_t *pool)
{
    compiled->opened = NULL;
    apr_status_t status = compile_looking(compiled, path, pool);
    if (status == BASE_EBUSY) {
        base_log(log, LOG_PORT_WARNING, status, "KW-PUBLISH-001", "%s changes while it is read", path);
    } else {
        log_mistakes(&compiled->rules, log, pool);
    }
    if (status == APR_SUCCESS) status = believe(compiled, path, id, log, pool);
    if (status != APR_SUCCESS) compiled->rules.image = (span_t){"", 0};
    return status;
}

apr_status_t publish_compile(publish_compiled_t *compiled, const char *path, server_rec *server, apr_pool_t *pool)
{
    log_port_t log;
    log_port_of_server(&log, server);
    return compile(compiled, path, NULL, &log, pool) == APR_SUCCESS ? APR_SUCCESS : BASE_EMALFORMED;
}

/* --- Publishing ------------------------------------------------------------------------------------------------- */

/* At least one: an image that could not be believed is no mistake in the text, but as bad. */
static uint32_t count_mistakes(const rules_compiled_t *compiled)
{
    uint32_t errors = 0;
    for (int i = 0; i < compiled->mistakes->nelts; ++i) {
        if (!APR_ARRAY_IDX(compiled->mistakes, i, rules_mistake_t).warning) ++errors;
    }
    return errors ? errors : 1;
}

/* Under the lock. The files are recorded last: whoever is killed before that leaves a change that others still see. */
static void take_in(publish_t *publish, const publish_compiled_t *compiled)
{
    shared_city_t *city = publish->city;
    uint64_t before = slot_generation(city);
    if (compiled->rules.image.size != 0) {
        uint64_t now = slot_publish(city, compiled->rules.image, apr_time_now());
        bool refused = atomic_exchange(&city->refused_at, 0) != 0;
        if (refused || now != before) {
            const char *digest;
            rules_digest(&digest, compiled->rules.image, compiled->rules.files->pool);
            base_log(&publish->log, LOG_PORT_NOTICE, 0, "KW-PUBLISH-004",
                     "city %s: rules of generation %" APR_UINT64_T_FMT " are in force, digest %s", city->id, now,
                     digest);
        }
    } else {
        uint32_t mistakes = count_mistakes(&compiled->rules);
        atomic_store(&city->mistakes, mistakes);
        atomic_store(&city->refused_at, apr_time_now());
        base_log(&publish->log, LOG_PORT_ERROR, 0, "KW-PUBLISH-005",
                 "city %s: %s is refused (mistakes: %u); rules of generation %" APR_UINT64_T_FMT " stay in force",
                 city->id, publish->path, mistakes, before);
    }
    apr_status_t status = slot_record_files(city, compiled->rules.files, compiled->look);
    if (status != APR_SUCCESS) {
        base_log(&publish->log, LOG_PORT_WARNING, status, "KW-PUBLISH-006",
                 "city %s: too many rule files: the last ones aren't watched for changes", city->id);
    }
}

/* Under the lock. */
static void look_for_change(publish_t *publish, apr_pool_t *pool)
{
    const shared_files_t *files = slot_files(publish->city);
    uint64_t look = look_at_list(files, pool);
    bool settled = look == publish->last_look;
    publish->last_look = look;
    if (look == files->look || !settled) return;
    publish_compiled_t compiled;
    apr_status_t status = compile(&compiled, publish->path, publish->city->id, &publish->log, pool);
    if (status != BASE_EBUSY) take_in(publish, &compiled);
}

/* --- Adopting and pinning --------------------------------------------------------------------------------------- */

static void swap(publish_t *publish, publish_pin_t *pin)
{
    apr_thread_mutex_lock(publish->mutex);
    publish_pin_t *before = publish->current;
    publish->current = pin;
    apr_thread_mutex_unlock(publish->mutex);
    if (before) publish_unpin(before);
}

/* Opens a generation in the pin's pool. APR_EAGAIN: it is not in force any more. */
static apr_status_t open_generation(const publish_t *publish, uint64_t generation, publish_pin_t *pin)
{
    span_t image;
    rules_t *rules;
    const char *why;
    apr_status_t status = slot_copy(publish->city, generation, &image, &pin->published_at, pin->pool);
    if (status != APR_SUCCESS) return status;
    status = rules_open(&rules, image, &why, pin->pool);
    if (status != APR_SUCCESS) {
        base_log(&publish->log, LOG_PORT_ERROR, status, "KW-PUBLISH-007",
                 "city %s: rules of generation %" APR_UINT64_T_FMT " can't be opened: %s", publish->city->id,
                 generation, why);
        return status;
    }
    pin->rules = rules;
    pin->generation = generation;
    pin->adopted_at = apr_time_now();
    return APR_SUCCESS;
}

/* Each generation has a pool with an allocator of its own: it goes when its last user goes, in any thread. */
static void adopt(publish_t *publish)
{
    uint64_t generation = slot_generation(publish->city);
    if (generation == 0 || generation == publish->unusable) return;
    if (publish->current && publish->current->generation == generation) return;

    apr_pool_t *pool;
    if (apr_pool_create_unmanaged_ex(&pool, apr_pool_abort_get(publish->pconf), NULL) != APR_SUCCESS) return;
    publish_pin_t *pin = apr_pcalloc(pool, sizeof *pin);
    pin->pool = pool;
    atomic_init(&pin->users, 1); /* being current */
    apr_status_t status = open_generation(publish, generation, pin);
    if (status == APR_SUCCESS) {
        swap(publish, pin);
        return;
    }
    if (!APR_STATUS_IS_EAGAIN(status)) publish->unusable = generation;
    apr_pool_destroy(pool);
}

publish_pin_t *publish_pin(publish_t *publish)
{
    apr_thread_mutex_lock(publish->mutex);
    publish_pin_t *pin = publish->current;
    atomic_fetch_add_explicit(&pin->users, 1, memory_order_relaxed);
    apr_thread_mutex_unlock(publish->mutex);
    return pin;
}

void publish_unpin(publish_pin_t *pin)
{
    if (atomic_fetch_sub_explicit(&pin->users, 1, memory_order_acq_rel) == 1) apr_pool_destroy(pin->pool);
}

/* --- Life cycle ------------------------------------------------------------------------------------------------- */

static apr_status_t forget_current(void *data)
{
    publish_t *publish = data;
    if (publish->current) publish_unpin(publish->current);
    return APR_SUCCESS;
}

/* Under the lock. */
static shared_city_t *find_city(shared_t *shared, const char *path, const publish_compiled_t *compiled,
                                apr_pool_t *pool)
{
    if (compiled->opened) {
        return shared_city(shared, span_text(pool, rules_span(compiled->opened, rules_city(compiled->opened)->id)));
    }
    for (shared_city_t *city = shared->cities; city < shared->cities + SHARED_CITIES; ++city) {
        if (slot_is_of(city, path)) return city;
    }
    return NULL;
}

apr_status_t publish_create(publish_t **created, shared_t *shared, const char *path, const publish_compiled_t *compiled,
                            server_rec *server, apr_pool_t *pconf)
{
    publish_t *publish = apr_pcalloc(pconf, sizeof *publish);
    publish->path = path;
    publish->pconf = pconf;
    log_port_of_server(&publish->log, server);
    apr_status_t status = apr_thread_mutex_create(&publish->mutex, APR_THREAD_MUTEX_DEFAULT, pconf);
    if (status == APR_SUCCESS) status = apr_global_mutex_lock(shared->locks[SHARED_LOCK_PUBLISH]);
    if (status != APR_SUCCESS) return status;
    publish->city = find_city(shared, path, compiled, pconf);
    if (publish->city) take_in(publish, compiled);
    apr_global_mutex_unlock(shared->locks[SHARED_LOCK_PUBLISH]);
    if (!publish->city) return compiled->opened ? APR_ENOSPC : BASE_EMALFORMED;

    apr_pool_cleanup_register(pconf, publish, forget_current, apr_pool_cleanup_null);
    adopt(publish);
    *created = publish;
    return publish->current ? APR_SUCCESS : BASE_ECORRUPT;
}

shared_city_t *publish_city(const publish_t *publish)
{
    return publish->city;
}

void publish_child_init(publish_t *publish)
{
    adopt(publish);
}

void publish_poll(publish_t *publish, apr_pool_t *pool)
{
    apr_global_mutex_t *lock = shared_mutex(SHARED_LOCK_PUBLISH);
    if (apr_global_mutex_trylock(lock) == APR_SUCCESS) {
        look_for_change(publish, pool);
        apr_global_mutex_unlock(lock);
    }
    adopt(publish);
}

void publish_report(publish_t *publish, publish_report_t *report)
{
    publish_pin_t *pin = publish_pin(publish);
    report->generation = pin->generation;
    report->newest = slot_generation(publish->city);
    report->published_at = pin->published_at;
    report->adopted_at = pin->adopted_at;
    report->refused_at = atomic_load(&publish->city->refused_at);
    report->mistakes = atomic_load(&publish->city->mistakes);
    publish_unpin(pin);
}
