/* SPDX-License-Identifier: Apache-2.0
 *
 * cert/cms: signed forms that OpenSSL's program accepts, forms that OpenSSL made, and everything that is not quite one.
 */
#include "cert/cms.h"
#include "certificates.h"
#include "counted_key.h"
#include "test.h"

#include <apr_file_io.h>
#include <openssl/cms.h>
#include <openssl/ess.h>
#include <openssl/rsa.h>
#include <stdlib.h>

#define CONTENT SPAN("kawasaki-manifest 1\nname\t\xe6\xb0\x8f\xe5\x90\x8d\tx\r\n\n")
#define FLAGS   (CMS_DETACHED | CMS_BINARY | CMS_PARTIAL | CMS_NOSMIMECAP | CMS_CADES)

static apr_pool_t *pool;
static const char *directory;
static EVP_PKEY *key; /* of card/sign */
static X509 *x509;

static span_t make(const char *name)
{
    span_t cms;
    EVP_PKEY *its_key = certificates_key(directory, name, pool);
    X509 *its_x509 = certificates_x509(directory, name, pool);
    assert_int_equal(cert_cms_make(&cms, its_key, its_x509, CONTENT, pool), APR_SUCCESS);
    return cms;
}

/* The verdict; every refusal says why and gives no certificate. */
static cert_code_t verify(span_t cms, span_t content)
{
    cert_t *cert = NULL;
    const char *why = NULL;
    cert_code_t code = cert_cms_verify(&cert, cms, content, &why, pool);
    assert_true((code == CERT_OK) == (cert != NULL));
    if (code != CERT_OK) assert_non_null(why);
    return code;
}

static const char *write_file(const char *name, span_t bytes)
{
    apr_file_t *out;
    const char *path = apr_psprintf(pool, "%s/%s", directory, name);
    assert_int_equal(apr_file_open(&out, path, APR_WRITE | APR_CREATE | APR_TRUNCATE, 0600, pool), APR_SUCCESS);
    assert_int_equal(apr_file_write_full(out, bytes.at, bytes.size, NULL), APR_SUCCESS);
    apr_file_close(out);
    return path;
}

static span_t flipped(span_t bytes, apr_size_t at)
{
    char *copy = span_text(pool, bytes);
    copy[at] = (char)(copy[at] ^ 1);
    return (span_t){copy, bytes.size};
}

/* Does `openssl cms -verify -cades -binary` accept it? */
static bool openssl_accepts(span_t cms, span_t content, const char *authority)
{
    const char *command =
        apr_psprintf(pool,
                     "openssl cms -verify -cades -binary -inform DER -in %s -content %s -CAfile %s/%s -purpose any "
                     "-out /dev/null 2>/dev/null",
                     write_file("form.cms", cms), write_file("form", content), directory, authority);
    return system(command) == 0;
}

static span_t der_of(CMS_ContentInfo *cms)
{
    unsigned char *der = NULL;
    int size = i2d_CMS_ContentInfo(cms, &der);
    assert_true(size > 0);
    span_t copy = span_copy(pool, (span_t){(const char *)der, (apr_size_t)size});
    OPENSSL_free(der);
    CMS_ContentInfo_free(cms);
    return copy;
}

static BIO *content_bio(void)
{
    return BIO_new_mem_buf(CONTENT.at, (int)CONTENT.size);
}

/* A form with one signer, made otherwise than ours. */
static CMS_ContentInfo *begun(unsigned int flags, const EVP_MD *digest, CMS_SignerInfo **signer)
{
    CMS_ContentInfo *cms = CMS_sign(NULL, NULL, NULL, NULL, flags | CMS_PARTIAL);
    assert_non_null(cms);
    CMS_SignerInfo *added = CMS_add1_signer(cms, x509, key, digest, flags | CMS_PARTIAL);
    assert_non_null(added);
    if (signer) *signer = added;
    return cms;
}

static span_t finished(CMS_ContentInfo *cms, unsigned int flags)
{
    BIO *content = content_bio();
    assert_int_equal(CMS_final(cms, content, NULL, flags), 1);
    BIO_free(content);
    return der_of(cms);
}

static void test_round(void **state)
{
    static const struct {
        const char *name, *authority;
        cert_kind_t kind;
    } cases[] = {{"card/sign", "ca/jpki-signing-3.crt", CERT_JPKI_SIGNING},
                 {"person/es256", "ca/jpki-signing-3.crt", CERT_JPKI_SIGNING},
                 {"person/es384", "ca/jpki-signing-3.crt", CERT_JPKI_SIGNING},
                 {"company/company", "ca/registry.crt", CERT_REGISTRY}};

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cert_t *cert;
        span_t cms = make(cases[i].name);
        assert_int_equal(cert_cms_verify(&cert, cms, CONTENT, NULL, pool), CERT_OK);
        assert_int_equal(cert->kind, cases[i].kind);
        assert_true(
            span_equal(cert->der, certificates_file(directory, apr_pstrcat(pool, cases[i].name, ".der", NULL), pool)));
        assert_true(openssl_accepts(cms, CONTENT, cases[i].authority));
        assert_false(openssl_accepts(cms, flipped(CONTENT, 20), cases[i].authority));
        assert_false(openssl_accepts(flipped(cms, cms.size - 1), CONTENT, cases[i].authority));
        assert_int_equal(verify(cms, flipped(CONTENT, 20)), CERT_WRONG_SIGNATURE);
        assert_int_equal(verify(cms, (span_t){CONTENT.at, CONTENT.size - 1}), CERT_WRONG_SIGNATURE);
        assert_int_equal(verify(cms, SPAN("")), CERT_WRONG_SIGNATURE);
        assert_true(verify(flipped(cms, cms.size - 1), CONTENT) != CERT_OK);
    }
}

/* What the others' program makes with the same options, ours accepts. */
static void test_openssl_makes(void **state)
{
    static const char *const names[] = {"card/sign", "person/es256", "person/es384"};

    (void)state;
    for (int i = 0; i < 3; i++) {
        const char *command =
            apr_psprintf(pool,
                         "cd %s && openssl cms -sign -cades -binary -nosmimecap -md %s -in %s -signer %s.crt "
                         "-inkey %s.key -outform DER -out theirs.cms",
                         directory, i == 2 ? "sha384" : "sha256", write_file("form", CONTENT), names[i], names[i]);
        assert_int_equal(system(command), 0);
        assert_int_equal(verify(certificates_file(directory, "theirs.cms", pool), CONTENT), CERT_OK);
    }
}

/* A card is asked once, for its one PIN; when it refuses there is no form. */
static void test_card(void **state)
{
    counted_key_t card;
    span_t cms;

    (void)state;
    counted_key_make(&card, key);
    assert_int_equal(cert_cms_make(&cms, card.key, x509, CONTENT, pool), APR_SUCCESS);
    assert_int_equal(card.operations, 1);
    assert_int_equal(verify(cms, CONTENT), CERT_OK);
    card.is_out = true;
    assert_int_equal(cert_cms_make(&cms, card.key, x509, CONTENT, pool), APR_EGENERAL);
    assert_int_equal(card.operations, 2);
    counted_key_free(&card);
    certificates_more(directory, "one weak/rsa profile=jpki-signing key=rsa1024");
    EVP_PKEY *weak = certificates_key(directory, "weak/rsa", pool);
    assert_int_equal(cert_cms_make(&cms, weak, certificates_x509(directory, "weak/rsa", pool), CONTENT, pool),
                     APR_EINVAL);
}

/* A bit changed anywhere: refused, but in those parts of the certificate that its issuer signed, which
 * signing-certificate-v2 covers: so nowhere at all. */
static void test_one_bit(void **state)
{
    (void)state;
    span_t cms = make("person/es256");
    for (apr_size_t i = 0; i < cms.size; i += 3) assert_true(verify(flipped(cms, i), CONTENT) != CERT_OK);
    for (apr_size_t size = 0; size < cms.size; size += 41) {
        assert_int_equal(verify((span_t){cms.at, size}, CONTENT), CERT_MALFORMED);
    }
}

static void test_size(void **state)
{
    (void)state;
    span_t cms = make("card/sign");
    char *longer = apr_pcalloc(pool, CERT_CMS_MAX + 1);
    memcpy(longer, cms.at, cms.size);
    assert_int_equal(verify((span_t){longer, cms.size + 1}, CONTENT), CERT_MALFORMED);
    assert_int_equal(verify((span_t){longer, CERT_CMS_MAX + 1}, CONTENT), CERT_MALFORMED);
    assert_int_equal(verify(SPAN(""), CONTENT), CERT_MALFORMED);
    assert_int_equal(verify(SPAN("0\x80\x00\x00"), CONTENT), CERT_MALFORMED);
}

/* BER that is not DER: the same message with its outermost length left open, and with a length in too many bytes. */
static void test_ber(void **state)
{
    (void)state;
    span_t cms = make("card/sign");
    assert_memory_equal(cms.at, "\x30\x82", 2);
    char *open = apr_pcalloc(pool, cms.size + 2);
    memcpy(open, "\x30\x80", 2);
    memcpy(open + 2, cms.at + 4, cms.size - 4);
    assert_int_equal(verify((span_t){open, cms.size}, CONTENT), CERT_MALFORMED);
    char *padded = apr_palloc(pool, cms.size + 1);
    memcpy(padded, "\x30\x83\x00", 3);
    memcpy(padded + 3, cms.at + 2, cms.size - 2);
    assert_int_equal(verify((span_t){padded, cms.size + 1}, CONTENT), CERT_MALFORMED);
}

/* More or less of what there must be one of. */
static void test_shape(void **state)
{
    X509 *other = certificates_x509(directory, "person/es256", pool);
    EVP_PKEY *other_key = certificates_key(directory, "person/es256", pool);
    span_t list = certificates_file(directory, "crl/jpki-signing-3.crl", pool);
    const unsigned char *at = (const unsigned char *)list.at;

    (void)state;
    assert_int_equal(verify(finished(begun(FLAGS, EVP_sha256(), NULL), FLAGS), CONTENT), CERT_OK);
    CMS_ContentInfo *cms = begun(FLAGS, EVP_sha256(), NULL);
    assert_non_null(CMS_add1_signer(cms, other, other_key, EVP_sha256(), FLAGS));
    assert_int_equal(verify(finished(cms, FLAGS), CONTENT), CERT_MALFORMED);

    cms = begun(FLAGS, EVP_sha256(), NULL);
    assert_int_equal(CMS_add1_cert(cms, other), 1);
    assert_int_equal(verify(finished(cms, FLAGS), CONTENT), CERT_MALFORMED);

    cms = begun(FLAGS, EVP_sha256(), NULL);
    X509_CRL *crl = d2i_X509_CRL(NULL, &at, (long)list.size);
    assert_int_equal(CMS_add0_crl(cms, crl), 1);
    assert_int_equal(verify(finished(cms, FLAGS), CONTENT), CERT_MALFORMED);

    cms = CMS_sign(NULL, NULL, NULL, NULL, FLAGS);
    assert_int_equal(CMS_add1_cert(cms, other), 1);
    assert_int_equal(verify(der_of(cms), CONTENT), CERT_MALFORMED); /* no signer */
    assert_int_equal(verify(finished(begun(FLAGS | CMS_NOCERTS, EVP_sha256(), NULL), FLAGS), CONTENT), CERT_MALFORMED);

    cms = begun(FLAGS | CMS_NOCERTS, EVP_sha256(), NULL);
    assert_int_equal(CMS_add1_cert(cms, other), 1);
    assert_int_equal(verify(finished(cms, FLAGS), CONTENT), CERT_MALFORMED); /* another's certificate */

    unsigned int inside = FLAGS & ~(unsigned int)CMS_DETACHED;
    cms = begun(inside, EVP_sha256(), NULL);
    assert_int_equal(verify(finished(cms, inside), CONTENT), CERT_MALFORMED);

    cms = begun(FLAGS, EVP_sha256(), NULL);
    assert_int_equal(CMS_set1_eContentType(cms, OBJ_nid2obj(NID_id_smime_ct_TSTInfo)), 1);
    assert_int_equal(verify(finished(cms, FLAGS), CONTENT), CERT_MALFORMED); /* content of another type */

    BIO *content = content_bio();
    assert_int_equal(verify(der_of(CMS_data_create(content, CMS_BINARY)), CONTENT), CERT_MALFORMED);
    BIO_free(content);
}

/* signing-certificate-v2 for this certificate, as an attribute of its own making. */
static void add_signing_certificate(CMS_SignerInfo *signer, X509 *named)
{
    unsigned char *der = NULL;
    ESS_SIGNING_CERT_V2 *attribute = OSSL_ESS_signing_cert_v2_new_init(EVP_sha256(), named, NULL, 1);
    int size = i2d_ESS_SIGNING_CERT_V2(attribute, &der);
    assert_true(size > 0);
    assert_int_equal(
        CMS_signed_add1_attr_by_NID(signer, NID_id_smime_aa_signingCertificateV2, V_ASN1_SEQUENCE, der, size), 1);
    OPENSSL_free(der);
    ESS_SIGNING_CERT_V2_free(attribute);
}

static void test_attributes(void **state)
{
    CMS_SignerInfo *signer;
    X509 *other = certificates_x509(directory, "person/revoked", pool); /* of the same key */
    unsigned int plain = FLAGS & ~(unsigned int)CMS_CADES;

    (void)state;
    CMS_ContentInfo *cms = begun(plain, EVP_sha256(), NULL);
    assert_int_equal(verify(finished(cms, plain), CONTENT), CERT_MALFORMED); /* no signing-certificate-v2 */
    cms = begun(plain | CMS_NOATTR, EVP_sha256(), NULL);
    assert_int_equal(verify(finished(cms, plain | CMS_NOATTR), CONTENT), CERT_MALFORMED);

    cms = begun(plain, EVP_sha256(), &signer);
    add_signing_certificate(signer, x509);
    assert_int_equal(verify(finished(cms, plain), CONTENT), CERT_OK);
    cms = begun(plain, EVP_sha256(), &signer);
    add_signing_certificate(signer, other);
    assert_int_equal(verify(finished(cms, plain), CONTENT), CERT_MALFORMED);
    cms = begun(FLAGS, EVP_sha256(), &signer);
    assert_int_equal(
        CMS_unsigned_add1_attr_by_NID(signer, NID_pkcs9_unstructuredName, V_ASN1_UTF8STRING, "free room", 9), 1);
    assert_int_equal(verify(finished(cms, FLAGS), CONTENT), CERT_MALFORMED);
}

static void test_algorithms(void **state)
{
    CMS_SignerInfo *signer;

    (void)state;
    assert_int_equal(verify(finished(begun(FLAGS, EVP_sha384(), NULL), FLAGS), CONTENT), CERT_OK);
    assert_int_equal(verify(finished(begun(FLAGS, EVP_sha512(), NULL), FLAGS), CONTENT), CERT_OK);
    assert_int_equal(verify(finished(begun(FLAGS, EVP_sha1(), NULL), FLAGS), CONTENT), CERT_WEAK_KEY);
    assert_int_equal(verify(finished(begun(FLAGS, EVP_sha224(), NULL), FLAGS), CONTENT), CERT_WEAK_KEY);
    CMS_ContentInfo *cms = begun(FLAGS | CMS_KEY_PARAM, EVP_sha256(), &signer);
    assert_true(EVP_PKEY_CTX_set_rsa_padding(CMS_SignerInfo_get0_pkey_ctx(signer), RSA_PKCS1_PSS_PADDING) > 0);
    assert_int_equal(verify(finished(cms, FLAGS), CONTENT), CERT_MALFORMED);
}

/* A right signature by a certificate that is none of ours. */
static void test_profiles(void **state)
{
    (void)state;
    certificates_more(directory, "one odd/policy policy=1.2.3.4 one odd/long name=%s",
                      "x without=address one odd/authority profile=authority key=card/sign");
    assert_int_equal(verify(make("odd/policy"), CONTENT), CERT_WRONG_PURPOSE);
    assert_int_equal(verify(make("odd/authority"), CONTENT), CERT_WRONG_PURPOSE);
    assert_int_equal(verify(make("odd/long"), CONTENT), CERT_MALFORMED);
}

/* No content and much content. */
static void test_content(void **state)
{
    span_t cms;
    span_t much = {apr_pcalloc(pool, 1024 * 1024), 1024 * 1024};

    (void)state;
    assert_int_equal(cert_cms_make(&cms, key, x509, SPAN(""), pool), APR_SUCCESS);
    assert_int_equal(verify(cms, SPAN("")), CERT_OK);
    assert_int_equal(verify(cms, SPAN("\0")), CERT_WRONG_SIGNATURE);
    assert_int_equal(cert_cms_make(&cms, key, x509, much, pool), APR_SUCCESS);
    assert_int_equal(verify(cms, much), CERT_OK);
    assert_int_equal(verify(cms, (span_t){much.at, much.size - 1}), CERT_WRONG_SIGNATURE);
    assert_int_equal(cert_cms_make(&cms, key, x509, SPAN("a\r\nb\n"), pool), APR_SUCCESS);
    assert_int_equal(verify(cms, SPAN("a\nb\n")), CERT_WRONG_SIGNATURE); /* bytes, not lines */
}

static int set_up(void **state)
{
    pool = test_pool(state);
    directory = certificates_make(pool);
    key = certificates_key(directory, "card/sign", pool);
    x509 = certificates_x509(directory, "card/sign", pool);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_round),    cmocka_unit_test(test_openssl_makes), cmocka_unit_test(test_card),
        cmocka_unit_test(test_one_bit),  cmocka_unit_test(test_size),          cmocka_unit_test(test_ber),
        cmocka_unit_test(test_shape),    cmocka_unit_test(test_attributes),    cmocka_unit_test(test_algorithms),
        cmocka_unit_test(test_profiles), cmocka_unit_test(test_content),
    };
    return cmocka_run_group_tests(tests, set_up, test_pool_drop);
}
