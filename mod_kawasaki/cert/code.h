/* SPDX-License-Identifier: Apache-2.0
 *
 * Why a certificate, token or signed form is refused. The sentences that residents read stand in the rule file
 * (messages `cert-…`), those for logs here.
 */
#ifndef CERT_CODE_H
#define CERT_CODE_H

typedef enum {
    CERT_OK,
    CERT_MALFORMED,  /* not a certificate, token or CMS, or one without a field its profile must have */
    CERT_UNKNOWN_CA, /* no configured CA of its kind issued it: by name, key identifier and signature */
    CERT_NOT_YET_VALID,
    CERT_EXPIRED,
    CERT_REVOKED,         /* the status says when and why */
    CERT_WRONG_PURPOSE,   /* key usage, policy or the rules don't open this door to it */
    CERT_WEAK_KEY,        /* RSA under 2048 bits, a curve that isn't P-256 or P-384, SHA-1 */
    CERT_LIST_STALE,      /* the revocation list is older than it or the rules allow */
    CERT_UNREACHABLE,     /* whether it is revoked can't be found out now */
    CERT_WRONG_SIGNATURE, /* the signature is not this certificate's over these bytes */
    CERT_CODES
} cert_code_t;

/* "unknown-ca": for logs, the tool and the names of messages. */
const char *cert_code_name(cert_code_t code);

/* An English sentence for logs. */
const char *cert_code_sentence(cert_code_t code);

#endif
