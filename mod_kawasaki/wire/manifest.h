/* SPDX-License-Identifier: Apache-2.0
 *
 * The bytes of a form that are signed (docs/decisions.md "Manifest"): UTF-8, LF, a version line, seven lines of what
 * the form was filled in under, an empty line, then `name TAB label TAB value` for every field in the form's order. In
 * labels and values \ TAB LF CR are written \\ \t \n \r. Made by the server, once; what is stored is derived from these
 * bytes. Strict: refused unless encoding it again gives the same bytes. Grammar: docs/wire.md.
 */
#ifndef WIRE_MANIFEST_H
#define WIRE_MANIFEST_H

#include "base/span.h"

#include <apr_errno.h>
#include <apr_time.h>

#define MANIFEST_VERSION   "kawasaki-manifest 1"
#define MANIFEST_MAX       (64 * 1024) /* bytes */
#define MANIFEST_LINES_MAX 128
#define MANIFEST_WORD_MAX  64 /* bytes of a name, city, flow or account: ASCII from ! to ~ without \ */

typedef struct {
    span_t name, label, value;
} manifest_line_t;

typedef struct {
    span_t rules;   /* SHA-256 of the rule image, 64 lower-case hexadecimal digits */
    span_t city;    /* as the rule file names it */
    span_t flow;    /* "jpki.register" */
    span_t account; /* the account's public name; empty when there is none yet */
    span_t origin;
    span_t nonce;  /* of the challenge */
    apr_time_t at; /* whole seconds; written as 2026-11-22T09:24:34Z */
    const manifest_line_t *lines;
    int count;
} manifest_t;

/* A time as manifests have it: RFC 3339, UTC, whole seconds. */
span_t manifest_time(apr_time_t at, apr_pool_t *pool);

/* The bytes, in the pool. BASE_EMALFORMED: a name, city, flow, … with a byte it can't have, or text that is not UTF-8;
 * BASE_ETOOBIG: over the bounds. */
apr_status_t manifest_encode(span_t *bytes, const manifest_t *manifest, apr_pool_t *pool);

/* The inverse; values without escapes point into bytes. BASE_EMALFORMED, BASE_ETOOBIG. */
apr_status_t manifest_decode(manifest_t *manifest, span_t bytes, apr_pool_t *pool);

#endif
