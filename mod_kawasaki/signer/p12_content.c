/* SPDX-License-Identifier: Apache-2.0
 *
 * A walk through a PKCS#12 file, done twice: without the password it only adds up the work, with it it decrypts and
 * collects. Not PKCS12_parse: that decrypts whatever it meets, at whatever price the file asks.
 */
#include "signer/p12_content.h"

#include "signer/p12_work.h"

#include <openssl/provider.h>

enum { KEY_BITS_MAX = 8192 };

typedef struct {
    const pin_t *password; /* NULL: no one is asked for yet */
    OSSL_LIB_CTX *library;
    int64_t rounds;
    int bags;
    STACK_OF(X509) * certificates;
    EVP_PKEY *keys[P12_BAGS_MAX];
    int key_count;
} walk_t;

static wire_code_t add_certificate(walk_t *walk, const PKCS12_SAFEBAG *bag)
{
    X509 *x509 = PKCS12_SAFEBAG_get1_cert(bag);
    if (!x509) return WIRE_OK; /* of another kind than X.509, or damaged: as if it were not there */
    if (sk_X509_push(walk->certificates, x509) > 0) return WIRE_OK;
    X509_free(x509);
    return WIRE_FAILED;
}

/* Only keys that our signatures are made with, of a size that a signature is made with in no time. */
static wire_code_t add_key(walk_t *walk, const PKCS8_PRIV_KEY_INFO *info)
{
    EVP_PKEY *key = info ? EVP_PKCS82PKEY(info) : NULL;
    if (!key) return WIRE_FILE_INVALID;
    bool usable = EVP_PKEY_is_a(key, "RSA") || EVP_PKEY_is_a(key, "EC");
    if (usable && EVP_PKEY_get_bits(key) <= KEY_BITS_MAX) {
        walk->keys[walk->key_count++] = key;
        return WIRE_OK;
    }
    EVP_PKEY_free(key);
    return usable ? WIRE_FILE_INVALID : WIRE_OK;
}

static wire_code_t open_key(walk_t *walk, const PKCS12_SAFEBAG *bag)
{
    const X509_SIG *shrouded = PKCS12_SAFEBAG_get0_pkcs8(bag);
    const X509_ALGOR *algorithm = NULL;

    if (!shrouded) return WIRE_FILE_INVALID;
    X509_SIG_get0(shrouded, &algorithm, NULL);
    if (!p12_work_encryption(&walk->rounds, algorithm)) return WIRE_FILE_INVALID;
    if (!walk->password) return WIRE_OK;
    PKCS8_PRIV_KEY_INFO *info =
        PKCS12_decrypt_skey_ex(bag, walk->password->bytes, (int)walk->password->size, walk->library, NULL);
    wire_code_t code = add_key(walk, info);
    PKCS8_PRIV_KEY_INFO_free(info);
    return code;
}

static wire_code_t open_bag(walk_t *walk, const PKCS12_SAFEBAG *bag)
{
    if (walk->bags-- == 0) return WIRE_FILE_INVALID;
    switch (PKCS12_SAFEBAG_get_nid(bag)) {
    case NID_pkcs8ShroudedKeyBag: return open_key(walk, bag);
    case NID_keyBag: return walk->password ? add_key(walk, PKCS12_SAFEBAG_get0_p8inf(bag)) : WIRE_OK;
    case NID_certBag: return walk->password ? add_certificate(walk, bag) : WIRE_OK;
    default: return WIRE_OK; /* CRLs, secrets, bags in bags: not what is looked for */
    }
}

static wire_code_t open_bags(walk_t *walk, STACK_OF(PKCS12_SAFEBAG) * bags)
{
    wire_code_t code = bags ? WIRE_OK : WIRE_FILE_INVALID;
    for (int i = 0; code == WIRE_OK && i < sk_PKCS12_SAFEBAG_num(bags); ++i)
        code = open_bag(walk, sk_PKCS12_SAFEBAG_value(bags, i));
    sk_PKCS12_SAFEBAG_pop_free(bags, PKCS12_SAFEBAG_free);
    return code;
}

/* Bags encrypted as a whole, which may hold encrypted ones again. */
static wire_code_t open_encrypted(walk_t *walk, const PKCS7_ENCRYPT *encrypted)
{
    const PKCS7_ENC_CONTENT *content = encrypted ? encrypted->enc_data : NULL;

    if (!content || !content->enc_data) return WIRE_FILE_INVALID;
    if (!p12_work_encryption(&walk->rounds, content->algorithm)) return WIRE_FILE_INVALID;
    if (!walk->password) return WIRE_OK;
    return open_bags(walk, PKCS12_item_decrypt_d2i_ex(content->algorithm, ASN1_ITEM_rptr(PKCS12_SAFEBAGS),
                                                      walk->password->bytes, (int)walk->password->size,
                                                      content->enc_data, 1, walk->library, NULL));
}

static wire_code_t open_safe(walk_t *walk, PKCS7 *safe)
{
    if (walk->bags-- == 0) return WIRE_FILE_INVALID;
    if (PKCS7_type_is_data(safe)) return open_bags(walk, PKCS12_unpack_p7data(safe));
    if (PKCS7_type_is_encrypted(safe)) return open_encrypted(walk, safe->d.encrypted);
    return WIRE_FILE_INVALID; /* encrypted to a certificate: nobody makes these */
}

static wire_code_t open_safes(walk_t *walk, const PKCS12 *p12)
{
    STACK_OF(PKCS7) *safes = PKCS12_unpack_authsafes(p12);
    wire_code_t code = safes ? WIRE_OK : WIRE_FILE_INVALID;
    for (int i = 0; code == WIRE_OK && i < sk_PKCS7_num(safes); ++i) code = open_safe(walk, sk_PKCS7_value(safes, i));
    sk_PKCS7_pop_free(safes, PKCS7_free);
    return code;
}

wire_code_t p12_content_read(PKCS12 **p12, span_t der)
{
    const unsigned char *at = (const unsigned char *)der.at;
    walk_t walk = {.rounds = P12_ROUNDS_MAX, .bags = P12_BAGS_MAX};

    *p12 = d2i_PKCS12(NULL, &at, (long)der.size);
    bool whole = *p12 && at == (const unsigned char *)der.at + der.size && p12_work_mac(&walk.rounds, *p12);
    wire_code_t code = whole ? open_safes(&walk, *p12) : WIRE_FILE_INVALID;
    if (code == WIRE_OK) return WIRE_OK;
    PKCS12_free(*p12);
    *p12 = NULL;
    return code;
}

/* The certificate that belongs to a key, and that key. */
static wire_code_t choose(walk_t *walk, X509 **x509, EVP_PKEY **key)
{
    for (int k = 0; k < walk->key_count; ++k) {
        for (int i = 0; i < sk_X509_num(walk->certificates); ++i) {
            X509 *candidate = sk_X509_value(walk->certificates, i);
            if (X509_check_private_key(candidate, walk->keys[k]) != 1) continue;
            if (X509_up_ref(candidate) != 1 || EVP_PKEY_up_ref(walk->keys[k]) != 1) return WIRE_FAILED;
            *x509 = candidate;
            *key = walk->keys[k];
            return WIRE_OK;
        }
    }
    return WIRE_CERT_MISSING;
}

static wire_code_t collect(walk_t *walk, X509 **x509, EVP_PKEY **key, PKCS12 *p12)
{
    if (!p12_work_mac(&walk->rounds, p12)) return WIRE_FILE_INVALID;
    if (PKCS12_verify_mac(p12, walk->password->bytes, (int)walk->password->size) != 1) return WIRE_PIN_WRONG;
    wire_code_t code = open_safes(walk, p12);
    return code == WIRE_OK ? choose(walk, x509, key) : code;
}

wire_code_t p12_content_open(X509 **x509, EVP_PKEY **key, PKCS12 *p12, const pin_t *password)
{
    walk_t walk = {.password = password, .rounds = P12_ROUNDS_MAX, .bags = P12_BAGS_MAX};
    wire_code_t code = WIRE_FAILED;

    /* RC2, which older Windows encrypts certificates with, is in the "legacy" provider. It is for this alone, so it
     * gets a library context of its own; where it isn't installed such a file is WIRE_FILE_INVALID. */
    walk.library = OSSL_LIB_CTX_new();
    OSSL_PROVIDER *standard = walk.library ? OSSL_PROVIDER_load(walk.library, "default") : NULL;
    OSSL_PROVIDER *legacy = walk.library ? OSSL_PROVIDER_load(walk.library, "legacy") : NULL;
    walk.certificates = sk_X509_new_null();
    if (standard && walk.certificates) code = collect(&walk, x509, key, p12);
    while (walk.key_count > 0) EVP_PKEY_free(walk.keys[--walk.key_count]);
    sk_X509_pop_free(walk.certificates, X509_free);
    if (legacy) OSSL_PROVIDER_unload(legacy);
    if (standard) OSSL_PROVIDER_unload(standard);
    OSSL_LIB_CTX_free(walk.library);
    return code;
}
