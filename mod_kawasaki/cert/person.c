/* SPDX-License-Identifier: Apache-2.0
 *
 * The holder of a JPKI signing certificate: the otherNames of subjectAltName.
 */
#include "cert/profile.h"

#include <openssl/x509v3.h>

#define FIELDS 6 /* 1.2.392.200149.8.5.5.1 to .6, each a [0] EXPLICIT UTF8String */

enum { NAME, NAME_SUBSTITUTED, SEX, BIRTH_DATE, ADDRESS, ADDRESS_SUBSTITUTED };

#define BIRTH_DATE_SIZE 9

/* Which of the fields; FIELDS: none of them. */
static int field_of(const ASN1_OBJECT *object)
{
    static const char prefix[] = "1.2.392.200149.8.5.5.";
    char text[sizeof prefix + 1];

    if (OBJ_obj2txt(text, sizeof text, object, 1) != (int)sizeof prefix) return FIELDS;
    if (strncmp(text, prefix, sizeof prefix - 1) != 0) return FIELDS;
    int place = text[sizeof prefix - 1] - '1';
    return place >= 0 && place < FIELDS ? place : FIELDS;
}

static const char *take(const GENERAL_NAMES *names, span_t fields[FIELDS], apr_pool_t *pool)
{
    for (int i = 0; i < sk_GENERAL_NAME_num(names); ++i) {
        const GENERAL_NAME *name = sk_GENERAL_NAME_value(names, i);
        if (name->type != GEN_OTHERNAME) continue;
        int field = field_of(name->d.otherName->type_id);
        if (field == FIELDS) continue;
        const ASN1_TYPE *value = name->d.otherName->value;
        if (value->type != V_ASN1_UTF8STRING) return "a field of the holder is no UTF8String";
        if (fields[field].at) return "a field of the holder is there twice";
        const ASN1_STRING *text = value->value.utf8string;
        span_t found = {(const char *)ASN1_STRING_get0_data(text), (apr_size_t)ASN1_STRING_length(text)};
        if (!profile_is_text(found)) return "a field of the holder is empty, too long or no clean text";
        fields[field] = span_copy(pool, found);
    }
    return NULL;
}

/* One '0' or '1' for each character; nothing says nothing. */
static bool fits(span_t flags, span_t text)
{
    if (!flags.at) return true;
    if (flags.size != profile_characters(text)) return false;
    for (apr_size_t i = 0; i < flags.size; ++i) {
        if (flags.at[i] != '0' && flags.at[i] != '1') return false;
    }
    return true;
}

const char *person_read(cert_person_t *person, X509 *x509, apr_pool_t *pool)
{
    GENERAL_NAMES *names = X509_get_ext_d2i(x509, NID_subject_alt_name, NULL, NULL);
    span_t fields[FIELDS] = {{NULL, 0}};
    const char *wrong = names ? take(names, fields, pool) : "it names no holder";

    GENERAL_NAMES_free(names);
    if (wrong) return wrong;
    if (!fields[NAME].at || !fields[ADDRESS].at) return "name or address of the holder is missing";
    if (!profile_is_digits(fields[BIRTH_DATE], BIRTH_DATE_SIZE))
        return "the holder's birth date is missing or not nine digits";
    if (fields[SEX].size != 1 || fields[SEX].at[0] < '1' || fields[SEX].at[0] > '3')
        return "the holder's sex is missing or not 1, 2 or 3";
    if (!fits(fields[NAME_SUBSTITUTED], fields[NAME]) || !fits(fields[ADDRESS_SUBSTITUTED], fields[ADDRESS]))
        return "the marks of substituted characters don't fit their text";
    *person = (cert_person_t){fields[NAME],
                              fields[ADDRESS],
                              fields[NAME_SUBSTITUTED],
                              fields[ADDRESS_SUBSTITUTED],
                              fields[BIRTH_DATE],
                              (cert_sex_t)(fields[SEX].at[0] - '0')};
    return NULL;
}
