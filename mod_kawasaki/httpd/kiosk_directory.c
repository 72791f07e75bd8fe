/* SPDX-License-Identifier: Apache-2.0 */
#include "httpd/kiosk_directory.h"

#include <apr_strings.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* Can only root have put it where it stands? */
static bool is_guarded(const char *path, apr_pool_t *pool)
{
    const char *slash = strrchr(path, '/');
    struct stat above;

    return slash && stat(apr_pstrmemdup(pool, path, (apr_size_t)(slash - path) + 1), &above) == 0 &&
           above.st_uid == 0 && (above.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

/* A directory that was found there. */
static bool may_have(const char *path, uid_t found, uid_t owner, apr_pool_t *pool)
{
    return found == owner || found == geteuid() || (geteuid() == 0 && is_guarded(path, pool));
}

bool kiosk_directory_check(const char *path, uid_t owner, const char **error, apr_pool_t *pool)
{
    struct stat found;

    if (lstat(path, &found) != 0 || (S_ISDIR(found.st_mode) && may_have(path, found.st_uid, owner, pool))) return true;
    *error = apr_psprintf(pool, "%s is no directory that can be given to user %lu: it belongs to user %lu", path,
                          (unsigned long)owner, (unsigned long)found.st_uid);
    return false;
}

/* What belonged to the earlier owner, and nothing else that stands there: whoever it was may have linked to a file of
 * others. O_PATH: the entry itself is looked at and given away, not what has taken its name meanwhile. */
static apr_status_t hand_over_entry(int directory, const char *name, uid_t from, uid_t owner)
{
    int entry = openat(directory, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    apr_status_t status = APR_SUCCESS;
    struct stat found;

    if (entry < 0) return errno == ENOENT ? APR_SUCCESS : errno;
    if (fstat(entry, &found) != 0 ||
        (found.st_uid == from && fchownat(entry, "", owner, (gid_t)-1, AT_EMPTY_PATH) != 0))
        status = errno;
    close(entry);
    return status;
}

static apr_status_t hand_over(int directory, uid_t from, uid_t owner)
{
    int fd = openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *list = fd >= 0 ? fdopendir(fd) : NULL;
    apr_status_t status = APR_SUCCESS;
    const struct dirent *entry;

    if (!list) {
        status = errno;
        if (fd >= 0) close(fd);
        return status;
    }
    while (status == APR_SUCCESS && (entry = readdir(list)) != NULL)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            status = hand_over_entry(directory, entry->d_name, from, owner);
    closedir(list);
    return status;
}

/* The directory last: who is stopped half-way finds it as it was. */
static apr_status_t settle(int fd, const char *path, uid_t owner, apr_pool_t *pool)
{
    struct stat found;
    apr_status_t status = APR_SUCCESS;

    if (fstat(fd, &found) != 0) return errno;
    if (!may_have(path, found.st_uid, owner, pool)) return APR_EACCES;
    if (found.st_uid != owner && found.st_uid != geteuid()) status = hand_over(fd, found.st_uid, owner);
    if (status != APR_SUCCESS) return status;
    return (found.st_uid != owner && fchown(fd, owner, (gid_t)-1) != 0) || fchmod(fd, 0700) != 0 ? errno : APR_SUCCESS;
}

apr_status_t kiosk_directory_make(const char *path, uid_t owner, apr_pool_t *pool)
{
    apr_status_t status;
    int fd;

    if (mkdir(path, 0700) != 0 && errno != EEXIST) return errno;
    fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) return errno;
    status = settle(fd, path, owner, pool);
    close(fd);
    return status;
}
