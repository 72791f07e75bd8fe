/* SPDX-License-Identifier: Apache-2.0
 *
 * What the fuzz targets share: a pool for each input whose pieces ASan can tell apart (palloc.c), and a check that
 * stays on without NDEBUG. A target is LLVMFuzzerTestOneInput in a file of its own; run builds and runs them.
 */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include "base/span.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A pool for one input, one at a time; fuzz_end destroys it. */
apr_pool_t *fuzz_begin(void);
void fuzz_end(apr_pool_t *pool);

static inline span_t fuzz_span(const uint8_t *data, size_t size)
{
    return (span_t){(const char *)data, size};
}

/* What must hold for every input: a finding when it does not. */
#define FUZZ_HOLDS(condition)                                                                                          \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition);                             \
            abort();                                                                                                   \
        }                                                                                                              \
    } while (0)

#endif
