/* SPDX-License-Identifier: Apache-2.0
 *
 * What a template becomes: a flat array of segments that the renderer walks. Only for this room: compile.c writes
 * programs, set.c keeps them, render.c runs them.
 */
#ifndef PAGE_PROGRAM_H
#define PAGE_PROGRAM_H

#include "page/page.h"

/* Sections and calls open at one time; deeper is an error, at load where it can be seen there. */
#define PAGE_NESTING 32

typedef enum {
    SEGMENT_VALUE,    /* write the value of the name, escaped */
    SEGMENT_RAW,      /* write it as it is */
    SEGMENT_TEXT,     /* nothing but the text */
    SEGMENT_SECTION,  /* if the name is false go on at `to`, else once for each item */
    SEGMENT_INVERTED, /* if the name is true go on at `to` */
    SEGMENT_END,      /* of a section: next item or go on; an inverted section needs none */
    SEGMENT_CALL,     /* run the template `to`, then go on: only a partial that contains itself */
    SEGMENT_STOP      /* the program's end */
} page_segment_kind_t;

/* Text, and what to do after it: a page is text and values in turn, so this halves the steps.
 * A name is `count` keys: 0 for {{.}}, 1 for a plain name, more for a dotted one. */
typedef struct {
    span_t text;            /* may be empty */
    const page_key_t *rest; /* the name's keys after the first */
    uint32_t to;            /* segments ahead of this one; of a call, index of a template */
    page_key_t key;         /* the name's first */
    uint8_t count;
    uint8_t kind;
} page_segment_t;

/* A template before compilation. */
typedef struct {
    span_t name;
    const char *file; /* as errors call it */
    span_t source;
} page_source_t;

struct page_set_t {
    const span_t *names;                   /* of the templates */
    const page_segment_t *const *programs; /* one a template */
    apr_size_t count;
};

/* Compiles sources[index], with its partials put in place, into *program. The program is the pool's; the sources' bytes
 * may go afterwards. BASE_EMALFORMED with *error as page_set_load has it. */
apr_status_t page_compile(const page_segment_t **program, apr_size_t index, const page_source_t *sources,
                          apr_size_t source_count, const char *const *names, apr_size_t name_count, const char **error,
                          apr_pool_t *pool);

#endif
