/* SPDX-License-Identifier: Apache-2.0 */
#include "base/secret.h"

#include "base/error.h"

#include <apr_general.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static int value_of(char letter)
{
    if (letter >= 'A' && letter <= 'Z') return letter - 'A';
    if (letter >= 'a' && letter <= 'z') return letter - 'a' + 26;
    if (letter >= '0' && letter <= '9') return letter - '0' + 52;
    if (letter == '-') return 62;
    return letter == '_' ? 63 : -1;
}

apr_status_t secret_random(unsigned char *bytes, apr_size_t size)
{
    return apr_generate_random_bytes(bytes, size);
}

bool secret_equal(span_t a, span_t b)
{
    return a.size == b.size && CRYPTO_memcmp(a.at, b.at, a.size) == 0;
}

void secret_wipe(void *bytes, apr_size_t size)
{
    OPENSSL_cleanse(bytes, size);
}

apr_status_t secret_digest(span_t data, unsigned char digest[SECRET_DIGEST_SIZE])
{
    unsigned int size = 0;
    return EVP_Digest(data.at, data.size, digest, &size, EVP_sha256(), NULL) == 1 ? APR_SUCCESS : APR_EGENERAL;
}

apr_status_t secret_mac(span_t key, span_t data, unsigned char mac[SECRET_DIGEST_SIZE])
{
    unsigned int size = 0;
    return HMAC(EVP_sha256(), key.at, (int)key.size, (const unsigned char *)data.at, data.size, mac, &size)
               ? APR_SUCCESS
               : APR_EGENERAL;
}

char *secret_base64url(apr_pool_t *pool, const unsigned char *bytes, apr_size_t size)
{
    char *text = apr_palloc(pool, size / 3 * 4 + 5);
    apr_size_t used = 0;
    for (apr_size_t i = 0; i < size; i += 3) {
        unsigned int left = (unsigned int)(size - i < 3 ? size - i : 3);
        unsigned int bits = (unsigned int)bytes[i] << 16;
        if (left > 1) bits |= (unsigned int)bytes[i + 1] << 8;
        if (left > 2) bits |= bytes[i + 2];
        for (unsigned int k = 0; k <= left; k++) text[used++] = alphabet[bits >> (18 - 6 * k) & 63];
    }
    text[used] = '\0';
    return text;
}

apr_status_t secret_base64url_decode(span_t text, unsigned char *bytes, apr_size_t size)
{
    unsigned int bits = 0, held = 0;
    apr_size_t used = 0;

    if (text.size != (size * 4 + 2) / 3) return BASE_EMALFORMED;
    for (apr_size_t i = 0; i < text.size; i++) {
        int value = value_of(text.at[i]);
        if (value < 0) return BASE_EMALFORMED;
        bits = bits << 6 | (unsigned int)value;
        held += 6;
        if (held < 8) continue;
        held -= 8;
        bytes[used++] = (unsigned char)(bits >> held);
        bits &= (1u << held) - 1;
    }
    return bits == 0 && used == size ? APR_SUCCESS : BASE_EMALFORMED;
}
