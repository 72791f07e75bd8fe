/* SPDX-License-Identifier: Apache-2.0
 *
 * The words that browsers know for what a field holds.
 */
#ifndef RULES_AUTOCOMPLETE_H
#define RULES_AUTOCOMPLETE_H

/* Ended by NULL. Source: HTML Living Standard, 4.10.18.7 Autofill. */
extern const char *const rules_autocomplete[];

#endif
