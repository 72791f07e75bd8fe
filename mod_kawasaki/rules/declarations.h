/* SPDX-License-Identifier: Apache-2.0
 *
 * The kinds of declarations: for each, the table of its clauses and the function that checks what was said and writes
 * it to the image. A new kind is one more file, one line here and its lines in language.c.
 */
#ifndef RULES_DECLARATIONS_H
#define RULES_DECLARATIONS_H

#include "rules/image_write.h"
#include "rules/model.h"

extern const block_t rules_city_block, rules_session_block, rules_kind_block, rules_notice_block, rules_choices_block,
    rules_secret_block, rules_limit_block, rules_lockout_block, rules_certificate_block, rules_terms_block,
    rules_refusal_block, rules_retention_block, rules_messages_block, rules_form_block, rules_field_block;

/* What is wrong is noted; what was said is written all the same, as far as there is anything to write. Each writes all
 * declarations of its kind; the order of the calls is language.c's. */
void rules_city_write(compiler_t *compiler);
void rules_kinds_write(compiler_t *compiler);
void rules_notices_write(compiler_t *compiler);
void rules_choices_write(compiler_t *compiler);
void rules_limits_write(compiler_t *compiler);
void rules_lockouts_write(compiler_t *compiler);
void rules_certificates_write(compiler_t *compiler);
void rules_terms_write(compiler_t *compiler);
void rules_refusals_write(compiler_t *compiler);
void rules_retentions_write(compiler_t *compiler);
void rules_messages_write(compiler_t *compiler);
void rules_forms_write(compiler_t *compiler);
void rules_messages_finish(compiler_t *compiler); /* when all that need sentences have asked for them */

/* need.c: notes what a declaration needs beside itself and nobody declared. After all else was checked. */
void rules_needs_check(compiler_t *compiler);

/* Reads everything the statements of a file say into the model, includes too (language.c). */
void rules_language_read(compiler_t *compiler, source_t *source);
extern const block_t rules_language;

/* Checks and writes the whole model. */
void rules_language_write(compiler_t *compiler);

/* The declaration of this name in one of the model's arrays; NULL when there is none. */
const given_t *rules_declared(const apr_array_header_t *declarations, span_t name);

/* The same, and notes an unknown name. what: "choices" in "unknown choices 'x'". */
const given_t *rules_declared_or_error(compiler_t *compiler, const apr_array_header_t *declarations, const given_t *use,
                                       const char *what);

/* The declarations sorted by name. */
const apr_array_header_t *rules_sorted(compiler_t *compiler, const apr_array_header_t *declarations);

/* Notes a name that holds a dot: dots are for facts and forms. */
void rules_plain_name(compiler_t *compiler, const given_t *given);

/* Notes a length that no text has (field.c). */
void rules_length_check(compiler_t *compiler, const given_t *length);

/* All strings of `source "…", "…"`, a comma between. */
rules_ref_t rules_source_text(compiler_t *compiler, const given_t *source);

#endif
