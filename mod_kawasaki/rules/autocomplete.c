/* SPDX-License-Identifier: Apache-2.0 */
#include "rules/autocomplete.h"

#include <stddef.h>

const char *const rules_autocomplete[] = {
    "off", "on",
    /* who */
    "name", "given-name", "family-name", "nickname", "username", "organization", "organization-title", "sex",
    /* secrets */
    "new-password", "current-password", "one-time-code",
    /* where */
    "street-address", "address-line1", "address-line2", "address-line3", "address-level1", "address-level2",
    "address-level3", "address-level4", "country", "country-name", "postal-code",
    /* when */
    "bday", "bday-day", "bday-month", "bday-year",
    /* how to reach */
    "tel", "tel-national", "email", "url", NULL};
