/* SPDX-License-Identifier: Apache-2.0 */
#include "httpd/kiosk_socket.h"

#include "httpd/kiosk_directory.h"

#include <apr_strings.h>
#include <fcntl.h>
#include <http_config.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <unixd.h>

#define DIRECTORY "kawasaki-kiosk"
#define QUEUE     16 /* requests that wait while one is served; a kiosk has one */

/* What outlives this module's code (httpd/shared.c); a change to the structure takes another number in the key. */
#define RETAINED_KEY "mod_kawasaki:kiosk:1"
typedef struct {
    struct sockaddr_un address; /* sun_path "" is not yet */
    uid_t owner;
    int listener;
} retained_t;

static retained_t *retained(void)
{
    retained_t *found = ap_retained_data_get(RETAINED_KEY);
    return found ? found : ap_retained_data_create(RETAINED_KEY, sizeof *found);
}

const char *kiosk_socket_path(apr_pool_t *pool)
{
    const char *path = ap_runtime_dir_relative(pool, DIRECTORY "/socket");
    return path && strlen(path) < sizeof((struct sockaddr_un *)NULL)->sun_path ? path : NULL;
}

const char *kiosk_socket_directory(apr_pool_t *pool)
{
    return ap_runtime_dir_relative(pool, DIRECTORY);
}

uid_t kiosk_socket_owner(void)
{
    return geteuid() == 0 ? ap_unixd_config.user_id : geteuid();
}

/* EADDRINUSE when somebody listens there. A socket that nobody listens at any more is left behind by every server. */
static apr_status_t check_free(int fd, const struct sockaddr *name, const char *path)
{
    if (connect(fd, name, sizeof(struct sockaddr_un)) == 0 || errno == EAGAIN) return EADDRINUSE;
    if (errno == ENOENT) return APR_SUCCESS;
    return errno == ECONNREFUSED && unlink(path) == 0 ? APR_SUCCESS : errno;
}

static apr_status_t listen_at(int *listener, const struct sockaddr_un *address)
{
    const struct sockaddr *name = (const struct sockaddr *)(const void *)address;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    apr_status_t status;

    if (fd < 0) return errno;
    status = check_free(fd, name, address->sun_path);
    if (status == APR_SUCCESS &&
        (bind(fd, name, sizeof *address) != 0 || listen(fd, QUEUE) != 0 || fcntl(fd, F_SETFL, 0) != 0))
        status = errno;
    if (status != APR_SUCCESS) close(fd);
    *listener = fd;
    return status;
}

/* What is done in a directory that belongs to the user is done with the user's rights, not with root's. */
static apr_status_t listen_as(int *listener, const struct sockaddr_un *address, uid_t owner)
{
    const uid_t user = geteuid();
    const gid_t group = getegid();
    const mode_t mask = umask(0177);
    apr_status_t status = APR_SUCCESS;

    if (user != owner && (setegid(ap_unixd_config.group_id) != 0 || seteuid(owner) != 0)) status = errno;
    if (status == APR_SUCCESS) status = listen_at(listener, address);
    umask(mask);
    return seteuid(user) == 0 && setegid(group) == 0 ? status : errno;
}

apr_status_t kiosk_socket_open(int *listener, const char *path, apr_pool_t *pool)
{
    retained_t *kept = retained();
    retained_t made = {.address = {.sun_family = AF_UNIX}, .owner = kiosk_socket_owner()};
    apr_status_t status;

    apr_cpystrn(made.address.sun_path, path, sizeof made.address.sun_path);
    if (strcmp(kept->address.sun_path, path) != 0 || kept->owner != made.owner) {
        status = kiosk_directory_make(kiosk_socket_directory(pool), made.owner, pool);
        if (status == APR_SUCCESS) status = listen_as(&made.listener, &made.address, made.owner);
        if (status != APR_SUCCESS) return status;
        if (kept->address.sun_path[0]) close(kept->listener);
        *kept = made;
    }
    *listener = kept->listener;
    return APR_SUCCESS;
}

void kiosk_socket_child_init(void)
{
    const retained_t *kept = retained();
    if (kept->address.sun_path[0]) close(kept->listener);
}
