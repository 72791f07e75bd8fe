/* SPDX-License-Identifier: Apache-2.0
 *
 * A text in pieces that a dialogue can show: pinentry on a terminal refuses what is larger than the screen, and takes
 * no more than a line of 1000 bytes at once.
 */
#ifndef SIGNER_ASK_PAGES_H
#define SIGNER_ASK_PAGES_H

#include "base/span.h"

#include <apr_tables.h>

#define ASK_PAGE_COLUMNS 74
#define ASK_PAGE_LINES   12
#define ASK_PAGE_BYTES   800 /* with Assuan's escapes; more than any one line has */

/* Of span_t, in the pool: the text with lines over ASK_PAGE_COLUMNS broken (" … " marks what was broken off), cut
 * between lines. text: as ask_text gives it. None for an empty text. */
apr_array_header_t *ask_pages(span_t text, apr_pool_t *pool);

#endif
