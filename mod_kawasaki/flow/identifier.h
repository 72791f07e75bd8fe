/* SPDX-License-Identifier: Apache-2.0
 *
 * The numbers of accounts: those that registrations by certificate get, and any as people type them. For flow/ alone.
 */
#ifndef FLOW_IDENTIFIER_H
#define FLOW_IDENTIFIER_H

#include "base/span.h"

#include <apr_errno.h>

/* A new one, which says nothing but the kind's first letter, so that it is no card's: "J4821-0937-5516". An error is
 * the source of randomness's. */
apr_status_t identifier_make(span_t *identifier, span_t kind, apr_pool_t *pool);

/* What was typed, as accounts have it: a card's digits or such a number, of any width, with blanks and dashes anywhere
 * or nowhere. What is neither comes back as it is. typed must be clean (text/text.h). */
span_t identifier_read(span_t typed, apr_pool_t *pool);

#endif
