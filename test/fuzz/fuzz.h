/* SPDX-License-Identifier: Apache-2.0
 *
 * What the fuzz targets share: a pool for each input whose pieces ASan can tell apart (palloc.c), a check that stays on
 * without NDEBUG, the test certificates (pki.c) and a mutator that knows DER (der.c). A target is
 * LLVMFuzzerTestOneInput in a file of its own; run builds and runs them.
 */
#ifndef FUZZ_FUZZ_H
#define FUZZ_FUZZ_H

#include "base/span.h"

#include <openssl/x509.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* What libFuzzer calls: once at the start, for each input, and (where a target has its own) to change an input of at
 * most `room` bytes; and what it offers for the last, its own way to change bytes. */
int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t room, unsigned int seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t room);

/* What the seeds' tokens and forms are over. */
#define FUZZ_ORIGIN  "https://fuzz.example"
#define FUZZ_NONCE   "BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
#define FUZZ_CONTENT "what was signed\n"

/* Who signs the seeds' tokens and forms: one for each algorithm. */
#define FUZZ_SIGNERS 3
extern const char *const fuzz_token_signers[FUZZ_SIGNERS], *const fuzz_form_signers[FUZZ_SIGNERS];

/* A pool for one input, one at a time; fuzz_end destroys it. */
apr_pool_t *fuzz_begin(void);
void fuzz_end(apr_pool_t *pool);

/* A file of test/card/certificates, "card/sign", from the folder that FUZZ_PKI names; the program ends where there is
 * none. The caller frees it. */
X509 *pki_certificate(const char *name);
EVP_PKEY *pki_key(const char *name);

/* Changes an input that is DER behind its first `skip` bytes: mostly one element of it, with the lengths of all around
 * it put right again; else just some bytes. Returns the new size. */
size_t der_mutate(uint8_t *data, size_t size, size_t room, size_t skip, unsigned int seed);

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
