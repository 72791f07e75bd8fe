/* SPDX-License-Identifier: Apache-2.0
 *
 * The rules engine's face: compile a rule file to an image, open an image, evaluate a form. Files, memory and who
 * publishes what are the caller's; nothing here knows HTTP, SQL or a city. The language: docs/rules.md.
 */
#ifndef RULES_RULES_H
#define RULES_RULES_H

#include "base/log.h"
#include "base/record.h"
#include "base/span.h"
#include "rules/fact.h"
#include "rules/image.h"

#include <apr_tables.h>

/* --- Compiling -------------------------------------------------------------------------------------------------- */

typedef struct {
    const char *file; /* as it was named: the path given, or the including file's folder + the name in `include` */
    int line, column; /* from 1; columns count characters */
    bool warning;     /* reported, but the image is made all the same */
    const char *text; /* one sentence, without file and position */
} rules_mistake_t;

typedef struct {
    span_t image;                 /* empty when there was an error */
    apr_array_header_t *mistakes; /* of rules_mistake_t, by file in the order read, then by line and column */
    apr_array_header_t *files;    /* of const char *: every file that was or should have been read, word lists too */
} rules_compiled_t;

/* Compiles the file and all it includes; finds all mistakes at once. Same files, same bytes. APR_SUCCESS with an image,
 * BASE_EMALFORMED with mistakes. Everything belongs to the pool; the image is aligned to 8 bytes. */
apr_status_t rules_compile(rules_compiled_t *compiled, const char *path, apr_pool_t *pool);

/* "file:line:column: error: text", in the pool. */
const char *rules_mistake_text(const rules_mistake_t *mistake, apr_pool_t *pool);

/* --- Opening ---------------------------------------------------------------------------------------------------- */

typedef struct rules_t rules_t; /* read-only, for any number of threads */

/* Verifies every byte of the image that anything here will ever follow, then compiles its patterns (PCRE2, JIT). The
 * image must be aligned to 8 bytes and stay as it is as long as the pool. BASE_ECORRUPT with *why (a constant or the
 * pool's) when it can't be believed. */
apr_status_t rules_open(rules_t **rules, span_t image, const char **why, apr_pool_t *pool);

/* What the rules are called in statements that people sign, in the log and by `rules check`: SHA-256 of the image,
 * which is the same for the same files and program; hexadecimal, the pool's. On errors, OpenSSL's, "". */
apr_status_t rules_digest(const char **digest, span_t image, apr_pool_t *pool);

const rules_header_t *rules_header(const rules_t *rules);
const rules_city_t *rules_city(const rules_t *rules);

/* The entry of a table; index must be below its count (verified images hold only such indexes). */
const void *rules_entry(const rules_t *rules, rules_table_t table, uint32_t index);
uint32_t rules_count(const rules_t *rules, rules_table_t table);

/* A string of the image. */
span_t rules_span(const rules_t *rules, rules_ref_t ref);

/* A text in the reader's language (Japanese). */
static inline span_t rules_say(const rules_t *rules, const rules_text_t *text)
{
    return rules_span(rules, text->ja);
}

/* The sentence of this name. */
span_t rules_message(const rules_t *rules, rules_message_t message);

/* The form, kind of this name; NULL when there is none. */
const rules_form_t *rules_form(const rules_t *rules, span_t name);
const rules_kind_t *rules_kind(const rules_t *rules, span_t name);

/* Field i of the form (0 <= i < form->field_count). */
const rules_field_t *rules_field(const rules_t *rules, const rules_form_t *form, uint32_t i);

/* The index of the form's field of this name; RULES_NONE when there is none. */
uint32_t rules_field_index(const rules_t *rules, const rules_form_t *form, span_t name);

/* Option i of the choices. */
const rules_option_t *rules_option(const rules_t *rules, const rules_choices_t *choices, uint32_t i);

/* The limit, lockout of this name; NULL when there is none. */
const rules_limit_t *rules_limit(const rules_t *rules, span_t name);
const rules_lockout_t *rules_lockout(const rules_t *rules, span_t name);

/* What holds for certificates of this name; NULL: they open no door. */
const rules_certificate_t *rules_certificate(const rules_t *rules, span_t name);

/* How long this outlives the account; NULL: the rules don't say. */
const rules_retention_t *rules_retention(const rules_t *rules, span_t name);

/* What one agrees to before one registers; NULL: there is nothing to agree to. */
const rules_terms_t *rules_terms(const rules_t *rules);

/* Article i of the terms (0 <= i < terms->article_count), in the order of the rule file. */
const rules_article_t *rules_article(const rules_t *rules, const rules_terms_t *terms, uint32_t i);

/* Count i of the limit (0 <= i < limit->count_count), in the order of the rule file. */
const rules_count_t *rules_count_of(const rules_t *rules, const rules_limit_t *limit, uint32_t i);

/* The sentence with every {name} that is in values replaced by its value, as it is; other braces stay. Values are not
 * looked into again. In the pool, or the sentence itself where nothing is replaced. Which sentence has which names:
 * docs/rules.md. */
span_t rules_fill(span_t sentence, const record_pair_t *values, apr_size_t count, apr_pool_t *pool);

/* Is `code` one of the words of a RULES_MANY value? */
bool rules_many_has(span_t value, span_t code);

/* --- Evaluating -------------------------------------------------------------------------------------------------- */

typedef struct {
    uint32_t field; /* index in the form */
    span_t rule;    /* which rule speaks: "card.edit/kana/required" */
    span_t message; /* what is said to the resident */
} rules_finding_t;

typedef struct {
    span_t values[RULES_FIELDS_MAX]; /* normalised, by index in the form; a wrong value stands here as it was typed */
    rules_finding_t findings[RULES_FIELDS_MAX]; /* in the form's order, at most one a field */
    uint32_t finding_count;                     /* 0: accepted */
} rules_verdict_t;

/* Normalises and tests what was typed (typed[i] for field i, any bytes; a missing parameter is an empty span;
 * RULES_MANY: codes joined by spaces in any order). facts[rules_fact_t], or NULL for none. Values point into typed, the
 * image or the pool. A field that no normaliser can read says its text check's message. An
 * address is compared when there are facts and its fields are right by themselves; an empty fact is no address. A PCRE2
 * limit that is hit refuses the value and writes a log line. Bounded: every check once, no loop in conditions. Never
 * fails but for want of memory (then APR aborts). */
void rules_eval(const rules_t *rules, const rules_form_t *form, const span_t *typed, const span_t *facts,
                rules_verdict_t *verdict, const log_port_t *log, apr_pool_t *pool);

#endif
