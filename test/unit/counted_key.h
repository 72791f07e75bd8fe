/* SPDX-License-Identifier: Apache-2.0
 *
 * A key as a card has it: a public half that anybody may read, and a private operation that is asked for, here counted
 * and, when the card is out, refused.
 */
#ifndef TEST_COUNTED_KEY_H
#define TEST_COUNTED_KEY_H

#include <openssl/evp.h>
#include <stdbool.h>

typedef struct {
    EVP_PKEY *key;
    EVP_PKEY *inner; /* whose numbers it has */
    int operations;  /* private ones, so far */
    bool is_out;
    void *method;
} counted_key_t;

/* Around an RSA key, which must outlive it. */
void counted_key_make(counted_key_t *card, EVP_PKEY *inner);
void counted_key_free(counted_key_t *card);

#endif
