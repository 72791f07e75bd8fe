/* SPDX-License-Identifier: Apache-2.0
 *
 * Japan Post's file of all post codes (utf_ken_all.csv): checked as a whole before anything is written, and then
 * written as a whole. The older form, in which a long town goes on in the next line, is read as well.
 */
#ifndef ACCOUNT_POSTCODE_FILE_H
#define ACCOUNT_POSTCODE_FILE_H

#include "store/store.h"

#include <apr_tables.h>

typedef struct {
    int line, column; /* from 1; column 0: the line as a whole */
    const char *reason;
} postcode_mistake_t;

typedef struct {
    const char *digest; /* SHA-256 in hexadecimal digits */
    int lines;
    apr_array_header_t *addresses; /* what is written, in the file's order; several lines may be one */
    apr_array_header_t *mistakes;  /* of postcode_mistake_t, in the file's order; all of them */
} postcode_file_t;

/* Checks the text of a file, and takes what is to be written out of it. What is wrong is in file->mistakes, not in the
 * status. */
apr_status_t postcode_file_check(postcode_file_t *file, span_t text, apr_pool_t *pool);

/* Puts the addresses of a file without mistakes in the place of all there are. dated: of which day the file is,
 * 2026-10-30. progress, or NULL, is told now and then how many addresses of how many are written. STORE_WRITE. */
typedef void postcode_progress_t(int done, int all);
apr_status_t postcode_file_write(const postcode_file_t *file, store_unit_t *unit, const char *dated, apr_time_t now,
                                 postcode_progress_t *progress);

#endif
