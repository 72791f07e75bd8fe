/* SPDX-License-Identifier: Apache-2.0 */
#define OPENSSL_SUPPRESS_DEPRECATED /* a key that isn't in memory is OpenSSL 3.0's RSA_METHOD, or a whole provider */
#include "counted_key.h"
#include "test.h"

#include <openssl/rsa.h>

static int sign(int size, const unsigned char *from, unsigned char *to, RSA *rsa, int padding)
{
    counted_key_t *card = RSA_get_ex_data(rsa, 0);
    card->operations++;
    if (card->is_out) return -1;
    RSA *inner = EVP_PKEY_get1_RSA(card->inner);
    int made = RSA_private_encrypt(size, from, to, inner, padding);
    RSA_free(inner);
    return made;
}

void counted_key_make(counted_key_t *card, EVP_PKEY *inner)
{
    RSA *from = EVP_PKEY_get1_RSA(inner);
    RSA *rsa = RSA_new();
    RSA_METHOD *method = RSA_meth_dup(RSA_PKCS1_OpenSSL());

    *card = (counted_key_t){.key = EVP_PKEY_new(), .inner = inner, .method = method};
    assert_true(from && rsa && method && card->key);
    assert_int_equal(RSA_meth_set_priv_enc(method, sign), 1);
    assert_int_equal(RSA_set0_key(rsa, BN_dup(RSA_get0_n(from)), BN_dup(RSA_get0_e(from)), NULL), 1);
    assert_int_equal(RSA_set_method(rsa, method), 1);
    assert_int_equal(RSA_set_ex_data(rsa, 0, card), 1);
    assert_int_equal(EVP_PKEY_assign_RSA(card->key, rsa), 1);
    RSA_free(from);
}

void counted_key_free(counted_key_t *card)
{
    EVP_PKEY_free(card->key);
    RSA_meth_free(card->method);
}
