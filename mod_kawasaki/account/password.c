/* SPDX-License-Identifier: Apache-2.0
 *
 * libcrypt at work. Not for what a good password is: that is the rules' word.
 */
#include "account/password.h"

#include "base/error.h"
#include "base/secret.h"

#include <crypt.h>

#define SECRET_MAX_BYTES 256
#define METHOD           "$y$" /* yescrypt, at libcrypt's default cost */

/* Of 32 random bytes that nobody kept: compared with when there is no account, at the cost of a real hash. */
static const char nobody[] = "$y$j9T$5WNSCt52lyfidxWpD5hB40$K.6GhUGn/Wij4.KvyFomjVDoQ9xWuBZmcntGyzYEz.7";

static bool usable(span_t secret)
{
    return secret.size > 0 && secret.size <= SECRET_MAX_BYTES && !memchr(secret.at, '\0', secret.size);
}

/* Runs libcrypt on a copy that is wiped, as is all it worked with; the result is copied to output. */
static bool digest(span_t secret, const char *setting, char output[CRYPT_OUTPUT_SIZE])
{
    char phrase[SECRET_MAX_BYTES + 1];
    struct crypt_data data;
    const char *hash;

    memset(&data, 0, sizeof data);
    memcpy(phrase, secret.at, secret.size);
    phrase[secret.size] = '\0';
    hash = crypt_rn(phrase, setting, &data, (int)sizeof data);
    if (hash) apr_cpystrn(output, hash, CRYPT_OUTPUT_SIZE);
    secret_wipe(phrase, sizeof phrase);
    secret_wipe(&data, sizeof data);
    return hash != NULL;
}

apr_status_t password_hash(span_t secret, const char **hash, apr_pool_t *pool)
{
    char setting[CRYPT_GENSALT_OUTPUT_SIZE], output[CRYPT_OUTPUT_SIZE];

    if (!usable(secret)) return BASE_EMALFORMED;
    if (!crypt_gensalt_rn(METHOD, 0, NULL, 0, setting, (int)sizeof setting)) return APR_FROM_OS_ERROR(errno);
    if (!digest(secret, setting, output)) return APR_FROM_OS_ERROR(errno);
    *hash = apr_pstrdup(pool, output);
    return APR_SUCCESS;
}

bool password_matches(span_t secret, const char *hash)
{
    char output[CRYPT_OUTPUT_SIZE];

    if (!usable(secret)) return false;
    if (!digest(secret, hash ? hash : nobody, output)) return false;
    return hash && secret_equal(span_of(output), span_of(hash));
}

/* 32 letters, so a byte's low bits choose fairly. Small ones only, and none that is read for another: no 0 and o, no 1
 * and l. */
apr_status_t password_one_time(char text[PASSWORD_ONE_TIME + 1])
{
    static const char alphabet[] = "23456789abcdefghijkmnpqrstuvwxyz";
    unsigned char random[PASSWORD_ONE_TIME];
    apr_status_t status = secret_random(random, sizeof random);

    if (status != APR_SUCCESS) return status;
    for (int i = 0; i < PASSWORD_ONE_TIME; i++) text[i] = alphabet[random[i] & 31];
    text[PASSWORD_ONE_TIME] = '\0';
    secret_wipe(random, sizeof random);
    return APR_SUCCESS;
}
