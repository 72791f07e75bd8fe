/* SPDX-License-Identifier: Apache-2.0
 *
 * Has a certificate been revoked? Asked of a list in a file (CRL, RFC 5280 section 5), of a responder named in the
 * configuration (OCSP, RFC 6960), or of nobody. What can't be found out is never taken for "no": whether it is accepted
 * all the same is the rule file's decision, and the caller's.
 */
#ifndef CERT_REVOCATION_H
#define CERT_REVOCATION_H

#include "base/log.h"
#include "cert/cert.h"

#include <apr_errno.h>

typedef struct {
    cert_code_t code;      /* CERT_OK, CERT_REVOKED, CERT_LIST_STALE, CERT_UNREACHABLE */
    apr_time_t revoked_at; /* CERT_REVOKED */
    const char *reason;    /* CERT_REVOKED: RFC 5280's word, "keyCompromise", "cessationOfOperation", "certificateHold";
                              "unspecified" */
    apr_time_t known_at;   /* thisUpdate of what was asked; 0: nothing was */
} cert_status_t;

typedef struct cert_lists_t cert_lists_t;

/* Lists: every *.crl (DER or PEM) of DIRECTORY. They are read again, by any thread, when the directory or a file has
 * changed: a list that has come, in one rename, counts from the next question on. A file that can't be read is one log
 * line and as if it were not there. Memory of old lists is freed when nobody asks any more. */
apr_status_t cert_lists_open(cert_lists_t **lists, const char *directory, const log_port_t *log, apr_pool_t *pool);

/* By the newest list that the issuer signed and that covers the certificate; one that names it says CERT_REVOKED,
 * however old it is. CERT_LIST_STALE: none, past its nextUpdate, or older than `fresh` (0: no bound of ours) by its
 * thisUpdate. A list for one distribution point covers the certificates that name it. Delta and indirect lists, those
 * for some reasons only, and those with anything critical that is not understood count as none, as do lists signed with
 * SHA-1. Any thread. */
void cert_lists_ask(cert_lists_t *lists, const cert_t *cert, X509 *issuer, apr_interval_time_t fresh, apr_time_t now,
                    cert_status_t *status);

typedef struct {
    const char *url;              /* http://HOST[:PORT]/PATH: from the configuration only */
    X509 *responder;              /* its certificate; NULL: the issuer itself, or one it issued for OCSP signing */
    apr_interval_time_t patience; /* for all of it, connecting included */
} cert_responder_t;

/* Asks the responder, with a nonce. CERT_UNREACHABLE: no answer in time, one that is not signed by whom it should be,
 * about another certificate, of another time (a minute of skew is forgiven) or older than `fresh` (0: no bound of ours,
 * but 5 minutes for an answer without our nonce), or "unknown". No proxy, no redirection. Looking
 * up a HOST that is a name is the system's, and not bounded by patience. SIGPIPE must be ignored. */
void cert_responder_ask(const cert_responder_t *responder, const cert_t *cert, X509 *issuer, apr_interval_time_t fresh,
                        apr_time_t now, cert_status_t *status, const log_port_t *log, apr_pool_t *pool);

#endif
