/* SPDX-License-Identifier: Apache-2.0
 *
 * A PIN in the helper's memory: in pages that are locked and left out of core files, wiped at the end. Never in argv,
 * environment, log, or a pool.
 */
#ifndef SIGNER_PIN_H
#define SIGNER_PIN_H

#include "wire/code.h"

#include <apr_errno.h>
#include <apr_time.h>

#define PIN_MAX 128 /* bytes; passwords of certificate files are the longest */

typedef struct {
    apr_size_t size;
    char bytes[PIN_MAX + 1]; /* NUL behind the last */
} pin_t;

/* Called once at the start, before OpenSSL: no core, no ptrace by others of the same user (PR_SET_DUMPABLE 0), and what
 * OpenSSL frees is wiped. APR_EGENERAL: OpenSSL was in use already. */
apr_status_t pin_protect_process(void);

/* Zeroed bytes of locked memory, neither in core files nor in child processes; wiped and given back with the pool. */
apr_status_t pin_memory(void **bytes, apr_size_t size, apr_pool_t *pool);

/* Room for one PIN, in locked memory of its own; wiped and given back by pin_free, at the latest with the pool. When
 * the kernel refuses to lock, that is an error: a PIN never lies where it could be swapped out. */
apr_status_t pin_create(pin_t **pin, apr_pool_t *pool);
void pin_free(pin_t *pin);

/* Reads the first line of a descriptor (`--pin-fd`), without its end, byte by byte so that nothing behind it is taken.
 * APR_EOF: nothing there; BASE_ETOOBIG; APR_TIMEUP at `until` (frame_clock). */
apr_status_t pin_read(pin_t *pin, int fd, apr_time_t until);

#endif
