/* SPDX-License-Identifier: Apache-2.0
 *
 * `certificate`: which doors a kind of certificate opens, and how it is found out whether one was revoked. Not here:
 * what a certificate says (cert/), and who judges one by these rules (flow/certificate.c).
 */
#include "rules/sentence.h"

static const clause_t clauses[] = {
    {"open to", SHAPE_NAMES, CLAUSE_NEEDED, offsetof(certificate_said_t, open_to), NULL},
    {"revocation by", SHAPE_NAME, CLAUSE_NEEDED, offsetof(certificate_said_t, revocation), NULL},
    {"fresh for", SHAPE_DURATION, 0, offsetof(certificate_said_t, fresh), NULL},
    {"when unknown", SHAPE_NAME, 0, offsetof(certificate_said_t, unknown), NULL},
    {"source", SHAPE_STRINGS, CLAUSE_NEEDED, offsetof(certificate_said_t, source), NULL},
    {0},
};
const block_t rules_certificate_block = {sizeof(certificate_said_t), clauses};

typedef struct {
    const char *word;
    uint32_t means;
} word_t;

#define WORDS_END ((word_t){NULL, 0})

#define CERTIFICATE_WORD(name) {name, 0},
static const word_t names[] = {RULES_CERTIFICATES_LIST(CERTIFICATE_WORD) WORDS_END};
static const word_t doors[] = {{"log-in", RULES_DOOR_LOG_IN}, {"sign", RULES_DOOR_SIGN}, WORDS_END};
static const word_t askable[] = {{"list", RULES_REVOCATION_LIST},
                                 {"responder", RULES_REVOCATION_RESPONDER},
                                 {"nobody", RULES_REVOCATION_NOBODY},
                                 WORDS_END};
static const word_t unknowns[] = {{"refuse", 0}, {"accept", 1}, WORDS_END};

/* What the word means; one that is not among the words is noted, and means 0. what: "door". */
static uint32_t read_word(compiler_t *compiler, const token_t *token, const word_t *words, const char *what)
{
    guess_t guess = rules_guess(compiler, token->text);
    for (const word_t *word = words; word->word; word++) {
        if (rules_token_is(token, word->word)) return word->means;
        rules_guess_show(&guess, compiler, span_of(word->word));
    }
    rules_error(compiler, token->at, "unknown %s '%s'%s", what, span_text(compiler->pool, token->text),
                rules_guess_hint(&guess, compiler));
    return 0;
}

static uint32_t read_name_of(compiler_t *compiler, const given_t *given, const word_t *words, const char *what)
{
    return given->name ? read_word(compiler, given->name, words, what) : 0;
}

static uint32_t read_doors(compiler_t *compiler, const given_t *open_to)
{
    uint32_t read = 0;
    for (int i = 0; open_to->ok && i < open_to->rest_count; i++) {
        const token_t *token = &open_to->rest[i];
        if (token->kind != TOKEN_WORD) continue;
        uint32_t door = read_word(compiler, token, doors, "door");
        if (read & door) rules_error(compiler, token->at, "this door is open already");
        read |= door;
    }
    return read;
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
        uint32_t revocation = read_name_of(compiler, &said->revocation, askable, "source of revocation");
        bool nobody = revocation == RULES_REVOCATION_NOBODY;
        uint32_t accept = read_name_of(compiler, &said->unknown, unknowns, "answer");
        read_name_of(compiler, given, names, "certificate");
        check_unknown(compiler, given, said, nobody);
        rules_certificate_t written = {.name = rules_image_string(compiler->image, rules_given_name(given)),
                                       .label = rules_image_text(compiler->image, rules_given_text(given)),
                                       .doors = read_doors(compiler, &said->open_to),
                                       .revocation = revocation,
                                       .fresh = (uint32_t)said->fresh.low,
                                       .provisional = nobody ? 1 : accept,
                                       .source = rules_source_text(compiler, &said->source)};
        rules_image_add(compiler->image, RULES_CERTIFICATES, &written);
    }
}
