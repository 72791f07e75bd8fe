/* SPDX-License-Identifier: Apache-2.0
 *
 * Names that are the program's: the limits, lockouts and forms that it asks for. One of another name would change
 * nothing, and one that is missing would be found out by a resident.
 */
#include "rules/vocabulary.h"

const vocable_t rules_limit_names[] = {
    {"password", 1}, {"signing-pin", 1}, {"authentication-pin", 1}, {"file-password", 1}, {NULL, 0}};
const vocable_t rules_lockout_names[] = {{"re-registration", 1}, {"one-time-password", 1}, {NULL, 0}};

#define CERTIFICATE_FORMS(kind)                                                                                        \
    {kind ".begin", 1}, {kind ".register", 1}, {kind ".edit", 1}, {kind ".delete", 1}, {kind ".login", 1},             \
    {                                                                                                                  \
        kind ".sign", 1                                                                                                \
    }
const vocable_t rules_form_names[] = {{"card.login", 1},         {"card.edit", 1},
                                      CERTIFICATE_FORMS("jpki"), CERTIFICATE_FORMS("corporate"),
                                      {"certificate.check", 1},  {"certificate.check-file", 1},
                                      {"counter.search", 1},     {"counter.receipt", 1},
                                      {"counter.act", 1},        {"counter.view", 1},
                                      {"counter.view-jpki", 1},  {"counter.view-corporate", 1},
                                      {"counter.issue", 1},      {NULL, 0}};

/* Who holds such an account has pages to come to, and signs on all of them. */
#define CERTIFICATE_PAGES(kind)                                                                                        \
    {KIND, kind, FORM, kind ".begin"}, {KIND, kind, FORM, kind ".register"}, {KIND, kind, FORM, kind ".edit"},         \
        {KIND, kind, FORM, kind ".delete"}, {KIND, kind, FORM, kind ".login"},                                         \
    {                                                                                                                  \
        KIND, kind, FORM, kind ".sign"                                                                                 \
    }
typedef enum { KIND, FORM, LIMIT } declared_t;
static const struct {
    declared_t is;
    const char *there;
    declared_t needs;
    const char *name;
} needs[] = {CERTIFICATE_PAGES("jpki"),
             CERTIFICATE_PAGES("corporate"),
             {FORM, "card.login", LIMIT, "password"},
             {FORM, "certificate.check", LIMIT, "authentication-pin"},
             {FORM, "certificate.check-file", LIMIT, "file-password"},
             {FORM, "jpki.begin", LIMIT, "signing-pin"},
             {FORM, "jpki.begin", LIMIT, "authentication-pin"},
             {FORM, "jpki.login", LIMIT, "authentication-pin"},
             {FORM, "jpki.sign", LIMIT, "signing-pin"},
             {FORM, "corporate.begin", LIMIT, "file-password"},
             {FORM, "corporate.login", LIMIT, "file-password"},
             {FORM, "corporate.sign", LIMIT, "file-password"}};

static const char *const words[] = {[KIND] = "kind", [FORM] = "form", [LIMIT] = "limit"};

static const given_t *find(const compiler_t *compiler, declared_t what, const char *name)
{
    const model_t *model = compiler->model;
    const apr_array_header_t *all = what == KIND ? model->kinds : what == FORM ? model->forms : model->limits;

    return rules_declared(all, span_of(name));
}

/* A kind has accounts by certificate when it says with which. */
static bool asks(declared_t is, const given_t *there)
{
    return is != KIND || ((const kind_said_t *)there->block)->signs.at;
}

void rules_needs_check(compiler_t *compiler)
{
    if (compiler->errors) return; /* what is missing may be what could not be read */
    for (size_t i = 0; i < sizeof needs / sizeof needs[0]; i++) {
        const given_t *there = find(compiler, needs[i].is, needs[i].there);
        if (!there || !asks(needs[i].is, there) || find(compiler, needs[i].needs, needs[i].name)) continue;
        rules_error(compiler, rules_name_place(there), "%s %s needs a %s %s", words[needs[i].is], needs[i].there,
                    words[needs[i].needs], needs[i].name);
    }
}
