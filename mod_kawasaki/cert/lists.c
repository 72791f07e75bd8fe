/* SPDX-License-Identifier: Apache-2.0
 *
 * The directory of revocation lists, and which of them answers. One lock around a question: what is done under it takes
 * microseconds, except after a change, when everybody needs the new lists anyway.
 */
#include "base/error.h"
#include "cert/crl.h"
#include "cert/revocation.h"

#include <apr_file_io.h>
#include <apr_tables.h>
#include <apr_thread_mutex.h>
#include <openssl/err.h>

#define LIST_MAX (64 * 1024 * 1024) /* bytes of one file */
#define SKEW     apr_time_from_sec(60)

struct cert_lists_t {
    const char *directory;
    const log_port_t *log;
    apr_thread_mutex_t *lock;
    apr_pool_t *pool;         /* with an allocator of its own: used by whoever holds the lock */
    apr_pool_t *read;         /* what was read last, all of it; goes when the next is read */
    const char *look;         /* how the directory looked then */
    apr_array_header_t *crls; /* of crl_t * */
};

static bool is_list(const char *name)
{
    apr_size_t size = strlen(name);
    return size > 4 && name[0] != '.' && strcmp(name + size - 4, ".crl") == 0;
}

/* The names of the lists, and with each what changes when it is written or another takes its place. */
static apr_status_t look(const char **seen, apr_array_header_t *names, const char *directory, apr_pool_t *pool)
{
    apr_dir_t *dir;
    apr_finfo_t found;
    apr_array_header_t *parts = apr_array_make(pool, 8, sizeof(char *));
    apr_status_t status = apr_dir_open(&dir, directory, pool);
    if (status != APR_SUCCESS) return status;
    while ((status = apr_dir_read(&found, APR_FINFO_NAME, dir)) == APR_SUCCESS || status == APR_INCOMPLETE) {
        apr_finfo_t file = {0};
        if (!found.name || !is_list(found.name)) continue;
        const char *path = apr_pstrcat(pool, directory, "/", found.name, NULL);
        apr_stat(&file, path, APR_FINFO_MIN | APR_FINFO_INODE, pool); /* gone meanwhile: reading it will say so */
        APR_ARRAY_PUSH(names, const char *) = path;
        APR_ARRAY_PUSH(parts, const char *) =
            apr_psprintf(pool, "%s\n%" APR_UINT64_T_FMT " %" APR_OFF_T_FMT " %" APR_TIME_T_FMT " %" APR_TIME_T_FMT,
                         found.name, (apr_uint64_t)file.inode, file.size, file.mtime, file.ctime);
    }
    apr_dir_close(dir);
    *seen = apr_array_pstrcat(pool, parts, '\n');
    return APR_STATUS_IS_ENOENT(status) ? APR_SUCCESS : status; /* that is how a directory ends */
}

static apr_status_t read_file(span_t *bytes, const char *path, apr_pool_t *pool)
{
    apr_file_t *file;
    apr_finfo_t info;
    /* Non-blocking: a pipe of that name must not hold up who asks. */
    apr_int32_t flags = APR_FOPEN_READ | APR_FOPEN_NONBLOCK;
    apr_status_t status = apr_file_open(&file, path, flags, APR_FPROT_OS_DEFAULT, pool);
    if (status != APR_SUCCESS) return status;
    status = apr_file_info_get(&info, APR_FINFO_SIZE | APR_FINFO_TYPE, file);
    if (status == APR_SUCCESS && info.filetype != APR_REG) status = BASE_EMALFORMED;
    if (status == APR_SUCCESS && info.size > LIST_MAX) status = BASE_ETOOBIG;
    if (status == APR_SUCCESS) {
        char *at = apr_palloc(pool, (apr_size_t)info.size + 1);
        *bytes = (span_t){at, (apr_size_t)info.size};
        status = apr_file_read_full(file, at, bytes->size, NULL);
    }
    apr_file_close(file);
    return status;
}

static void read_list(cert_lists_t *lists, const char *path, apr_pool_t *scratch)
{
    crl_t *crl = NULL;
    span_t bytes;
    apr_status_t status = read_file(&bytes, path, scratch);
    if (status == APR_SUCCESS) status = crl_read(&crl, bytes, lists->read);
    if (status == APR_SUCCESS) {
        APR_ARRAY_PUSH(lists->crls, crl_t *) = crl;
    } else {
        base_log(lists->log, LOG_PORT_ERROR, status, "KW-CERT-001", "the revocation list %s can't be used", path);
    }
}

/* Reads all lists again when the directory looks otherwise than last time. */
static void refresh(cert_lists_t *lists, apr_pool_t *scratch)
{
    const char *seen = "";
    apr_array_header_t *paths = apr_array_make(scratch, 8, sizeof(char *));
    apr_status_t status = look(&seen, paths, lists->directory, scratch);
    if (status != APR_SUCCESS) {
        seen = "";
        apr_array_clear(paths);
    }
    if (lists->look && strcmp(seen, lists->look) == 0) return;
    if (status != APR_SUCCESS) {
        base_log(lists->log, LOG_PORT_ERROR, status, "KW-CERT-002", "the revocation lists in %s can't be read",
                 lists->directory);
    }
    apr_pool_clear(lists->read);
    lists->look = apr_pstrdup(lists->read, seen);
    lists->crls = apr_array_make(lists->read, paths->nelts + 1, sizeof(crl_t *));
    for (int i = 0; i < paths->nelts; i++) {
        apr_pool_t *file;
        apr_pool_create(&file, scratch);
        read_list(lists, APR_ARRAY_IDX(paths, i, const char *), file);
        apr_pool_destroy(file);
    }
}

/* The newest list that covers the certificate; one of the future is none yet. */
static crl_t *newest(const cert_lists_t *lists, X509 *x509, X509 *issuer, apr_time_t now)
{
    crl_t *best = NULL;
    for (int i = 0; i < lists->crls->nelts; i++) {
        crl_t *crl = APR_ARRAY_IDX(lists->crls, i, crl_t *);
        if (crl->this_update > now + SKEW || (best && crl->this_update <= best->this_update)) continue;
        if (crl_covers(crl, x509, issuer)) best = crl;
    }
    return best;
}

/* A list that names the certificate says enough, however old it is. */
static void judge(cert_status_t *status, const crl_t *crl, X509 *x509, apr_interval_time_t fresh, apr_time_t now)
{
    status->known_at = crl->this_update;
    bool is_old = apr_time_sec(now) > apr_time_sec(crl->next_update) || (fresh && now - crl->this_update > fresh);
    if (crl_names(crl, x509, &status->revoked_at, &status->reason))
        status->code = CERT_REVOKED;
    else if (!is_old)
        status->code = CERT_OK;
}

void cert_lists_ask(cert_lists_t *lists, const cert_t *cert, X509 *issuer, apr_interval_time_t fresh, apr_time_t now,
                    cert_status_t *status)
{
    apr_pool_t *scratch;
    *status = (cert_status_t){.code = CERT_LIST_STALE};
    apr_thread_mutex_lock(lists->lock);
    apr_pool_create(&scratch, lists->pool);
    refresh(lists, scratch);
    apr_pool_destroy(scratch);
    const crl_t *crl = newest(lists, cert->x509, issuer, now);
    if (crl) judge(status, crl, cert->x509, fresh, now);
    apr_thread_mutex_unlock(lists->lock);
    ERR_clear_error(); /* a signature that isn't is no error of ours, and the queue is the whole thread's */
}

apr_status_t cert_lists_open(cert_lists_t **lists, const char *directory, const log_port_t *log, apr_pool_t *pool)
{
    apr_dir_t *dir;
    apr_allocator_t *allocator;
    cert_lists_t *made = apr_pcalloc(pool, sizeof *made);
    apr_status_t status = apr_dir_open(&dir, directory, pool);
    if (status != APR_SUCCESS) return status;
    apr_dir_close(dir);
    made->directory = apr_pstrdup(pool, directory);
    made->log = log;
    status = apr_thread_mutex_create(&made->lock, APR_THREAD_MUTEX_DEFAULT, pool);
    if (status != APR_SUCCESS) return status;
    status = apr_allocator_create(&allocator);
    if (status != APR_SUCCESS) return status;
    status = apr_pool_create_ex(&made->pool, pool, NULL, allocator);
    if (status != APR_SUCCESS) return status;
    apr_allocator_owner_set(allocator, made->pool);
    apr_pool_create(&made->read, made->pool);
    *lists = made;
    return APR_SUCCESS;
}
