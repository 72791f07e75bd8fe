/* SPDX-License-Identifier: Apache-2.0 */
#include "cert/algorithm.h"

#include <openssl/objects.h>
#include <string.h>

#define RSA_BITS_LEAST    2048
#define DIGEST_SIZE_LEAST 32

static const cert_algorithm_t algorithms[] = {{"RS256", "RSA", NULL, "SHA256", 0},
                                              {"ES256", "EC", "prime256v1", "SHA256", 32},
                                              {"ES384", "EC", "secp384r1", "SHA384", 48}};

static bool fits(const EVP_PKEY *key, const cert_algorithm_t *algorithm)
{
    char group[32];
    size_t size = 0;
    if (!EVP_PKEY_is_a(key, algorithm->type)) return false;
    if (!algorithm->group) return EVP_PKEY_get_bits(key) >= RSA_BITS_LEAST;
    return EVP_PKEY_get_group_name(key, group, sizeof group, &size) == 1 && strcmp(group, algorithm->group) == 0;
}

const cert_algorithm_t *cert_algorithm_of(const EVP_PKEY *key)
{
    for (size_t i = 0; i < sizeof algorithms / sizeof *algorithms; i++) {
        if (fits(key, &algorithms[i])) return &algorithms[i];
    }
    return NULL;
}

bool cert_algorithm_is_strong(int signature_nid)
{
    int digest = NID_undef;
    int key = NID_undef;
    if (!OBJ_find_sigid_algs(signature_nid, &digest, &key)) return false;
    const EVP_MD *md = EVP_get_digestbynid(digest);
    return md && EVP_MD_get_size(md) >= DIGEST_SIZE_LEAST;
}
