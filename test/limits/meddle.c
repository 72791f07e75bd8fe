/* SPDX-License-Identifier: Apache-2.0
 *
 * Preloaded into httpd (LD_PRELOAD) by test/limits/run: counts the secrets that are compared, ends the process at a
 * chosen step, fills the disk. The production code has no hook for it: what is wrapped is libcrypt's crypt_rn,
 * sqlite3_step and pwrite64. Not for measuring. The file that MEDDLE names holds the page that all processes share and
 * that the test reads and writes (lib/Site.pm).
 */
#include <crypt.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

typedef struct sqlite3_stmt sqlite3_stmt;
int sqlite3_step(sqlite3_stmt *statement);
const char *sqlite3_sql(sqlite3_stmt *statement);

typedef struct {
    _Atomic int64_t hashes; /* calls of crypt_rn */
    _Atomic int64_t fuse;   /* the process that takes it from 1 to 0 is killed there; 0: out */
    _Atomic int64_t full;   /* from this write on (1: the next) the disk is full; 0: there is room */
    char place[64];         /* where the fuse burnt down */
} page_t;

static page_t unused;
static page_t *page = &unused;

/* The threads that follow the database are no visitors: their steps don't burn the fuse. */
static _Thread_local int is_chore;

__attribute__((constructor)) static void open_page(void)
{
    const char *file = getenv("MEDDLE");
    int descriptor = file ? open(file, O_RDWR | O_CLOEXEC) : -1;
    void *memory =
        descriptor < 0 ? MAP_FAILED : mmap(NULL, sizeof *page, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);

    if (memory != MAP_FAILED) page = memory;
    if (descriptor >= 0) close(descriptor);
}

/* A function pointer is no object pointer: copied, as POSIX has it. */
static void find(void *function, const char *name)
{
    void *found = dlsym(RTLD_NEXT, name);

    if (!found) abort();
    memcpy(function, &found, sizeof found);
}

/* One down, not below the least; what it was. */
static int64_t count_down(_Atomic int64_t *counter, int64_t least)
{
    int64_t left = atomic_load(counter);

    while (left > least && !atomic_compare_exchange_weak(counter, &left, left - 1)) continue;
    return left;
}

static void burn(const char *when, const char *what)
{
    if (is_chore || gettid() == getpid() || count_down(&page->fuse, 0) != 1) return;
    snprintf(page->place, sizeof page->place, "%s %s", when, what);
    kill(getpid(), SIGKILL);
}

char *crypt_rn(const char *phrase, const char *setting, void *data, int size)
{
    char *(*real)(const char *, const char *, void *, int);
    char *result;

    find(&real, "crypt_rn");
    burn("before", "the secret is compared");
    atomic_fetch_add(&page->hashes, 1);
    result = real(phrase, setting, data, size);
    burn("after", "the secret is compared");
    return result;
}

int sqlite3_step(sqlite3_stmt *statement)
{
    const char *text = sqlite3_sql(statement);
    int (*real)(sqlite3_stmt *), result;

    find(&real, "sqlite3_step");
    if (!text) text = "";
    if (strstr(text, "event_number n LEFT JOIN event")) is_chore = 1;
    if (!*text || strncmp(text, "PRAGMA", 6) == 0) return real(statement); /* a connection being made */
    burn("before", text);
    result = real(statement);
    burn("after", text);
    return result;
}

ssize_t pwrite64(int descriptor, const void *bytes, size_t size, off64_t offset)
{
    ssize_t (*real)(int, const void *, size_t, off64_t);

    if (count_down(&page->full, 1) == 1) {
        errno = ENOSPC;
        return -1;
    }
    find(&real, "pwrite64");
    return real(descriptor, bytes, size, offset);
}
