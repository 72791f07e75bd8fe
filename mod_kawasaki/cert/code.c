/* SPDX-License-Identifier: Apache-2.0
 *
 * Names and sentences of the reasons to refuse.
 */
#include "cert/code.h"

static const struct {
    const char *name, *sentence;
} codes[CERT_CODES] = {
    [CERT_OK] = {"ok", "accepted"},
    [CERT_MALFORMED] = {"malformed", "it breaks its format, or lacks what its profile demands"},
    [CERT_UNKNOWN_CA] = {"unknown-ca", "no configured authority of its kind has issued it"},
    [CERT_NOT_YET_VALID] = {"not-yet-valid", "its time, or its authority's, has not begun"},
    [CERT_EXPIRED] = {"expired", "its time, or its authority's, is over"},
    [CERT_REVOKED] = {"revoked", "its authority has revoked it"},
    [CERT_WRONG_PURPOSE] = {"wrong-purpose", "it is a certificate for something else"},
    [CERT_WEAK_KEY] = {"weak-key", "its key or a signature under it is too weak"},
    [CERT_LIST_STALE] = {"list-stale", "there is no revocation list that is new enough"},
    [CERT_UNREACHABLE] = {"unreachable", "whether it is revoked can't be found out now"},
    [CERT_WRONG_SIGNATURE] = {"wrong-signature", "the signature is not this certificate's over these bytes"},
};

const char *cert_code_name(cert_code_t code)
{
    return codes[code].name;
}

const char *cert_code_sentence(cert_code_t code)
{
    return codes[code].sentence;
}
