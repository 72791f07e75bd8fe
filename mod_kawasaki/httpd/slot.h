/* SPDX-License-Identifier: Apache-2.0
 *
 * A city's two pairs in shared memory (shared.h): how they are written and read so that a writer killed at any
 * instruction leaves what was there before.
 */
#ifndef HTTPD_SLOT_H
#define HTTPD_SLOT_H

#include "base/span.h"
#include "httpd/shared.h"

#include <apr_tables.h>

/* The generation in force; 0 when none was ever published. Any process, no lock. */
uint64_t slot_generation(const shared_city_t *city);

/* Puts an image (at most RULES_IMAGE_MAX bytes) into force and returns its generation; the one that is in force when
 * that has the same bytes. Under SHARED_LOCK_PUBLISH. */
uint64_t slot_publish(shared_city_t *city, span_t image, apr_time_t now);

/* A copy of this generation's image, aligned to 8 bytes, in the pool. APR_EAGAIN: it is not in force any more. No lock.
 */
apr_status_t slot_copy(const shared_city_t *city, uint64_t generation, span_t *image, apr_time_t *published_at,
                       apr_pool_t *pool);

/* The files of the last compilation; NULL before the first. Under SHARED_LOCK_PUBLISH, as long as it is held. */
const shared_files_t *slot_files(const shared_city_t *city);

/* Was this the file that the last compilation began with? Under SHARED_LOCK_PUBLISH. */
bool slot_is_of(const shared_city_t *city, const char *path);

/* Records a compilation: its files (of const char *, first the one it began with) and what was seen of them.
 * APR_ENOSPC: their names don't all fit, and only the first are recorded. Under SHARED_LOCK_PUBLISH. */
apr_status_t slot_record_files(shared_city_t *city, const apr_array_header_t *files, uint64_t look);

#endif
