/* SPDX-License-Identifier: Apache-2.0
 *
 * Pages: a logic-less subset of Mustache (interpolation, sections, inverted sections, partials, comments),
 * compiled once into segments and rendered into a sink. Knows no form, no HTTP, no city: names come from the caller.
 * Source: https://mustache.github.io/mustache.5.html and its specification's tests.
 */
#ifndef PAGE_PAGE_H
#define PAGE_PAGE_H

#include "base/span.h"

#include <apr_errno.h>
#include <stdint.h>

/* A name in templates, as an index into the names the set was loaded with: views are built without hashing. */
typedef uint16_t page_key_t;

typedef struct page_set_t page_set_t;   /* all templates of one directory, read-only once loaded, shared by threads */
typedef struct page_map_t page_map_t;   /* key -> value; belongs to the pool it was made in */
typedef struct page_list_t page_list_t; /* of maps and texts */

/* Compiles every DIR/NAME.mustache (partials included; {{> NAME}}). names[0..count): the known names; dotted names are
 * made of known names. On failure *error is "file:line:column: what is wrong", the pool's: an unknown name, an open
 * section, an unknown partial, a tag without end (BASE_EMALFORMED); or "file: why it can't be read" with the status of
 * the system. An indented tag of a partial that contains itself, and set-delimiter tags, are errors too: not offered.
 * Everything lives as long as the pool. */
apr_status_t page_set_load(page_set_t **set, const char *directory, const char *const *names, apr_size_t count,
                           const char **error, apr_pool_t *pool);

/* The same from memory, for tests: templates[i] is the source of the template called template_names[i], which stands
 * for the file in errors. The sources may go afterwards. */
apr_status_t page_set_compile(page_set_t **set, const char *const *template_names, const span_t *templates,
                              apr_size_t template_count, const char *const *names, apr_size_t count, const char **error,
                              apr_pool_t *pool);

/* --- The view: what a template may see. Spans are not copied and must outlive rendering. A key put twice: the later
 * one counts. Only texts are printed; flags, maps and lists are for sections. False in a section: a key that is not
 * there, a false flag, an empty text, an empty list. */
page_map_t *page_map(apr_pool_t *pool);
void page_put_text(page_map_t *map, page_key_t key, span_t text);
void page_put_flag(page_map_t *map, page_key_t key, bool flag);
page_map_t *page_put_map(page_map_t *map, page_key_t key);   /* a new map under the key */
page_list_t *page_put_list(page_map_t *map, page_key_t key); /* a new, empty list under the key */
page_map_t *page_list_add(page_list_t *list);                /* a new map at its end */
void page_list_add_text(page_list_t *list, span_t text);     /* a text at its end: {{.}} inside the section */

/* --- Rendering */
typedef struct {
    /* lasting: the bytes belong to the set and stay as they are; otherwise they must be copied or used at once. */
    apr_status_t (*write)(void *context, const char *at, apr_size_t size, bool lasting);
    void *context;
} page_sink_t;

/* Index of the template of this name, -1 if there is none: look up once, at start. */
int page_find(const page_set_t *set, span_t name);

/* Renders the template of this index. {{name}} escapes & < > " '; {{{name}}} and {{&name}} don't. The pool holds some
 * 1 kB of working memory. Errors: the sink's, at once and as it is; APR_EGENERAL where a partial that contains itself
 * nests too deep; APR_EINVAL if there is no such template. What the sink has got before an error stays there. */
apr_status_t page_render(const page_set_t *set, int page, const page_map_t *view, page_sink_t *sink, apr_pool_t *pool);

#endif
