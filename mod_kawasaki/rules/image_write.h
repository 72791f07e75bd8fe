/* SPDX-License-Identifier: Apache-2.0
 *
 * Building an image: tables that grow, strings that are kept once. Knows no rule.
 */
#ifndef RULES_IMAGE_WRITE_H
#define RULES_IMAGE_WRITE_H

#include "base/span.h"
#include "rules/image.h"

typedef struct image_t image_t;

image_t *rules_image_make(apr_pool_t *pool);

rules_ref_t rules_image_string(image_t *image, span_t text);
rules_text_t rules_image_text(image_t *image, span_t ja);

/* Puts a copy of the entry (of the table's type) at the end; gives its index. */
uint32_t rules_image_add(image_t *image, rules_table_t table, const void *entry);
uint32_t rules_image_count(const image_t *image, rules_table_t table);

/* The bytes, aligned to 8, in the pool the image was made in; empty when they would be over RULES_IMAGE_MAX. The same
 * calls give the same bytes. */
span_t rules_image_finish(image_t *image);

#endif
