/* SPDX-License-Identifier: Apache-2.0
 *
 * The file is an array of records in no order. A new one goes where the first outdated one lies, else to the end: the
 * file is never rewritten, so that a crash can spoil nothing but the record of the request that it ended.
 */
#include "signer/replay.h"

#include "base/secret.h"

#include <apr_file_io.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MODE  0600
#define OTHERS     022   /* mode bits that let others write */
#define KEPT       3600  /* seconds over the request's end: a clock set back brings nothing back */
#define RECORDS    65536 /* at most: eighteen requests a second are no holder of a card */
#define LOCK_TRIES 200
#define LOCK_PAUSE apr_time_from_msec(10)

typedef struct {
    apr_int64_t until; /* seconds since 1970 UTC */
    unsigned char digest[SECRET_DIGEST_SIZE];
} record_t;

_Static_assert(sizeof(record_t) == 40, "records have no padding");

static bool is_private(int fd, bool directory)
{
    struct stat info;

    return fstat(fd, &info) == 0 && info.st_uid == geteuid() && (info.st_mode & OTHERS) == 0 &&
           (directory ? S_ISDIR(info.st_mode) : S_ISREG(info.st_mode));
}

/* -1: it can't be made, or others could write it. */
static int open_memory(const char *directory, apr_pool_t *pool)
{
    int fd = -1, at;

    if (apr_dir_make_recursive(directory, APR_FPROT_UREAD | APR_FPROT_UWRITE | APR_FPROT_UEXECUTE, pool) != APR_SUCCESS)
        return -1;
    at = open(directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (at < 0) return -1;
    if (is_private(at, true)) fd = openat(at, "seen", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, FILE_MODE);
    close(at);
    if (fd < 0 || is_private(fd, false)) return fd;
    close(fd);
    return -1;
}

/* Held by others for some microseconds, unless one of them was stopped. */
static bool lock(int fd)
{
    for (int i = 0; i < LOCK_TRIES; i++) {
        if (flock(fd, LOCK_EX | LOCK_NB) == 0) return true;
        if (errno != EWOULDBLOCK && errno != EINTR) return false;
        apr_sleep(LOCK_PAUSE);
    }
    return false;
}

static bool digest_of(const request_t *request, record_t *record)
{
    unsigned char parts[2][SECRET_DIGEST_SIZE];
    span_t both = {(const char *)parts, sizeof parts};

    return secret_digest(request->origin, parts[0]) == APR_SUCCESS &&
           secret_digest(request->nonce, parts[1]) == APR_SUCCESS && secret_digest(both, record->digest) == APR_SUCCESS;
}

/* The whole memory; a record cut by a crash at its end is none. */
static bool load(int fd, record_t **records, apr_size_t *count, apr_pool_t *pool)
{
    struct stat info;
    apr_size_t size;

    if (fstat(fd, &info) != 0 || info.st_size < 0) return false;
    *count = (apr_size_t)info.st_size / sizeof **records;
    if (*count > RECORDS) return false;
    size = *count * sizeof **records;
    *records = apr_palloc(pool, size + 1);
    return pread(fd, *records, size, 0) == (ssize_t)size;
}

static wire_code_t take(int fd, const record_t *record, apr_int64_t now, apr_pool_t *pool)
{
    record_t *records;
    apr_size_t count, place;
    off_t offset;

    if (!load(fd, &records, &count, pool)) return WIRE_FAILED;
    place = count;
    for (apr_size_t i = 0; i < count; i++) {
        bool old = records[i].until < now;
        if (!old && memcmp(records[i].digest, record->digest, sizeof record->digest) == 0) return WIRE_REPLAY;
        if (old && place == count) place = i;
    }
    if (place == RECORDS) return WIRE_FAILED;
    offset = (off_t)(place * sizeof *record);
    return pwrite(fd, record, sizeof *record, offset) == (ssize_t)sizeof *record && fdatasync(fd) == 0 ? WIRE_OK
                                                                                                       : WIRE_FAILED;
}

wire_code_t replay_take(const char *directory, const request_t *request, apr_time_t now, apr_pool_t *pool)
{
    record_t record = {.until = apr_time_sec(request->expires_at) + KEPT};
    wire_code_t code;
    int fd;

    if (!digest_of(request, &record)) return WIRE_FAILED;
    fd = open_memory(directory, pool);
    if (fd < 0) return WIRE_FAILED;
    code = lock(fd) ? take(fd, &record, apr_time_sec(now), pool) : WIRE_FAILED;
    close(fd); /* and the lock with it */
    return code;
}
