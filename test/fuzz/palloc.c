/* SPDX-License-Identifier: Apache-2.0
 *
 * APR's pools cut pieces out of large blocks, so that a sanitizer sees no border between them. Here every piece is a
 * block of malloc's own: this apr_palloc comes before libapr's, also for libapr itself.
 */
#include "fuzz.h"

#include <apr_general.h>

#define PIECES_MAX (1 << 20)

static void *pieces[PIECES_MAX];
static size_t piece_count, kept; /* the first ones are libapr's own, for good */

void *apr_palloc(apr_pool_t *pool, apr_size_t size)
{
    void *piece = malloc(size ? size : 1);

    (void)pool;
    if (!piece || piece_count == PIECES_MAX) abort();
    return pieces[piece_count++] = piece;
}

apr_pool_t *fuzz_begin(void)
{
    static bool initialized;
    apr_pool_t *pool;

    if (!initialized) {
        apr_initialize();
        kept = piece_count;
        initialized = true;
    }
    apr_pool_create(&pool, NULL);
    return pool;
}

void fuzz_end(apr_pool_t *pool)
{
    apr_pool_destroy(pool); /* its cleanups still need the pieces */
    while (piece_count > kept) free(pieces[--piece_count]);
}
