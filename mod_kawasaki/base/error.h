/* SPDX-License-Identifier: Apache-2.0
 *
 * Status codes of our own, in APR's range for users. Infrastructure says apr_status_t; what a resident did
 * wrong is never a status but a verdict (rules/verdict.h) or an outcome of the room in question.
 */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <apr_errno.h>

enum {
    BASE_EMALFORMED = APR_OS_START_USERERR + 1, /* input that breaks its format: encoding, escape, duplicate name */
    BASE_ETOOBIG,                               /* input over a configured limit */
    BASE_ECONFLICT,                             /* the row's version is not the one that was read */
    BASE_ECORRUPT,                              /* stored bytes fail their check: image, cache record, key file */
    BASE_ESCHEMA,                               /* the database is not at the schema version this program needs */
    BASE_EDATABASE,                             /* the database refused or is not there; details are in the log */
    BASE_EBUSY                                  /* a bounded resource is used up at the moment; try again */
};

/* The sentence for a status, ours or APR's. For logs, never for residents. buffer is the caller's. */
const char *base_error_text(apr_status_t status, char *buffer, apr_size_t size);

#endif
