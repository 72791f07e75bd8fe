/* SPDX-License-Identifier: Apache-2.0
 *
 * JSON objects (RFC 8259) as the protocol has them, read and written: texts, whole numbers, flags. Reading is taking
 * apart: each field is taken once, and what is left over at the end makes the whole malformed. An absent text is the
 * empty one and is never written as "".
 */
#ifndef WIRE_OBJECT_H
#define WIRE_OBJECT_H

#include "base/span.h"

#include <apr_errno.h>
#include <jansson.h>

typedef struct {
    json_t *fields; /* in reading: not taken yet; NULL: there was no object */
    bool malformed; /* in writing: memory ran out */
    apr_pool_t *pool;
} object_t;

/* Begins with the object that `json` is. Malformed: over max bytes, no JSON object alone, a name twice, not UTF-8, a
 * NUL character. To be ended by object_close, whatever comes. */
object_t object_open(span_t json, apr_size_t max, apr_pool_t *pool);

bool object_has(const object_t *object, const char *name);

/* Take a field; another type makes the object malformed. Texts are the pool's. */
span_t object_text(object_t *object, const char *name); /* absent: empty; "" is malformed */
bool object_flag(object_t *object, const char *name);   /* absent: false */

/* A whole number from least to most; `absent` where there is none. */
apr_int64_t object_number(object_t *object, const char *name, apr_int64_t least, apr_int64_t most, apr_int64_t absent);

/* An object in the object, to be closed on its own; absent is malformed. */
object_t object_inner(object_t *object, const char *name);

/* BASE_EMALFORMED unless all that was taken was well-formed and nothing is left. */
apr_status_t object_close(object_t *object);

/* An empty object to be written, by the four below and object_write. */
object_t object_new(apr_pool_t *pool);

/* Nothing is put where the text is empty. What is not UTF-8 becomes U+FFFD, and so does NUL. */
void object_put_text(object_t *object, const char *name, span_t text);

void object_put_flag(object_t *object, const char *name, bool flag); /* nothing where it is false */
void object_put_number(object_t *object, const char *name, apr_int64_t number);
void object_put_inner(object_t *object, const char *name, object_t *inner); /* inner ends here */

/* The object as text in the pool, in the order it was put; the object ends here. Empty: memory ran out on the way. */
span_t object_write(object_t *object);

#endif
