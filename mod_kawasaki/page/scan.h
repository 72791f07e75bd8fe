/* SPDX-License-Identifier: Apache-2.0
 *
 * The scanner: cuts one template's source into text and tags. Knows the form of tags and which of them stand alone on
 * their line; knows no names, no other template, and does not match sections with their ends.
 */
#ifndef PAGE_SCAN_H
#define PAGE_SCAN_H

#include "base/span.h"

typedef enum {
    TAG_VALUE,    /* {{name}} */
    TAG_RAW,      /* {{{name}}} or {{&name}} */
    TAG_SECTION,  /* {{#name}} */
    TAG_INVERTED, /* {{^name}} */
    TAG_CLOSE,    /* {{/name}} */
    TAG_PARTIAL,  /* {{>name}} */
    TAG_COMMENT,  /* {{! ... }} */
    TAG_NONE      /* the source's end */
} page_tag_kind_t;

/* Everything points into the source. */
typedef struct {
    page_tag_kind_t kind;
    bool alone;       /* nothing but white space beside it on its line: then the line's end belongs to the tag */
    span_t text;      /* what stands before the tag, without the indentation of a tag that is alone */
    span_t indent;    /* of a tag that is alone, else empty */
    span_t name;      /* without the white space around it */
    const char *at;   /* the tag's first byte */
    const char *next; /* where to go on */
} page_tag_t;

/* The next tag of the source from `from` on; at the end TAG_NONE with the last text. Returns NULL, or what is wrong
 * with the tag at tag->at. Source: mustache(5); standalone lines as in the specification's tests. */
const char *page_scan(page_tag_t *tag, span_t source, const char *from);

/* Whether a line of the source begins at this place. */
bool page_scan_line_start(span_t source, const char *at);

/* Line and column of a place, both from 1; columns count characters of UTF-8, as editors do. */
void page_scan_place(span_t source, const char *at, int *line, int *column);

#endif
