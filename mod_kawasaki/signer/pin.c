/* SPDX-License-Identifier: Apache-2.0 */
#include "signer/pin.h"

#include "base/error.h"
#include "base/secret.h"
#include "wire/frame.h"

#include <errno.h>
#include <malloc.h>
#include <openssl/crypto.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

/* What pin_free must know of the memory that a PIN lies in. */
typedef struct {
    pin_t pin; /* first: its address is the pages' */
    apr_pool_t *pool;
} pin_room_t;

typedef struct {
    void *bytes;
    apr_size_t size;
} pages_t;

static apr_status_t give_back(void *context)
{
    const pages_t *pages = context;

    secret_wipe(pages->bytes, pages->size);
    return munmap(pages->bytes, pages->size) == 0 ? APR_SUCCESS : errno;
}

/* OpenSSL's memory. Its key derivation for PKCS#12 frees the password unwiped, so all that it frees is wiped here. */
static void *get_bytes(size_t size, const char *file, int line)
{
    (void)file, (void)line;
    return malloc(size);
}

static void free_bytes(void *bytes, const char *file, int line)
{
    (void)file, (void)line;
    if (bytes) secret_wipe(bytes, malloc_usable_size(bytes));
    free(bytes);
}

/* realloc would leave the old bytes behind. */
static void *resize_bytes(void *bytes, size_t size, const char *file, int line)
{
    size_t before = bytes ? malloc_usable_size(bytes) : 0;
    void *moved = size ? malloc(size) : NULL;

    if (size && !moved) return NULL;
    if (moved && bytes) memcpy(moved, bytes, before < size ? before : size);
    free_bytes(bytes, file, line);
    return moved;
}

apr_status_t pin_protect_process(void)
{
    const struct rlimit none = {0, 0};

    if (CRYPTO_set_mem_functions(get_bytes, resize_bytes, free_bytes) != 1) return APR_EGENERAL;
    return setrlimit(RLIMIT_CORE, &none) == 0 && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 ? APR_SUCCESS : errno;
}

apr_status_t pin_memory(void **bytes, apr_size_t size, apr_pool_t *pool)
{
    void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    pages_t *pages = apr_palloc(pool, sizeof *pages);

    if (at == MAP_FAILED) return errno;
    *pages = (pages_t){at, size};
    if (mlock(at, size) != 0 || madvise(at, size, MADV_DONTDUMP) != 0 || madvise(at, size, MADV_DONTFORK) != 0) {
        apr_status_t status = errno;
        munmap(at, size);
        return status;
    }
    apr_pool_cleanup_register(pool, pages, give_back, apr_pool_cleanup_null);
    *bytes = at;
    return APR_SUCCESS;
}

apr_status_t pin_create(pin_t **pin, apr_pool_t *pool)
{
    void *bytes;
    apr_pool_t *own;
    apr_status_t status = apr_pool_create(&own, pool);

    if (status != APR_SUCCESS) return status;
    status = pin_memory(&bytes, sizeof(pin_room_t), own);
    if (status != APR_SUCCESS) {
        apr_pool_destroy(own);
        return status;
    }
    ((pin_room_t *)bytes)->pool = own;
    *pin = &((pin_room_t *)bytes)->pin;
    return APR_SUCCESS;
}

void pin_free(pin_t *pin)
{
    if (pin) apr_pool_destroy(((pin_room_t *)(void *)pin)->pool);
}

static apr_status_t read_byte(char *byte, int fd, apr_time_t until)
{
    for (;;) {
        struct pollfd at = {fd, POLLIN, 0};
        apr_time_t left = until - frame_clock();
        int ready = left > 0 ? poll(&at, 1, (int)apr_time_as_msec(left) + 1) : 0;
        ssize_t got = ready > 0 ? read(fd, byte, 1) : ready;
        if (ready == 0) return APR_TIMEUP;
        if (got >= 0) return got == 1 ? APR_SUCCESS : APR_EOF;
        if (errno != EINTR && errno != EAGAIN) return errno;
    }
}

apr_status_t pin_read(pin_t *pin, int fd, apr_time_t until)
{
    apr_status_t status;
    char *next = pin->bytes;

    pin->size = 0;
    /* The byte behind the last that may be there is the line's end. */
    while ((status = read_byte(next, fd, until)) == APR_SUCCESS && *next != '\n') {
        if (pin->size == PIN_MAX) return BASE_ETOOBIG;
        next = &pin->bytes[++pin->size];
    }
    if (status != APR_SUCCESS && !APR_STATUS_IS_EOF(status)) return status;
    if (pin->size > 0 && pin->bytes[pin->size - 1] == '\r') pin->size--;
    pin->bytes[pin->size] = '\0';
    return pin->size > 0 ? APR_SUCCESS : APR_EOF;
}
