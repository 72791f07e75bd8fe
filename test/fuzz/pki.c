/* SPDX-License-Identifier: Apache-2.0
 *
 * Keys and certificates of test/card/certificates, for the targets that need right ones to begin with.
 */
#include "fuzz.h"

#include <openssl/pem.h>

const char *const fuzz_token_signers[FUZZ_SIGNERS] = {"card/auth", "person/auth-es256", "person/auth-es384"};
const char *const fuzz_form_signers[FUZZ_SIGNERS] = {"card/sign", "person/es256", "person/es384"};

static BIO *open_file(const char *name, const char *suffix)
{
    const char *folder = getenv("FUZZ_PKI");
    char path[4096];

    snprintf(path, sizeof path, "%s/%s%s", folder ? folder : ".", name, suffix);
    BIO *file = BIO_new_file(path, "r");
    if (!file) {
        fprintf(stderr, "%s can't be read (FUZZ_PKI: the folder of the test certificates)\n", path);
        exit(2);
    }
    return file;
}

X509 *pki_certificate(const char *name)
{
    BIO *file = open_file(name, ".crt");
    X509 *x509 = PEM_read_bio_X509(file, NULL, NULL, NULL);

    FUZZ_HOLDS(x509);
    BIO_free(file);
    return x509;
}

EVP_PKEY *pki_key(const char *name)
{
    BIO *file = open_file(name, ".key");
    EVP_PKEY *key = PEM_read_bio_PrivateKey(file, NULL, NULL, NULL);

    FUZZ_HOLDS(key);
    BIO_free(file);
    return key;
}
