/* SPDX-License-Identifier: Apache-2.0
 *
 * Verifying the declarations that no form is made of: kinds, lockouts, certificates, terms, refusals, retentions; for
 * verify.c only. Strings and names are verified before.
 */
#ifndef RULES_VERIFY_DECLARED_H
#define RULES_VERIFY_DECLARED_H

#include "rules/verify_check.h"

/* NULL, or what is wrong. */
const char *rules_verify_declared(const verified_t *image);

#endif
