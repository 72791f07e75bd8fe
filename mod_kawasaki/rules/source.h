/* SPDX-License-Identifier: Apache-2.0
 *
 * The text that a compilation reads: files, and places in them. Not for what stands in them (lexer.h).
 */
#ifndef RULES_SOURCE_H
#define RULES_SOURCE_H

#include "base/span.h"

#include <apr_errno.h>
#include <apr_file_info.h>

#define RULES_FILE_MAX (1024u * 1024u) /* bytes of one file */

typedef struct {
    const char *name; /* as mistakes show it */
    int order;        /* 0 for the file asked for, then counted up */
    span_t bytes;     /* without a byte order mark */
    bool open;        /* its includes are still being read: to include it now would be a circle */
    apr_dev_t device; /* which file it is, whatever path led to it */
    apr_ino_t inode;
} source_t;

typedef struct {
    const source_t *source;
    int line, column; /* from 1; columns count characters */
} place_t;

/* Reads the regular file source->name, of at most RULES_FILE_MAX bytes, into the pool. BASE_ETOOBIG, APR_EGENERAL for
 * what is no file, or the system's error. */
apr_status_t rules_source_read(source_t *source, apr_pool_t *pool);

/* The path of `name`, as it is written in the file `from`: relative to that file's folder. */
const char *rules_source_path(const source_t *from, const char *name, apr_pool_t *pool);

#endif
