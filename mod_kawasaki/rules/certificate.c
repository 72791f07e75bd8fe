/* SPDX-License-Identifier: Apache-2.0
 *
 * `certificate`: which doors a kind of certificate opens, and how it is found out whether one was revoked. Not here:
 * what a certificate says (cert/), and who judges one by these rules (flow/certificate.c).
 */
#include "rules/vocabulary.h"

static const clause_t clauses[] = {
    {"open to", SHAPE_NAMES, CLAUSE_NEEDED, offsetof(certificate_said_t, open_to), NULL},
    {"revocation by", SHAPE_NAME, CLAUSE_NEEDED, offsetof(certificate_said_t, revocation), NULL},
    {"fresh for", SHAPE_DURATION, 0, offsetof(certificate_said_t, fresh), NULL},
    {"when unknown", SHAPE_NAME, 0, offsetof(certificate_said_t, unknown), NULL},
    {"source", SHAPE_STRINGS, CLAUSE_NEEDED, offsetof(certificate_said_t, source), NULL},
    {0},
};
const block_t rules_certificate_block = {sizeof(certificate_said_t), clauses};

#define CERTIFICATE_WORD(name) {name, 1},
const vocable_t rules_certificate_names[] = {RULES_CERTIFICATES_LIST(CERTIFICATE_WORD){NULL, 0}};
static const vocable_t doors[] = {{"log-in", RULES_DOOR_LOG_IN}, {"sign", RULES_DOOR_SIGN}, {NULL, 0}};
static const vocable_t askable[] = {{"list", RULES_REVOCATION_LIST},
                                    {"responder", RULES_REVOCATION_RESPONDER},
                                    {"nobody", RULES_REVOCATION_NOBODY},
                                    {NULL, 0}};
static const vocable_t unknowns[] = {{"refuse", 0}, {"accept", 1}, {NULL, 0}};

void rules_certificate_check_use(compiler_t *compiler, const given_t *use, const char *door)
{
    if (!rules_vocable(compiler, use, rules_certificate_names, "certificate")) return;
    span_t name = rules_given_name(use);
    const given_t *found = rules_declared(compiler->model->certificates, name);
    if (!found) {
        if (!rules_may_miss(compiler, name)) return;
        rules_error(compiler, use->name->at, "no certificate '%s' is declared: it opens nothing",
                    span_text(compiler->pool, name));
        return;
    }
    const given_t *open_to = &((const certificate_said_t *)found->block)->open_to;
    for (int i = 0; i < open_to->rest_count; i++) {
        if (rules_token_is(&open_to->rest[i], door)) return;
    }
    if (!open_to->ok) return;
    rules_error(compiler, use->name->at, "'%s' is not open to %s, in %s", span_text(compiler->pool, name), door,
                rules_other_place(compiler, use->name->at, rules_given_place(open_to)));
}

/* Who asks nobody knows nothing: then freshness and what holds for the unknown say nothing; else the latter must be
 * said. */
static void check_unknown(compiler_t *compiler, const given_t *given, const certificate_said_t *said, bool nobody)
{
    if (nobody && said->fresh.at) {
        rules_error(compiler, rules_given_place(&said->fresh), "nobody is asked: nothing can be fresh");
    }
    if (nobody && said->unknown.at) {
        rules_error(compiler, rules_given_place(&said->unknown),
                    "nobody is asked: whether it was revoked is always unknown, and it is accepted");
    }
    if (!nobody && said->revocation.ok && !said->unknown.at) {
        rules_error(compiler, rules_given_place(given), "this certificate has no when unknown");
    }
}

void rules_certificates_write(compiler_t *compiler)
{
    const apr_array_header_t *certificates = rules_sorted(compiler, compiler->model->certificates);
    for (int i = 0; i < certificates->nelts; i++) {
        const given_t *given = &APR_ARRAY_IDX(certificates, i, given_t);
        const certificate_said_t *said = given->block;
        uint32_t revocation = rules_vocable(compiler, &said->revocation, askable, "source of revocation");
        bool nobody = revocation == RULES_REVOCATION_NOBODY;
        uint32_t accept = rules_vocable(compiler, &said->unknown, unknowns, "answer");
        rules_vocable(compiler, given, rules_certificate_names, "certificate");
        check_unknown(compiler, given, said, nobody);
        rules_certificate_t written = {
            .name = rules_image_string(compiler->image, rules_given_name(given)),
            .label = rules_image_text(compiler->image, rules_given_text(given)),
            .doors = rules_vocables(compiler, &said->open_to, doors, "door", "this door is open already"),
            .revocation = revocation,
            .fresh = (uint32_t)said->fresh.low,
            .provisional = nobody ? 1 : accept,
            .source = rules_source_text(compiler, &said->source)};
        rules_image_add(compiler->image, RULES_CERTIFICATES, &written);
    }
}
