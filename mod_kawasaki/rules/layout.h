/* SPDX-License-Identifier: Apache-2.0
 *
 * Where the tables of an image stand: what who writes and who verifies must agree on.
 */
#ifndef RULES_LAYOUT_H
#define RULES_LAYOUT_H

#include "base/span.h"
#include "rules/image.h"

/* Bytes of one entry. */
uint32_t rules_entry_size(rules_table_t table);

/* Sets all offsets from the counts; gives the image's size, 0 when it would be over RULES_IMAGE_MAX. */
uint32_t rules_layout_place(rules_extent_t tables[RULES_TABLES]);

/* The hash an image must have in its header. image is at least a header long. */
uint64_t rules_layout_hash(span_t image);

#endif
