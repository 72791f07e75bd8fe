/* SPDX-License-Identifier: Apache-2.0
 *
 * OpenSSL's RSA_METHOD with one function of ours. It is deprecated since 3.0, in favour of providers; but a provider
 * that lends out one private operation is several hundred lines of dispatch tables, and 3.x supports the method
 * throughout. That choice ends here: whoever uses the key sees an EVP_PKEY. Cards and APDUs are not known here.
 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "signer/card_key.h"

#include <openssl/core_names.h>
#include <openssl/rsa.h>
#include <stdlib.h>

enum { BITS_LEAST = 2048, BITS_MOST = 8192, BYTES_MOST = BITS_MOST / 8 };

struct card_key_t {
    RSA_METHOD *method;
    EVP_PKEY *evp;
    EVP_PKEY *public; /* the certificate's own */
    card_signer_t signer;
    wire_code_t trouble;
};

/* Against a card that computes wrongly: such a signature could tell its key. */
static bool verifies(const card_key_t *key, const unsigned char *digest_info, apr_size_t digest_info_size,
                     const unsigned char *signature, apr_size_t size)
{
    unsigned char recovered[BYTES_MOST];
    size_t recovered_size = sizeof recovered;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key->public, NULL);
    bool right = context && EVP_PKEY_verify_recover_init(context) == 1 &&
                 EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1 &&
                 EVP_PKEY_verify_recover(context, recovered, &recovered_size, signature, size) == 1 &&
                 recovered_size == digest_info_size && memcmp(recovered, digest_info, digest_info_size) == 0;
    EVP_PKEY_CTX_free(context);
    return right;
}

/* RSA_METHOD's rsa_priv_enc: `to` has room for RSA_size bytes. */
static int sign(int size, const unsigned char *from, unsigned char *to, RSA *rsa, int padding)
{
    card_key_t *key = RSA_get_app_data(rsa);
    apr_size_t wanted = (apr_size_t)RSA_size(rsa), made = wanted;

    key->trouble = WIRE_FAILED;
    if (size <= 0 || padding != RSA_PKCS1_PADDING) return -1;
    key->trouble = key->signer.sign(key->signer.context, from, (apr_size_t)size, to, &made);
    if (key->trouble == WIRE_OK && (made != wanted || !verifies(key, from, (apr_size_t)size, to, made)))
        key->trouble = WIRE_UNSUPPORTED_CARD;
    return key->trouble == WIRE_OK ? (int)made : -1;
}

static RSA *make_rsa(card_key_t *key)
{
    BIGNUM *n = NULL, *e = NULL;
    RSA *rsa = RSA_new();
    if (rsa && EVP_PKEY_get_bn_param(key->public, OSSL_PKEY_PARAM_RSA_N, &n) == 1 &&
        EVP_PKEY_get_bn_param(key->public, OSSL_PKEY_PARAM_RSA_E, &e) == 1 && RSA_set0_key(rsa, n, e, NULL) == 1) {
        if (RSA_set_app_data(rsa, key) == 1 && RSA_set_method(rsa, key->method) == 1) return rsa;
    } else {
        BN_free(n);
        BN_free(e);
    }
    RSA_free(rsa);
    return NULL;
}

wire_code_t card_key_make(card_key_t **made, X509 *x509, const card_signer_t *signer)
{
    EVP_PKEY *public = X509_get0_pubkey(x509);
    if (!public || !EVP_PKEY_is_a(public, "RSA") || EVP_PKEY_get_bits(public) < BITS_LEAST ||
        EVP_PKEY_get_bits(public) > BITS_MOST)
        return WIRE_UNSUPPORTED_CARD;

    card_key_t *key = calloc(1, sizeof *key);
    if (!key) return WIRE_FAILED;
    key->signer = *signer;
    key->public = EVP_PKEY_up_ref(public) == 1 ? public : NULL;
    key->method = RSA_meth_dup(RSA_PKCS1_OpenSSL());
    key->evp = EVP_PKEY_new();
    RSA *rsa = NULL;
    if (key->public && key->method && key->evp && RSA_meth_set_priv_enc(key->method, sign) == 1) rsa = make_rsa(key);
    if (rsa && EVP_PKEY_assign_RSA(key->evp, rsa) == 1) {
        *made = key;
        return WIRE_OK;
    }
    RSA_free(rsa);
    card_key_free(key);
    return WIRE_FAILED;
}

EVP_PKEY *card_key_evp(card_key_t *key)
{
    return key->evp;
}

wire_code_t card_key_trouble(const card_key_t *key)
{
    return key->trouble;
}

void card_key_free(card_key_t *key)
{
    if (!key) return;
    EVP_PKEY_free(key->evp);
    EVP_PKEY_free(key->public);
    RSA_meth_free(key->method);
    free(key);
}
