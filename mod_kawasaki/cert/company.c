/* SPDX-License-Identifier: Apache-2.0
 *
 * The company in a commercial-registry certificate: extension 1.2.392.100300.1.1.3, a SEQUENCE of explicitly tagged
 * UTF8Strings. The subject's names are optional and in Latin letters; they are not read.
 */
#include "cert/profile.h"

#include <openssl/asn1.h>

#define INFORMATION "1.2.392.100300.1.1.3"
#define NUMBER_SIZE 12
#define TAGS        7 /* [0] to [6]; others are passed over */

/* First bytes of DER values (X.690 section 8.1.2). */
#define SEQUENCE (V_ASN1_CONSTRUCTED | V_ASN1_SEQUENCE)
#define TAGGED   (V_ASN1_CONSTRUCTED | V_ASN1_CONTEXT_SPECIFIC)
#define TAG_MASK 0x1F

enum { NAME, NUMBER, ADDRESS, REPRESENTATIVE, TITLE, OFFICE = 6 };

/* Takes the next DER value off the text, whole: its first byte, which says what it is, and its content. */
static bool next(span_t *text, unsigned char *what, span_t *content)
{
    const unsigned char *at = (const unsigned char *)text->at;
    const unsigned char *end = at + text->size;
    long size;
    int tag, class;

    if (text->size == 0) return false;
    *what = *at;
    /* 0x80: broken, or longer than what is left; 1: of indefinite length, which DER has not. */
    if (ASN1_get_object(&at, &size, &tag, &class, (long)text->size) & 0x81) return false;
    *content = (span_t){(const char *)at, (apr_size_t)size};
    *text = (span_t){(const char *)at + size, (apr_size_t)(end - at - size)};
    return true;
}

static const char *take(span_t information, span_t fields[TAGS], apr_pool_t *pool)
{
    unsigned char what;
    span_t parts, part, text;

    if (!next(&information, &what, &parts) || what != SEQUENCE || information.size > 0)
        return "what it says of the company is no sequence";
    while (parts.size > 0) {
        if (!next(&parts, &what, &part) || (what & ~TAG_MASK) != TAGGED) return "a field of the company is not tagged";
        unsigned tag = what & TAG_MASK;
        if (tag >= TAGS) continue;
        if (!next(&part, &what, &text) || what != V_ASN1_UTF8STRING || part.size > 0)
            return "a field of the company is no UTF8String";
        if (fields[tag].at) return "a field of the company is there twice";
        if (!profile_is_text(text)) return "a field of the company is empty, too long or no clean text";
        fields[tag] = span_copy(pool, text);
    }
    return NULL;
}

const char *company_read(cert_company_t *company, X509 *x509, apr_pool_t *pool)
{
    X509_EXTENSION *extension = profile_extension(x509, INFORMATION);
    span_t fields[TAGS] = {{NULL, 0}};

    if (!extension) return "it names no company";
    const ASN1_OCTET_STRING *data = X509_EXTENSION_get_data(extension);
    span_t information = {(const char *)ASN1_STRING_get0_data(data), (apr_size_t)ASN1_STRING_length(data)};
    const char *wrong = take(information, fields, pool);
    if (wrong) return wrong;
    if (!profile_is_digits(fields[NUMBER], NUMBER_SIZE)) return "the company's number is missing or not twelve digits";
    if (!fields[NAME].at || !fields[ADDRESS].at || !fields[REPRESENTATIVE].at || !fields[TITLE].at)
        return "a field of the company is missing";
    *company = (cert_company_t){fields[NAME],           fields[NUMBER], fields[ADDRESS],
                                fields[REPRESENTATIVE], fields[TITLE],  fields[OFFICE]};
    return NULL;
}
